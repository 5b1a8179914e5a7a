"""Releases as files and mail of every kind, made for the tests."""

from __future__ import annotations

import io
from email.message import EmailMessage

import docx
import pypdf

TITLE = "Жители Үлгү айылы выбрали проекты для своих улиц"
LINES = (
    "19 декабря 2025 года",
    "Бишкек, Кыргызстан",
    "ПРЕСС-РЕЛИЗ",
    TITLE,
    "В селе подвели итоги голосования за проекты благоустройства: из двадцати заявок жители выбрали пять самых нужных.",
    "«Мы впервые решали сами», – сказала жительница села, и соседи с ней согласились.",
    "Подробности для СМИ: Асан Пробный, юрист: 0555 12 34 56, asan@example.org",
)
TEXT = "\n\n".join(LINES)


def docx_file(*lines: str, table: tuple[str, ...] = (), title: str = "") -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    for line in lines:
        document.add_paragraph(line)
    if table:
        row = document.add_table(rows=1, cols=len(table)).rows[0]
        for cell, text in zip(row.cells, table, strict=True):
            cell.text = text
    return saved(document)


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def pdf_file(*lines: str, password: str = "") -> bytes:
    """A PDF of one page in Helvetica, which has Latin letters only."""
    text = "BT /F1 10 Tf 40 780 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    out = pdf_of(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", stream(text.encode()))
    if not password:
        return out
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(out))
    writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def cyrillic_pdf_file(*lines: str) -> bytes:
    """A PDF as word processors write Cyrillic: numbers of glyphs, kerned, and a table of the letters that they are.

    PDF 32000-1:2008, 9.10.3 (ToUnicode).
    """
    glyphs = {letter: number for number, letter in enumerate(sorted(set("".join(lines))), 1)}

    def shown(line: str) -> str:
        codes = [f"{glyphs[letter]:04X}" for letter in line]
        return (
            "["
            + " -15 ".join(f"<{''.join(codes[at : at + 3])}>" for at in range(0, len(codes), 3))
            + "] TJ T*"
        )

    text = "BT /F1 10 Tf 40 780 Td 14 TL " + " ".join(map(shown, lines)) + " ET"
    letters = "\n".join(f"<{number:04X}> <{ord(letter):04X}>" for letter, number in glyphs.items())
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(glyphs)} beginbfchar\n{letters}\nendbfchar\nendcmap end end"
    )
    widths = " ".join("500" for _ in range(len(glyphs) + 1))
    return pdf_of(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Misal /Encoding /Identity-H"
        b" /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        stream(text.encode()),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Misal /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /W [0 [%s]] >>"
        % widths.encode(),
        stream(table.encode()),
    )


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def pdf_of(font: bytes, page: bytes, *more: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        page,
        font,
        *more,
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (
            size,
            table,
            size,
            len(out),
        )
    )


def rtf_file(*lines: str) -> bytes:
    def escaped(line: str) -> str:
        return "".join(c if c < "\x80" else f"\\u{ord(c)}?" for c in line)

    body = "\\par ".join(escaped(line) for line in lines)
    return (
        "{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0 Times;}}{\\info{\\title no}}\\f0 " + body + "}"
    ).encode()


def mail(text: str = TEXT, subject: str = "Fwd: Пресс-релиз: " + TITLE, html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "press@example.org", "news@example.org"
    message["Subject"], message["Date"] = subject, "Sat, 20 Dec 2025 10:00:00 +0600"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message
