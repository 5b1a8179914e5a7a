"""Links that make their first opener a member of the staff."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram import Bot, F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, CopyTextButton, InlineKeyboardButton, Message
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.formatting import Bold, Code, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import StaffAct, StaffInvited
from handlers.choices import place_name
from handlers.commands import publish_staff_commands
from handlers.dependencies import Clock
from handlers.keyboards import back, button
from handlers.people import ROLE_NAMES, ROLE_RIGHTS, member_called
from handlers.rights import IsStaff
from handlers.screens import Screen, in_columns, show
from storage.languages import Names
from storage.staff import INVITATION_LIVES, ROLES, InvitationSpent, Staff

PREFIX = "staff-"


def router() -> Router:
    """Inviting, and following an invitation.  Asked before other links of /start."""
    invitations = Router(name="invitations")
    follows = CommandStart(deep_link=True, magic=F.args.startswith(PREFIX))
    invitations.message.register(join, follows, F.chat.type == "private")
    administrator = IsStaff("administrator")
    invitations.callback_query.register(ask_role, StaffInvited.filter(F.role == ""), administrator)
    invitations.callback_query.register(ask_territory, StaffInvited.filter(F.territory == "-"), administrator)
    invitations.callback_query.register(invite, StaffInvited.filter(F.role.in_(ROLES)), administrator)
    return invitations


async def ask_role(query: CallbackQuery, tr: Translation) -> None:
    """What shall the invited person be?"""
    lines: list[Text | str] = [Bold(tr.gettext("Which role?"))]
    lines += [f"{tr.gettext(ROLE_NAMES[role])} — {tr.gettext(ROLE_RIGHTS[role])}" for role in ROLES]
    roles = (
        [
            button(
                tr.gettext(ROLE_NAMES[role]),
                StaffInvited(role=role, territory="*" if role == "administrator" else "-"),
            )
        ]
        for role in ROLES
    )
    await show(query, Screen(joined(lines), (*roles, back(tr, StaffAct(act="list")))))


async def ask_territory(
    query: CallbackQuery, callback_data: StaffInvited, tr: Translation, territories: Mapping[str, Names]
) -> None:
    """For the whole country, or one oblast?"""
    everywhere = button(tr.gettext("The whole country"), StaffInvited(role=callback_data.role, territory="*"))
    places = (
        button(names.in_(tr.language), StaffInvited(role=callback_data.role, territory=slug))
        for slug, names in territories.items()
    )
    rows = ([everywhere], *in_columns(places, 2), back(tr, StaffInvited()))
    await show(query, Screen(Text(tr.gettext("Where may this person speak to subscribers?")), rows))


async def invite(
    query: CallbackQuery,
    callback_data: StaffInvited,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Makes the link and shows it."""
    role = next(role for role in ROLES if role == callback_data.role)
    territory = callback_data.territory if callback_data.territory in territories else None
    made = await staff.invite(role, query.from_user.id, clock(), territory)
    link = await create_start_link(bot, PREFIX + made.code)
    hours = int(INVITATION_LIVES.total_seconds() // 3600)
    lines: list[Text | str] = [
        Bold(tr.gettext("Invitation: {role}", role=tr.gettext(ROLE_NAMES[role]))),
        place_name(tr, territory, territories),
        Code(link),
        tr.ngettext(
            "Send it to one person: it works once, for {n} hour.",
            "Send it to one person: it works once, for {n} hours.",
            hours,
        ),
    ]
    copy = [InlineKeyboardButton(text=tr.gettext("Copy"), copy_text=CopyTextButton(text=link))]
    await show(query, Screen(joined(lines), (copy, back(tr, StaffAct(act="list")))))


async def join(
    message: Message,
    command: CommandObject,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Makes the one who opened the link what it says, or says that the link is no longer good."""
    assert message.from_user is not None
    code = (command.args or "").removeprefix(PREFIX)
    try:
        member = await staff.accept(code, message.from_user.id, clock())
    except InvitationSpent as error:
        await show(message, Screen(Text(tr.gettext(error.sentence))))
        return
    await publish_staff_commands(bot, member.user_id)
    role = member_called(tr, member, territories)
    text = tr.gettext("You belong to the staff now: {role}. What you can do: /help", role=role)
    await show(message, Screen(Text(text)))
