"""A screen is a text with buttons; how it is shown depends on whether a person wrote or pressed a button."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)
from aiogram.utils.formatting import Text

NOT_MODIFIED = "message is not modified"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Row = list[InlineKeyboardButton]


@dataclass(frozen=True)
class Screen:
    """What is shown: formatted text, and the rows of buttons under it."""

    text: Text
    rows: tuple[Row, ...] = ()

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The buttons as Telegram takes them; none where there are none."""
        rows = [row for row in self.rows if row]
        return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None

    def as_kwargs(self) -> dict[str, Any]:
        """The arguments of sendMessage and editMessageText."""
        return {**self.text.as_kwargs(), "reply_markup": self.keyboard, "link_preview_options": _NO_PREVIEW}


async def show(event: Message | CallbackQuery, screen: Screen) -> Message | None:
    """Answers a message with a screen; in answer to a button the screen takes the place of the one it stood on."""
    if isinstance(event, Message):
        return await event.answer(**screen.as_kwargs())
    if not _editable(event):
        return await say(event, screen)
    assert isinstance(event.message, Message)
    try:
        await event.message.edit_text(**screen.as_kwargs())
    except TelegramBadRequest as error:
        if NOT_MODIFIED not in error.message:
            return await say(event, screen)
    return None


async def say(event: Message | CallbackQuery, screen: Screen) -> Message | None:
    """Shows a screen as a new message, whatever it answers."""
    if isinstance(event, Message):
        return await event.answer(**screen.as_kwargs())
    if event.message is None:
        return None
    return await event.message.answer(**screen.as_kwargs())


def message_under(query: CallbackQuery) -> Message | InaccessibleMessage:
    """The message a button stands on, to be answered; of an old one Telegram shows its chat and number only.

    Raises TypeError for a message that was sent by inline mode, of which not even the chat is known.
    """
    if query.message is None:
        raise TypeError("the message of this button was sent by inline mode")
    return query.message


def place_of(query: CallbackQuery) -> tuple[int, int | None]:
    """The chat in which a button stands, and the topic of a forum where Telegram still shows the message to bots.

    Without either, the private chat of the one who pressed.
    """
    match query.message:
        case Message(is_topic_message=True) as message:
            return message.chat.id, message.message_thread_id
        case None:
            return query.from_user.id, None
        case message:
            return message.chat.id, None


async def take_buttons_away(query: CallbackQuery) -> None:
    """Leaves the message as it is, without its buttons."""
    if not isinstance(query.message, Message):
        return
    try:
        await query.message.edit_reply_markup(reply_markup=None)
    except TelegramBadRequest as error:
        if NOT_MODIFIED not in error.message:
            raise


def in_columns(buttons: Iterable[InlineKeyboardButton], columns: int) -> tuple[Row, ...]:
    """Buttons in rows of so many."""
    all_buttons = list(buttons)
    return tuple(all_buttons[start : start + columns] for start in range(0, len(all_buttons), columns))


def _editable(query: CallbackQuery) -> bool:
    return isinstance(query.message, Message) and query.message.text is not None
