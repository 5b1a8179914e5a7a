"""What a newcomer does first: opens the page, subscribes, publishes at a partner, sees the alert, asks, announces."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from tests.end_to_end.program import sandboxed_bot
from tests.screenshots import CHROMIUM_FLAGS, DESKTOP

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.end_to_end,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]

PATIENCE = 20_000


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The chat page of the real program, in a real browser."""
    async with sandboxed_bot(tmp_path) as (_, town), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
        opened = await context.new_page()
        opened.set_default_timeout(PATIENCE)
        await opened.goto(f"{town.base}/?lang=ru")
        await expect(opened.locator("body[data-live=yes]")).to_be_visible()
        yield opened
        await browser.close()


async def become(page: Page, person: int) -> None:
    """Goes on as another person, in their chat with the bot."""
    await page.locator(f'#people [data-person="{person}"]').click()
    await page.locator("#chats [data-kind=private]").first.click()


async def press(page: Page, *buttons: str) -> None:
    """Presses buttons of the newest message that has one so called, one after another."""
    for name in buttons:
        await page.locator("#messages .key", has_text=name).last.click()


async def say(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#send").click()


async def see(page: Page, text: str) -> None:
    await expect(page.locator("#messages .message[data-from=bot]", has_text=text).last).to_be_visible(
        timeout=PATIENCE
    )


async def test_the_whole_job_by_mouse_and_keyboard(page: Page) -> None:
    await become(page, CITIZEN_ID)
    await page.locator("#start").click()
    await press(page, "Кыргызча", "СЭӨП", "Даяр", "Күн сайын")
    await see(page, "Даяр: СЭӨП")

    await become(page, OFFICIAL_ID)
    await page.locator("#start").click()
    await press(page, "Русский", "ПСЭР", "Готово", "Сразу")
    await see(page, "Готово: ПСЭР")

    await page.locator("#publish-site").select_option("institute")
    await page.locator("#publish-choice").select_option("new-pser-naryn")
    await page.locator("#publish").click()
    await see(page, "пять айыл аймаков приняли ПСЭР")

    await say(page, "кто финансирует Успешный аймак 2?")
    await see(page, "финансирует USAID")
    await see(page, "donors.kg")

    await become(page, STAFF_ID)
    await page.locator("#start").click()
    await press(page, "Русский")
    await see(page, "О чём сообщать")
    await say(page, "/announce")
    await see(page, "Пришлите объявление")
    await say(page, "Завтра собрание в айыл окмоту.")
    await press(page, "Все ·", "Отправить 3 подписчикам")
    await see(page, "Доставлено")

    await become(page, CITIZEN_ID)
    await see(page, "Завтра собрание в айыл окмоту.")
