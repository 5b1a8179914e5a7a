"""/links: a link and a QR picture for each topic, for posters and letters.  For staff."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import segno
from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import LinkPlaces, LinksWanted, LinkWanted
from handlers.keyboards import back, button
from handlers.notices import Notice
from handlers.people import place_rows
from handlers.places import PlaceChoice, code_of, slug_of
from handlers.rights import IsStaff
from handlers.screens import Screen, message_under, show
from handlers.start import link_to
from handlers.territories import place, with_territories
from storage.database import Database
from storage.languages import Names
from storage.staff import StaffMember
from storage.subscribers import What
from storage.territory_tree import TerritoryTree

MODULE_PIXELS = 16
"""A QR of a link is 33 to 41 modules wide: large enough for a poster."""

WHOLE = LinksWanted()


def router(database: Database) -> Router:
    """The conversation about links."""
    links = Router(name="links")
    links.message.register(show_links, Command("links"), IsStaff())
    links.callback_query.register(show_links_of, LinksWanted.filter(), IsStaff())
    links.callback_query.register(ask_place, LinkPlaces.filter(), IsStaff())
    links.callback_query.register(send_picture, LinkWanted.filter(F.topic != ""), IsStaff())
    return with_territories(links, database)


async def show_links(
    event: Message | CallbackQuery,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
    wanted: LinksWanted = WHOLE,
) -> None:
    """Shows the links: to the topics, in the territory of the staff member where their role has one."""
    here = spoken_to(wanted.territory, member, tree)
    links = {slug: await _link(bot, slug, here) for slug in topics}
    await show(event, links_screen(tr, links, here, topics, tree))


async def show_links_of(
    query: CallbackQuery,
    callback_data: LinksWanted,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
) -> None:
    """Shows the links of one territory."""
    await show_links(query, bot, tr, member, topics, tree, callback_data)


async def ask_place(
    query: CallbackQuery,
    callback_data: LinkPlaces,
    tr: Translation,
    member: StaffMember,
    tree: TerritoryTree,
) -> None:
    """The links of which territory?"""
    here = spoken_to(callback_data.within, member, tree)
    choice = PlaceChoice(
        tr,
        tree,
        (),
        lambda code: LinksWanted(territory=code),
        lambda code, page: LinkPlaces(within=code, page=page),
    )
    to = LinksWanted() if here == member.territory else choice.back(here or "")
    rows = place_rows(choice, code_of(here) if here else "", callback_data.page)
    asked = tr.gettext("The links of which territory?")
    await show(query, Screen(Text(asked), (*rows, back(tr, to))))


async def send_picture(
    query: CallbackQuery,
    callback_data: LinkWanted,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
    notice: Notice,
) -> None:
    """Sends the QR as a file, which Telegram does not shrink, with the link under it."""
    if callback_data.topic not in topics:
        notice.say(tr.gettext("This topic is no longer offered."))
        return
    here = spoken_to(callback_data.territory, member, tree)
    link = await _link(bot, callback_data.topic, here)
    file = BufferedInputFile(qr_picture(link), filename=f"{callback_data.topic}.png")
    name = topics[callback_data.topic].in_(tr.language)
    if here:
        name = f"{name}, {place(tr, here, tree)}"
    await message_under(query).answer_document(file, caption=f"{name}\n{link}")


def spoken_to(code: str, member: StaffMember, tree: TerritoryTree) -> str | None:
    """The territory that a button means, as far as the staff member speaks to it; None for the whole country.  Pure."""
    wanted = slug_of(code, tree) if code else None
    return wanted if wanted and tree.covers(member.territory, wanted) else member.territory


def links_screen(
    tr: Translation,
    links: Mapping[str, str],
    here: str | None,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
) -> Screen:
    """Each topic with its link in a territory, a button for its picture, and the way to other territories."""
    lines: list[Text | str] = [Bold(tr.gettext("Links to subscribe by")), place(tr, here, tree)]
    for slug, names in topics.items():
        lines += ["", names.in_(tr.language), links[slug]]
    code = code_of(here) if here else ""
    pictures = (
        [button(f"QR · {names.in_(tr.language)}", LinkWanted(topic=slug, territory=code))]
        for slug, names in topics.items()
    )
    elsewhere = [button(f"{place(tr, here, tree)} ▾", LinkPlaces())]
    return Screen(joined(lines), (*pictures, elsewhere))


def qr_picture(link: str) -> bytes:
    """A PNG of a link, with a quiet zone; up to 15 % of it may be dirty or torn (ISO/IEC 18004, level M)."""
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="png", scale=MODULE_PIXELS, border=4)
    return picture.getvalue()


async def _link(bot: Bot, topic: str, territory: str | None) -> str:
    return await create_start_link(bot, link_to(What(topic=topic, territory=territory)))
