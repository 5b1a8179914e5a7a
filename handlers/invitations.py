"""Links that make their first opener a member of the staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, CopyTextButton, InlineKeyboardButton, Message
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.formatting import Bold, Code, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.callbacks import InvitationsWanted, StaffAct, StaffInvited
from handlers.commands import publish_staff_commands, spoken_in
from handlers.dependencies import Clock
from handlers.keyboards import back, button
from handlers.notices import Notice
from handlers.people import ROLE_NAMES, ROLE_RIGHTS, member_called, person_name, place_rows, role_called
from handlers.places import PlaceChoice, code_of, slug_of
from handlers.rights import IsStaff
from handlers.screens import Screen, in_columns, show
from handlers.territories import place, with_territories
from storage.database import Database
from storage.staff import INVITATION_LIVES, ROLES, InvitationSpent, OpenInvitation, Staff
from storage.subscribers import Chat
from storage.territory_tree import TerritoryTree

PREFIX = "staff-"
OPEN_SHOWN = 20
_LINE = 160


def router(database: Database) -> Router:
    """Inviting, and following an invitation.  Asked before other links of /start."""
    invitations = Router(name="invitations")
    follows = CommandStart(deep_link=True, magic=F.args.startswith(PREFIX))
    invitations.message.register(join, follows, F.chat.type == "private")
    administrator = IsStaff("administrator")
    invitations.callback_query.register(ask_role, StaffInvited.filter(F.role == ""), administrator)
    invitations.callback_query.register(ask_territory, StaffInvited.filter(F.territory == "-"), administrator)
    invitations.callback_query.register(invite, StaffInvited.filter(F.role.in_(ROLES)), administrator)
    invitations.callback_query.register(show_open, InvitationsWanted.filter(F.end == ""), administrator)
    invitations.callback_query.register(take_back, InvitationsWanted.filter(), administrator)
    return with_territories(invitations, database)


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
    query: CallbackQuery, callback_data: StaffInvited, tr: Translation, tree: TerritoryTree
) -> None:
    """For the whole country, or one territory?"""
    role, within = callback_data.role, callback_data.within
    everywhere = button(tr.gettext("The whole country"), StaffInvited(role=role, territory="*"))
    choice = PlaceChoice(
        tr,
        tree,
        (),
        lambda code: StaffInvited(role=role, territory=code),
        lambda code, page: StaffInvited(role=role, within=code, page=page),
    )
    here = slug_of(within, tree) if within else None
    above = (tree.parent(here) or "") if here else ""
    to = StaffInvited(role=role, within=code_of(above) if above else "") if here else StaffInvited()
    places = place_rows(choice, within, callback_data.page)
    rows = ([] if within else [everywhere], *places, back(tr, to))
    await show(query, Screen(Text(tr.gettext("Where may this person speak to subscribers?")), rows))


async def invite(
    query: CallbackQuery,
    callback_data: StaffInvited,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Makes the link and shows it."""
    role = next(role for role in ROLES if role == callback_data.role)
    territory = None if callback_data.territory == "*" else slug_of(callback_data.territory, tree)
    made = await staff.invite(role, query.from_user.id, clock(), territory)
    link = await create_start_link(bot, PREFIX + made.code)
    hours = int(INVITATION_LIVES.total_seconds() // 3600)
    lines: list[Text | str] = [
        Bold(tr.gettext("Invitation: {role}", role=tr.gettext(ROLE_NAMES[role]))),
        place(tr, territory, tree),
        Code(link),
        tr.ngettext(
            "Send it to one person: it works once, for {n} hour.",
            "Send it to one person: it works once, for {n} hours.",
            hours,
        ),
    ]
    copy = [InlineKeyboardButton(text=tr.gettext("Copy"), copy_text=CopyTextButton(text=link))]
    await show(query, Screen(joined(lines), (copy, back(tr, StaffAct(act="list")))))


async def show_open(
    query: CallbackQuery,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Shows the links that may still make somebody a member of the staff."""
    found = await staff.invitations(clock())
    names = {one.invited_by: await person_name(bot, one.invited_by) for one in found}
    await show(query, open_screen(tr, found, names, tree, chat.timezone, clock()))


async def take_back(
    query: CallbackQuery,
    callback_data: InvitationsWanted,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes one back: its link gives nothing any more."""
    taken = await staff.uninvite(callback_data.end, query.from_user.id, clock())
    said = tr.gettext("Taken back.") if taken else tr.gettext("This invitation is no longer open.")
    notice.say(said)
    await show_open(query, bot, chat, tr, staff, tree, clock)


async def join(
    message: Message,
    command: CommandObject,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Makes the one who opened the link what it says, or says that the link is no longer good."""
    assert message.from_user is not None
    code = (command.args or "").removeprefix(PREFIX)
    try:
        accepted = await staff.accept(code, message.from_user.id, clock())
    except InvitationSpent as error:
        await show(message, Screen(Text(tr.gettext(error.sentence))))
        return
    role = member_called(tr, accepted.member, tree)
    if not accepted.joined:
        text = tr.gettext(
            "You belong to the staff already: {role}. The invitation does not change that; an administrator can.",
            role=role,
        )
        await show(message, Screen(Text(text)))
        return
    await publish_staff_commands(bot, accepted.member.user_id, spoken_in(chat))
    text = tr.gettext("You belong to the staff now: {role}. What you can do: /help", role=role)
    await show(message, Screen(Text(text)))


def open_screen(
    tr: Translation,
    found: Sequence[OpenInvitation],
    names: Mapping[int, str],
    tree: TerritoryTree,
    timezone: str,
    now: datetime,
) -> Screen:
    """The open invitations, with a button to take each back."""
    lines: list[Text | str] = [Bold(tr.gettext("Open invitations"))]
    for number, one in enumerate(found[:OPEN_SHOWN], 1):
        role = role_called(tr, one.role, one.territory, tree)
        until = tr.gettext("until {when}", when=tr.moment(one.expires_at, now, ZoneInfo(timezone)))
        lines.append(clip(f"{number}. {role} · {until} · {names[one.invited_by]}", _LINE))
    if not found:
        lines.append(tr.gettext("There are none."))
    ends = (
        button(tr.gettext("Withdraw {number}", number=number), InvitationsWanted(end=one.key))
        for number, one in enumerate(found[:OPEN_SHOWN], 1)
    )
    return Screen(joined(lines), (*in_columns(ends, 2), back(tr, StaffAct(act="list"))))
