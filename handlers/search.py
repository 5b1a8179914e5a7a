"""/search: releases and the registry by words, a page at a time, with the words marked."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text, TextLink

from bot.answers.dating import said_date
from bot.i18n import Translation
from bot.messages.parts import clip, joined, web_address
from bot.messages.release import folded_copies, source_and_date
from bot.search_filters import Narrowed
from bot.searching import Finder, Result
from handlers.callbacks import Card, SearchPage
from handlers.choices import button_name
from handlers.dependencies import Clock
from handlers.dialogues import SEARCH
from handlers.keyboards import button, close
from handlers.notices import Notice
from handlers.screens import Screen, say, show, take_buttons_away
from storage.registry import Organisation, PartialDate, Project, Record, Term
from storage.search import Found, Hit, Period, Snippet
from storage.subscribers import Chat

PAGE = 5
WORDS_LIMIT = 200
"""Characters of what is searched that are kept for the next page."""
TITLE_LIMIT = 250
RECORD_LIMIT = 160
BUTTON_LIMIT = 60


class Searching(StatesGroup):
    """A person is writing what to look for."""

    words = State()


def router() -> Router:
    """The conversation about searching."""
    searching = Router(name="search")
    searching.message.register(search, Command("search"))
    searching.message.register(search_words, Searching.words, F.text, ~F.text.startswith("/"))
    searching.callback_query.register(show_page, SearchPage.filter())
    return searching


async def search(
    message: Message,
    command: CommandObject,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    finder: Finder,
    clock: Clock,
) -> None:
    """Searches for what follows the command; asks where nothing does."""
    if not command.args:
        await state.set_state(Searching.words)
        await show(
            message, Screen(Text(tr.gettext("What shall I look for in the news?")), (close(tr, SEARCH),))
        )
        return
    await _search(message, command.args, chat, tr, state, finder, clock())


async def search_words(
    message: Message,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    finder: Finder,
    clock: Clock,
) -> None:
    """Searches for what a person wrote after being asked."""
    await state.set_state(None)
    await _search(message, message.text or "", chat, tr, state, finder, clock())


async def show_page(
    query: CallbackQuery,
    callback_data: SearchPage,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    finder: Finder,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows the next page under the last one."""
    words = (await state.get_data()).get("searched")
    if not words:
        notice.say(tr.gettext("Please search again: /search"))
        return
    offset = max(callback_data.offset, 0)
    zone = ZoneInfo(chat.timezone)
    result = await finder.find(words, now=clock(), zone=zone, language=tr.language, limit=PAGE, offset=offset)
    await take_buttons_away(query)
    await say(query, results_screen(tr, words, result, offset, zone, clock()))


async def _search(
    message: Message,
    words: str,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    finder: Finder,
    now: datetime,
) -> None:
    kept = clip(words, WORDS_LIMIT)
    await state.update_data(searched=kept)
    zone = ZoneInfo(chat.timezone)
    result = await finder.find(kept, now=now, zone=zone, language=tr.language, limit=PAGE)
    await show(message, results_screen(tr, kept, result, 0, zone, now))


def results_screen(
    tr: Translation, words: str, result: Result, offset: int, zone: ZoneInfo, now: datetime
) -> Screen:
    """A page of what was found: what the registry knows by that name first, then releases.

    What was searched instead of what was typed is said, and what narrowed the search.
    """
    found = result.found
    cards = tuple([card_button(kind, record, tr)] for kind, record in result.records)
    known = [record_line(record, tr) for _, record in result.records]
    if not found.hits:
        nothing = tr.gettext("Nothing found for “{words}”. Try fewer words, or ask a question.", words=words)
        in_news = tr.gettext("No release says anything of it.") if known else nothing
        return Screen(joined([*known, in_news], "\n\n"), cards)
    lines = [*known, *_heading(tr, result, offset), *(hit_lines(hit, tr, now, zone) for hit in found.hits)]
    rest = found.total - offset - len(found.hits)
    more = [button(tr.gettext("More"), SearchPage(offset=offset + PAGE))] if rest > 0 else []
    return Screen(joined(lines, "\n\n"), (*cards, more))


def record_line(record: Record, tr: Translation) -> Text:
    """A record of the registry in a line: its name, and what is said of it first."""
    name = Bold(record.names.in_(tr.language))
    match record:
        case Project():
            said = record.summary
        case Organisation():
            said = record.about
        case Term():
            said = record.definition
        case _:
            return Text(name)
    return Text(name, ": ", clip(said.in_(tr.language), RECORD_LIMIT))


def card_button(kind: str, record: Record, tr: Translation) -> InlineKeyboardButton:
    """The way to a record's card."""
    return button(clip(button_name(record, tr.language), BUTTON_LIMIT), Card(kind=kind, slug=record.slug))


def hit_lines(hit: Hit, tr: Translation, now: datetime, zone: ZoneInfo) -> Text:
    """A release that was found: its title, source and date, and the piece of text with the words marked."""
    release = hit.release
    words, address = clip(release.title, TITLE_LIMIT), web_address(release.url)
    title = TextLink(words, url=address) if address else Text(words)
    head = Text("— ", title, " · ", source_and_date(release, tr, now, zone), folded_copies(release, tr))
    return joined([head, marked(hit.snippet)]) if hit.snippet.text else head


def marked(snippet: Snippet) -> Text:
    """A piece of text with the found words in bold.  Pure."""
    nodes: list[Text | str] = []
    at = 0
    for start, end in snippet.marks:
        nodes += [snippet.text[at:start], Bold(snippet.text[start:end])]
        at = end
    return Text(*nodes, snippet.text[at:])


def _heading(tr: Translation, result: Result, offset: int) -> list[Text]:
    if offset:
        return []
    found, narrowed = result.found, narrowed_to(result.narrowed, tr)
    lines: list[Text | str] = []
    if result.outside:
        lines.append(tr.gettext("There is nothing for: {what}. Without it:", what=narrowed))
    lines.append(Bold(tr.ngettext("{n} release found", "{n} releases found", found.total)))
    if narrowed and not result.outside:
        lines.append(tr.gettext("Only: {what}.", what=narrowed))
    if found.repairs:
        used = " ".join(word for repair in found.repairs for word in repair.used)
        lines.append(tr.gettext("Showing what was found for “{words}”.", words=used))
    if found.unheard:
        lines.append(_unheard(found, tr))
    elif found.partial:
        lines.append(tr.gettext("No release has all these words; these have some of them."))
    return [joined(lines)]


def _unheard(found: Found, tr: Translation) -> str:
    phrase = "”, “".join(found.unheard)
    if found.partial:
        return tr.gettext(
            "The phrase “{phrase}” stands nowhere; these have some of the words.", phrase=phrase
        )
    return tr.gettext("The phrase “{phrase}” stands nowhere; these have its words apart.", phrase=phrase)


def narrowed_to(narrowed: Narrowed, tr: Translation) -> str:
    """What a search was narrowed to, in words: “June 2025; Naryn oblast”; nothing where it was not.  Pure."""
    period = [said_period(narrowed.period, tr)] if narrowed.period else []
    names = [names.in_(tr.language) for names in (narrowed.place, narrowed.speaker) if names]
    return "; ".join((*period, *names))


def said_period(period: Period, tr: Translation) -> str:
    """A month or a year as it is said.  Pure."""
    whole_year = period.until.year > period.since.year and period.since.month == period.until.month
    return said_date(PartialDate(period.since.year, None if whole_year else period.since.month), tr)
