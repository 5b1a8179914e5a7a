"""A file or a mail that carries a press release, read into its parts.

What a file is, is seen from its first bytes; the ending of its name is only believed where those say nothing.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import PurePath
from typing import Any, Final, Literal

import docx
import docx.document
import pypdf
from docx.table import Table
from docx.text.paragraph import Paragraph

from feeds.article import read_article
from feeds.contacts import HEADING
from feeds.dates import local_day, read_date
from feeds.decode import decode
from feeds.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    NoArticle,
    NoText,
    NotText,
    ProtectedDocument,
    TooLittleText,
    UnknownFormat,
)
from feeds.html_page import HtmlPage
from feeds.items import Document
from feeds.press import read_press, with_date
from feeds.press_lines import GREETING, MARKER, is_date_line
from feeds.rtf import rtf_text
from feeds.text import one_line, visible_text

Format = Literal["docx", "pdf", "rtf", "eml", "html", "txt"]

MOST_BYTES: Final = 20_000_000
_MOST_UNPACKED = 100_000_000
_MOST_PAGES = 60
_LEAST_TEXT = 20
_OF_PAGES: Final = frozenset({"docx", "pdf"})
"""What may be pictures of pages."""
_OPENED: Final = frozenset({".docx", ".pdf"})
_TEXT_ENDINGS: Final = frozenset({".txt", ".md", ".eml", ".html", ".htm", ".rtf"})
_NOT_IN_TEXT: Final = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_STRAY: Final = 0.05
"""The part of a text that may be bytes that mean nothing."""
_RELEASE_AHEAD: Final = timedelta(days=31)
_EVENT_AHEAD: Final = timedelta(days=366)
"""How far ahead a release is dated, or tells of an event, at most."""
_MOST_TEXT = 400_000
_BINARY: Final = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"BM", b"II*", b"MM\x00", b"ID3", b"OggS", b"\x7fELF", b"MZ",
)  # fmt: skip
_MAIL_HEADER = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|x-[\w-]+):", re.I
)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|article|h1|table)[\s>]", re.I)
_SUBJECT_PREFIX = re.compile(
    r"(?i)^(?:(?:re|fwd?|ответ|пересл\w*)\s*:\s*|\[[^\]]{1,40}\]\s*|пресс-?релиз\s*[:.–—-]\s*)+"
)
_WRAPPED_WIDTH = 130
_MAIL_WIDTH = 100
_FORWARDED = "message/rfc822"
_MOST_FORWARDED = 3
"""Mails within one that are looked into, side by side and one in another."""
_PAGE_NUMBER = re.compile(
    r"(?i)^\W*(?:(?:стр(?:аница)?|page|бет)\W*)?\d{1,3}(?:\s*(?:из|of|/)\s*\d{1,3})?\W*$"
)


def read_document(name: str, data: bytes, now: datetime) -> Document:
    """The parts of the release in a file; raises a `DocumentError` that says what is wrong with it.

    Reads .docx, .pdf, .rtf, .eml, .html and .txt, whatever the name says.  At most 20 MB, and 60 pages of a PDF.
    A mail gives what it carries: the release in its text, or in an attached file where the text is a covering note.
    """
    shown = PurePath(name).name or "file"
    if len(data) > MOST_BYTES:
        raise DocumentTooLarge(name=shown, megabytes=MOST_BYTES // 1_000_000)
    kind = _format(shown, data)
    document = _READERS[kind](shown, data, now)
    if not document.title or len(document.body) + len(document.title) < _LEAST_TEXT:
        raise (NoText if kind in _OF_PAGES else TooLittleText)(name=shown)
    return _with_doubt_of_date(document, local_day(now) or now.date())


def _with_doubt_of_date(document: Document, today: date) -> Document:
    """The document with the warning `date_far_ahead` where it would be published long after now."""
    room = _EVENT_AHEAD if "date_of_event" in document.warnings else _RELEASE_AHEAD
    if document.date is None or document.date <= today + room:
        return document
    return replace(document, warnings=(*document.warnings, "date_far_ahead"))


@contextmanager
def _foreign(name: str) -> Iterator[None]:
    """Parsers of strangers' files raise anything at all: whatever it is, it is this file that is damaged."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        ending = PurePath(name).suffix.lower()
        raise (DamagedDocument(name=name, format=ending) if ending else DocumentError(name=name)) from error


def _format(name: str, data: bytes) -> Format:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head and not data.strip():
        raise EmptyDocument(name=name)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"PK\x03\x04") and _is_docx(data):
        return "docx"
    if head.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedDocument(name=name)
    if head.startswith(_BINARY) or _is_binary(data[:1024]):
        raise _not_as_named(name)
    return _text_format(name, data, head)


def _is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding: a zero, or many of those that texts do not have."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return b"\x00" in head or len(_NOT_IN_TEXT.findall(head)) > len(head) * _STRAY


def _not_as_named(name: str) -> DocumentError:
    """What is wrong with a file that is neither a document nor text, by what its name says that it is."""
    ending = PurePath(name).suffix.lower()
    if ending in _OPENED:
        return DamagedDocument(name=name, format=ending)
    return (NotText if ending in _TEXT_ENDINGS else UnknownFormat)(name=name)


def _text_format(name: str, data: bytes, head: bytes) -> Format:
    ending = PurePath(name).suffix.lower()
    headers = sum(1 for line in head.splitlines()[:12] if _MAIL_HEADER.match(line))
    if headers >= 2 or (ending == ".eml" and headers):
        return "eml"
    if _HTML.search(decode(data[:4096]).text):
        return "html"
    if ending in {*_OPENED, ".doc", ".odt", ".xls", ".xlsx"} and len(head) < 40:
        raise _not_as_named(name)
    return "txt"


def _is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _read_text(name: str, data: bytes, _now: datetime) -> Document:
    decoded = decode(data)
    if decoded.repaired > len(decoded.text) * _STRAY:
        raise NotText(name=name)
    return read_press(unwrapped(decoded.text[:_MOST_TEXT]))


def _read_rtf(_name: str, data: bytes, _now: datetime) -> Document:
    return read_press(rtf_text(data)[:_MOST_TEXT])


def _read_docx(name: str, data: bytes, _now: datetime) -> Document:
    with _foreign(name):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(file.file_size for file in archive.infolist()) > _MOST_UNPACKED:
                raise DocumentTooLarge(name=name, megabytes=_MOST_UNPACKED // 1_000_000)
        opened = docx.Document(io.BytesIO(data))
        text, title = "\n".join(_docx_lines(opened)), opened.core_properties.title
    return read_press(text[:_MOST_TEXT], hint_title=_useful(title))


def _docx_lines(opened: docx.document.Document) -> Iterator[str]:
    for block in opened.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(one_line(cell.text) for cell in row.cells)
                yield " ".join(filter(None, cells))


def _read_pdf(name: str, data: bytes, _now: datetime) -> Document:
    with _foreign(name):
        text, title = _pdf_text(name, data)
    if len(re.findall(r"\w", text)) < 20:
        raise NoText(name=name)
    return read_press(unwrapped(text), hint_title=_useful(title))


def _pdf_text(name: str, data: bytes) -> tuple[str, str | None]:
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ProtectedDocument(name=name)
    text = "\n".join(_without_number(page.extract_text() or "") for page in reader.pages[:_MOST_PAGES])
    metadata: Any = reader.metadata
    return text[:_MOST_TEXT], metadata.title if metadata else None


def _without_number(page: str) -> str:
    """The text of a page without its number at the top or the bottom."""
    lines = page.strip().split("\n")
    while lines and _PAGE_NUMBER.match(lines[-1]):
        lines.pop()
    return "\n".join(lines[1:] if lines and _PAGE_NUMBER.match(lines[0]) else lines)


def _read_html(_name: str, data: bytes, now: datetime) -> Document:
    text = decode(data).text
    try:
        item = read_article(text, _saved_from(text), now)
    except NoArticle:
        tree = HtmlPage(text).tree
        return read_press(visible_text(tree.body or tree.root)[:_MOST_TEXT])
    parts = read_press(f"{item.title}\n\n{item.body}", hint_title=item.title)
    body = parts.body if parts.title == item.title else item.body
    document = replace(
        parts, title=item.title, body=body, language=item.language, related=item.related or parts.related
    )
    return with_date(document, local_day(item.published_at))


def _saved_from(text: str) -> str:
    """The address that browsers note in a page they save («saved from url»)."""
    match = re.search(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", text[:3000])
    return match[1] if match else ""


def _read_mail(name: str, data: bytes, now: datetime, deep: int = 0) -> Document:
    with _foreign(name):
        mail = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        subject = _SUBJECT_PREFIX.sub("", one_line(str(mail["subject"] or "")))
        sent = local_day(read_date(str(mail["date"] or ""), now))
        cover, files = _mail_text(mail), list(_attached(mail))
        inner = [part.as_bytes() for part in mail.iter_attachments() if part.get_content_type() == _FORWARDED]
    for forwarded in inner[:_MOST_FORWARDED] if deep < _MOST_FORWARDED else ():
        document = _forwarded(name, forwarded, now, deep + 1)
        if document is not None and len(document.body) > len(cover):
            return document
    for attached in files:
        document = _attachment(attached, now)
        if document is not None and len(document.body) > len(cover):
            return with_date(document, sent)
    return _covered(cover, subject, sent)


def _forwarded(name: str, part: bytes, now: datetime, deep: int) -> Document | None:
    """What a mail carries that was forwarded whole, inside another (RFC 2046, 5.2.1)."""
    _, _, mail = part.partition(b"\n\n")
    try:
        return _read_mail(name, mail, now, deep)
    except DocumentError:
        return None


def _covered(cover: str, subject: str, sent: date | None) -> Document:
    """A release in the text of a mail: its subject is the headline where the text does not begin with one."""
    document = read_press(cover, hint_title=subject)
    title = document.title
    if GREETING.match(title) or title.casefold() in subject.casefold():
        document = replace(document, title=subject or title)
    elif _useful(subject) and (not document.body or title.endswith(".")):
        first = () if title in document.body else (title,)  # a sentence of the text, not a headline
        document = replace(document, title=subject, body="\n".join(filter(None, (*first, document.body))))
    return with_date(document, sent)


def _mail_text(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    text = decode(payload if isinstance(payload, bytes) else b"", part.get_content_charset() or "").text
    if part.get_content_subtype() == "html":
        tree = HtmlPage(text).tree
        return visible_text(tree.body or tree.root)
    lines = [re.sub(r"^(?:>\s?)+", "", line) for line in re.split(r"(?m)^-- ?$", text)[0].splitlines()]
    return unwrapped("\n".join(lines))


def _attached(mail: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for part in mail.iter_attachments():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and part.get_filename():
            yield part.get_filename() or "", payload


def _attachment(file: tuple[str, bytes], now: datetime) -> Document | None:
    name, data = file
    try:
        return None if _format(name, data) == "eml" else read_document(name, data, now)
    except DocumentError:
        return None


def _useful(title: str | None) -> str:
    """A file's own title, unless it is one that a program made up."""
    tidy = one_line(title or "")
    made_up = re.search(
        r"(?i)^(?:microsoft word|документ\d*|document\d*|untitled|пресс-?релиз)\b|\.docx?$", tidy
    )
    return "" if made_up else tidy


def unwrapped(text: str) -> str:
    """Paragraphs whole again where lines were broken at a fixed width, as PDF and mail do.

    Text whose lines are paragraphs already is given back as it is.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(lengths) < 6 or lengths[-1] > _WRAPPED_WIDTH:
        return text
    going_on = sum(1 for line in lines if line.strip()[:1].islower())
    if going_on < (len(lengths) * 0.2 if lengths[-1] > _MAIL_WIDTH else 1):
        return text
    width = lengths[int(len(lengths) * 0.9)]
    joined: list[str] = []
    before = ""
    for line in lines:
        if _goes_on(before.rstrip(), line.strip(), width):
            joined[-1] = _joined(joined[-1].rstrip(), line.strip())
        else:
            joined.append(line)
        before = line
    return "\n".join(joined)


def _joined(paragraph: str, line: str) -> str:
    if re.search(r"[а-яёa-zөүң]-$", paragraph) and line[:1].islower():
        return paragraph[:-1] + line
    return f"{paragraph} {line}"


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether a line continues the one before it: that one is full, and neither is a headline or a point of a list."""
    if any(MARKER.match(one) or is_date_line(one) for one in (before, line)):
        return False
    if not before or not line or re.match(r"[-–—•*·▪►]\s|\d{1,2}[.)]\s", line) or HEADING.match(line):
        return False
    if before.isupper() != line.isupper() and (before.isupper() or line.isupper()):
        return False
    ended = before[-1] in ".!?:" and (len(before) < width * 0.9 or re.match(r"[^\W\d]+:", line) is not None)
    full = len(before) >= width * 0.75
    if full and line[:1].isupper():
        # A paragraph may begin here: it does not where the first word would still have stood on the line before.
        full = len(before) + 1 + len(line.split(maxsplit=1)[0]) >= width * 0.92
    return full and not ended


_READERS: Final[dict[Format, Callable[[str, bytes, datetime], Document]]] = {
    "docx": _read_docx,
    "pdf": _read_pdf,
    "rtf": _read_rtf,
    "eml": _read_mail,
    "html": _read_html,
    "txt": _read_text,
}
