"""Who may decide for a chat, and who belongs to the staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiogram.types
from aiogram import BaseMiddleware, Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.notices import Notice
from handlers.screens import Screen, show
from storage.errors import N_
from storage.staff import Role, StaffMember
from storage.subscribers import Chat, Subscribers

DECIDING_STATUSES = ("creator", "administrator")
ONLY_ADMINISTRATORS = N_("Only an administrator of this chat can change its subscriptions.")
ONLY_EVERYWHERE = N_("This changes what the whole country gets: only staff of the whole country can do it.")
ONLY_PUBLISHERS = N_("Publishers and administrators decide on this.")
ONLY_STAFF = N_("This command is for staff. Here is what I can do for you: /help")


class Deciding(BaseMiddleware):
    """Gives handlers `target`, the chat that a choice is about, once the person may decide for it.

    In a private chat everybody decides for themselves; in a group its administrators do; a channel is set up in private
    by one of its administrators.
    """

    def __init__(self, subscribers: Subscribers) -> None:
        self._subscribers = subscribers

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        here: Chat = data["chat"]
        target_id: int = getattr(data.get("callback_data"), "chat", 0) or here.id
        if not await may_decide(data["bot"], event, target_id):
            return await refuse(event, data["tr"].gettext(ONLY_ADMINISTRATORS), data.get("notice"))
        target = here if target_id == here.id else await self._subscribers.get(target_id)
        if target is None:
            return await refuse(event, data["tr"].gettext("I am no longer in that chat."), data.get("notice"))
        data["target"] = target
        return await handler(event, data)


class IsStaff(Filter):
    """Passes staff who have at least the rights of a role.

    `everywhere` passes only those who are not limited to a territory: what they do reaches the whole country.
    """

    def __init__(self, role: Role = "editor", *, everywhere: bool = False) -> None:
        self._role = role
        self._everywhere = everywhere

    async def __call__(self, event: TelegramObject, member: StaffMember | None = None) -> bool:
        return member is not None and member.may(self._role, everywhere=self._everywhere)


async def may_decide(bot: Bot, event: Message | CallbackQuery, chat_id: int) -> bool:
    """Whether the sender may decide for a chat: their own, or one they administer, anonymously too."""
    user = event.from_user
    if user is not None and user.id == chat_id:
        return True
    if isinstance(event, Message) and event.sender_chat and event.sender_chat.id == chat_id:
        return True
    return user is not None and await administers(bot, chat_id, user)


async def administers(bot: Bot, chat_id: int, user: aiogram.types.User) -> bool:
    """Whether a person is an administrator of a group or channel, as Telegram says now."""
    try:
        member = await bot.get_chat_member(chat_id, user.id)
    except TelegramAPIError:
        return False
    return member.status in DECIDING_STATUSES


async def refuse_limited(
    event: Message | CallbackQuery, tr: Translation, member: StaffMember, notice: Notice | None = None
) -> None:
    """Staff who may not do what reaches the whole country are told whose it is."""
    await refuse(event, tr.gettext(ONLY_PUBLISHERS if member.territory is None else ONLY_EVERYWHERE), notice)


async def refuse(event: Message | CallbackQuery, why: str, notice: Notice | None = None) -> None:
    """A polite no: a window over the button, or an answer."""
    if notice is not None:
        notice.say(why, alert=True)
    else:
        await show(event, Screen(Text(why)))
