"""Cards, lists and business cards."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.answers import (
    contact_card,
    organisation_card,
    project_card,
    projects_list,
    term_card,
    vcard,
)
from bot.answers.cards import PAGE
from bot.answers.vcard import MAX_SIZE
from bot.i18n import translation
from storage.languages import LANGUAGES, Language, Names
from storage.registry import Contact, PartialDate, RegistrySnapshot, Source


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_fits_a_message_and_names_its_source(
    snapshot: RegistrySnapshot, now: datetime, language: Language
) -> None:
    tr, today = translation(language), now.date()
    cards = [
        *(project_card(project, snapshot, tr, today) for project in snapshot.data.projects),
        *(organisation_card(body, snapshot, tr) for body in snapshot.data.organisations),
        *(term_card(term, tr) for term in snapshot.data.terms),
        *(contact_card(contact, snapshot, tr, today) for contact in snapshot.data.contacts),
    ]
    for card in cards:
        text, entities = card.render()
        assert 0 < len(text.encode("utf-16-le")) // 2 <= 4096
        assert entities
        assert tr.gettext("Source:") in text.splitlines()[-1]


def test_a_phone_can_be_copied_with_a_tap(snapshot: RegistrySnapshot, now: datetime) -> None:
    contact = next(contact for contact in snapshot.data.contacts if contact.slug == "psi-dpi")
    text, entities = contact_card(contact, snapshot, translation("ru"), now.date()).render()
    encoded = text.encode("utf-16-le")
    copied = [
        encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
        for entity in entities
        if entity.type == "code"
    ]
    assert copied == ["+996 312 214572", "AMambetova@dpi.kg"]


def test_a_fresh_contact_has_no_warning(snapshot: RegistrySnapshot) -> None:
    contact = next(contact for contact in snapshot.data.contacts if contact.slug == "eged-dpi")
    soon = datetime(2024, 12, 1).date()
    text, _ = contact_card(contact, snapshot, translation("ru"), soon).render()
    assert "Опубликовано 8 октября 2024 года." in text
    assert "могли измениться" not in text


def test_projects_can_be_listed_by_territory_donor_and_state(
    snapshot: RegistrySnapshot, now: datetime
) -> None:
    def slugs(**conditions: str) -> set[str]:
        page = projects_list(snapshot, translation("ru"), now.date(), **conditions)  # type: ignore[arg-type]
        return {project.slug for project in page.projects}

    assert slugs(territory="talas") == {"psi"}
    assert slugs(organisation="usaid") == {"successful-aimak", "successful-aimak-2"}
    assert slugs(organisation="usaid", state="over") == {"successful-aimak"}
    assert slugs(territory="batken") == set()


def test_pages_hold_every_project_once(snapshot: RegistrySnapshot, now: datetime) -> None:
    first = projects_list(snapshot, translation("ky"), now.date())
    rest = [
        projects_list(snapshot, translation("ky"), now.date(), page=page) for page in range(1, first.pages)
    ]
    listed = [project.slug for page in (first, *rest) for project in page.projects]
    assert sorted(listed) == sorted(snapshot.projects)
    assert len(first.projects) <= PAGE
    assert projects_list(snapshot, translation("ky"), now.date(), page=99).page == first.pages - 1


def test_a_business_card_escapes_and_folds(snapshot: RegistrySnapshot) -> None:
    contact = Contact(
        slug="someone",
        of_kind="organisation",
        of="dpi",
        as_of=PartialDate(2024),
        source=Source("example.org", "https://example.org"),
        person=Names(ru="Вымышлен; Придуманов"),
        role=Names(ru="отдел, этаж\\3\nвторая строка с очень длинным названием должности"),
        phones=("+996555000000",),
        emails=("someone@example.org",),
    )
    card = vcard(contact, snapshot, translation("ru"))
    rows = card.replace("\r\n ", "").split("\r\n")
    assert rows[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert rows[-2:] == ["END:VCARD", ""]
    assert "FN:Вымышлен\\; Придуманов" in rows
    assert "TITLE:отдел\\, этаж\\\\3\\nвторая строка с очень длинным названием должности" in rows
    assert "TEL;TYPE=WORK,VOICE:+996555000000" in rows
    assert all(len(row.encode()) <= 75 for row in card.split("\r\n"))


def test_every_business_card_is_small_enough_for_telegram(snapshot: RegistrySnapshot) -> None:
    for contact in snapshot.data.contacts:
        assert len(vcard(contact, snapshot, translation("ru")).encode()) <= MAX_SIZE
