"""What stands under every conversation: its memory, its order, its end, its menu, and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.fsm.storage.base import StorageKey

from bot.delivery.limits import sending_in_bulk
from bot.i18n import translation
from bot.sandbox.faults import Fault
from handlers.commands import (
    EVERYBODY,
    STAFF,
    publish_commands,
    publish_description,
    publish_staff_commands,
    withdraw_staff_commands,
)
from handlers.conversation import Memory, fade
from handlers.conversation_storage import ConversationLocks, ConversationStorage
from handlers.in_flight import InFlight
from handlers.patience import Patience
from handlers.throttle import Throttle
from storage.conversations import Conversations
from storage.database import Database
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
KEY = StorageKey(bot_id=1, chat_id=2, user_id=3)


async def test_a_dialogue_survives_a_restart_and_leaves_nothing_when_it_ends(database: Database) -> None:
    before = ConversationStorage(Conversations(database), lambda: NOW)
    await before.set_state(KEY, "Announcing:content")
    await before.set_data(KEY, {"draft": {"ru": []}})

    after = ConversationStorage(Conversations(database), lambda: NOW)
    assert await after.get_state(KEY) == "Announcing:content"
    assert await after.get_data(KEY) == {"draft": {"ru": []}}

    await after.set_state(KEY, None)
    await after.set_data(KEY, {})
    assert await Conversations(database).sweep(NOW + timedelta(days=1)) == 0


async def test_forum_topics_are_conversations_of_their_own(database: Database) -> None:
    storage = ConversationStorage(Conversations(database), lambda: NOW)
    await storage.set_state(StorageKey(1, 2, 3, thread_id=7), "Searching:words")
    assert await storage.get_state(KEY) is None


async def test_what_another_replica_wrote_is_seen_by_the_next_update(database: Database) -> None:
    here, there = (ConversationStorage(Conversations(database), lambda: NOW) for _ in range(2))
    locks = ConversationLocks(here)
    async with locks.lock(KEY):
        assert await here.get_state(KEY) is None
        await here.set_state(KEY, "Searching:words")
        await here.set_data(KEY, {"page": 2})
        assert (await here.get_state(KEY), await here.get_data(KEY)) == ("Searching:words", {"page": 2})
    await there.set_data(KEY, {"page": 3})
    async with locks.lock(KEY):
        assert await here.get_data(KEY) == {"page": 3}


async def test_updates_of_one_conversation_wait_for_each_other_and_others_do_not(
    sqlite_database: Database,
) -> None:
    locks = ConversationLocks(ConversationStorage(Conversations(sqlite_database), lambda: NOW))
    order: list[str] = []

    async def handle(key: StorageKey, name: str, pause: float) -> None:
        async with locks.lock(key):
            order.append(f"{name} begins")
            await asyncio.sleep(pause)
            order.append(f"{name} ends")

    other = StorageKey(1, 9, 9)
    await asyncio.gather(handle(KEY, "a", 0.02), handle(KEY, "b", 0), handle(other, "c", 0))
    assert order.index("a ends") < order.index("b begins")
    assert order.index("c begins") < order.index("a ends")


async def test_locks_are_not_kept_for_people_who_have_gone(sqlite_database: Database) -> None:
    locks = ConversationLocks(ConversationStorage(Conversations(sqlite_database), lambda: NOW))
    for user in range(100):
        async with locks.lock(StorageKey(1, user, user)):
            pass
    assert not locks._locks


async def test_stopping_waits_for_what_is_being_handled() -> None:
    in_flight = InFlight()
    finished: list[bool] = []

    async def handler(event: Any, data: dict[str, Any]) -> None:
        await asyncio.sleep(0.02)
        finished.append(True)

    task = asyncio.create_task(in_flight(handler, None, {}))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert await in_flight.drain(1)
    assert finished == [True]
    await task


async def test_stopping_does_not_wait_for_ever() -> None:
    in_flight = InFlight()
    task = asyncio.create_task(in_flight(lambda *_: asyncio.sleep(5), None, {}))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert not await in_flight.drain(0.01)
    task.cancel()


def test_a_person_is_heard_again_after_a_pause() -> None:
    times = [NOW] * 4 + [NOW + timedelta(seconds=1)]
    throttle = Throttle(lambda: times.pop(0), burst=3, per_second=1)
    assert [throttle.admits(1) for _ in range(5)] == [True, True, True, False, True]


def test_the_throttle_remembers_only_so_many_people() -> None:
    throttle = Throttle(lambda: NOW, people=10)
    for user in range(1000):
        throttle.admits(user)
    assert len(throttle._buckets) == 10


def test_what_was_asked_fades() -> None:
    data = {"question": "кто платит", "subject": "project:uumu", "asked_at": NOW.isoformat()}
    assert fade(data, NOW + timedelta(minutes=9)) == Memory("кто платит", "project:uumu")
    assert fade(data, NOW + timedelta(minutes=11)) == Memory("кто платит", None)
    assert fade(data, NOW + timedelta(days=2)) == Memory()
    assert fade({}, NOW) == Memory()


@pytest.mark.parametrize("command", ["/Help", "/HELP", "/hElp", "/Help@jarchy_sandbox_bot"])
async def test_a_command_is_known_in_any_letter_case(talk: Talk, command: str) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.say(command)
    assert talk.text().startswith("Что я умею")


async def test_what_follows_a_command_keeps_its_letters(talk: Talk) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.say("/Search Кыштымов Абракадабра")
    assert "«Кыштымов Абракадабра»" in talk.text()


async def test_everybody_has_a_menu_in_their_language_and_staff_have_theirs(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
    await publish_commands(talk.bot, [STAFF_ID, 555])
    assert set(menu(talk, OFFICIAL_ID)) == set(EVERYBODY)
    assert menu(talk, OFFICIAL_ID)["digest"] == "Что нового"
    assert menu(talk, CITIZEN_ID)["digest"] == "Эмне жаңылык"
    assert set(menu(talk, STAFF_ID)) == set(EVERYBODY) | set(STAFF)


def menu(talk: Talk, who: int, chat_id: int | None = None) -> dict[str, str]:
    """The commands that a person sees in a chat, in private where none is named."""
    chat, user = talk.telegram.chats[chat_id or who], talk.telegram.users[who]
    return {one["command"]: one["description"] for one in talk.telegram.commands_for(chat, user)}


async def test_the_menu_speaks_the_language_that_was_chosen_in_the_chat(talk: Talk) -> None:
    await publish_commands(talk.bot, [STAFF_ID])
    for who in (CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
        assert menu(talk, who)["digest"] == "Что нового"
        await talk.say("/settings", who=who)
        await talk.press("🌐 Русский", who=who)
        await talk.press("Кыргызча", who=who)
        assert menu(talk, who)["digest"] == "Эмне жаңылык"
    assert "announce" in menu(talk, STAFF_ID)
    assert "announce" not in menu(talk, CITIZEN_ID)


async def test_a_restart_leaves_staff_the_language_they_chose(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    await talk.press("Кыргызча", who=STAFF_ID)
    await publish_commands(talk.bot, [STAFF_ID], {STAFF_ID: "ky"})
    assert menu(talk, STAFF_ID)["announce"] == translation("ky").gettext(STAFF["announce"])


async def test_the_menu_of_a_group_speaks_the_language_of_the_group(talk: Talk) -> None:
    await talk.start()
    group = talk.people.create_group(OFFICIAL_ID, "Аймак", [CITIZEN_ID]).id
    talk.people.add_bot(OFFICIAL_ID, group)
    await talk.answered()
    await talk.say("/settings@jarchy_sandbox_bot", chat=group)
    await talk.press("🌐 Русский", chat=group)
    await talk.press("Кыргызча", chat=group)
    assert menu(talk, OFFICIAL_ID, group)["digest"] == "Эмне жаңылык"
    assert "privacy" not in menu(talk, OFFICIAL_ID, group)


async def test_who_leaves_the_staff_keeps_the_language_they_chose(talk: Talk) -> None:
    await talk.start()
    await talk.press("Кыргызча")
    await publish_staff_commands(talk.bot, OFFICIAL_ID, "ky")
    await withdraw_staff_commands(talk.bot, OFFICIAL_ID, "ky")
    assert menu(talk, OFFICIAL_ID)["digest"] == "Эмне жаңылык"
    assert "announce" not in menu(talk, OFFICIAL_ID)


async def test_what_the_bot_is_stands_in_an_empty_chat_in_each_language(talk: Talk) -> None:
    await publish_description(talk.bot)
    await publish_description(talk.bot)
    for language, said in (
        ("ru", "Жарчы рассказывает"),
        ("ky", "Жарчы Кыргызстандын"),
        (None, "Жарчы Кыргыз"),
    ):
        assert (await talk.bot.get_my_description(language)).description.startswith(said)
        assert 0 < len((await talk.bot.get_my_short_description(language)).short_description) <= 120
    assert talk.telegram.calls["setMyDescription"] == talk.telegram.calls["setMyShortDescription"] <= 4


async def test_staff_who_write_for_the_first_time_get_their_menu_then(talk: Talk) -> None:
    await publish_commands(talk.bot, [STAFF_ID])
    await talk.start(who=STAFF_ID)
    chat, user = talk.telegram.chats[STAFF_ID], talk.telegram.users[STAFF_ID]
    assert "announce" in {one["command"] for one in talk.telegram.commands_for(chat, user)}
    assert talk.buttons(STAFF_ID) == ["Кыргызча", "Русский"]


async def test_a_failure_is_said_calmly_and_logged_without_what_was_asked(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await talk.start()
    await talk.press("Русский")

    async def broken() -> None:
        raise RuntimeError("the registry is on fire")

    monkeypatch.setattr(talk.deps.registry, "snapshot", broken)
    with caplog.at_level(logging.ERROR, "handlers"):
        await talk.say("кто финансирует мой тайный проект")
    assert "Сейчас не получилось" in talk.text()
    assert "the registry is on fire" in caplog.text
    assert "тайный" not in caplog.text
    talk.expected_failures = 1


async def test_a_refusal_of_ours_is_said_in_its_own_words(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    await talk.press("Русский", who=STAFF_ID)
    await talk.say("/sources", who=STAFF_ID)
    message = talk.last(STAFF_ID)
    assert message.markup is not None
    message.markup["inline_keyboard"].append([{"text": "gone", "callback_data": "srca:on:no-such-source"}])
    await talk.press("gone", who=STAFF_ID)
    assert "no-such-source" in talk.text(STAFF_ID)


async def test_a_chat_that_is_closed_to_us_while_we_answer_is_noted(talk: Talk) -> None:
    await talk.start("topic-pser")
    talk.people.say(OFFICIAL_ID, "/help")
    talk.telegram.chats[OFFICIAL_ID].bot = "kicked"
    await talk.answered()
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.state == "blocked"


async def test_a_button_is_answered_even_when_its_handler_fails(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.start()
    await talk.press("Русский")

    async def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(talk.deps.subscribers, "toggle", broken)
    await talk.press("ПСЭР")
    assert talk.notices()[-1] is not None
    talk.expected_failures = 1


async def test_an_answer_that_telegram_holds_back_comes_a_little_later(talk: Talk) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    talk.bot.session.middleware(Patience(sleep))
    await talk.start()
    talk.faults.order(Fault("flood", method="sendMessage", retry_after=2, count=2))
    before = len(talk.messages())
    await talk.say("/privacy")
    assert waited == [2, 2]
    assert len(talk.messages()) == before + 1


async def test_the_sender_keeps_its_own_waits(talk: Talk) -> None:
    async def sleep(seconds: float) -> None:
        raise AssertionError("the sender was held up by a sleeping call")

    talk.bot.session.middleware(Patience(sleep))
    await talk.start()
    talk.faults.order(Fault("flood", method="sendMessage", retry_after=2, count=1))
    token = sending_in_bulk.set(True)
    try:
        with pytest.raises(TelegramRetryAfter):
            await talk.bot.send_message(OFFICIAL_ID, "x")
    finally:
        sending_in_bulk.reset(token)
