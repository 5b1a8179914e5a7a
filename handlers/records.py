"""Cards of the registry: a project, a body, a word; how to reach them; what is new about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    InaccessibleMessage,
    InlineKeyboardButton,
    Message,
)
from aiogram.utils.formatting import Bold, Text

from bot.answers import contact_card, organisation_card, project_card, term_card, vcard
from bot.i18n import Translation
from bot.messages.parts import joined, packed
from handlers.callbacks import BusinessCard, Card, ContactsOf, Followed, NewsOf, ProjectsPage
from handlers.choosing import ensure_active, thread_of
from handlers.conversation import speak_of
from handlers.dependencies import Dependencies
from handlers.keyboards import button
from handlers.news import news_list
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.screens import Row, Screen, in_columns, message_under, say
from storage.registry import Contact, Organisation, Project, Record, RegistrySnapshot, Term
from storage.releases import Release, ReleaseFilter
from storage.subscribers import Chat, What

NEWS_PAGE = 5
VCARD_LIMIT = 2048
"""Bytes of a vCard that sendContact takes (https://core.telegram.org/bots/api#sendcontact)."""
COPIES_AT_MOST = 6


def router(deps: Dependencies) -> Router:
    """The buttons that lead from one thing of the registry to another."""
    records = Router(name="records")
    cards = Cards(deps)
    records.callback_query.register(cards.show_card, Card.filter())
    records.callback_query.register(cards.show_contacts, ContactsOf.filter())
    records.callback_query.register(cards.show_news, NewsOf.filter())
    records.callback_query.register(cards.send_business_cards, BusinessCard.filter())
    following = Router(name="following")
    following.callback_query.middleware(Deciding(deps.subscribers))
    following.callback_query.register(cards.follow, Followed.filter())
    records.include_router(following)
    return records


class Cards:
    """Shows what the registry has."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def show_card(
        self,
        query: CallbackQuery,
        callback_data: Card,
        chat: Chat,
        tr: Translation,
        notice: Notice,
        state: FSMContext,
    ) -> None:
        """Shows what is known of a thing."""
        snapshot = await self._deps.registry.snapshot()
        record = snapshot.record(callback_data.kind, callback_data.slug)
        if record is None:
            notice.say(tr.gettext("This is no longer in the registry."))
            return
        await self._speak_of(state, callback_data)
        await say(query, card_screen(record, snapshot, tr, local_day(chat, self._deps.clock())))

    async def show_contacts(
        self,
        query: CallbackQuery,
        callback_data: ContactsOf,
        chat: Chat,
        tr: Translation,
        notice: Notice,
        state: FSMContext,
    ) -> None:
        """Shows how to reach a project or a body."""
        snapshot = await self._deps.registry.snapshot()
        contacts = snapshot.contacts_of(callback_data.kind, callback_data.slug)
        if not contacts:
            notice.say(tr.gettext("No contact of theirs is known to me."), alert=True)
            return
        await self._speak_of(state, callback_data)
        for screen in contacts_screens(contacts, snapshot, tr, local_day(chat, self._deps.clock())):
            await say(query, screen)

    async def _speak_of(self, state: FSMContext, shown: Card | ContactsOf) -> None:
        await speak_of(state, f"{shown.kind}:{shown.slug}", self._deps.clock())

    async def show_news(
        self, query: CallbackQuery, callback_data: NewsOf, chat: Chat, tr: Translation, notice: Notice
    ) -> None:
        """Shows releases that name a project or a body, a page at a time."""
        which = news_filter(callback_data.kind, callback_data.slug)
        found = await self._deps.releases.latest(which, limit=NEWS_PAGE, offset=callback_data.offset)
        if not found:
            notice.say(tr.gettext("I have no news about this yet."), alert=True)
            return
        snapshot = await self._deps.registry.snapshot()
        record = snapshot.record(callback_data.kind, callback_data.slug)
        rest = await self._deps.releases.count(which) - callback_data.offset - len(found)
        name = record.names.in_(tr.language) if record else ""
        now = self._deps.clock()
        await say(query, news_screen(tr, name, found, rest, callback_data, chat.timezone, now))

    async def send_business_cards(
        self, query: CallbackQuery, callback_data: BusinessCard, tr: Translation, notice: Notice
    ) -> None:
        """Sends contacts as the phone saves them: a contact where there is a number, else a file."""
        snapshot = await self._deps.registry.snapshot()
        contacts = snapshot.contacts_of(callback_data.kind, callback_data.slug)
        if not contacts:
            notice.say(tr.gettext("No contact of theirs is known to me."))
            return
        for contact in contacts:
            await _send_business_card(message_under(query), contact, snapshot, tr)

    async def follow(
        self, query: CallbackQuery, callback_data: Followed, target: Chat, tr: Translation, notice: Notice
    ) -> None:
        """Subscribes to news of a project, or ends that subscription."""
        project = (await self._deps.registry.snapshot()).projects.get(callback_data.project)
        if project is None:
            notice.say(tr.gettext("This is no longer in the registry."))
            return
        subscribers, now = self._deps.subscribers, self._deps.clock()
        await ensure_active(subscribers, target, now)
        what = What(project=project.slug)
        held = await subscribers.toggle(target.id, what, now, thread_of(query, target))
        if any(one.what == what for one in held):
            said = tr.gettext("You will hear of: {project}", project=project.called(tr.language))
        else:
            said = tr.gettext("You will no longer hear of: {project}", project=project.called(tr.language))
        notice.say(said, alert=True)


def card_screen(record: Record, snapshot: RegistrySnapshot, tr: Translation, today: date) -> Screen:
    """A card with the ways on from it."""
    match record:
        case Project():
            text = project_card(record, snapshot, tr, today)
            rows = project_rows(record, snapshot, tr)
        case Organisation():
            text = organisation_card(record, snapshot, tr)
            rows = organisation_rows(record, snapshot, tr)
        case Term():
            text, rows = term_card(record, tr), ()
        case _:
            text, rows = Text(Bold(record.names.in_(tr.language))), ()
    return Screen(text, rows)


def project_rows(project: Project, snapshot: RegistrySnapshot, tr: Translation) -> tuple[Row, ...]:
    """From a project to its contacts, its news, and following it."""
    contacts = button(tr.gettext("Contacts"), ContactsOf(kind="project", slug=project.slug))
    return (
        [
            *([contacts] if snapshot.contacts_of("project", project.slug) else []),
            button(tr.gettext("News"), NewsOf(kind="project", slug=project.slug)),
        ],
        [button(tr.gettext("Follow"), Followed(project=project.slug))],
    )


def organisation_rows(body: Organisation, snapshot: RegistrySnapshot, tr: Translation) -> tuple[Row, ...]:
    """From a body to its contacts, its projects and its news."""
    contacts = button(tr.gettext("Contacts"), ContactsOf(kind="organisation", slug=body.slug))
    projects = button(tr.gettext("Projects"), ProjectsPage(donor=body.slug))
    return (
        [
            *([contacts] if snapshot.contacts_of("organisation", body.slug) else []),
            *([projects] if snapshot.projects_of(body.slug) else []),
            button(tr.gettext("News"), NewsOf(kind="organisation", slug=body.slug)),
        ],
    )


def contacts_screens(
    contacts: Iterable[Contact], snapshot: RegistrySnapshot, tr: Translation, today: date
) -> Iterator[Screen]:
    """Every contact of a thing, with buttons that copy numbers and addresses; on several screens where one is small."""
    known = tuple(contacts)
    texts = [contact_card(contact, snapshot, tr, today) for contact in known]
    copied = dict.fromkeys(value for contact in known for value in (*contact.phones, *contact.emails))
    copies = [
        InlineKeyboardButton(text=value, copy_text=CopyTextButton(text=value))
        for value in list(copied)[:COPIES_AT_MOST]
    ]
    save = BusinessCard(kind=known[0].of_kind, slug=known[0].of)
    *before, last = packed(texts)
    yield from map(Screen, before)
    yield Screen(last, (*in_columns(copies, 2), [button(tr.gettext("Save contact"), save)]))


def news_screen(
    tr: Translation,
    name: str,
    found: Iterable[Release],
    rest: int,
    asked: NewsOf,
    timezone: str,
    now: datetime,
) -> Screen:
    """A page of releases about a thing."""
    lines: list[Text | str] = [Bold(tr.gettext("News: {name}", name=name))]
    more = NewsOf(kind=asked.kind, slug=asked.slug, offset=asked.offset + NEWS_PAGE)
    return Screen(
        joined([*lines, news_list(tr, found, timezone, now, lead=True)]),
        ([button(tr.gettext("More"), more)] if rest > 0 else [],),
    )


def news_filter(kind: str, slug: str) -> ReleaseFilter:
    """Which releases are news of a thing.  Pure."""
    match kind:
        case "project":
            return ReleaseFilter(project=slug)
        case "organisation":
            return ReleaseFilter(organisation=slug)
        case "place":
            return ReleaseFilter(territory=slug)
        case _:
            return ReleaseFilter(topics=(slug,))


def local_day(chat: Chat, now: datetime) -> date:
    """Today, where the chat is."""
    return now.astimezone(ZoneInfo(chat.timezone)).date()


async def _send_business_card(
    message: Message | InaccessibleMessage, contact: Contact, snapshot: RegistrySnapshot, tr: Translation
) -> None:
    card = vcard(contact, snapshot, tr)
    record = snapshot.record(contact.of_kind, contact.of)
    name = record.called(tr.language) if record else contact.slug
    person = contact.person.in_(tr.language) if contact.person else name
    if contact.phones and len(card.encode()) <= VCARD_LIMIT:
        await message.answer_contact(phone_number=contact.phones[0], first_name=person[:64], vcard=card)
    else:
        await message.answer_document(BufferedInputFile(card.encode(), filename=f"{contact.slug}.vcf"))
