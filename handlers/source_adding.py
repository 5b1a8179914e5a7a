"""Adding a source: its address, a look at what would be read there, and a yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Italic, Text

from bot.i18n import Translation
from bot.listening import Listening
from bot.messages.parts import clip, joined
from feeds.addresses import with_scheme
from feeds.dates import local_day
from feeds.discover import Proposal, discover, source_at
from feeds.errors import FeedError
from handlers.callbacks import SourceProposed, SourceWanted
from handlers.dependencies import Clock
from handlers.dialogues import SOURCE, leave
from handlers.keyboards import back, button, close
from handlers.notices import Notice
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Screen, say, show
from handlers.sources import KINDS
from storage.sources import SourceDefinition, Sources
from storage.staff import Staff

OFFERED = 4
"""Ways of reading a site that are offered."""
ITEMS_SHOWN = 5


class Adding(StatesGroup):
    """A staff member is naming the address of a source."""

    address = State()


@dataclass(frozen=True)
class Offer:
    """A way of reading a site, as much of it as is shown and stored."""

    kind: Literal["feed", "listing"]
    url: str
    title: str
    rule: dict[str, Any]
    items: list[tuple[str, str]]
    """Title and day (ISO) of what would be read first."""
    count: int
    first_words: str = ""


def router() -> Router:
    """The conversation about a new source."""
    adding = Router(name="adding a source")
    publisher = IsStaff("publisher", everywhere=True)
    adding.callback_query.register(ask_address, SourceWanted.filter(F.slug == "+"), publisher)
    adding.message.register(look, Adding.address, F.text, ~F.text.startswith("/"), publisher)
    adding.callback_query.register(show_offer, SourceProposed.filter(~F.add), publisher)
    adding.callback_query.register(add, SourceProposed.filter(F.add), publisher)
    adding.callback_query.register(refuse_limited, SourceWanted.filter(F.slug == "+"), IsStaff())
    adding.callback_query.register(refuse_limited, SourceProposed.filter(), IsStaff())
    return adding


async def ask_address(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks where the news is."""
    await state.set_state(Adding.address)
    text = tr.gettext("Send the address of the site, or of its page with news.")
    await say(query, Screen(Text(text), (close(tr, SOURCE),)))


async def look(
    message: Message, tr: Translation, state: FSMContext, hearing: Listening, clock: Clock
) -> None:
    """Finds a feed or a list of news at the address, and shows what would be read."""
    waiting = await show(message, Screen(Text(tr.gettext("Looking at the site…"))))
    try:
        found = await discover(
            with_scheme(message.text or ""), web=hearing.web, reader=hearing.reader, now=clock()
        )
    except FeedError as error:
        await show(message, Screen(Text(tr.gettext(error.sentence, **error.params)), (close(tr, SOURCE),)))
        return
    finally:
        if waiting is not None:
            await waiting.delete()
    offers = [offer_of(proposal) for proposal in found[:OFFERED]]
    if not offers:
        text = tr.gettext("I found neither a feed nor a list of news there. Try the page with the news.")
        await show(message, Screen(Text(text), (close(tr, SOURCE),)))
        return
    await state.set_state(None)
    await state.update_data(offers=[asdict(offer) for offer in offers])
    await show(message, offer_screen(tr, offers, 0, clock()))


async def show_offer(
    query: CallbackQuery,
    callback_data: SourceProposed,
    tr: Translation,
    state: FSMContext,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows another way of reading the site."""
    offers = await _offers(state)
    if callback_data.number < len(offers):
        await show(query, offer_screen(tr, offers, callback_data.number, clock()))
    else:
        notice.say(tr.gettext("This button is out of date. Send /help to see what I can do."))


async def add(
    query: CallbackQuery,
    callback_data: SourceProposed,
    tr: Translation,
    state: FSMContext,
    sources: Sources,
    staff: Staff,
    clock: Clock,
    notice: Notice,
) -> None:
    """Adds the source: its first fetch fills the archive, what comes after it is told."""
    offers = await _offers(state)
    if callback_data.number >= len(offers):
        notice.say(tr.gettext("This button is out of date. Send /help to see what I can do."))
        return
    await leave(state, SOURCE)
    known = {source.slug for source in await sources.all()}
    definition = definition_of(offers[callback_data.number], known)
    await sources.put(definition, clock(), by=query.from_user.id)
    await staff.audit(query.from_user.id, "source.add", f"source {definition.slug}", clock())
    text = tr.gettext(
        "Added: {name}. It is read within minutes; what comes after that is told.", name=definition.names.ru
    )
    await show(query, Screen(Text(text), (back(tr, SourceWanted()),)))


def offer_screen(tr: Translation, offers: Sequence[Offer], number: int, now: datetime) -> Screen:
    """What would be read in one way, with a yes and the ways to the others."""
    offer = offers[number]
    count = tr.ngettext("{n} item would be read:", "{n} items would be read:", offer.count)
    lines: list[Text | str] = [
        Bold(clip(offer.title or offer.url, 120)),
        f"{tr.gettext(KINDS[offer.kind])}, {offer.url}",
        count,
        *(f"— {clip(title, 120)}{_said_day(tr, day, now)}" for title, day in offer.items),
        *(
            ["", tr.gettext("The first one begins:"), Italic(clip(offer.first_words, 200))]
            if offer.first_words
            else ()
        ),
    ]
    others = [
        button(tr.gettext("Way {n}", n=other + 1), SourceProposed(number=other))
        for other in range(len(offers))
        if other != number
    ]
    yes = button(tr.gettext("Add"), SourceProposed(number=number, add=True), style="primary")
    return Screen(joined(lines), ([yes], others, close(tr, SOURCE)))


def offer_of(proposal: Proposal) -> Offer:
    """What is shown and stored of a proposal.  Pure."""
    items = [
        (item.title, day.isoformat() if (day := local_day(item.published_at)) else "")
        for item in proposal.items[:ITEMS_SHOWN]
    ]
    rule = proposal.rule.as_mapping()
    shown = proposal.first_words
    return Offer(proposal.kind, proposal.url, proposal.title, rule, items, len(proposal.items), shown)


def definition_of(offer: Offer, known: set[str]) -> SourceDefinition:
    """The source that an offer becomes, under a slug that is free.  Pure."""
    return source_at(offer.kind, offer.url, clip(offer.title, 80), offer.rule, known)


async def _offers(state: FSMContext) -> list[Offer]:
    kept = (await state.get_data()).get("offers") or []
    return [Offer(**cast(dict[str, Any], offer)) for offer in kept]


def _said_day(tr: Translation, day: str, now: datetime) -> str:
    return f", {tr.day(date.fromisoformat(day), now.date())}" if day else ""
