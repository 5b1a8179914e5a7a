"""/sources: where releases are heard, how well each source is doing, and switching them on and off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from bot.messages.source import silence_in_words
from feeds.health import YEAR, Silence, in_words, unusual_silence
from handlers.callbacks import SourceAct, SourceWanted
from handlers.dependencies import Clock
from handlers.keyboards import back, button, pages
from handlers.notices import Notice
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Screen, show
from storage.errors import N_
from storage.languages import Language
from storage.sources import Source, SourceActivity, Sources, UnknownSource
from storage.staff import Staff, StaffMember
from storage.subscribers import Chat

PAGE = 8
RECENT = timedelta(days=30)

KINDS = {
    "feed": N_("a feed"),
    "listing": N_("a page with a list of news"),
    "channel": N_("a Telegram channel"),
    "desk": N_("what staff publish themselves"),
}


def router() -> Router:
    """The conversation about sources, for staff."""
    sources = Router(name="sources")
    sources.message.register(show_list, Command("sources"), IsStaff())
    sources.callback_query.register(show_list, SourceWanted.filter(F.slug == ""), IsStaff())
    sources.callback_query.register(show_source, SourceWanted.filter(), IsStaff())
    sources.callback_query.register(check_now, SourceAct.filter(F.act == "check"), IsStaff())
    sources.callback_query.register(switch, SourceAct.filter(), IsStaff("publisher", everywhere=True))
    sources.callback_query.register(refuse_limited, SourceAct.filter(), IsStaff())
    return sources


async def show_list(
    event: Message | CallbackQuery,
    tr: Translation,
    member: StaffMember,
    sources: Sources,
    callback_data: SourceWanted | None = None,
) -> None:
    """Shows every source with a mark for its health."""
    page = callback_data.page if callback_data else 0
    await show(
        event, list_screen(tr, await sources.all(), page, may_add=member.may("publisher", everywhere=True))
    )


async def show_source(
    query: CallbackQuery,
    callback_data: SourceWanted,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    sources: Sources,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows one source."""
    try:
        seen = await _seen(sources, callback_data.slug, clock())
    except UnknownSource:
        notice.say(tr.gettext("This button is out of date. Send /help to see what I can do."))
        return
    await show(
        query,
        source_screen(tr, seen, chat.timezone, clock(), may_switch=member.may("publisher", everywhere=True)),
    )


async def switch(
    query: CallbackQuery,
    callback_data: SourceAct,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    sources: Sources,
    staff: Staff,
    clock: Clock,
) -> None:
    """Switches a source on or off."""
    enabled = callback_data.act == "on"
    await sources.enable(callback_data.slug, enabled)
    await staff.audit(
        member.user_id, f"source.{'on' if enabled else 'off'}", f"source {callback_data.slug}", clock()
    )
    seen = await _seen(sources, callback_data.slug, clock())
    await show(query, source_screen(tr, seen, chat.timezone, clock(), may_switch=True))


async def check_now(
    query: CallbackQuery,
    callback_data: SourceAct,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    sources: Sources,
    refresh_now: Callable[[str | None], Awaitable[None]],
    clock: Clock,
) -> None:
    """Fetches a source now and shows what came of it."""
    await show(query, Screen(Text(tr.gettext("Checking the source…"))))
    await sources.hurry(callback_data.slug)
    await refresh_now(callback_data.slug)
    seen = await _seen(sources, callback_data.slug, clock())
    await show(
        query,
        source_screen(tr, seen, chat.timezone, clock(), may_switch=member.may("publisher", everywhere=True)),
    )


@dataclass(frozen=True)
class Seen:
    """A source with how much it was heard to say of late, and whether it is silent for longer than ever."""

    source: Source
    activity: SourceActivity
    silence: Silence | None = None


async def _seen(sources: Sources, slug: str, now: datetime) -> Seen:
    source = await sources.get(slug)
    activity: Mapping[str, SourceActivity] = await sources.activity(now - RECENT)
    days = await sources.days_heard(now - YEAR)
    silence = unusual_silence(days.get(slug, ()), now.date()) if source.enabled else None
    return Seen(source, activity.get(slug, SourceActivity(0, None)), silence)


def health_mark(source: Source) -> str:
    """One sign: off, failing, not read yet, well."""
    if not source.enabled:
        return "○"
    if source.error_code:
        return "⚠"
    return "●" if source.last_success_at or source.kind in ("channel", "desk") else "…"


def in_order(sources: Sequence[Source], language: Language) -> list[Source]:
    """What cannot be read first, what is switched off last, each by name.  Pure."""

    def place(source: Source) -> tuple[bool, bool, str]:
        broken = source.enabled and source.error_code is not None
        return not broken, not source.enabled, source.names.in_(language).casefold()

    return sorted(sources, key=place)


def list_screen(tr: Translation, sources: Sequence[Source], page: int, *, may_add: bool) -> Screen:
    """A page of sources."""
    broken = sum(1 for source in sources if source.enabled and source.error_code)
    lines: list[Text | str] = [
        Bold(tr.gettext("Sources")),
        tr.ngettext("{n} source", "{n} sources", len(sources)),
    ]
    if broken:
        lines.append(tr.ngettext("{n} cannot be read", "{n} cannot be read", broken))
    lines.append(tr.gettext("● well · ⚠ cannot be read · ○ switched off · … not read yet"))

    def choice(source: Source) -> InlineKeyboardButton:
        name = f"{health_mark(source)} {source.names.in_(tr.language)}"
        return button(name, SourceWanted(slug=source.slug, page=page))

    shown = in_order(sources, tr.language)[page * PAGE : (page + 1) * PAGE]
    return Screen(
        joined(lines),
        (
            *([choice(source)] for source in shown),
            pages(page, len(sources), PAGE, lambda number: SourceWanted(page=number)),
            [button("+ " + tr.gettext("Add a source"), SourceWanted(slug="+"))] if may_add else [],
        ),
    )


def source_screen(tr: Translation, seen: Seen, timezone: str, now: datetime, *, may_switch: bool) -> Screen:
    """What a source is, and how it is doing."""
    source = seen.source
    flip = (
        button(tr.gettext("Switch off"), SourceAct(act="off", slug=source.slug))
        if source.enabled
        else button(tr.gettext("Switch on"), SourceAct(act="on", slug=source.slug))
    )
    check = button(tr.gettext("Check now"), SourceAct(act="check", slug=source.slug))
    acts = [*([check] if source.kind in ("feed", "listing") else []), *([flip] if may_switch else [])]
    return Screen(joined(_lines(tr, seen, timezone, now)), (acts, back(tr, SourceWanted())))


def _lines(tr: Translation, seen: Seen, timezone: str, now: datetime) -> list[Text | str]:
    source = seen.source

    def said(moment: datetime | None) -> str:
        if moment is None:
            return tr.gettext("never")
        local, today = moment.astimezone(ZoneInfo(timezone)), now.astimezone(ZoneInfo(timezone)).date()
        return f"{tr.day(local.date(), today)}, {tr.clock(local)}"

    lines: list[Text | str] = [
        Bold(source.names.in_(tr.language)),
        tr.gettext(KINDS[source.kind]),
        source.url,
        tr.gettext("Last read: {when}", when=said(source.last_success_at)),
    ]
    if source.enabled and source.next_check_at:
        lines.append(tr.gettext("Next check: {when}", when=said(source.next_check_at)))
    if not source.enabled:
        lines.append(tr.gettext("Switched off"))
    if source.error_text:
        lines.append(
            tr.gettext(
                "What is wrong: {what}", what=in_words(source.error_code, source.error_text, tr.gettext)
            )
        )
    lines.append(tr.ngettext("{n} release in 30 days", "{n} releases in 30 days", seen.activity.releases))
    if seen.silence:
        lines.append(silence_in_words(seen.silence, tr))
    return lines
