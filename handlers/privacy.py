"""/privacy, /mydata, /forget: what is kept of a person, and erasing it.

Law of the Kyrgyz Republic of 14 April 2008 No. 58 on personal data: the least is kept, it is said what and why, and
it is erased on request.
"""

from __future__ import annotations

import json

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.formatting import Bold

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import Closed, Confirmed, PrivacyWanted, SettingWanted
from handlers.commands import spoken_in, withdraw_staff_commands
from handlers.dependencies import Clock
from handlers.keyboards import back, button
from handlers.rights import Deciding
from handlers.screens import Screen, show
from storage.staff import Staff, StaffMember
from storage.subscribers import Chat, Subscribers


def router(subscribers: Subscribers) -> Router:
    """The conversation about personal data."""
    privacy = Router(name="privacy")
    privacy.message.register(show_privacy, Command("privacy"))
    privacy.callback_query.register(show_privacy_of, PrivacyWanted.filter(~F.erase))
    own = Router(name="own data")
    own.message.middleware(Deciding(subscribers))
    own.callback_query.middleware(Deciding(subscribers))
    own.message.register(send_own_data, Command("mydata"))
    own.message.register(ask_to_forget, Command("forget"))
    own.callback_query.register(ask_to_forget, PrivacyWanted.filter(F.erase))
    own.callback_query.register(forget, Confirmed.filter(F.what == "forget"))
    privacy.include_router(own)
    return privacy


async def show_privacy(message: Message, tr: Translation) -> None:
    """Says what is kept and why."""
    await show(message, privacy_screen(tr))


async def show_privacy_of(
    query: CallbackQuery, callback_data: PrivacyWanted, chat: Chat, tr: Translation
) -> None:
    """The same by a button, with the ways on for the chat whose settings are open."""
    await show(query, privacy_screen(tr, callback_data.chat or chat.id))


async def send_own_data(
    message: Message,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    state: FSMContext,
    clock: Clock,
) -> None:
    """Sends everything that is kept of the chat, and of this person's dialogue in it, as a file."""
    data = {**await subscribers.own_data(target.id), "dialogue": await state.get_data()}
    kept = json.dumps(data, ensure_ascii=False, indent=2)
    file = BufferedInputFile(kept.encode(), filename=f"jarchy-{clock():%Y-%m-%d}.json")
    await message.answer_document(file, caption=tr.gettext("This is everything I keep about this chat."))


async def ask_to_forget(
    event: Message | CallbackQuery, target: Chat, tr: Translation, member: StaffMember | None
) -> None:
    """Asks before erasing: it cannot be taken back."""
    await show(event, forget_screen(tr, target, is_staff=member is not None and target.kind == "private"))


async def forget(
    query: CallbackQuery,
    bot: Bot,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    staff: Staff,
    state: FSMContext,
    clock: Clock,
) -> None:
    """Erases the chat; in private the person's role too, but for one that the operator gave."""
    await state.clear()
    if target.kind == "private" and await staff.dismiss(target.id, target.id, clock()):
        await withdraw_staff_commands(bot, target.id, spoken_in(target))
    await subscribers.forget(target.id)
    await show(query, forgotten_screen(tr, stays=await staff.member(target.id) is not None))


def forgotten_screen(tr: Translation, *, stays: bool) -> Screen:
    """All is erased; whoever the operator made an administrator stays one."""
    said = [tr.gettext("Everything about you is erased. To begin anew, send /start.")]
    if stays:
        said.append(tr.gettext("You stay an administrator: the operator has set that."))
    return Screen(joined(said))


def privacy_screen(tr: Translation, chat_id: int | None = None) -> Screen:
    """What is kept, why, for how long, and what can be done about it; with the ways on in the settings of a chat."""
    ways = (
        (
            [button(tr.gettext("Erase"), PrivacyWanted(erase=True, chat=chat_id), style="danger")],
            back(tr, SettingWanted(setting="menu", chat=chat_id)),
        )
        if chat_id
        else ()
    )
    return Screen(
        joined(
            [
                Bold(tr.gettext("What is kept about you")),
                tr.gettext(
                    "The number of this chat in Telegram, its language, your subscriptions and settings."
                ),
                tr.gettext("Which messages were sent to this chat, so that nothing comes twice."),
                tr.gettext("No name, no phone number, no address."),
                tr.gettext(
                    "A question that you pass on to staff is kept with the chat's number until it is answered; staff do"
                    " not see who asked."
                ),
                tr.gettext("Your last question is kept for up to a month, to understand the one after it."),
                tr.gettext("Questions that found no answer are kept without who asked."),
                tr.gettext("What staff do is kept with the number of their account, also after /forget."),
                tr.gettext("Messages travel through Telegram, whose servers are abroad."),
                "",
                tr.gettext("/mydata — get everything that is kept"),
                tr.gettext("/forget — erase it all; reports only go on counting the messages sent"),
            ]
        ),
        ways,
    )


def forget_screen(tr: Translation, target: Chat, *, is_staff: bool = False) -> Screen:
    """The question before erasing."""
    asked = [tr.gettext("Shall I erase your subscriptions, settings and questions? This cannot be undone.")]
    if is_staff:
        asked.append(
            tr.gettext("Your role on the staff ends too. What you did as staff stays in the record.")
        )
    return Screen(
        joined(asked),
        (
            [button(tr.gettext("Erase"), Confirmed(what="forget", chat=target.id), style="danger")],
            [button(tr.gettext("Cancel"), Closed())],
        ),
    )
