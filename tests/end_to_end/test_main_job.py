"""The whole job, as a newcomer sees it: the program in a process of its own, started without a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from tests.end_to_end.program import (
    ROOT,
    Bot,
    Town,
    bot_process,
    inline_buttons,
    on_sandbox,
    sandbox_process,
    sandboxed_bot,
)

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(240)]

SAMPLES = ROOT.parent / "shared" / "samples"


async def subscribe(town: Town, person: int, language: str, *buttons: str) -> None:
    """The first minute: language, topic, how often."""
    await town.say(person, "/start")
    for button in (language, *buttons):
        await town.press_when_there(person, button)


@pytest.fixture
async def running(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with sandboxed_bot(tmp_path) as (bot, town):
        yield bot, town


async def test_a_release_is_heard_and_told_a_question_answered_and_an_announcement_made(
    running: tuple[Bot, Town],
) -> None:
    bot, town = running
    await subscribe(town, OFFICIAL_ID, "Русский", "ПСЭР", "Готово", "Сразу")
    await town.wait_for(OFFICIAL_ID, "Готово: ПСЭР")

    site = (await town.get("control/sources"))["sources"][0]["slug"]
    title = "В Мисалском районе обсудили проект ПСЭР на пять лет"
    text = "Программа социально-экономического развития Мисалского района обсуждена с жителями."
    await town.order("publish", site=site, title=title, text=text)
    alert = await town.wait_for(OFFICIAL_ID, title)
    assert any(entity["type"] == "text_link" for entity in alert.get("entities", [])) or alert["reply_markup"]

    await town.say(OFFICIAL_ID, "кто финансирует Успешный аймак 2?")
    answer = (await town.wait_for(OFFICIAL_ID, "финансирует USAID"))["text"]
    assert "donors.kg" in answer
    assert "2023" in answer

    await subscribe(town, CITIZEN_ID, "Кыргызча", "СЭӨП", "Даяр", "Жума сайын")
    await town.say(CITIZEN_ID, "/announce")
    assert not inline_buttons(await town.wait_for(CITIZEN_ID, "кызматкерлер үчүн"))
    await announce(town, "Встреча по бюджету завтра в 10:00.")
    await town.wait_for(CITIZEN_ID, "Встреча по бюджету завтра в 10:00.")
    await town.wait_for(STAFF_ID, "Доставлено")
    if SAMPLES.is_dir():
        await documents_reach_the_subscribers_of_the_topic_that_staff_give_them(bot, town)
    assert await bot.stop() == 0, bot.log()
    assert "Traceback" not in bot.log()


async def documents_reach_the_subscribers_of_the_topic_that_staff_give_them(bot: Bot, town: Town) -> None:
    """Real documents, where they are beside the checkout: texts that we did not write.

    One speaks of ПСЭР among much else; staff decide that it is for who wants to know of that.
    """
    printed = await bot.jarchy("import", "--json", *map(str, sorted(SAMPLES.glob("*.txt"))))
    assert printed.count('"title"') == 3
    title = "СЕМИНАР ДЛЯ ГЛАВ ИСПОЛНИТЕЛЬНЫХ ОРГАНОВ"
    await town.say(STAFF_ID, "/queue")
    await town.press(STAFF_ID, await town.wait_for(STAFF_ID, title), "ПСЭР")
    await town.wait_for(OFFICIAL_ID, title)


async def announce(town: Town, text: str) -> None:
    """A member of staff says it to everyone."""
    await town.say(STAFF_ID, "/start")
    await town.press(STAFF_ID, await town.wait_for(STAFF_ID, "Жарчы"), "Русский")
    await town.wait_for(STAFF_ID, "О чём сообщать")
    await town.say(STAFF_ID, "/announce")
    await town.wait_for(STAFF_ID, "Пришлите объявление")
    await town.say(STAFF_ID, text)
    await town.press_when_there(STAFF_ID, "Все ·")
    await town.press_when_there(STAFF_ID, "Отправить 3")


async def test_what_was_chosen_outlives_a_kill(tmp_path: Path) -> None:
    async with sandbox_process() as town, bot_process(tmp_path, **on_sandbox(town, tmp_path)) as bot:
        await bot.start()
        await subscribe(town, OFFICIAL_ID, "Русский", "ПСЭР", "Готово", "Раз в день")
        await town.wait_for(OFFICIAL_ID, "Готово: ПСЭР")
        await bot.kill()
        await town.say(OFFICIAL_ID, "/topics")
        await bot.start()
        await town.press_when_there(OFFICIAL_ID, "✓ ПСЭР")
