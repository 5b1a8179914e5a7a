"""Partners' channels: where the bot is an administrator, posts become releases once staff have said yes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final

import aiogram.types
from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from bot.listening import Listening
from bot.messages.parts import clip
from feeds.catalogue import slug_for
from feeds.channel import (
    Post,
    album_identity,
    channel_address,
    item_of_album,
    item_of_post,
    part_from,
    with_part,
)
from feeds.filing import PARTS
from feeds.items import Item, Part
from handlers.callbacks import ChannelHeard, SourceWanted
from handlers.dependencies import Clock
from handlers.dialogues import SOURCE
from handlers.keyboards import back, button, close
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import DECIDING_STATUSES, IsStaff, refuse_limited
from handlers.screens import Screen, show
from handlers.source_adding import Adding
from storage.languages import Names
from storage.releases import Releases
from storage.sources import Source, SourceDefinition, Sources
from storage.staff import Staff

ADDRESS: Final = re.compile(r"(?i)^\s*(?:(?:https?://)?t(?:elegram)?\.me/|@)([a-z]\w{3,31})/?\s*$")
"""A channel as people name it: `@name`, `t.me/name`."""


def router() -> Router:
    """Hearing channels, and the question whether one is to be heard."""
    channels = Router(name="channels")
    posts, publisher = Posts(), IsStaff("publisher", everywhere=True)
    channels.channel_post.register(posts.take)
    channels.edited_channel_post.register(posts.take)
    channels.callback_query.register(decide, ChannelHeard.filter(), publisher)
    channels.callback_query.register(refuse_limited, ChannelHeard.filter(), IsStaff())
    channels.message.register(look, Adding.address, F.text.regexp(ADDRESS).as_("named"), publisher)
    return channels


_MEDIA: Final = frozenset({"photo", "video", "document", "audio", "animation", "voice", "video_note"})
_MOST_WORDLESS: Final = 100
"""Albums whose words have not come yet that are remembered."""


class Posts:
    """Files posts, one at a time: the parts of an album come side by side, and are one release."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._wordless: dict[tuple[int, str], tuple[Part, ...]] = {}

    async def take(
        self,
        message: Message,
        bot: Bot,
        hearing: Listening,
        sources: Sources,
        releases: Releases,
        clock: Clock,
    ) -> None:
        """Files a post of a channel that is a source: as new, or as a change of what is known."""
        source = await source_of(message.chat.id, sources)
        if source is None or not source.enabled or (message.via_bot and message.via_bot.id == bot.id):
            return
        async with self._one_at_a_time:
            item = await self._item(source, post_of(message), hearing, releases)
            if item is not None:
                await hearing.tagger.renew()
                await hearing.filing.file(source, [item], clock())
                await sources.note_heard(source.id, clock())

    async def _item(self, source: Source, post: Post, hearing: Listening, releases: Releases) -> Item | None:
        """What a post is; of an album, with the parts that came before."""
        if not post.album:
            return item_of_post(post)
        identity = album_identity(post)
        known = (await hearing.filing.known(source, [Item(identity, "")])).get(identity)
        noted = await releases.noted(known.id, PARTS) if known else None
        before = self._wordless.pop((post.chat_id, post.album), ())
        parts = with_part((*before, *map(part_from, noted or ())), post)
        item = item_of_album(post, parts)
        if item is None and known is None:
            self._wordless[post.chat_id, post.album] = parts
            for oldest in list(self._wordless)[:-_MOST_WORDLESS]:
                del self._wordless[oldest]
        return item


async def ask_staff(channel: aiogram.types.Chat, sources: Sources, mail: Mail) -> None:
    """Asks staff whether a channel that the bot has come into is a source.  One that was one is asked for again."""
    source = await source_of(channel.id, sources)
    if source is None or not source.enabled:
        await mail.tell_staff(question_screen(channel))


async def left(channel: aiogram.types.Chat, sources: Sources, staff: Staff, mail: Mail, clock: Clock) -> None:
    """The bot is no longer in a channel: where that was a source it is switched off, and staff are told."""
    source = await source_of(channel.id, sources)
    if source is None or not source.enabled:
        return
    await sources.enable(source.slug, False)
    await staff.audit(None, "source.off", f"source {source.slug}", clock())

    def told(tr: Translation) -> Screen:
        text = tr.gettext(
            "The bot is no longer in the channel “{title}”, so it is not heard.",
            title=clip(channel.title or "", 120),
        )
        return Screen(Text(text), ([button(tr.gettext("Sources"), SourceWanted())],))

    await mail.tell_staff(told)


async def decide(
    query: CallbackQuery,
    callback_data: ChannelHeard,
    bot: Bot,
    tr: Translation,
    sources: Sources,
    staff: Staff,
    clock: Clock,
    notice: Notice,
) -> None:
    """A yes or no to hearing a channel."""
    try:
        channel = await bot.get_chat(callback_data.chat)
    except TelegramAPIError:
        notice.say(tr.gettext("I am no longer in that chat."), alert=True)
        return
    title = clip(channel.title or "", 120)
    if not callback_data.hear:
        text = tr.gettext(
            "“{title}” is not a source. Add it in /sources by its address whenever you like.", title=title
        )
        await show(query, Screen(Text(text)))
        return
    before = await source_of(channel.id, sources)
    if before is None or not before.enabled:
        taken = [source.slug for source in await sources.all()]
        definition = definition_of(channel.id, channel.title or "", channel.username, before, taken)
        await sources.put(definition, clock(), by=query.from_user.id)
        await staff.audit(query.from_user.id, "source.add", f"source {definition.slug}", clock())
    text = tr.gettext("“{title}” is a source. What it posts from now on is told.", title=title)
    await show(query, Screen(Text(text), (back(tr, SourceWanted()),)))


async def look(message: Message, bot: Bot, tr: Translation, state: FSMContext, named: re.Match[str]) -> None:
    """A channel's address was sent where a source's is asked for."""
    try:
        channel = await bot.get_chat(f"@{named[1]}")
        standing = await bot.get_chat_member(channel.id, bot.id)
    except TelegramAPIError:
        standing = None
    if standing is None or standing.status not in DECIDING_STATUSES:
        text = tr.gettext(
            "I hear channels where I am an administrator. Ask the partner to add me to the channel first."
        )
        await show(message, Screen(Text(text), (close(tr, SOURCE),)))
        return
    await state.set_state(None)
    await show(message, question_screen(channel)(tr))


def question_screen(
    channel: aiogram.types.Chat | aiogram.types.ChatFullInfo,
) -> Callable[[Translation], Screen]:
    """Whether a channel is to be a source, in a language."""

    def screen(tr: Translation) -> Screen:
        text = tr.gettext(
            "I am an administrator of the channel “{title}” now. Shall its posts be told as news?",
            title=clip(channel.title or "", 120),
        )
        yes = button(tr.gettext("Yes, a source"), ChannelHeard(chat=channel.id, hear=True), style="primary")
        no = button(tr.gettext("Not a source"), ChannelHeard(chat=channel.id, hear=False))
        return Screen(Text(text), ([yes, no],))

    return screen


async def source_of(chat_id: int, sources: Sources) -> Source | None:
    """The source that a channel is, if it is one."""
    channels = (source for source in await sources.all() if source.kind == "channel")
    return next((source for source in channels if source.rule.get("chat_id") == chat_id), None)


def definition_of(
    chat_id: int, title: str, username: str | None, before: Source | None, taken: list[str]
) -> SourceDefinition:
    """The source that a channel becomes, or the one that it was, heard again.  Pure."""
    url = channel_address(chat_id, username)
    slug = before.slug if before else slug_for(url, taken)
    names = before.names if before else Names(ru=clip(title, 80) or slug)
    return SourceDefinition(slug, names, "channel", url, rule={"chat_id": chat_id})


def post_of(message: Message) -> Post:
    """What is read of a post."""
    entities = message.entities or message.caption_entities or []
    return Post(
        chat_id=message.chat.id,
        message_id=message.message_id,
        text=message.text or message.caption or "",
        published_at=message.date,
        username=message.chat.username or "",
        album=message.media_group_id or "",
        media=message.content_type if message.content_type in _MEDIA else "",
        links=tuple(entity.url for entity in entities if entity.url),
    )
