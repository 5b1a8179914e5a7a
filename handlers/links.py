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
from handlers.callbacks import LinkWanted
from handlers.keyboards import button
from handlers.notices import Notice
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


def router(database: Database) -> Router:
    """The conversation about links."""
    links = Router(name="links")
    links.message.register(show_links, Command("links"), IsStaff())
    links.callback_query.register(send_picture, LinkWanted.filter(F.topic != ""), IsStaff())
    return with_territories(links, database)


async def show_links(
    message: Message,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
) -> None:
    """Shows the links: to the topics, in the territory of the staff member where their role has one."""
    links = {slug: await _link(bot, slug, member) for slug in topics}
    await show(message, links_screen(tr, links, member, topics, tree))


async def send_picture(
    query: CallbackQuery,
    callback_data: LinkWanted,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    topics: Mapping[str, Names],
    notice: Notice,
) -> None:
    """Sends the QR as a file, which Telegram does not shrink, with the link under it."""
    if callback_data.topic not in topics:
        notice.say(tr.gettext("This topic is no longer offered."))
        return
    link = await _link(bot, callback_data.topic, member)
    file = BufferedInputFile(qr_picture(link), filename=f"{callback_data.topic}.png")
    name = topics[callback_data.topic].in_(tr.language)
    await message_under(query).answer_document(file, caption=f"{name}\n{link}")


def links_screen(
    tr: Translation,
    links: Mapping[str, str],
    member: StaffMember,
    topics: Mapping[str, Names],
    tree: TerritoryTree,
) -> Screen:
    """Each topic with its link, and a button for its picture."""
    lines: list[Text | str] = [
        Bold(tr.gettext("Links to subscribe by")),
        place(tr, member.territory, tree),
    ]
    for slug, names in topics.items():
        lines += ["", names.in_(tr.language), links[slug]]
    pictures = (
        [button(f"QR · {names.in_(tr.language)}", LinkWanted(topic=slug))] for slug, names in topics.items()
    )
    return Screen(joined(lines), tuple(pictures))


def qr_picture(link: str) -> bytes:
    """A PNG of a link, with a quiet zone; up to 15 % of it may be dirty or torn (ISO/IEC 18004, level M)."""
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="png", scale=MODULE_PIXELS, border=4)
    return picture.getvalue()


async def _link(bot: Bot, topic: str, member: StaffMember) -> str:
    return await create_start_link(bot, link_to(What(topic=topic, territory=member.territory)))
