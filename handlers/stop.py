"""/stop: no more news.  The chat's choices are kept for when it comes back; /forget erases them."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.callbacks import Closed, Confirmed, SettingWanted, TopicsWanted
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.rights import Deciding
from handlers.screens import Screen, show
from storage.subscribers import Chat, Subscribers


def router(subscribers: Subscribers) -> Router:
    """The conversation about stopping."""
    stop = Router(name="stop")
    stop.message.middleware(Deciding(subscribers))
    stop.callback_query.middleware(Deciding(subscribers))
    stop.message.register(ask, Command("stop"))
    stop.callback_query.register(stop_news, Confirmed.filter(F.what == "stop"))
    return stop


async def ask(message: Message, target: Chat, tr: Translation, subscribers: Subscribers) -> None:
    """Offers a pause before the end."""
    if not await subscribers.subscriptions(target.id):
        await show(message, stopped_screen(tr, target))
        return
    await show(message, stop_screen(tr, target))


async def stop_news(
    query: CallbackQuery,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    clock: Clock,
) -> None:
    """Ends every subscription."""
    await subscribers.stop(target.id, clock())
    await show(query, stopped_screen(tr, target))


def stop_screen(tr: Translation, target: Chat) -> Screen:
    """Stop, pause, or leave it."""
    return Screen(
        Text(tr.gettext("Shall I stop sending news? You can also pause, or get it less often.")),
        (
            [button(tr.gettext("Stop"), Confirmed(what="stop", chat=target.id), style="danger")],
            [
                button(tr.gettext("Pause"), SettingWanted(setting="pause", chat=target.id)),
                button(tr.gettext("How often"), SettingWanted(setting="menu", chat=target.id)),
            ],
            [button(tr.gettext("Cancel"), Closed())],
        ),
    )


def stopped_screen(tr: Translation, target: Chat) -> Screen:
    """Nothing comes any more, but questions are answered."""
    return Screen(
        Text(
            tr.gettext(
                "I send you no news now. You can still ask me anything, and subscribe again at any time."
            )
        ),
        ([button(tr.gettext("Choose topics"), TopicsWanted(chat=target.id))],),
    )
