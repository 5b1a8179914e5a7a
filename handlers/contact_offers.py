"""People to ask that a press release names: staff confirm whose contact it is before the registry has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.listening import Listening
from bot.messages.parts import clip, joined, web_address
from feeds.dates import local_day
from feeds.items import Contact, Item
from handlers.callbacks import ContactKept
from handlers.choices import button_name
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.notices import Notice
from handlers.registry_file import said
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Screen, say, show
from storage.registry import Organisation, Project, Registry, RegistrySnapshot
from storage.registry.errors import InvalidRecord
from storage.staff import Staff

MOST_OFFERED: Final = 3
"""Contacts of one release that staff are asked about."""
_MOST_BODIES: Final = 5
_NO_ROLE: Final = {"ru": "для СМИ", "ky": "ЖМК үчүн", "en": "press contact"}

Body = tuple[str, str]
"""Kind and slug of whom a contact may belong to."""


def router() -> Router:
    """The buttons under a contact."""
    offers = Router(name="contacts of releases")
    offers.callback_query.register(decide, ContactKept.filter(), IsStaff("publisher", everywhere=True))
    offers.callback_query.register(refuse_limited, ContactKept.filter(), IsStaff())
    return offers


async def offer(
    query: CallbackQuery,
    item: Item,
    contacts: Sequence[Contact],
    tr: Translation,
    state: FSMContext,
    hearing: Listening,
    registry: Registry,
    now: datetime,
) -> None:
    """Shows each contact of a release that the registry does not have, with the bodies that it may belong to."""
    snapshot = await registry.snapshot()
    release = hearing.tagger(item.title, item.body)
    wanted: list[dict[str, Any]] = []
    for contact in contacts:
        own = hearing.tagger(contact.organisation, "") if contact.organisation else None
        bodies = bodies_of(
            (own.projects, own.organisations) if own else ((), ()), (release.projects, release.organisations)
        )
        if not bodies or is_known(contact, snapshot) or len(wanted) >= MOST_OFFERED:
            continue
        await say(query, offer_screen(contact, bodies, len(wanted), snapshot, tr))
        wanted.append(asdict(contact))
    day = min(local_day(item.published_at) or now.date(), now.date())
    kept = {"contacts": wanted, "title": item.title, "url": item.url, "day": day.isoformat()}
    await state.update_data(offered=kept if wanted else None)


async def decide(
    query: CallbackQuery,
    callback_data: ContactKept,
    tr: Translation,
    state: FSMContext,
    registry: Registry,
    staff: Staff,
    clock: Clock,
    notice: Notice,
) -> None:
    """Puts a contact into the registry as that of a body, or leaves it."""
    kept = (await state.get_data()).get("offered") or {"contacts": []}
    if callback_data.number >= len(kept["contacts"]):
        notice.say(tr.gettext("This button is out of date. Send /help to see what I can do."))
        return
    contact = Contact(**kept["contacts"][callback_data.number])
    if not callback_data.kind:
        await show(query, Screen(Text(tr.gettext("Left out: {who}", who=who(contact)))))
        return
    record = (await registry.snapshot()).record(callback_data.kind, callback_data.slug)
    if not isinstance(record, Project | Organisation):
        notice.say(tr.gettext("This is no longer in the registry."))
        return
    by = query.from_user.id
    try:
        await registry.put("contact", values_of(contact, callback_data.kind, record, kept), clock(), by)
    except InvalidRecord as error:
        notice.say(said(error, tr), alert=True)
        return
    text = tr.gettext(
        "In the registry: {who}, {body}", who=who(contact), body=clip(record.names.in_(tr.language), 120)
    )
    await show(query, Screen(Text(text)))


def bodies_of(*of: tuple[Iterable[str], Iterable[str]]) -> tuple[Body, ...]:
    """Whom a contact may belong to: organisations before projects, those named beside it first.  Pure."""
    found = [
        body
        for projects, organisations in of
        for body in (
            *(("organisation", slug) for slug in organisations),
            *(("project", slug) for slug in projects),
        )
    ]
    return tuple(dict.fromkeys(found))[:_MOST_BODIES]


def is_known(contact: Contact, snapshot: RegistrySnapshot) -> bool:
    """Whether the registry has every number and address of a contact already."""
    known = {
        way
        for kind, records in (("project", snapshot.projects), ("organisation", snapshot.organisations))
        for slug in records
        for one in snapshot.contacts_of(kind, slug)
        for way in (*one.phones, *one.emails)
    }
    return known.issuperset((*contact.phones, *contact.emails))


def offer_screen(
    contact: Contact, bodies: Sequence[Body], number: int, snapshot: RegistrySnapshot, tr: Translation
) -> Screen:
    """A contact as it was printed, and whose it may be."""
    lines: list[Text | str] = [
        Bold(tr.gettext("A contact stands in this release. Whose is it?")),
        who(contact),
        *filter(None, (clip(contact.organisation, 150), *contact.phones, *contact.emails)),
    ]
    rows = [
        [button(button_name(record, tr.language), ContactKept(number=number, kind=kind, slug=slug))]
        for kind, slug in bodies
        if (record := snapshot.record(kind, slug)) is not None
    ]
    leave = button(tr.gettext("Do not keep"), ContactKept(number=number))
    return Screen(joined(lines), (*rows, [leave]))


def who(contact: Contact) -> str:
    """The name and the role, as far as they were printed."""
    return (
        clip(", ".join(filter(None, (contact.name, contact.role))), 200)
        or (*contact.phones, *contact.emails)[0]
    )


def values_of(
    contact: Contact, kind: str, record: Project | Organisation, kept: dict[str, Any]
) -> dict[str, Any]:
    """The contact as the registry has it, dated by its release.  The same contact of a body is written over.  Pure."""
    said = "|".join(sorted((*contact.phones, *contact.emails))).lower()
    values: dict[str, Any] = {
        "slug": f"{record.slug[:40]}-{hashlib.sha256(said.encode()).hexdigest()[:8]}",
        "of": {kind: record.slug},
        "as_of": kept["day"],
        "source": {
            "title": clip(kept["title"], 200),
            "url": web_address(kept["url"]) or record.site or record.source.url,
        },
        "role": {"ru": contact.role} if contact.role else dict(_NO_ROLE),
        "phones": list(contact.phones),
        "emails": list(contact.emails),
    }
    return values | ({"person": {"ru": contact.name}} if contact.name else {})
