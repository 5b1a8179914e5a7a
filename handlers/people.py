"""/staff: who may do what.  For administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    CallbackQuery,
    KeyboardButton,
    KeyboardButtonRequestUsers,
    Message,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import (
    InvitationsWanted,
    StaffAct,
    StaffByPlace,
    StaffInvited,
    StaffListed,
    StaffPlaces,
    StaffTerritory,
)
from handlers.commands import publish_staff_commands, spoken_in, withdraw_staff_commands
from handlers.dependencies import Clock
from handlers.dialogues import STAFF, leave
from handlers.keyboards import back, button, chosen, pages
from handlers.notices import Notice
from handlers.places import PlaceChoice, code_of, slug_of
from handlers.rights import IsStaff
from handlers.screens import Row, Screen, message_under, show
from handlers.territories import place, with_territories
from storage.database import Database
from storage.errors import N_
from storage.staff import ROLES, Role, Staff, StaffMember
from storage.subscribers import Subscribers
from storage.territory_tree import TerritoryTree

NO_TERRITORIES = TerritoryTree()

ROLE_NAMES: Mapping[Role, str] = {
    "editor": N_("editor"),
    "publisher": N_("publisher"),
    "administrator": N_("administrator"),
}
ROLE_RIGHTS: Mapping[Role, str] = {
    "editor": N_("answers questions, corrects topics, prepares texts"),
    "publisher": N_("also publishes and announces"),
    "administrator": N_("also decides who is on the staff"),
}


SHOWN: Final = 10
EVERYBODY: Final = StaffListed()


@dataclass(frozen=True)
class Listed:
    """A page of the staff, what each is called, and of how many it is a page; `territory` is whose they are."""

    members: Sequence[StaffMember]
    names: Mapping[int, str]
    count: int
    page: int = 0
    territory: str | None = None


class Appointing(StatesGroup):
    """An administrator is naming a person."""

    person = State()


def router(database: Database) -> Router:
    """The conversation about people."""
    people = Router(name="people")
    administrator = IsStaff("administrator")
    people.message.register(show_staff, Command("staff"), administrator)
    people.message.register(no_right, Command("staff"), IsStaff())
    people.message.register(name_person, Appointing.person, administrator, ~F.text.startswith("/"))
    people.callback_query.register(show_staff, StaffAct.filter(F.act == "list"), administrator)
    people.callback_query.register(show_page, StaffListed.filter(), administrator)
    people.callback_query.register(ask_whose, StaffByPlace.filter(), administrator)
    people.callback_query.register(ask_person, StaffAct.filter(F.act == "add"), administrator)
    people.callback_query.register(show_person, StaffAct.filter(F.act == "show"), administrator)
    people.callback_query.register(dismiss, StaffAct.filter(F.act == "remove"), administrator)
    people.callback_query.register(ask_territory, StaffPlaces.filter(), administrator)
    people.callback_query.register(limit, StaffTerritory.filter(), administrator)
    people.callback_query.register(appoint, StaffAct.filter(F.act.in_(ROLES)), administrator)
    return with_territories(people, database)


async def show_staff(
    event: Message | CallbackQuery,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
    wanted: StaffListed = EVERYBODY,
) -> None:
    """Shows a page of those with a role."""
    territory = slug_of(wanted.territory, tree) if wanted.territory else None
    page = max(wanted.page, 0)
    members, count = await staff.page(SHOWN, page * SHOWN, territory)
    names = {member.user_id: await person_name(bot, member.user_id) for member in members}
    listed = Listed(members, names, count, page, territory)
    await show(event, staff_screen(tr, listed, tree, len(await staff.invitations(clock()))))


async def show_page(
    query: CallbackQuery,
    callback_data: StaffListed,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Shows another page, or those of one territory."""
    await show_staff(query, bot, tr, staff, tree, clock, callback_data)


async def ask_whose(
    query: CallbackQuery, callback_data: StaffByPlace, tr: Translation, tree: TerritoryTree
) -> None:
    """The staff of which territory?"""
    choice = PlaceChoice(
        tr,
        tree,
        (),
        lambda code: StaffListed(territory=code),
        lambda code, page: StaffByPlace(within=code, page=page),
    )
    here = slug_of(callback_data.within, tree) if callback_data.within else None
    to = choice.back(here) if here else StaffListed()
    rows = (*place_rows(choice, callback_data.within, callback_data.page), back(tr, to))
    await show(query, Screen(Text(tr.gettext("The staff of which territory?")), rows))


async def no_right(message: Message, tr: Translation) -> None:
    """Staff who are not administrators are told so."""
    await show(message, Screen(Text(tr.gettext("Only administrators can do this."))))


async def ask_person(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks who is to join: chosen from one's contacts, by a forwarded message, or by number."""
    await state.set_state(Appointing.person)
    choose = KeyboardButton(
        text=tr.gettext("Choose a person"),
        request_users=KeyboardButtonRequestUsers(request_id=1, user_is_bot=False, max_quantity=1),
    )
    keyboard = ReplyKeyboardMarkup(keyboard=[[choose]], resize_keyboard=True, one_time_keyboard=True)
    text = tr.gettext(
        "Choose the person, forward a message of theirs, or send their number in Telegram. /cancel"
    )
    await message_under(query).answer(text, reply_markup=keyboard)


async def name_person(message: Message, bot: Bot, tr: Translation, state: FSMContext) -> None:
    """Takes the person named, and asks for a role."""
    user_id = named_person(message)
    if user_id is None:
        text = tr.gettext("I cannot see who that is. Send the person's number in Telegram, or /cancel.")
        await show(message, Screen(Text(text)))
        return
    await leave(state, STAFF)
    await message.answer(tr.gettext("Which role?"), reply_markup=ReplyKeyboardRemove())
    await show(message, person_screen(tr, user_id, await person_name(bot, user_id)))


async def show_person(
    query: CallbackQuery,
    callback_data: StaffAct,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
) -> None:
    """Shows one staff member with the roles to give."""
    held = await staff.member(callback_data.user)
    name = await person_name(bot, callback_data.user)
    await show(query, person_screen(tr, callback_data.user, name, held, tree))


async def ask_territory(
    query: CallbackQuery,
    callback_data: StaffPlaces,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
) -> None:
    """Where may this person speak to subscribers?"""
    held = await staff.member(callback_data.user)
    limited_to = held.territory if held else None
    user = callback_data.user
    rows = (
        []
        if callback_data.within
        else [
            button(
                chosen(tr.gettext("The whole country"), limited_to is None),
                StaffTerritory(user=user, territory=""),
            )
        ],
        *place_rows(
            PlaceChoice(
                tr,
                tree,
                [limited_to] if limited_to else [],
                lambda code: StaffTerritory(user=user, territory=code),
                lambda code, page: StaffPlaces(user=user, within=code, page=page),
            ),
            callback_data.within,
            callback_data.page,
        ),
        back(tr, way_back(tree, callback_data.within, user)),
    )
    await show(query, Screen(Text(tr.gettext("Where may this person speak to subscribers?")), rows))


def way_back(tree: TerritoryTree, within: str, user: int) -> CallbackData:
    """To the level above, or to the person.  Pure."""
    here = slug_of(within, tree) if within else None
    if here is None:
        return StaffAct(act="show", user=user)
    above = tree.parent(here)
    return StaffPlaces(user=user, within=code_of(above) if above else "")


def place_rows(choice: PlaceChoice, within: str, page: int) -> tuple[Row, ...]:
    """A level of the territories, by the code of what it lies in."""
    here = slug_of(within, choice.tree) if within else None
    return (*([choice.whole(here)] if here else []), *choice.rows(here, page))


async def limit(
    query: CallbackQuery,
    callback_data: StaffTerritory,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Limits a staff member to a territory, or lifts the limit; the role stays."""
    held = await staff.member(callback_data.user)
    if held is not None and held.role != "administrator":
        territory = slug_of(callback_data.territory, tree) if callback_data.territory else None
        await staff.appoint(held.user_id, held.role, query.from_user.id, clock(), territory)
    held = await staff.member(callback_data.user)
    name = await person_name(bot, callback_data.user)
    await show(query, person_screen(tr, callback_data.user, name, held, tree))


async def appoint(
    query: CallbackQuery,
    callback_data: StaffAct,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    subscribers: Subscribers,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Gives a person a role, and their menu of commands.  The territory a role is limited to stays."""
    role = next(role for role in ROLES if role == callback_data.act)
    held = await staff.member(callback_data.user)
    territory = held.territory if held else None
    await staff.appoint(callback_data.user, role, query.from_user.id, clock(), territory)
    await publish_staff_commands(
        bot, callback_data.user, spoken_in(await subscribers.get(callback_data.user))
    )
    await show_staff(query, bot, tr, staff, tree, clock)


async def dismiss(
    query: CallbackQuery,
    callback_data: StaffAct,
    bot: Bot,
    tr: Translation,
    staff: Staff,
    subscribers: Subscribers,
    tree: TerritoryTree,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes a person's role away; those whom the operator named keep theirs."""
    await staff.dismiss(callback_data.user, query.from_user.id, clock())
    if await staff.member(callback_data.user):
        notice.say(
            tr.gettext("This administrator is named in the settings of the server and stays."), alert=True
        )
    else:
        chosen = spoken_in(await subscribers.get(callback_data.user))
        await withdraw_staff_commands(bot, callback_data.user, chosen)
    await show_staff(query, bot, tr, staff, tree, clock)


def named_person(message: Message) -> int | None:
    """The person whom a message names: shared, in a contact, as author of what is forwarded, or by number.  Pure."""
    if message.users_shared:
        return message.users_shared.users[0].user_id
    if message.contact:
        return message.contact.user_id
    if isinstance(message.forward_origin, MessageOriginUser):
        return message.forward_origin.sender_user.id
    text = (message.text or "").strip()
    return int(text) if text.isdecimal() and 0 < int(text) < 2**52 else None


async def person_name(bot: Bot, user_id: int) -> str:
    """The name Telegram knows a person by, or their number."""
    try:
        return (await bot.get_chat(user_id)).full_name
    except TelegramAPIError:
        return str(user_id)


def member_called(tr: Translation, member: StaffMember, tree: TerritoryTree) -> str:
    """What a staff member is.  Pure."""
    return role_called(tr, member.role, member.territory, tree)


def role_called(tr: Translation, role: Role, territory: str | None, tree: TerritoryTree) -> str:
    """A role, with the territory it is limited to: `publisher, Naryn oblast`.  Pure."""
    name = tr.gettext(ROLE_NAMES[role])
    return f"{name}, {place(tr, territory, tree)}" if territory else name


def staff_screen(tr: Translation, listed: Listed, tree: TerritoryTree, invited: int = 0) -> Screen:
    """A page of those with a role; who was named last stands last.  `invited` invitations are open."""
    people = (
        [
            button(
                f"{listed.names[member.user_id]} · {member_called(tr, member, tree)}",
                StaffAct(act="show", user=member.user_id),
            )
        ]
        for member in listed.members
    )
    code = code_of(listed.territory) if listed.territory else ""
    turn = pages(listed.page, listed.count, SHOWN, lambda page: StaffListed(territory=code, page=page))
    where = [button(f"{place(tr, listed.territory, tree)} ▾", StaffByPlace())]
    if listed.territory:
        where.append(button(tr.gettext("Everyone"), StaffListed()))
    add = [
        button("+ " + tr.gettext("Add a person"), StaffAct(act="add")),
        button(tr.gettext("Invite by a link"), StaffInvited()),
    ]
    waiting = [button(tr.gettext("Open invitations: {n}", n=invited), InvitationsWanted())] if invited else []
    head = Bold(tr.gettext("Staff"), f" · {tr.number(listed.count)}")
    return Screen(Text(head), (*people, turn, where, add, waiting))


def person_screen(
    tr: Translation,
    user_id: int,
    name: str,
    held: StaffMember | None = None,
    tree: TerritoryTree = NO_TERRITORIES,
) -> Screen:
    """A person, the roles to give them, and where they hold."""
    lines: list[Text | str] = [Bold(name)]
    lines += [f"{tr.gettext(ROLE_NAMES[role])} — {tr.gettext(ROLE_RIGHTS[role])}" for role in ROLES]
    given = held.role if held else None
    roles = (
        [button(chosen(tr.gettext(ROLE_NAMES[role]), role == given), StaffAct(act=role, user=user_id))]
        for role in ROLES
    )
    where, remove = [], []
    if held and held.role != "administrator":
        named = place(tr, held.territory, tree)
        where = [button(f"{named} ▾", StaffPlaces(user=user_id))]
    if held:
        remove = [button(tr.gettext("Remove"), StaffAct(act="remove", user=user_id), style="danger")]
    return Screen(joined(lines), (*roles, where, remove, back(tr, StaffAct(act="list"))))
