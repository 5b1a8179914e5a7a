"""`make screenshots`: pictures of what people see, from the running bot on its sandbox, in a real browser."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
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


async def announce(town: Town) -> None:
    """Staff prepare an announcement, up to its preview."""
    await town.say(STAFF_ID, "/announce")
    await town.wait_for(STAFF_ID, "Пришлите объявление")
    await town.say(STAFF_ID, "В пятницу в 10:00 встреча по бюджету аймака. Приходите и спрашивайте.")
    await town.press_when_there(STAFF_ID, "Все ·")
    await town.wait_for(STAFF_ID, "Так это увидят")


async def open_chat(browser: Browser, town: Town, person: int, size: dict[str, int]) -> Page:
    """The page as a person sees their chat with the bot."""
    context = await browser.new_context(viewport=size, device_scale_factor=2)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{town.base}/#person={person}")
    await page.locator(f'#people [data-person="{person}"]').click()
    await page.locator("#chats button").first.click()
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
            await _take(browser, town, CITIZEN_ID, PHONE, folder / "answer-ky.png")
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
            await announce(town)
            await _take(browser, town, STAFF_ID, PHONE, folder / "announce.png")
            await town.say(STAFF_ID, "/links")
            await town.press_when_there(STAFF_ID, "QR · ПСЭР")
            await _take(browser, town, STAFF_ID, PHONE, folder / "links.png")
            await browser.close()


async def _take(browser: Browser, town: Town, person: int, size: dict[str, int], file: Path) -> None:
    page = await open_chat(browser, town, person, size)
    await page.screenshot(path=file)
    await page.context.close()
    print(file)


if __name__ == "__main__":
    asyncio.run(shoot(Path(sys.argv[1])))
