"""/publish: staff bring in a release themselves: a text, a file, a link or a forwarded post."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, MessageOriginChannel
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.listening import Listening
from bot.messages.parts import clip, joined, web_address
from feeds.check import is_address
from feeds.errors import DocumentTooLarge, FeedError, NoText
from feeds.fetch import Fetched, Request
from feeds.filing import Filed, item_of
from feeds.items import Contact, Document, Item, Page
from feeds.reading import Job
from handlers import contact_offers, manuscripts
from handlers.callbacks import PublishStep, PublishTopic
from handlers.dependencies import Clock
from handlers.dialogues import RELEASE, leave
from handlers.keyboards import button, chosen, close
from handlers.manuscripts import Manuscript
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from storage.languages import Names
from storage.registry import Registry
from storage.releases import Releases
from storage.sources import DESK, Sources
from storage.staff import Staff
from storage.subscribers import Chat

MOST_BYTES = 20_000_000
"""What a bot can download (https://core.telegram.org/bots/api#getfile)."""
SHOWN_LIMIT = 900
ENDINGS = (".docx", ".doc", ".pdf", ".rtf", ".eml", ".html", ".htm", ".txt")
"""Of files that a release comes in."""

Read = tuple[Item, tuple[Contact, ...]]
"""What was sent, and the contacts in it."""


class Publishing(StatesGroup):
    """A staff member is bringing in a release."""

    content = State()
    title = State()


class IsRelease(Filter):
    """Passes what can only be meant to be published, in private: a file of text, a post of a channel handed on."""

    async def __call__(self, message: Message) -> bool:
        if message.chat.type != "private":
            return False
        name = (message.document.file_name or "").lower() if message.document else ""
        handed_on = isinstance(message.forward_origin, MessageOriginChannel)
        return name.endswith(ENDINGS) or (handed_on and bool(message.text or message.caption))


def router() -> Router:
    """The conversation about publishing.  Staff need not announce a file or a post: sending it begins it too."""
    publish = Router(name="publish")
    publisher = IsStaff("publisher", everywhere=True)
    publish.message.register(begin, Command("publish"), publisher)
    publish.message.register(no_right, Command("publish"), IsStaff())
    publish.message.register(take_content, Publishing.content, ~F.text.startswith("/"), publisher)
    publish.message.register(take_content, StateFilter(None), IsRelease(), publisher)
    publish.message.register(no_right, StateFilter(None), IsRelease(), IsStaff())
    publish.message.register(take_title, Publishing.title, F.text, ~F.text.startswith("/"), publisher)
    publish.callback_query.register(toggle_topic, PublishTopic.filter(), publisher)
    publish.callback_query.register(ask_title, PublishStep.filter(F.step == "title"), publisher)
    publish.callback_query.register(store, PublishStep.filter(), publisher)
    return publish


async def begin(message: Message, tr: Translation, state: FSMContext) -> None:
    """Asks for the release."""
    await leave(state, RELEASE)
    await state.set_state(Publishing.content)
    text = tr.gettext(
        "Send the release: its text, a file (docx, pdf, txt, rtf, eml), a link, or forward a post."
    )
    await show(message, Screen(Text(text), (close(tr, RELEASE),)))


async def no_right(message: Message, tr: Translation) -> None:
    """Editors, and those limited to a territory, are told who may publish."""
    await show(
        message,
        Screen(Text(tr.gettext("Only publishers and administrators of the whole country can publish."))),
    )


async def take_content(
    message: Message,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    hearing: Listening,
    topics: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Reads what was sent, and shows what it would become."""
    try:
        found = await _read(message, bot, hearing, clock())
    except FeedError as error:
        said = tr.gettext(error.sentence, **error.params)
        if isinstance(error, NoText) and message.document is None:
            said = tr.gettext("This is too little text for a release: a headline and a paragraph are needed.")
        await show(message, Screen(Text(said), (close(tr, RELEASE),)))
        return
    if found is None:
        text = tr.gettext("I can read a text, a file or a link. Please send one of them.")
        await show(message, Screen(Text(text), (close(tr, RELEASE),)))
        return
    await hearing.tagger.renew()
    item, contacts = found
    tags = hearing.tagger(item.title, item.body)
    manuscript = Manuscript(item, frozenset(tags.topics), contacts)
    await state.set_state(None)
    await manuscripts.keep(state, manuscript)
    await show(message, manuscript_screen(tr, manuscript, topics, chat.timezone, clock()))


async def toggle_topic(
    query: CallbackQuery,
    callback_data: PublishTopic,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Puts a topic on the release, or takes it off."""
    manuscript = await manuscripts.load(state)
    if manuscript is None or callback_data.topic not in topics:
        notice.say(tr.gettext("This has been published or cancelled. Begin anew: /publish"))
        return
    manuscript = manuscript.with_topic_toggled(callback_data.topic)
    await manuscripts.keep(state, manuscript)
    await show(query, manuscript_screen(tr, manuscript, topics, chat.timezone, clock()))


async def ask_title(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks for another title."""
    await state.set_state(Publishing.title)
    await show(query, Screen(Text(tr.gettext("Send the title.")), (close(tr, RELEASE),)))


async def take_title(
    message: Message,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    topics: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Takes another title."""
    manuscript = await manuscripts.load(state)
    await state.set_state(None)
    if manuscript is None:
        return
    manuscript = manuscript.with_title(clip(message.text or "", 300))
    await manuscripts.keep(state, manuscript)
    await show(message, manuscript_screen(tr, manuscript, topics, chat.timezone, clock()))


async def store(
    query: CallbackQuery,
    callback_data: PublishStep,
    tr: Translation,
    state: FSMContext,
    hearing: Listening,
    sources: Sources,
    releases: Releases,
    staff: Staff,
    registry: Registry,
    clock: Clock,
    notice: Notice,
) -> None:
    """Stores the release: subscribers are told of it at their time, unless it only goes to the archive."""
    manuscript = await manuscripts.load(state)
    if manuscript is None:
        notice.say(tr.gettext("This has been published or cancelled. Begin anew: /publish"))
        return
    await leave(state, RELEASE)
    silent, by = callback_data.step == "silent", query.from_user.id
    desk = await sources.get(DESK)
    filed = await hearing.filing.file(desk, [manuscript.item], clock(), silent=silent, hush=False)
    for release_id in (*filed.new, *filed.hushed):
        stored = await releases.get(release_id)
        if stored is not None and set(stored.tags.topics) != manuscript.topics:
            await releases.set_topics(release_id, manuscript.topics, by, clock())
        await staff.audit(by, "release.publish", f"release {release_id}", clock(), {"silent": silent})
    await show(query, Screen(Text(what_became(tr, filed, silent=silent))))
    if manuscript.contacts:
        item, contacts = manuscript.item, manuscript.contacts
        await contact_offers.offer(query, item, contacts, tr, state, hearing, registry, clock())


def manuscript_screen(
    tr: Translation, manuscript: Manuscript, topics: Mapping[str, Names], timezone: str, now: datetime
) -> Screen:
    """What was read, with its topics to correct, before anything is stored."""
    item, zone = manuscript.item, ZoneInfo(timezone)
    day = (item.published_at or now).astimezone(zone).date()
    lines: list[Text | str] = [
        Bold(clip(item.title, 300)),
        tr.day(day, now.astimezone(zone).date()),
        clip(item.body or item.summary, SHOWN_LIMIT),
        *([item.url] if web_address(item.url) else []),
        "",
        tr.gettext("Who will be told: subscribers of the topics with ✓. Press a topic to change that."),
    ]
    choices = (
        [button(chosen(names.in_(tr.language), slug in manuscript.topics), PublishTopic(topic=slug))]
        for slug, names in topics.items()
    )
    return Screen(
        joined(lines),
        (
            *choices,
            [button(tr.gettext("Publish"), PublishStep(step="send"), style="primary")],
            [
                button(tr.gettext("To the archive"), PublishStep(step="silent")),
                button(tr.gettext("Title"), PublishStep(step="title")),
            ],
            close(tr, RELEASE),
        ),
    )


def what_became(tr: Translation, filed: Filed, *, silent: bool) -> str:
    """What storing came to, in a sentence.  Pure."""
    if filed.copies:
        return tr.gettext("This repeats a release that is there already, so nobody is told again.")
    if not filed.new and not filed.hushed:
        return tr.gettext("This release is there already.")
    if silent:
        return tr.gettext("Put into the archive. Nobody is told, but it can be found.")
    return tr.gettext("Published. Subscribers are told at the time they chose.")


async def _read(message: Message, bot: Bot, hearing: Listening, now: datetime) -> Read | None:
    if message.document:
        name = message.document.file_name or "document"
        if (message.document.file_size or 0) > MOST_BYTES:
            raise DocumentTooLarge(name=name, megabytes=MOST_BYTES // 1_000_000)
        data = await bot.download(message.document)
        return await _read_document(Page(data.read(), name), hearing, now) if data else None
    text = (message.text or message.caption or "").strip()
    if not text:
        return None
    if is_address(text) and len(text.split()) == 1:
        return await _read_address(text, hearing, now)
    return await _read_document(Page(text.encode(), "message.txt"), hearing, now)


async def _read_document(page: Page, hearing: Listening, now: datetime) -> Read:
    document: Document = await hearing.reader.read(Job("document", page, now))
    said = hashlib.sha256(f"{document.title}\n{document.body}".encode()).hexdigest()
    return item_of(document, f"document:{said}", now), document.contacts


async def _read_address(url: str, hearing: Listening, now: datetime) -> Read:
    answer = await hearing.web.fetch(Request(url), now)
    assert isinstance(answer, Fetched)
    page = Page(answer.body, answer.final_url, answer.charset, answer.content_type)
    item: Item = await hearing.reader.read(Job("article", page, now))
    return item, ()
