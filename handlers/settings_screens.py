"""The screens of settings: what is chosen, and the values of each setting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation, translation
from bot.messages.parts import joined
from handlers.callbacks import (
    CadenceWanted,
    Closed,
    HourChosen,
    LanguageChosen,
    PauseChosen,
    QuietChosen,
    ReadsChosen,
    SettingWanted,
    TerritoriesWanted,
    TopicsWanted,
    WeekdayChosen,
    ZoneChosen,
)
from handlers.choices import LANGUAGE_NAMES, place_name, schedule
from handlers.keyboards import back, button, chosen
from handlers.screens import Screen, in_columns
from storage.errors import N_
from storage.languages import LANGUAGES, Names
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


class Menu:
    """The screen of settings, in the language the chat has chosen."""

    def __init__(self, target: Chat, territories: Mapping[str, Names], now: datetime) -> None:
        self._target = target
        self._territories = territories
        self._now = now
        self._tr = translation(target.language)

    def screen(self, held: tuple[Subscription, ...]) -> Screen:
        """What is chosen, line by line, and a button for each."""
        tr = self._tr
        lines: list[Text | str] = [Bold(tr.gettext("Settings")), *self._lines(held)]
        return Screen(
            joined(lines),
            (
                [
                    button(tr.gettext("Topics"), TopicsWanted(chat=self._target.id)),
                    button(tr.gettext("Oblast"), TerritoriesWanted(chat=self._target.id)),
                ],
                [
                    button(tr.gettext("How often"), CadenceWanted(chat=self._target.id)),
                    self._to(tr.gettext("Each one"), "each"),
                ],
                [self._to(tr.gettext("Hour"), "hour"), self._to(tr.gettext("Weekday"), "weekday")],
                [self._to(tr.gettext("Quiet hours"), "quiet"), self._to(tr.gettext("Pause"), "pause")],
                [
                    self._to("🌐 " + LANGUAGE_NAMES[self._target.language], "language"),
                    self._to(tr.gettext("Time zone"), "zone"),
                ],
                [button(tr.gettext("Close"), Closed())],
            ),
        )

    def _lines(self, held: tuple[Subscription, ...]) -> list[str]:
        tr, target = self._tr, self._target
        lines = [
            tr.ngettext("{n} subscription", "{n} subscriptions", len(held)),
            tr.gettext("News comes {schedule}.", schedule=schedule(tr, target)),
            tr.gettext("Where: {place}.", place=place_name(tr, target.territory, self._territories)),
        ]
        if target.quiet_from is not None and target.quiet_to is not None:
            lines.append(
                tr.gettext("Quiet hours: {hours}.", hours=hours_range(tr, target.quiet_from, target.quiet_to))
            )
        if target.paused_until and target.paused_until > self._now:
            lines.append(tr.gettext("Paused until {day}.", day=pause_end(tr, target, self._now)))
        return lines

    def _to(self, text: str, setting: str) -> InlineKeyboardButton:
        return button(text, SettingWanted(setting=setting, chat=self._target.id))


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
    return Screen(
        Text(tr.gettext("When shall I be silent? What comes in these hours waits until they end.")),
        (
            *in_columns(ranges, 2),
            [button(none, QuietChosen(start=0, end=0, chat=target.id))],
            back(tr, SettingWanted(setting="menu", chat=target.id)),
        ),
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
    reads: tuple[tuple[str, str], ...] = (
        ("ky", tr.gettext("News in Kyrgyz only")),
        ("ru", tr.gettext("News in Russian only")),
        ("all", tr.gettext("News in both languages")),
    )
    wanted = (
        [button(chosen(text, code == (target.reads or "all")), ReadsChosen(language=code, chat=target.id))]
        for code, text in reads
    )
    return Screen(
        Text(tr.gettext("Which language shall we speak?")),
        (*in_columns(languages, 3), *wanted, back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


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
