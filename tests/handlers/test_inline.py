"""Cards and releases are shared in any chat by typing after the bot's name."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import translation
from bot.sandbox.records import InlineQuery
from handlers.inline import Cards
from storage.languages import Language
from storage.registry import RegistrySnapshot, load_shipped
from tests.conftest import NOW
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, Talk


async def _asked(talk: Talk, words: str, offset: str = "", who: int = OFFICIAL_ID) -> InlineQuery:
    asked = talk.people.ask_inline(who, words, offset)
    await talk.answered()
    return asked


async def _russian(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")


def _titles(asked: InlineQuery) -> list[Any]:
    return [result["title"] for result in asked.results or ()]


async def test_a_project_is_shared_with_how_to_reach_it(talk: Talk) -> None:
    await _russian(talk)
    asked = await _asked(talk, "успешный аймак 2")
    assert _titles(asked)[:2] == ["Успешный аймак 2", "Контакты: Успешный аймак 2"]
    shared = talk.people.choose_inline(OFFICIAL_ID, asked.id, asked.results[1]["id"])  # type: ignore[index]
    assert "+996 312 976530" in str(shared.content["text"])
    assert "Источник: dpi.kg, по состоянию на 16 декабря 2021" in str(shared.content["text"])


async def test_a_word_is_shared(talk: Talk) -> None:
    await _russian(talk)
    asked = await _asked(talk, "айыл окмоту")
    assert asked.results
    assert asked.results[0]["id"].startswith("term:")


async def test_a_release_is_shared_with_its_source_date_and_address(talk: Talk) -> None:
    await _russian(talk)
    await talk.publish("В Нарыне построен водопровод", "local_initiatives", days_ago=2)
    asked = await _asked(talk, "водопровод")
    result = (asked.results or [])[0]
    assert result["title"] == "В Нарыне построен водопровод"
    assert result["description"].startswith("Айыл журналы, ")
    shared = talk.people.choose_inline(OFFICIAL_ID, asked.id, result["id"])
    text = str(shared.content["text"])
    assert text.startswith("В Нарыне построен водопровод\nКороткое начало новости.\nАйыл журналы, ")
    assert "https://journal.example/" in text
    assert (shared.markup or {})["inline_keyboard"][0][0]["text"] == "Читать"


async def test_nothing_typed_offers_the_newest_releases_and_then_the_projects(talk: Talk) -> None:
    await _russian(talk)
    for number in range(7):
        await talk.publish(f"Новость {number}", "pser", days_ago=number + 1)
    asked = await _asked(talk, "")
    titles = _titles(asked)
    assert titles[:5] == [f"Новость {number}" for number in range(5)]
    assert "Улучшение услуг на местном уровне" in titles
    assert asked.next_offset == "5"
    following = await _asked(talk, "", asked.next_offset)
    assert _titles(following) == ["Новость 5", "Новость 6"]
    assert following.next_offset == ""


async def test_more_releases_come_as_one_scrolls(talk: Talk) -> None:
    await _russian(talk)
    for number in range(25):
        await talk.publish(f"Водопровод номер {number}", "pser", days_ago=number + 1)
    first = await _asked(talk, "водопровод")
    second = await _asked(talk, "водопровод", first.next_offset)
    assert (len(_titles(first)), first.next_offset) == (20, "20")
    assert (len(_titles(second)), second.next_offset) == (5, "")
    assert not {*_titles(first)} & {*_titles(second)}


async def test_a_name_half_typed_finds_what_is_meant(talk: Talk) -> None:
    await _russian(talk)
    assert "Успешный аймак 2" in _titles(await _asked(talk, "успешный айма"))


async def test_where_nothing_is_found_the_bot_is_one_tap_away(talk: Talk) -> None:
    await _russian(talk)
    asked = await _asked(talk, "щщщщщщщщ")
    assert not asked.results
    assert (asked.button or {})["text"] == "Ничего не нашлось. Спросить у бота"


async def test_what_is_outside_of_the_place_asked_for_is_not_offered(talk: Talk) -> None:
    await _russian(talk)
    await talk.publish("Водопровод в Оше", "pser", territories=("osh",))
    assert not _titles(await _asked(talk, "водопровод в Нарынской области"))


async def test_each_reads_in_the_language_of_their_chat(talk: Talk) -> None:
    await talk.start(who=CITIZEN_ID)
    await talk.press("Кыргызча", who=CITIZEN_ID)
    asked = await _asked(talk, "успешный аймак 2", who=CITIZEN_ID)
    assert _titles(asked)[0] == "Ийгиликтүү аймак 2"


async def test_nonsense_after_the_name_breaks_nothing(talk: Talk) -> None:
    for words, offset in (("\u200b", ""), ("«»\"'*", "x"), ("а" * 256, "-1"), ("аймак", "9" * 30)):
        asked = await _asked(talk, words, offset)
        assert asked.results is not None


async def test_an_answer_that_comes_too_late_is_no_failure(talk: Talk) -> None:
    await _russian(talk)
    asked = talk.people.ask_inline(OFFICIAL_ID, "аймак")
    talk.telegram.inline.clear()
    await talk.answered()
    assert asked.results is None


async def test_the_help_says_how_to_share(talk: Talk) -> None:
    await _russian(talk)
    await talk.say("/help")
    assert "В любом чате: напишите @jarchy_sandbox_bot и название" in talk.text()


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_everything_shipped_can_be_shared(language: Language) -> None:
    snapshot = RegistrySnapshot(load_shipped())
    cards = Cards(snapshot, translation(language), NOW, ZoneInfo("Asia/Bishkek"))
    records = [
        *(("project", one) for one in snapshot.data.projects),
        *(("organisation", one) for one in snapshot.data.organisations),
        *(("term", one) for one in snapshot.data.terms),
    ]
    for kind, record in records:
        shared = list(cards.records([(kind, record)]))
        contacts = snapshot.contacts_of(kind, record.slug)
        assert len(shared) == (2 if contacts else 1), record.slug
        assert all(len(one.id.encode()) <= 64 for one in shared)
