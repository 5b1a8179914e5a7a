"""What nobody else took: buttons that are out of date, commands that do not exist, and what is not text."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.callbacks import HelpWanted
from handlers.commands import STAFF
from handlers.keyboards import button
from handlers.notices import Notice
from handlers.publish import ENDINGS
from handlers.rights import ONLY_STAFF, IsStaff
from handlers.screens import Screen, show
from storage.registry.files import FORMATS
from storage.staff import StaffMember

PRIVATE = F.chat.type == "private"


def router() -> Router:
    """The last to be asked."""
    fallback = Router(name="fallback")
    fallback.callback_query.register(out_of_date)
    fallback.message.register(only_for_staff, PRIVATE, F.text.func(is_staff_command))
    fallback.message.register(unknown_command, PRIVATE, F.text.startswith("/"))
    fallback.message.register(unread_file, PRIVATE, F.document, IsStaff())
    fallback.message.register(not_text, PRIVATE, F.content_type.in_(SENT_BY_PEOPLE))
    return fallback


SENT_BY_PEOPLE = (
    "photo", "document", "voice", "video", "video_note", "audio", "sticker", "animation", "location", "contact", "poll"
)  # fmt: skip


async def out_of_date(query: CallbackQuery, tr: Translation, notice: Notice) -> None:
    """A button from an older version, or of a dialogue that is over."""
    notice.say(tr.gettext("This button is out of date. Send /help to see what I can do."))


async def only_for_staff(message: Message, tr: Translation) -> None:
    """A polite no to everybody else."""
    await show(message, Screen(Text(tr.gettext(ONLY_STAFF))))


async def unknown_command(message: Message, tr: Translation) -> None:
    """A command that does not exist."""
    await show(message, pointing_to_help(tr, tr.gettext("I do not know this command.")))


async def unread_file(message: Message, tr: Translation, member: StaffMember) -> None:
    """A file of a kind that no conversation takes: staff are told which ones are taken."""
    lines = [tr.gettext("I do not read files of this kind.")]
    if member.may("publisher"):
        lines.append(tr.gettext("A release comes as {endings}.", endings=", ".join(ENDINGS)))
    if member.may("administrator"):
        lines.append(tr.gettext("The registry comes as {endings}.", endings=", ".join(FORMATS)))
    await show(message, pointing_to_help(tr, "\n".join(lines)))


async def not_text(message: Message, tr: Translation) -> None:
    """A picture, a voice message, a file: read by people, not by the bot."""
    await show(
        message, pointing_to_help(tr, tr.gettext("I read only text. Please write your question in words."))
    )


def is_staff_command(text: str | None) -> bool:
    """Whether a text is one of the commands of staff.  Pure."""
    words = (text or "").split()
    return bool(words) and words[0].startswith("/") and words[0][1:].split("@")[0] in STAFF


def pointing_to_help(tr: Translation, text: str) -> Screen:
    """A sentence with the way on."""
    return Screen(Text(text), ([button(tr.gettext("What I can do"), HelpWanted())],))
