"""`@bot успешный аймак` in any chat: shares a project, a body or a word as a card.

Inline mode is switched on for a bot by @BotFather's /setinline.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aiogram import Router
from aiogram.types import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultUnion,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.answers import understand
from bot.i18n import Translation, translation
from bot.messages.parts import clip, fits
from handlers.dependencies import Clock
from handlers.records import card_screen
from storage.registry import Record, Registry, RegistrySnapshot
from storage.subscribers import Subscribers

OFFERED = 10
QUERY_LIMIT = 200
DESCRIPTION_LIMIT = 100
CACHED_SECONDS = 60
SHARED_KINDS = ("project", "organisation", "term")


def router() -> Router:
    """What is offered while somebody types after the bot's name."""
    inline = Router(name="inline")
    inline.inline_query.register(offer)
    return inline


async def offer(
    query: InlineQuery, tr: Translation, subscribers: Subscribers, registry: Registry, clock: Clock
) -> None:
    """Offers the cards of what is meant, or of the projects while nothing is typed."""
    if chat := await subscribers.get(query.from_user.id):
        tr = translation(chat.language)
    snapshot, now = await registry.snapshot(), clock()
    typed = clip(query.query, QUERY_LIMIT)
    records: Iterable[Record] = snapshot.all_projects()
    if typed:
        understood = understand(typed, snapshot, now=now, language=tr.language)
        targets = (*understood.targets, *understood.guesses)
        found = (snapshot.record(one.kind, one.slug) for one in targets if one.kind in SHARED_KINDS)
        records = [record for record in found if record is not None]
    cards = offers(records, snapshot, tr, now.date())
    await query.answer(cards, cache_time=CACHED_SECONDS, is_personal=True)


def offers(
    records: Iterable[Record], snapshot: RegistrySnapshot, tr: Translation, today: date
) -> list[InlineQueryResultUnion]:
    """The cards of records, each once; one that is larger than a message is left out.  Pure."""
    chosen = list(dict.fromkeys(records))[:OFFERED]
    cards = [(record, card_screen(record, snapshot, tr, today).text) for record in chosen]
    return [
        InlineQueryResultArticle(
            id=f"{number}",
            title=record.names.in_(tr.language),
            description=clip(text.render()[0].partition("\n")[2], DESCRIPTION_LIMIT) or None,
            input_message_content=InputTextMessageContent(
                **text.as_kwargs(text_key="message_text"),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )
        for number, (record, text) in enumerate(cards)
        if fits(text)
    ]
