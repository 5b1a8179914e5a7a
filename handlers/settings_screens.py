"""The screens of settings: what is chosen, and the values of each setting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.callbacks import (
    CadenceWanted,
    Closed,
    DayOffToggled,
    HourChosen,
    LanguageChosen,
    PauseChosen,
    PictureWanted,
    PrivacyWanted,
    QuietChosen,
    QuietWanted,
    ReadsChosen,
    SettingWanted,
    TerritoriesWanted,
    TopicsWanted,
    WeekdayChosen,
    ZoneChosen,
)
from handlers.choices import LANGUAGE_NAMES, quiet_at_its_hour, schedules
from handlers.choosing import Choosing
from handlers.keyboards import back, button, chosen
from handlers.screens import Screen, in_columns
from storage.cadence import HOLIDAYS
from storage.errors import N_
from storage.languages import LANGUAGES, READS, Reads
from storage.subscribers import Chat, Subscription

HOURS = (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21)
QUIET_HOURS = ((21, 7), (22, 7), (22, 8), (23, 8))
ZONES: tuple[tuple[str, str], ...] = (
    ("Asia/Bishkek", N_("Bishkek")),
    ("Europe/Moscow", N_("Moscow")),
    ("Asia/Yekaterinburg", N_("Yekaterinburg")),
    ("Asia/Novosibirsk", N_("Novosibirsk")),
    ("Asia/Almaty", N_("Almaty")),
    ("Europe/Istanbul", N_("Istanbul")),
    ("Europe/Berlin", N_("Berlin")),
    ("Asia/Seoul", N_("Seoul")),
    ("America/New_York", N_("New York")),
    ("America/Chicago", N_("Chicago")),
)
"""Where people from Kyrgyzstan live, by time zone.  A zone keeps its place: buttons carry its number."""
PAUSE_DAYS = (7, 14, 30)


def menu_screen(choosing: Choosing, held: Sequence[Subscription], elsewhere: int = 0) -> Screen:
    """What is chosen, line by line, and a button for each; `elsewhere` are told in other topics of a forum."""
    tr, chat = choosing.tr, choosing.target.id

    def to(text: str, setting: str) -> InlineKeyboardButton:
        return button(text, SettingWanted(setting=setting, chat=chat))

    lines: list[Text | str] = [Bold(tr.gettext("Settings")), *_chosen_lines(choosing, held, elsewhere)]
    return Screen(
        joined(lines),
        (
            [
                button(tr.gettext("Topics"), TopicsWanted(chat=chat)),
                button(tr.gettext("Oblast, district"), TerritoriesWanted(chat=chat)),
            ],
            [
                button(tr.gettext("How often"), CadenceWanted(chat=chat)),
                to(tr.gettext("Each one"), "each"),
            ],
            [to(tr.gettext("Hour"), "hour"), to(tr.gettext("Weekday"), "weekday")],
            [to(tr.gettext("Quiet hours"), "quiet"), to(tr.gettext("Days off"), "off")],
            [to(tr.gettext("Language of news"), "reads"), to(tr.gettext("Picture"), "picture")],
            [to(tr.gettext("Pause"), "pause"), to(tr.gettext("Time zone"), "zone")],
            [
                to("🌐 " + LANGUAGE_NAMES[choosing.target.language], "language"),
                button(tr.gettext("My data"), PrivacyWanted(chat=chat)),
            ],
            [button(tr.gettext("Close"), Closed())],
        ),
    )


def _chosen_lines(choosing: Choosing, held: Sequence[Subscription], elsewhere: int) -> Iterable[str]:
    tr, target, now = choosing.tr, choosing.target, choosing.now
    yield tr.ngettext("{n} subscription", "{n} subscriptions", len(held))
    if elsewhere:
        yield tr.ngettext(
            "In other sections of this group: {n} subscription, which is set there.",
            "In other sections of this group: {n} subscriptions, which are set there.",
            elsewhere,
        )
    yield tr.gettext("News comes {schedule}.", schedule=schedules(tr, target, held))
    yield tr.gettext("Where: {place}.", place=choosing.place)
    yield tr.gettext("Language of news: {languages}.", languages=reads_name(tr, target.reads))
    if target.quiet_from is not None and target.quiet_to is not None:
        yield tr.gettext("Quiet hours: {hours}.", hours=hours_range(tr, target.quiet_from, target.quiet_to))
    if said := quiet_at_its_hour(tr, target, held):
        yield said
    if target.days_off:
        yield tr.gettext("Days off: {days}.", days=days_off_named(tr, target.days_off))
    if target.paused_until and target.paused_until > now:
        yield tr.gettext("Paused until {day}.", day=pause_end(tr, target, now))


def hours_screen(tr: Translation, target: Chat) -> Screen:
    """At what hour digests come."""
    hours = (
        button(
            chosen(tr.clock(time(hour)), hour == target.digest_hour), HourChosen(hour=hour, chat=target.id)
        )
        for hour in HOURS
    )
    return Screen(
        Text(tr.gettext("At what hour shall the digest come?")),
        (*in_columns(hours, 4), back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def weekdays_screen(tr: Translation, target: Chat) -> Screen:
    """On which day weekly digests come."""
    days = (
        button(chosen(tr.weekday(day), day == target.weekly_day), WeekdayChosen(weekday=day, chat=target.id))
        for day in range(7)
    )
    return Screen(
        Text(tr.gettext("On which day shall the weekly digest come?")),
        (*in_columns(days, 2), back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def quiet_screen(tr: Translation, target: Chat) -> Screen:
    """Between which hours alerts wait."""
    held = (target.quiet_from, target.quiet_to)
    ranges = (
        button(
            chosen(hours_range(tr, start, end), held == (start, end)),
            QuietChosen(start=start, end=end, chat=target.id),
        )
        for start, end in QUIET_HOURS
    )
    none = chosen(tr.gettext("No quiet hours"), held == (None, None))
    others = tr.gettext("Other hours")
    if target.quiet_from is not None and target.quiet_to is not None and held not in QUIET_HOURS:
        others = chosen(hours_range(tr, target.quiet_from, target.quiet_to), is_chosen=True)
    return Screen(
        Text(tr.gettext("When shall I be silent? What comes in these hours waits until they end.")),
        (
            *in_columns(ranges, 2),
            [button(others + " ▾", QuietWanted(chat=target.id))],
            [button(none, QuietChosen(start=0, end=0, chat=target.id))],
            back(tr, SettingWanted(setting="menu", chat=target.id)),
        ),
    )


def quiet_from_screen(tr: Translation, target: Chat) -> Screen:
    """From which hour on alerts wait."""
    hours = (
        button(
            chosen(tr.clock(time(hour)), hour == target.quiet_from), QuietWanted(start=hour, chat=target.id)
        )
        for hour in range(24)
    )
    return Screen(
        Text(tr.gettext("From which hour on shall I be silent?")),
        (*in_columns(hours, 4), back(tr, SettingWanted(setting="quiet", chat=target.id))),
    )


def quiet_to_screen(tr: Translation, target: Chat, start: int) -> Screen:
    """Until which hour they wait."""
    hours = (
        button(chosen(tr.clock(time(end)), held), QuietChosen(start=start, end=end, chat=target.id))
        for end in (hour % 24 for hour in range(start + 1, start + 24))
        for held in [(start, end) == (target.quiet_from, target.quiet_to)]
    )
    return Screen(
        Text(tr.gettext("Silent from {hour}. Until which hour?", hour=tr.clock(time(start)))),
        (*in_columns(hours, 4), back(tr, QuietWanted(chat=target.id))),
    )


def pause_screen(tr: Translation, target: Chat, now: datetime) -> Screen:
    """For how long to say nothing."""
    paused = target.paused_until is not None and target.paused_until > now
    pauses = (
        button(tr.ngettext("{n} day", "{n} days", days), PauseChosen(days=days, chat=target.id))
        for days in PAUSE_DAYS
    )
    resume = [button(tr.gettext("End the pause"), PauseChosen(days=0, chat=target.id))] if paused else []
    return Screen(
        Text(tr.gettext("For how long shall I send no news? I still answer questions meanwhile.")),
        (*in_columns(pauses, 3), resume, back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def languages_screen(tr: Translation, target: Chat) -> Screen:
    """In which language to speak."""
    languages = (
        button(
            chosen(LANGUAGE_NAMES[language], language == target.language),
            LanguageChosen(language=language, chat=target.id),
        )
        for language in LANGUAGES
    )
    return Screen(
        Text(tr.gettext("Which language shall we speak?")),
        (*in_columns(languages, 3), back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def reads_screen(tr: Translation, target: Chat) -> Screen:
    """In which languages releases come."""
    offered = tuple(reads for reads in READS if reads != "en" or target.language == "en")
    choices = (
        [
            button(
                chosen(_capital(reads_name(tr, reads)), reads == target.reads),
                ReadsChosen(language=reads, chat=target.id),
            )
        ]
        for reads in offered
    )
    return Screen(
        Text(tr.gettext("In which language do you want the news? Some of it comes out in two languages.")),
        (*choices, back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def reads_name(tr: Translation, reads: Reads) -> str:
    """In which languages releases come, inside a sentence."""
    match reads:
        case "ky-ru":
            return tr.gettext("Kyrgyz, where missing Russian")
        case "ru-ky":
            return tr.gettext("Russian, where missing Kyrgyz")
        case "ky":
            return tr.gettext("Kyrgyz only")
        case "ru":
            return tr.gettext("Russian only")
        case "en":
            return tr.gettext("English, where missing any other")
        case "all":
            return tr.gettext("every language it comes in")


def days_off_screen(tr: Translation, target: Chat) -> Screen:
    """On which days nothing comes."""

    def choice(day: int, name: str, bit: int) -> InlineKeyboardButton:
        data = DayOffToggled(day=day, chat=target.id)
        return button(chosen(name, bool(target.days_off & bit)), data)

    weekdays = (choice(day, _capital(tr.weekday(day)), 1 << day) for day in range(7))
    text = tr.gettext(
        "On which days shall I not write? What comes out on them comes after them. Urgent announcements always come."
    )
    return Screen(
        Text(text),
        (
            *in_columns(weekdays, 2),
            [choice(7, tr.gettext("Public holidays"), HOLIDAYS)],
            back(tr, SettingWanted(setting="menu", chat=target.id)),
        ),
    )


def days_off_named(tr: Translation, days_off: int) -> str:
    """`суббота, воскресенье, праздники`."""
    names = [tr.weekday(day) for day in range(7) if days_off >> day & 1]
    return ", ".join([*names, *([tr.gettext("holidays")] if days_off & HOLIDAYS else [])])


def picture_screen(tr: Translation, target: Chat) -> Screen:
    """Whether a picture comes with the weekly digest."""
    yes, no = (
        button(chosen(text, target.picture is wanted), PictureWanted(yes=wanted, chat=target.id))
        for text, wanted in ((tr.gettext("With a picture"), True), (tr.gettext("Text only"), False))
    )
    return Screen(
        Text(
            tr.gettext(
                "A picture can come with the weekly digest: the week in numbers, by topic and oblast."
                " It takes about 30 KB."
            )
        ),
        ([yes, no], back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def zones_screen(tr: Translation, target: Chat, now: datetime) -> Screen:
    """By whose clock hours are meant, with what it shows now."""

    def choice(number: int, zone: str, name: str) -> InlineKeyboardButton:
        text = f"{tr.gettext(name)} · {tr.clock(now.astimezone(ZoneInfo(zone)))}"
        return button(chosen(text, zone == target.timezone), ZoneChosen(zone=number, chat=target.id))

    zones = (choice(number, *zone) for number, zone in enumerate(ZONES))
    return Screen(
        Text(tr.gettext("By the clock of which city shall I write to you?")),
        (*in_columns(zones, 2), back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def hours_range(tr: Translation, start: int, end: int) -> str:
    """`22:00–07:00`."""
    return f"{tr.clock(time(start))}–{tr.clock(time(end))}"


def pause_end(tr: Translation, target: Chat, now: datetime) -> str:
    """The day a pause ends, in the chat's own time."""
    zone = ZoneInfo(target.timezone)
    end = target.paused_until or now
    return tr.day(end.astimezone(zone).date(), now.astimezone(zone).date())
