"""`make screenshots`: pictures of what people see, from the running bot on its sandbox, in a real browser."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot.i18n import Translation, translation
from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from storage.languages import Language
from tests.end_to_end.program import Town, inline_buttons, sandboxed_bot, until

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


async def first_minute(town: Town, person: int, language: str, *buttons: str) -> None:
    """A newcomer chooses."""
    await town.order("start", person=person)
    for button in (language, *buttons):
        await town.press_when_there(person, button)


async def play(town: Town) -> None:
    """A day in the town: people subscribe, ask, and are told."""
    await first_minute(town, OFFICIAL_ID, "Русский", "ПСЭР", "Местные инициативы", "Готово", "Сразу")
    await town.wait_for(OFFICIAL_ID, "Готово")
    await first_minute(town, CITIZEN_ID, "Кыргызча", "Лидер аялдар", "СЭӨП", "Даяр", "Күн сайын")
    await town.wait_for(CITIZEN_ID, "Даяр")
    await town.say(CITIZEN_ID, "Ийгиликтүү аймак 2ни ким каржылайт?")
    await town.wait_for(CITIZEN_ID, "каржылайт")
    await first_minute(town, STAFF_ID, "Русский", "ПСЭР", "Готово", "Раз в день")
    await town.wait_for(STAFF_ID, "Готово")


async def wait_for_button(town: Town, button: str) -> None:
    """Waits until the newest message with buttons has one."""

    async def there() -> bool:
        shown = [message for message in await town.from_bot(OFFICIAL_ID) if inline_buttons(message)]
        return bool(shown) and button in inline_buttons(shown[-1])

    await until(there, what=button)


async def choices(browser: Browser, town: Town, folder: Path) -> None:
    """Days off, the language of news, and the districts of an oblast."""
    await town.press_when_there(OFFICIAL_ID, "Тихие дни")
    for button in ("Суббота", "Воскресенье", "Государственные праздники"):
        await town.press_when_there(OFFICIAL_ID, button)
    await wait_for_button(town, "✓ Государственные праздники")
    await _take(browser, town, OFFICIAL_ID, PHONE, folder / "days-off.png")
    await town.press_when_there(OFFICIAL_ID, "‹ Назад")
    await town.press_when_there(OFFICIAL_ID, "Язык новостей")
    await wait_for_button(town, "На всех языках")
    await _take(browser, town, OFFICIAL_ID, PHONE, folder / "language-of-news.png")
    await town.say(OFFICIAL_ID, "/topics")
    for button in ("По областям и районам", "ПСЭР ▾", "Районы, города ▾", "Кадамжайский район"):
        await town.press_when_there(OFFICIAL_ID, button)
    await wait_for_button(town, "✓ Кадамжайский район")
    await _take(browser, town, OFFICIAL_ID, PHONE, folder / "districts.png")


async def weekly(town: Town, folder: Path) -> None:
    """A weekly digest that is due now, with its picture."""
    await town.say(OFFICIAL_ID, "/settings")
    for button in ("Картинка", "С картинкой", "Как часто", "Раз в неделю"):
        await town.press_when_there(OFFICIAL_ID, button)
    await town.wait_for(OFFICIAL_ID, "раз в неделю")
    (file,) = folder.rglob("*.db")
    with closing(sqlite3.connect(file, timeout=20)) as database, database:
        database.execute("UPDATE subscriptions SET next_due_at = datetime('now', '-1 hour') || '.000000'")
        database.execute("UPDATE chats SET days_off = 0")
    await town.order("publish", site="institute", prepared="new-initiative-bridge")
    await town.wait_for(OFFICIAL_ID, "Неделя в цифрах", seconds=90)


ASKED: Mapping[Language, str] = {"ru": "Пришлите объявление", "ky": "Эмнени жарыялай"}
MEETING: Mapping[Language, str] = {
    "ru": "В пятницу в 10:00 встреча по бюджету аймака. Приходите и спрашивайте.",
    "ky": "Жума күнү саат 10:00дө аймактын бюджети боюнча жолугушуу. Келип, сурооңузду бериңиз.",
}


async def appoint_editor(town: Town) -> None:
    """The official becomes an editor."""
    await town.say(STAFF_ID, "/staff")
    await town.press_when_there(STAFF_ID, "Добавить")
    await town.wait_for(STAFF_ID, "Выберите человека")
    await town.say(STAFF_ID, str(OFFICIAL_ID))
    await town.press_when_there(STAFF_ID, "редактор")


async def speak_kyrgyz(town: Town) -> None:
    """Both of the staff go on in Kyrgyz."""
    for person in (OFFICIAL_ID, STAFF_ID):
        await town.say(person, "/settings")
        for button in ("🌐", "Кыргызча"):
            await town.press_when_there(person, button)
        await town.wait_for(person, "Жөндөөлөр")


async def staff_at_work(browser: Browser, town: Town, folder: Path, language: Language) -> None:
    """An editor hands an announcement over, a publisher allows it and looks at what became of it."""
    tr = translation(language)

    async def take(name: str) -> None:
        suffix = "" if language == "ru" else f"-{language}"
        await _take(browser, town, STAFF_ID, PHONE, folder / f"{name}{suffix}.png", language)

    await write_announcement(town, STAFF_ID, tr)
    await take("announce")
    await town.press_when_there(STAFF_ID, tr.gettext("Cancel"))
    await write_announcement(town, OFFICIAL_ID, tr)
    await town.press_when_there(OFFICIAL_ID, tr.gettext("Hand over to a publisher"))
    await town.wait_for(STAFF_ID, tr.gettext("This announcement needs your approval."))
    await take("approval")
    await town.press_when_there(STAFF_ID, tr.gettext("Allow"))
    await until(partial(_delivered, town, tr), seconds=30, what="a report")
    await town.say(STAFF_ID, "/announce")
    for button in (tr.gettext("Announced before"), "1. ", tr.gettext("Report")):
        await town.press_when_there(STAFF_ID, button)
    await until(partial(_has_file, town, ".csv"), what="the table")
    await take("report")
    await town.say(STAFF_ID, "/audit")
    await town.wait_for(STAFF_ID, tr.gettext("Who did what"))
    await take("audit")
    await town.say(STAFF_ID, "/links")
    await town.press_when_there(STAFF_ID, tr.gettext("The whole country"))
    await town.press_when_there(STAFF_ID, "Нарын")
    await town.press_when_there(STAFF_ID, "QR · " + ("ПСЭР" if language == "ru" else "СЭӨП"))
    await until(partial(_has_file, town, ".png"), what="the QR")
    await take("links")


async def write_announcement(town: Town, person: int, tr: Translation) -> None:
    """Somebody of the staff prepares an announcement, up to its preview."""
    await town.say(person, "/announce")
    await town.wait_for(person, ASKED[tr.language])
    await town.say(person, MEETING[tr.language])
    await town.press_when_there(person, tr.gettext("Everyone") + " ·")
    await town.wait_for(person, tr.gettext("This is how people will see it."))


async def _delivered(town: Town, tr: Translation) -> bool:
    said = tr.ngettext("Delivered to {n} subscriber", "Delivered to {n} subscribers", 3)
    return await town.last_with(OFFICIAL_ID, said) is not None


async def _has_file(town: Town, ending: str) -> bool:
    newest = (await town.from_bot(STAFF_ID))[-1]
    return str(newest.get("document", {}).get("file_name", "")).endswith(ending)


async def open_chat(
    browser: Browser, town: Town, person: int, size: dict[str, int], language: Language = "ru"
) -> Page:
    """The page as a person sees their chat with the bot."""
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=2,
        timezone_id="Asia/Bishkek",
    )
    page = await context.new_page()
    await page.goto(f"{town.base}/?lang={language}#person={person}&chat={person}")
    await page.locator("article.message").last.wait_for(state="visible")
    await page.wait_for_timeout(1_500)
    return page


async def shoot(folder: Path) -> None:
    """Writes every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        async with sandboxed_bot(Path(scratch)) as (_, town), async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
            )
            await play(town)
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "start.png")
            await _take(browser, town, CITIZEN_ID, PHONE, folder / "answer-ky.png", "ky")
            await town.say(OFFICIAL_ID, "кто финансирует Успешный аймак 2?")
            await town.wait_for(OFFICIAL_ID, "финансирует USAID")
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "answer.png")
            await town.order("publish", site="institute", prepared="new-pser-naryn")
            await town.wait_for(OFFICIAL_ID, "пять айыл аймаков приняли ПСЭР")
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "alert.png")
            await town.say(OFFICIAL_ID, "/digest")
            await town.wait_for(OFFICIAL_ID, "Местное самоуправление")
            await _take(browser, town, OFFICIAL_ID, DESKTOP, folder / "digest-desktop.png")
            await town.say(OFFICIAL_ID, "/topics")
            await town.wait_for(OFFICIAL_ID, "О чём сообщать")
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "topics.png")
            await town.say(OFFICIAL_ID, "/settings")
            await town.wait_for(OFFICIAL_ID, "Настройки")
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "settings.png")
            await choices(browser, town, folder)
            await weekly(town, Path(scratch))
            await _take(browser, town, OFFICIAL_ID, PHONE, folder / "week.png")
            await appoint_editor(town)
            await staff_at_work(browser, town, folder, "ru")
            await speak_kyrgyz(town)
            await staff_at_work(browser, town, folder, "ky")
            await browser.close()


async def _take(
    browser: Browser,
    town: Town,
    person: int,
    size: dict[str, int],
    file: Path,
    language: Language = "ru",
) -> None:
    page = await open_chat(browser, town, person, size, language)
    await page.screenshot(path=file)
    await page.context.close()
    print(file)


if __name__ == "__main__":
    asyncio.run(shoot(Path(sys.argv[1])))
