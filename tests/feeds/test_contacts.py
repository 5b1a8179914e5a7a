"""Footers give people, roles and telephone numbers."""

from __future__ import annotations

import pytest

from feeds.contacts import phones_in, read_contacts
from feeds.items import Contact


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0555 / 0500 123-456, 0770 771-711", ["+996555123456", "+996500123456", "+996770771711"]),
        ("+996 312 976530, 976534, факс 976529", ["+996312976530", "+996312976534"]),
        ("(0312) 301036 доб. 803777", ["+996312301036"]),
        ("тел.: +996 (312) 97-65-30", ["+996312976530"]),
        ("моб. 0700-12-34-56 и 0777121314", ["+996700123456", "+996777121314"]),
        ("16.12.2021 17:42", []),
        ("№6 (164) / 2025-07-14", []),
        ("бюджет 12 500 000 сомов", []),
        ("2011–2015", []),
    ],
)
def test_telephone_numbers_are_brought_to_one_form(written: str, expected: list[str]) -> None:
    assert phones_in(written) == expected


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        (
            "Подробности для СМИ: Нургуль Сыноочиева, специалист по связям с общественностью Института развития сёл: "
            "0555 / 0500 313-385, n@example.org",
            Contact(
                "Нургуль Сыноочиева",
                "специалист по связям с общественностью",
                "Институт развития сёл",
                ("+996555313385", "+996500313385"),
                ("n@example.org",),
            ),
        ),
        (
            "За дополнительной информацией обращаться: Нурлан уулу Бакыт, пресс-секретарь Государственного агентства "
            "по делам МСУ, тел.: (0312) 66 12 34",
            Contact(
                "Нурлан уулу Бакыт",
                "пресс-секретарь",
                "Государственное агентство по делам МСУ",
                ("+996312661234",),
            ),
        ),
        (
            "Байланыш үчүн: Айгүл Үлгүлүева, Өнүктүрүү институтунун адиси, 0555 12 34 56",
            Contact("Айгүл Үлгүлүева", "адиси", "Өнүктүрүү институту", ("+996555123456",)),
        ),
        (
            "Контакты: ОО «Пробный институт», г. Бишкек, тел. 0312 97 65 30",
            Contact("", "", "ОО «Пробный институт»", ("+996312976530",)),
        ),
        (
            "Контактное лицо: Айнура ПРОБНАЯ, менеджер проекта «Новый аймак», моб.: +996 (555) 12-34-56",
            Contact("Айнура Пробная", "менеджер", "Проект «Новый аймак»", ("+996555123456",)),
        ),
        (
            "Media contact: Jane Example, Communications Officer, Example Foundation, jane@example.org",
            Contact(
                "Jane Example", "Communications Officer", "Example Foundation", (), ("jane@example.org",)
            ),
        ),
        (
            "Пресс-служба районной администрации: 0312 66 77 88",
            Contact("", "Пресс-служба", "Районная администрация", ("+996312667788",)),
        ),
    ],
)
def test_a_footer_says_who_can_be_asked(footer: str, expected: Contact) -> None:
    assert read_contacts([footer]) == (expected,)


def test_each_name_begins_another_contact() -> None:
    lines = [
        "Контакты для СМИ:",
        "Асан Пробный",
        "юрист",
        "0555 123456",
        "Үсөн Образцов, эколог, u@example.org",
    ]
    assert [(one.name, one.role) for one in read_contacts(lines)] == [
        ("Асан Пробный", "юрист"),
        ("Үсөн Образцов", "эколог"),
    ]


def test_a_line_without_a_way_to_reach_anyone_is_no_contact() -> None:
    assert read_contacts(["Подробности для СМИ: на сайте", "Асан Пробный, юрист"]) == ()
