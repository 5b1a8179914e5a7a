"""Files and mail of every kind that a press service sends."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest

from feeds.documents import read_document, unwrapped
from feeds.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    NoText,
    NotText,
    ProtectedDocument,
    TooLittleText,
    UnknownFormat,
)
from feeds.rtf import rtf_text
from tests.conftest import NOW
from tests.feeds.document_files import (
    LINES,
    TEXT,
    TITLE,
    cyrillic_pdf_file,
    docx_file,
    mail,
    pdf_file,
    rtf_file,
)


def _zip(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


HTML = (
    f"<html><head><title>{TITLE} | Сайт</title></head><body><h1>{TITLE}</h1><p>19 декабря 2025 года</p>"
    + "".join(f"<p>{line}</p>" for line in LINES[4:])
    + "</body></html>"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("release.txt", TEXT.encode()),
        ("release.txt", TEXT.encode("cp1251", "replace").replace(b"?", b"y")),
        ("release.txt", TEXT.replace("\n", "\r\n").encode("utf-16")),
        ("release.docx", docx_file(*LINES)),
        ("wrong-ending.txt", docx_file(*LINES)),
        ("release.rtf", rtf_file(*LINES)),
        ("release.doc", rtf_file(*LINES)),
        ("release.html", HTML.encode()),
        ("release.eml", mail().as_bytes()),
        ("no-ending", mail().as_bytes()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_release_in_every_form_reads_the_same(name: str, data: bytes) -> None:
    document = read_document(name, data, NOW)
    assert document.title.replace("Yлгy", "Үлгү").replace("yлгy", "Үлгү") == TITLE
    assert document.date == date(2025, 12, 19)
    assert [(one.name, one.phones, one.emails) for one in document.contacts] == [
        ("Асан Пробный", ("+996555123456",), ("asan@example.org",))
    ]
    assert document.body.startswith("В селе подвели итоги")
    assert "Подробности" not in document.body


def test_a_pdf_is_read_with_its_lines_joined() -> None:
    document = read_document(
        "release.pdf",
        pdf_file(
            "8 July 2025",
            "",
            "PRESS RELEASE",
            "",
            "Villages exchange experience in waste collection",
            "",
            "Representatives of fifteen rural municipalities met in Karakol to exchange",
            "experience in collecting household waste and to see a sorting site that the",
            "residents had built. They discussed tariffs that people are ready to pay.",
            "",
            "For more information: Jane Example, Officer, +996 555 123456",
        ),
        NOW,
    )
    assert document.title == "Villages exchange experience in waste collection"
    assert (document.date, document.language) == (date(2025, 7, 8), "en")
    assert "to exchange experience in collecting" in document.body
    assert document.contacts[0].name == "Jane Example"


@pytest.mark.parametrize(
    ("lines", "title", "day", "language", "words", "contact"),
    [
        (
            (
                "19 декабря 2025 года",
                "Бишкек",
                "",
                "ПРЕСС-РЕЛИЗ",
                "",
                "Жители Мисалского айыла выбрали проекты",
                "",
                "В селе подвели итоги голосования за проекты благоустройства: из двадцати",
                "заявок жители выбрали пять самых нужных. «Мы впервые решали сами», –",
                "сказала жительница села, и соседи с ней согласились.",
                "",
                "Подробности для СМИ: Асан Пробный, юрист: 0555 / 0500 123-456, asan@example.org",
            ),
            "Жители Мисалского айыла выбрали проекты",
            date(2025, 12, 19),
            "ru",
            "из двадцати заявок жители",
            ("Асан Пробный", ("+996555123456", "+996500123456")),
        ),
        (
            (
                "2025-жылдын 20-апрели",
                "",
                "БАСМА СӨЗ БИЛДИРҮҮСҮ",
                "",
                "Мисал айылынын тургундары долбоорлорду тандап алышты",
                "",
                "Айылда көчөлөрдү жарыктандыруу жана таза суу боюнча добуш берүүнүн",
                "жыйынтыгы чыгарылды: жыйырма сунуштун ичинен тургундар эң керектүү",
                "бешөөнү тандап, өкмөткө өткөрүп беришти.",
            ),
            "Мисал айылынын тургундары долбоорлорду тандап алышты",
            date(2025, 4, 20),
            "ky",
            "добуш берүүнүн жыйынтыгы",
            None,
        ),
    ],
)
def test_a_pdf_in_russian_and_kyrgyz_is_read(
    lines: tuple[str, ...],
    title: str,
    day: date,
    language: str,
    words: str,
    contact: tuple[str, tuple[str, ...]] | None,
) -> None:
    document = read_document("release.pdf", cyrillic_pdf_file(*lines), NOW)
    assert (document.title, document.date, document.language) == (title, day, language)
    assert words in document.body
    assert [(one.name, one.phones) for one in document.contacts] == ([contact] if contact else [])


def test_a_table_of_a_document_is_text_too() -> None:
    document = read_document("a.docx", docx_file(*LINES[:6], table=("Асан Пробный", "0555 12 34 56")), NOW)
    assert document.contacts[0].phones == ("+996555123456",)


def test_a_mail_is_dated_when_its_text_is_not() -> None:
    text = "\n\n".join(LINES[3:6])
    assert read_document("a.eml", mail(text).as_bytes(), NOW).date == date(2025, 12, 20)


def test_a_covering_note_gives_way_to_the_file_it_covers() -> None:
    message = mail(
        "Добрый день, коллеги! Направляем пресс-релиз во вложении. С уважением, пресс-служба.", "Пресс-релиз"
    )
    message.add_attachment(
        docx_file(*LINES, LINES[4], LINES[5]),
        maintype="application",
        subtype="octet-stream",
        filename="Релиз.docx",
    )
    assert read_document("a.eml", message.as_bytes(), NOW).title == TITLE


def test_a_mail_forwarded_whole_is_read_for_what_it_carries() -> None:
    inner = EmailMessage()
    inner["Subject"], inner["Date"] = "Пресс-релиз", "Tue, 20 Oct 2026 09:15:00 +0600"
    inner.set_content("Уважаемые коллеги,\n\nнаправляем пресс-релиз.\n")
    inner.add_attachment(
        docx_file(*LINES[2:]), maintype="application", subtype="msword", filename="релиз.docx"
    )
    outer = EmailMessage()
    outer["Subject"], outer["Date"] = "Fwd: Пресс-релиз", "Wed, 21 Oct 2026 11:00:00 +0600"
    outer.set_content("Коллеги, см. вложение.\n")
    outer.add_attachment(inner)
    document = read_document("mail.eml", outer.as_bytes(), NOW)
    assert (document.title, document.date) == (TITLE, date(2026, 10, 20))
    assert document.contacts[0].name == "Асан Пробный"


def test_mails_within_mails_are_looked_into_a_few_deep() -> None:
    mail = EmailMessage()
    mail.set_content("Коротко.")
    for _ in range(12):
        outer = EmailMessage()
        outer["Subject"], outer["From"] = "Fwd: " + TITLE, "a@example.org"
        outer.set_content("См. ниже.")
        outer.add_attachment(mail)
        mail = outer
    assert read_document("mail.eml", mail.as_bytes(), NOW).title == TITLE


def test_a_letterhead_is_no_title_and_a_page_s_number_no_text() -> None:
    data = cyrillic_pdf_file(
        "Общественное объединение «Пример развития»",
        "720000, г. Бишкек, ул. Образцовая, 1, тел. 0312 00-11-22",
        "Пресс-релиз № 7",
        "г. Бишкек            «12» октября 2025 г.",
        "МЕСТНЫЕ СООБЩЕСТВА ОЦЕНИЛИ КАЧЕСТВО",
        "УСЛУГ В ДЕВЯТИ АЙЫЛНЫХ АЙМАКАХ",
        "Жители девяти айылных аймаков Нарынской области оценили",
        "качество муниципальных услуг с помощью карт оценки. Самыми",
        "слабыми оказались услуги по вывозу мусора и освещению улиц.",
        "Дополнительная информация: Жылдыз Образцова, менеджер проекта,",
        "тел. 0555 77 88 99",
        "1",
    )
    document = read_document("release.pdf", data, NOW)
    assert document.title == "МЕСТНЫЕ СООБЩЕСТВА ОЦЕНИЛИ КАЧЕСТВО УСЛУГ В ДЕВЯТИ АЙЫЛНЫХ АЙМАКАХ"
    assert (document.date, document.place) == (date(2025, 10, 12), "Бишкек")
    assert document.body.startswith("Жители девяти")
    assert [(one.name, one.role, one.phones) for one in document.contacts] == [
        ("Жылдыз Образцова", "менеджер проекта", ("+996555778899",))
    ]


def test_a_mail_that_begins_with_a_greeting_is_called_by_its_subject() -> None:
    text = "Уважаемые коллеги!\n\n" + "\n\n".join(LINES[4:])
    assert read_document("a.eml", mail(text).as_bytes(), NOW).title == TITLE


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Вода пришла в сорок домов села Мисалово.", "Вода пришла в сорок домов села Мисалово."),
        ("Жители построили мост.\n\n" + LINES[4], "Жители построили мост.\n" + LINES[4]),
        (LINES[4], LINES[4]),
    ],
)
def test_a_mail_of_plain_paragraphs_is_called_by_its_subject(text: str, body: str) -> None:
    document = read_document("a.eml", mail(text, "Хорошая новость из Мисалово").as_bytes(), NOW)
    assert (document.title, document.body) == ("Хорошая новость из Мисалово", body)


def test_a_mail_whose_subject_says_nothing_is_called_by_its_text() -> None:
    text = "Вода пришла в сорок домов села Мисалово."
    assert read_document("a.eml", mail(text, "Пресс-релиз").as_bytes(), NOW).title == text


@pytest.mark.parametrize(
    ("day", "warnings"),
    [
        ("19 декабря 2025 года", ()),
        ("1 декабря 2026 года", ()),
        ("12 марта 2036 года", ("date_far_ahead",)),
    ],
)
def test_a_date_far_ahead_is_doubted(day: str, warnings: tuple[str, ...]) -> None:
    data = TEXT.replace("19 декабря 2025 года", day).encode()
    assert read_document("a.txt", data, NOW).warnings == warnings


def test_an_event_may_be_announced_a_year_ahead() -> None:
    told = "\n\n".join([TITLE, LINES[4].replace("В селе", "12 марта 2027 года в селе")])
    assert read_document("a.txt", told.encode(), NOW).warnings == ("date_of_event",)


def test_a_mail_in_html_only_is_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = (
        "a@example.org",
        TITLE,
        "Sat, 20 Dec 2025 10:00:00 +0600",
    )
    message.set_content(HTML, subtype="html")
    assert read_document("a.eml", message.as_bytes(), NOW).title == TITLE


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("scan.pdf", pdf_file(""), NoText),
        ("locked.pdf", pdf_file("Secret words of some length here", password="p"), ProtectedDocument),
        (
            "locked.docx",
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            ProtectedDocument,
        ),
        ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600), UnknownFormat),
        ("table.xlsx", _zip("xl/workbook.xml"), UnknownFormat),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100), UnknownFormat),
        ("picture.docx", b"\xff\xd8\xff" + bytes(100), DamagedDocument),
        ("broken.docx", docx_file("x")[:-60], DamagedDocument),
        ("hollow.docx", _zip("word/document.xml"), DamagedDocument),
        ("junk.docx", b"not a document", DamagedDocument),
        ("broken.pdf", b"%PDF-1.4\nnothing", DamagedDocument),
        ("empty.txt", b"", EmptyDocument),
        ("empty.docx", b"", EmptyDocument),
        ("blank.txt", b" \n \n", EmptyDocument),
        ("short.txt", b"hi", TooLittleText),
        ("zeros.txt", bytes(500), NotText),
        ("bytes.txt", bytes(range(1, 256)) * 4, NotText),
        ("torn.txt", b"\xef\xbb\xbf" + b"\xff\xf8 " * 200, NotText),
        ("program.exe", b"MZ\x90\x00" + bytes(300), UnknownFormat),
        ("packed.zip", _zip("a.txt"), UnknownFormat),
        ("huge.txt", bytes(20_000_001), DocumentTooLarge),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_in_words_with_its_name(
    name: str, data: bytes, error: type[DocumentError]
) -> None:
    with pytest.raises(error, match=name) as caught:
        read_document(name, data, NOW)
    assert type(caught.value) is error
    assert ("scan" in str(caught.value)) is (error is NoText)


def test_a_docx_that_unpacks_without_end_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(120_000_000))
    with pytest.raises(DocumentTooLarge):
        read_document("bomb.docx", buffer.getvalue(), NOW)


@pytest.mark.parametrize(
    ("rtf", "expected"),
    [
        (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2\par two}", "Привет\ntwo"),
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 Times;}}\f0 \'cf\'f0}", "Пр"),
        (rb"{\rtf1\uc1 \u1257?\u1199?{\*\generator x;}{\pict 00ff}z}", "өүz"),
        (rb"{\rtf1\uc0 \u1257 x}", "өx"),
        (rb"{\rtf1 a\~b\_c\{d\}\\}", "a b-c{d}\\"),
        (rb"{\rtf1 unclosed {\b bold", "unclosed bold"),
    ],
)
def test_rich_text_is_decoded(rtf: bytes, expected: str) -> None:
    assert rtf_text(rtf).strip() == expected


def test_paragraphs_that_are_whole_stay_as_they_are() -> None:
    text = "Заголовок\n" + "слово " * 60 + "\n" + "слово " * 50
    assert unwrapped(text) == text
