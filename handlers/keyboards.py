"""Buttons that many screens share."""

from __future__ import annotations

from collections.abc import Callable

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.i18n import Translation
from handlers.callbacks import Closed
from handlers.dialogues import Dialogue
from handlers.screens import Row


def button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    """A button that comes back to a conversation."""
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def chosen(text: str, is_chosen: bool) -> str:
    """The text of a button for something that is chosen or not."""
    return f"✓ {text}" if is_chosen else text


def back(tr: Translation, to: CallbackData) -> Row:
    """The way back."""
    return [button("‹ " + tr.gettext("Back"), to)]


def close(tr: Translation, dialogue: Dialogue | None = None) -> Row:
    """The way out of a dialogue; without one, of what is shown."""
    return [button(tr.gettext("Cancel"), Closed(of=dialogue.name if dialogue else ""))]


def pages(page: int, count: int, size: int, to: Callable[[int], CallbackData]) -> Row:
    """The way to the page before and the one after; nothing where all fits on one."""
    last = max(0, (count - 1) // size)
    if not last:
        return []
    before = [button("‹", to(page - 1))] if page > 0 else []
    after = [button("›", to(page + 1))] if page < last else []
    return [*before, button(f"{page + 1} / {last + 1}", to(page)), *after]
