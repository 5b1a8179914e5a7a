"""/help and /cancel: what the bot can do, and the way out of every dialogue."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import Closed, HelpWanted, PrivacyWanted, ProjectsPage, SettingWanted, TopicsWanted
from handlers.commands import EVERYBODY, STAFF
from handlers.dialogues import DIALOGUES, called, leave, waiting
from handlers.keyboards import button
from handlers.screens import Screen, show, take_buttons_away
from storage.staff import StaffMember


def router() -> Router:
    """Help, and leaving."""
    helping = Router(name="help")
    helping.message.register(show_help, Command("help"))
    helping.callback_query.register(show_help, HelpWanted.filter())
    helping.message.register(cancel, Command("cancel"))
    helping.callback_query.register(close, Closed.filter())
    return helping


async def show_help(
    event: Message | CallbackQuery, bot: Bot, tr: Translation, member: StaffMember | None
) -> None:
    """Shows what can be asked and which commands there are; sharing in any chat where @BotFather has switched it on."""
    me = await bot.me()
    shared_by = me.username if me.supports_inline_queries else None
    await show(event, help_screen(tr, is_staff=member is not None, shared_by=shared_by))


async def cancel(message: Message, tr: Translation, state: FSMContext) -> None:
    """Leaves the dialogue that waits for a message; where none does, what was written in any."""
    busy = waiting(await state.get_state())
    was_busy = await leave(state, *([busy] if busy else DIALOGUES))
    text = tr.gettext("Cancelled.") if was_busy else tr.gettext("There is nothing to cancel.")
    await show(message, Screen(Text(text)))


async def close(query: CallbackQuery, callback_data: Closed, tr: Translation, state: FSMContext) -> None:
    """Leaves a dialogue by its button, and no other: where it was over, the screen stays readable, its buttons go."""
    dialogue = called(callback_data.of)
    if dialogue is not None and await leave(state, dialogue):
        await show(query, Screen(Text(tr.gettext("Cancelled."))))
    else:
        await take_buttons_away(query)


def help_screen(tr: Translation, *, is_staff: bool, shared_by: str | None = None) -> Screen:
    """What to ask, what to press; `shared_by` is the bot's name where cards can be shared by it in any chat."""
    lines: list[Text | str] = [
        Bold(tr.gettext("What I can do")),
        tr.gettext("I tell you what partners of local self-government publish, on the topics you choose."),
        tr.gettext("I answer questions. Write them as you would say them:"),
        tr.gettext("— who funds Successful Aimak 2"),
        tr.gettext("— contacts of the PSI project"),
        tr.gettext("— which projects work in Naryn"),
        tr.gettext("— what is PSED"),
        *_sharing(tr, shared_by),
        "",
        *_commands(tr, EVERYBODY),
    ]
    if is_staff:
        lines += ["", Bold(tr.gettext("For staff")), *_commands(tr, STAFF)]
    return Screen(
        joined(lines),
        (
            [
                button(tr.gettext("Topics"), TopicsWanted()),
                button(tr.gettext("Projects"), ProjectsPage()),
                button(tr.gettext("Settings"), SettingWanted(setting="menu")),
            ],
            [button(tr.gettext("My data"), PrivacyWanted())],
        ),
    )


def _sharing(tr: Translation, name: str | None) -> list[str]:
    if name is None:
        return []
    return [
        tr.gettext("In any chat: write @{bot} and a name, and share its card or a piece of news.", bot=name)
    ]


def _commands(tr: Translation, commands: dict[str, str]) -> list[str]:
    return [f"/{name} — {tr.gettext(description)}" for name, description in commands.items()]
