"""The page in a real browser: what a person does there reaches the bot, and what the bot does is seen."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import (
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)
from aiogram.utils.deep_linking import create_start_link
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_methods import png

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]

NASTY = "<img src=x onerror=document.title='hacked'> & <b>текст</b>"


def demo() -> Dispatcher:
    """A bot that shows each thing the page can draw."""
    router = Router()

    @router.message(CommandStart())
    async def greet(message: Message) -> None:
        rows = [
            [
                InlineKeyboardButton(text="ПСЭР", callback_data="pser"),
                InlineKeyboardButton(text="Важно", callback_data="alert"),
                InlineKeyboardButton(text="Дальше", callback_data="link"),
            ]
        ]
        await message.answer(
            "О чём <b>сообщать</b>?",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
        )

    @router.message(Command("keys"))
    async def keys(message: Message) -> None:
        await message.answer(
            "Выберите", reply_markup=ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Проекты")]])
        )

    @router.message(F.photo | F.document)
    async def file(message: Message) -> None:
        await message.reply("Файл получен")

    @router.message(F.text)
    async def echo(message: Message) -> None:
        await message.answer(f"Вы написали: {message.text}")

    @router.callback_query(F.data == "pser")
    async def chosen(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("Подписка: ПСЭР")
        await query.answer("Сохранено")

    @router.callback_query(F.data == "alert")
    async def alert(query: CallbackQuery) -> None:
        await query.answer("Прочтите внимательно", show_alert=True)

    @router.callback_query(F.data == "link")
    async def link(query: CallbackQuery, bot: Bot) -> None:
        await query.answer(url=await create_start_link(bot, "more-1-8"))

    @router.inline_query()
    async def offered(query: InlineQuery) -> None:
        content = InputTextMessageContent(message_text=f"Карточка: {query.query}")
        await query.answer(
            [InlineQueryResultArticle(id="1", title="Успешный аймак 2", input_message_content=content)]
        )

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests here; each gets a window of its own."""
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def page(sandbox: Sandbox, browser: Browser) -> AsyncIterator[Page]:
    """The page on a desktop, with the demonstration bot running; a script's error fails the test."""
    sandbox.model.limits.configure(enabled=False)
    bot = Bot(sandbox.token, session=sandbox.session())
    await bot.set_my_commands([BotCommand(command="keys", description="Кнопки")])
    dispatcher = demo()
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    errors: list[str] = []
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(sandbox.page_url)
    await expect(page.locator("body")).to_have_attribute("data-live", "yes")
    yield page
    await page.close()
    await dispatcher.stop_polling()
    await polling
    assert errors == []


async def write(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def test_a_button_that_opens_the_bots_link_starts_it(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    await page.locator("[data-callback=link]").click()
    await expect(page.locator(".message[data-from=me] .text").last).to_contain_text("/start more-1-8")


async def test_a_first_conversation(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    question = page.locator(".message[data-from=bot]").last
    await expect(question.locator(".text b")).to_have_text("сообщать")

    await question.locator("[data-callback=alert]").click()
    await expect(page.locator("#alert")).to_contain_text("Прочтите внимательно")
    await page.click("#alert button")

    await question.locator("[data-callback=pser]").click()
    await expect(page.locator("#toast")).to_contain_text("Сохранено")
    await expect(question.locator(".text")).to_contain_text("Подписка: ПСЭР")
    await expect(question.locator(".stamp")).to_contain_text("изменено")

    await write(page, NASTY)
    await expect(page.locator(".message[data-from=bot] .text").last).to_contain_text(f"Вы написали: {NASTY}")
    assert await page.title() == "Жарчы"
    assert await page.locator("#messages img").count() == 0


async def test_an_empty_chat_says_what_the_bot_is_in_the_persons_language(
    page: Page, sandbox: Sandbox
) -> None:
    bot = Bot(sandbox.token, session=sandbox.session())
    for language, said in (("ru", "Говорит новости."), ("ky", "Жаңылык айтат.")):
        await bot.set_my_description(said, language_code=language)
        await bot.set_my_short_description(f"Кратко: {said}", language_code=language)
    await expect(page.locator(".intro p")).to_have_text("Говорит новости.")
    await expect(page.locator("#chats [data-kind=private]")).to_contain_text("Кратко: Говорит новости.")
    await page.click(f"[data-person='{CITIZEN_ID}']")
    await expect(page.locator(".intro p")).to_have_text("Жаңылык айтат.")


async def test_commands_keyboards_files_and_forwards(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    await page.click("#menu")
    await page.click("#commands [data-command=keys]")
    await page.click("#keyboard [data-reply=Проекты]")
    await expect(page.locator(".message[data-from=bot] .text").last).to_contain_text("Вы написали: Проекты")

    await page.set_input_files(
        "#file", [{"name": "сход.png", "mimeType": "image/png", "buffer": png(40, 30)}]
    )
    await write(page, "Снимок")
    await expect(page.locator(".message[data-from=bot] .quoted")).to_contain_text("Снимок")
    picture = page.locator(".message[data-from=me] .album img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40

    await page.locator(".message[data-from=bot] .act").last.click()
    await page.click("[data-action=forward]")
    await page.click(f"#dialog [data-choice='{OFFICIAL_ID}']")
    await expect(page.locator(".origin")).to_contain_text("Жарчы")


async def test_blocking_and_unblocking(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    await page.click("#chat-more")
    await page.click("[data-action=block]")
    await expect(page.locator("#start")).to_have_text("Разблокировать бота")
    assert sandbox.model.chats[OFFICIAL_ID].bot == "kicked"
    await page.click("#start")
    await expect(page.locator("#composer")).to_be_visible()
    assert sandbox.model.chats[OFFICIAL_ID].bot == "member"


async def test_publishing_a_release_tells_the_program_at_once(page: Page, sandbox: Sandbox) -> None:
    sandbox.people.start(OFFICIAL_ID)
    asked = asyncio.Event()

    async def look() -> None:
        asked.set()

    sandbox.on_publish = look
    before = len(sandbox.partners.archive.on("journal"))
    await page.select_option("#publish-choice", "new-women-mentors")
    await page.click("#publish")
    async with asyncio.timeout(5):
        await asked.wait()
    await expect(page.locator("#latest li").first).to_contain_text("Женщины-лидеры станут наставницами")
    await page.select_option("#publish-choice", "")
    await page.fill("#publish-title", "Своя новость")
    await page.fill("#publish-text", "Первый абзац.\n\nВторой абзац.")
    await page.select_option("#publish-site", "journal")
    await page.click("#publish")
    await expect(page.locator("#latest li").first).to_contain_text("Своя новость")
    assert len(sandbox.partners.archive.on("journal")) == before + 2


async def test_several_people_and_a_group(page: Page, sandbox: Sandbox) -> None:
    await page.click(f"[data-person='{STAFF_ID}']")
    await page.click("#new-group")
    await page.fill("#group-title", "Рабочая группа")
    await page.click("#dialog-submit")
    await expect(page.locator("#chat-title")).to_have_text("Рабочая группа")
    await write(page, "/keys")
    await expect(page.locator(".message[data-from=bot] .sender").last).to_have_text("Жарчы")
    await page.click(f"[data-person='{CITIZEN_ID}']")
    await page.locator("#chats [data-kind=supergroup]").click()
    await expect(page.locator(".message[data-from=other]").last).to_contain_text("/keys")


async def test_a_late_answer_about_the_person_before_does_not_take_the_page_back(
    page: Page, sandbox: Sandbox
) -> None:
    late = asyncio.Event()

    async def slow(route: Route) -> None:
        answer = await route.fetch()
        await late.wait()
        await route.fulfill(response=answer)

    await page.route(f"**/sandbox/state?person={OFFICIAL_ID}", slow)
    async with page.expect_request(f"**/sandbox/state?person={OFFICIAL_ID}") as asked:
        await page.click("#start")
    await page.click(f"[data-person='{CITIZEN_ID}']")
    await expect(page.locator(f"[data-person='{CITIZEN_ID}']")).to_have_attribute("aria-pressed", "true")
    late.set()
    await (await asked.value).response()
    await page.click("#start")
    await expect(page.locator("[data-callback=pser]")).to_be_visible()
    await expect(page.locator(f"[data-person='{CITIZEN_ID}']")).to_have_attribute("aria-pressed", "true")


async def test_a_card_shared_by_inline_mode(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    await page.fill("#text", "@jarchy_sandbox_bot аймак")
    await page.click("#commands [data-result='1']")
    card = page.locator(".message[data-from=me]").last
    await expect(card).to_contain_text("Карточка: аймак")
    await expect(card.locator(".origin")).to_contain_text("@jarchy_sandbox_bot")


async def test_a_link_with_a_start_parameter_opens_the_bot(page: Page, sandbox: Sandbox) -> None:
    await page.fill("#link-payload", "topic-pser")
    await page.click("#link-form button")
    await expect(page.locator(".message[data-from=me]").first).to_contain_text("/start topic-pser")


async def test_deleted_and_edited_messages_of_ones_own(page: Page, sandbox: Sandbox) -> None:
    await page.click("#start")
    await write(page, "раз")
    own = page.locator(".message[data-from=me]").last
    await expect(own).to_contain_text("раз")
    await own.hover()
    await own.locator(".act").click()
    await page.click("[data-action=edit]")
    await write(page, "два")
    await expect(own).to_contain_text("два")
    await own.locator(".act").click()
    await page.click("[data-action=remove]")
    await expect(own).to_contain_text("/start")
    assert sandbox.model.chats[OFFICIAL_ID].standing()[-1].body == "Вы написали: раз"


async def test_a_telephone_in_kyrgyz(page: Page, sandbox: Sandbox) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{sandbox.page_url}?lang=ky")
    await page.click(f"[data-person='{CITIZEN_ID}']")
    await page.click(f"[data-chat='{CITIZEN_ID}']")
    await expect(page.locator("#start")).to_have_text("Баштоо")
    await page.click("#start")
    await expect(page.locator("[data-callback=pser]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.click("#back")
    await expect(page.locator("#side")).to_be_visible()
