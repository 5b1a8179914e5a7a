"""/contacts: how to reach a project or a body."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.ask import Answering
from handlers.callbacks import ContactsOf
from handlers.choices import button_name
from handlers.keyboards import button
from handlers.screens import Screen, in_columns, show
from storage.registry import Record, Registry, RegistrySnapshot
from storage.subscribers import Chat


def router() -> Router:
    """The conversation about contacts."""
    contacts = Router(name="contacts")
    contacts.message.register(show_contacts, Command("contacts"))
    return contacts


async def show_contacts(
    message: Message,
    command: CommandObject,
    chat: Chat,
    tr: Translation,
    registry: Registry,
    answering: Answering,
    state: FSMContext,
) -> None:
    """Answers how to reach what is named; without a name shows whose contacts are known."""
    if command.args:
        question = tr.gettext("contacts of {name}", name=command.args)
        await answering.answer(message, question, chat, state)
        return
    await show(message, whose_screen(tr, await registry.snapshot()))


def whose_screen(tr: Translation, snapshot: RegistrySnapshot) -> Screen:
    """Everything whose contacts are known: projects first."""

    def choice(kind: str, record: Record) -> InlineKeyboardButton:
        return button(button_name(record, tr.language), ContactsOf(kind=kind, slug=record.slug))

    reachable = [
        choice(kind, record)
        for kind, records in (("project", snapshot.projects), ("organisation", snapshot.organisations))
        for record in records.values()
        if snapshot.contacts_of(kind, record.slug)
    ]
    return Screen(
        Text(tr.gettext("Whose contacts do you need? You can also write the name.")),
        in_columns(reachable[:40], 2),
    )
