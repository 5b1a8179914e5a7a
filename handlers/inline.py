"""`@bot успешный аймак` in any chat: shares a project, a body, a word, its contacts, or a release as a card.

Inline mode is switched on for a bot by @BotFather's /setinline.  What is shared stands in a chat that the bot may not
be in, so that its buttons are addresses only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InlineQueryResultUnion,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from aiogram.utils.formatting import Bold, Text

from bot.answers import contact_card, understand
from bot.i18n import Translation, translation
from bot.messages.parts import clip, fits, joined, web_address
from bot.messages.release import ALERT_LEAD_LIMIT, folded_copies, source_and_date, title
from bot.searching import Finder
from handlers.dependencies import Clock
from handlers.records import card_screen
from storage.analysis import fold, normalise
from storage.registry import Record, Registry, RegistrySnapshot
from storage.releases import Release, ReleaseFilter, Releases
from storage.subscribers import Chat, Subscribers

PAGE = 20
"""Releases of a page; Telegram takes fifty results in all (https://core.telegram.org/bots/api#answerinlinequery)."""
RECORDS = 8
LEAST_BEGUN = 2
"""Letters from which names are completed."""
NEWEST = 5
QUERY_LIMIT = 200
OFFSET_DIGITS = 6
TITLE_LIMIT = 120
DESCRIPTION_LIMIT = 120
CACHED_SECONDS = 60
SHARED_KINDS = ("project", "organisation", "term")
START = "inline"
"""What the bot is opened with from here; it greets as always."""

Named = tuple[str, Record]
"""A record with its kind."""


@dataclass(frozen=True)
class Cards:
    """Makes cards for one reader at one moment."""

    snapshot: RegistrySnapshot
    tr: Translation
    now: datetime
    zone: ZoneInfo

    def records(self, named: Iterable[Named]) -> Iterator[InlineQueryResultUnion]:
        """Each record once, followed by how to reach it; a card larger than a message is left out."""
        today = self.now.astimezone(self.zone).date()
        for kind, record in list(dict.fromkeys(named))[:RECORDS]:
            name = record.names.in_(self.tr.language)
            text = card_screen(record, self.snapshot, self.tr, today).text
            said = text.render()[0].partition("\n")[2]
            yield from self._article(f"{kind}:{record.slug}", name, said, text)
            contacts = self.snapshot.contacts_of(kind, record.slug)
            if contacts:
                cards = [contact_card(one, self.snapshot, self.tr, today) for one in contacts]
                heading = self.tr.gettext("Contacts: {name}", name=name)
                reached = ", ".join(value for one in contacts for value in (*one.phones, *one.emails))
                yield from self._article(
                    f"contacts:{kind}:{record.slug}", heading, reached, joined(cards, "\n\n")
                )

    def releases(self, found: Iterable[Release]) -> Iterator[InlineQueryResultUnion]:
        """Each release with its lead, source, date and address; one without a title cannot be shown."""
        for release in found:
            if not release.title.strip():
                continue
            dated = source_and_date(release, self.tr, self.now, self.zone)
            lines: list[Text | str] = [Bold(title(release))]
            if lead := clip(release.lead, ALERT_LEAD_LIMIT):
                lines.append(lead)
            lines.append(Text(dated, folded_copies(release, self.tr)))
            address = web_address(release.url)
            if address:
                lines.append(address)
            yield from self._article(
                f"release:{release.id}", release.title, f"{dated} · {release.lead}", joined(lines), address
            )

    def _article(
        self, key: str, named: str, described: str, text: Text, address: str | None = None
    ) -> Iterator[InlineQueryResultUnion]:
        if not fits(text):
            return
        read = [InlineKeyboardButton(text=self.tr.gettext("Read"), url=address)] if address else []
        yield InlineQueryResultArticle(
            id=key,
            title=clip(named, TITLE_LIMIT),
            description=clip(described, DESCRIPTION_LIMIT) or None,
            input_message_content=InputTextMessageContent(
                **text.as_kwargs(text_key="message_text"),
                link_preview_options=LinkPreviewOptions(is_disabled=address is None),
            ),
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[read]) if read else None,
        )


def router() -> Router:
    """What is offered while somebody types after the bot's name."""
    inline = Router(name="inline")
    inline.inline_query.register(offer)
    return inline


async def offer(
    query: InlineQuery,
    tr: Translation,
    subscribers: Subscribers,
    registry: Registry,
    releases: Releases,
    finder: Finder,
    clock: Clock,
) -> None:
    """Offers the cards of what is meant and the releases that say it; the newest and the projects while nothing is
    typed.

    A person's results are theirs alone, for they are in their language.  Telegram waits some seconds for an answer:
    one that comes too late is for nobody, and no failure.
    """
    chat = await subscribers.get(query.from_user.id)
    zone = ZoneInfo(chat.timezone if chat else subscribers.timezone)
    cards = await _cards(chat, tr, registry, clock(), zone)
    offset = int(query.offset[:OFFSET_DIGITS]) if re.fullmatch("[0-9]+", query.offset) else 0
    typed = clip(query.query, QUERY_LIMIT)
    results, following = (
        await _found(cards, typed, offset, finder) if typed else await _newest(cards, offset, releases)
    )
    try:
        await query.answer(
            results,
            cache_time=CACHED_SECONDS,
            is_personal=True,
            next_offset=following,
            button=None if results or offset else _to_the_bot(cards.tr),
        )
    except TelegramBadRequest as error:
        if "too old" not in error.message:
            raise


async def _cards(
    chat: Chat | None, tr: Translation, registry: Registry, now: datetime, zone: ZoneInfo
) -> Cards:
    reader = translation(chat.language) if chat else tr
    return Cards(await registry.snapshot(), reader, now, zone)


async def _found(
    cards: Cards, typed: str, offset: int, finder: Finder
) -> tuple[list[InlineQueryResultUnion], str]:
    """The records that are named, then a page of releases; near guesses at records where neither is found.

    What is outside of what was asked for is not offered: there is no place here to say that it is.
    """
    language = cards.tr.language
    result = await finder.find(
        typed, now=cards.now, zone=cards.zone, language=language, limit=PAGE, offset=offset
    )
    hits = [] if result.outside else [hit.release for hit in result.found.hits]
    named = () if offset else (*result.records, *begun(typed, cards.snapshot))
    if not (named or hits or offset):
        named = guessed(typed, cards)
    rest = 0 if result.outside else result.found.total - offset - len(hits)
    return [*cards.records(named), *cards.releases(hits)], _following(offset + len(hits), rest)


async def _newest(cards: Cards, offset: int, releases: Releases) -> tuple[list[InlineQueryResultUnion], str]:
    """The newest releases, with the projects between the first few of them and the rest."""
    which = ReleaseFilter()
    found = await releases.latest(which, limit=PAGE if offset else NEWEST, offset=offset)
    projects: Sequence[Named] = (
        () if offset else [("project", project) for project in cards.snapshot.all_projects()]
    )
    rest = await releases.count(which) - offset - len(found)
    results = [*cards.releases(found), *cards.records(projects)]
    return results, _following(offset + len(found), rest)


def begun(typed: str, snapshot: RegistrySnapshot) -> tuple[Named, ...]:
    """What has a name that begins so, for who has not typed it to its end.  Pure."""
    beginning = fold(normalise(typed))
    if len(beginning) < LEAST_BEGUN:
        return ()
    keys = (key for folded, key in _folded_names(snapshot) if folded.startswith(beginning))
    found = ((kind, snapshot.record(kind, slug)) for kind, slug in dict.fromkeys(keys))
    return tuple((kind, record) for kind, record in found if record)


@lru_cache(maxsize=2)
def _folded_names(snapshot: RegistrySnapshot) -> tuple[tuple[str, tuple[str, str]], ...]:
    return tuple(
        (fold(normalise(alias.text)), (alias.kind, alias.slug))
        for alias in snapshot.aliases
        if alias.kind in SHARED_KINDS
    )


def guessed(typed: str, cards: Cards) -> tuple[Named, ...]:
    """What somebody may mean who has mistyped the name.  Pure."""
    understood = understand(typed, cards.snapshot, now=cards.now, language=cards.tr.language)
    targets = (*understood.targets, *understood.guesses)
    found = ((one.kind, cards.snapshot.record(one.kind, one.slug)) for one in targets)
    return tuple((kind, record) for kind, record in found if record and kind in SHARED_KINDS)


def _following(offset: int, rest: int) -> str:
    return str(offset) if rest > 0 else ""


def _to_the_bot(tr: Translation) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(text=tr.gettext("Nothing found. Ask the bot"), start_parameter=START)
