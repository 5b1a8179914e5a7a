"""/settings: how often, when, in which language, about which oblast, and when not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation, translation
from bot.messages.parts import joined
from handlers.cadence import cadence_screen, subscription_screen
from handlers.callbacks import (
    CadenceChosen,
    CadenceWanted,
    Closed,
    HourChosen,
    LanguageChosen,
    PauseChosen,
    QuietChosen,
    SettingWanted,
    SubscriptionEnded,
    SubscriptionWanted,
    TerritoriesWanted,
    TopicsWanted,
    WeekdayChosen,
)
from handlers.choices import LANGUAGE_NAMES, cadence_name, place_name, schedule, what_name
from handlers.keyboards import back, button, chosen
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.screens import Screen, in_columns, show
from storage.cadence import CADENCES, Cadence
from storage.database import Database
from storage.labels import labels
from storage.languages import LANGUAGES, Names
from storage.subscribers import Chat, Subscribers, Subscription

HOURS = (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21)
QUIET_HOURS = ((21, 7), (22, 7), (22, 8), (23, 8))
PAUSE_DAYS = (7, 14, 30)

Clock = Callable[[], datetime]


def router(subscribers: Subscribers) -> Router:
    """The conversation about settings."""
    settings = Router(name="settings")
    settings.message.middleware(Deciding(subscribers))
    settings.callback_query.middleware(Deciding(subscribers))
    settings.message.register(show_menu, Command("settings"))
    on = settings.callback_query.register
    on(show_menu, SettingWanted.filter(F.setting == "menu"))
    on(show_each, SettingWanted.filter(F.setting == "each"))
    on(show_setting, SettingWanted.filter())
    on(show_cadence, CadenceWanted.filter())
    on(choose_cadence, CadenceChosen.filter())
    on(choose_hour, HourChosen.filter())
    on(choose_weekday, WeekdayChosen.filter())
    on(choose_quiet_hours, QuietChosen.filter())
    on(choose_pause, PauseChosen.filter())
    on(choose_language, LanguageChosen.filter())
    on(show_subscription, SubscriptionWanted.filter())
    on(end_subscription, SubscriptionEnded.filter())
    return settings


async def show_menu(
    event: Message | CallbackQuery,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Shows what is chosen, and what can be changed."""
    target = await subscribers.get(target.id) or target
    held = await subscribers.subscriptions(target.id)
    await show(event, Menu(target, territories, clock()).screen(held))


async def show_setting(
    query: CallbackQuery, callback_data: SettingWanted, target: Chat, tr: Translation, clock: Clock
) -> None:
    """Shows the values of one setting."""
    match callback_data.setting:
        case "hour":
            screen = hours_screen(tr, target)
        case "weekday":
            screen = weekdays_screen(tr, target)
        case "quiet":
            screen = quiet_screen(tr, target)
        case "pause":
            screen = pause_screen(tr, target, clock())
        case _:
            screen = languages_screen(tr, target)
    await show(query, screen)


async def show_cadence(query: CallbackQuery, target: Chat, tr: Translation) -> None:
    """Shows how often everything can be told."""
    await show(query, cadence_screen(tr, target))


async def choose_cadence(
    query: CallbackQuery,
    callback_data: CadenceChosen,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    topics: Mapping[str, Names],
    database: Database,
    clock: Clock,
    notice: Notice,
) -> None:
    """How often everything is told, or one subscription."""
    if callback_data.cadence not in CADENCES:
        return
    cadence: Cadence = callback_data.cadence
    if not callback_data.subscription:
        await subscribers.choose_cadence(target.id, cadence, clock())
        await show_menu(query, target, subscribers, territories, clock)
        return
    if await _held(subscribers, target, callback_data.subscription) is None:
        notice.say(tr.gettext("This subscription has ended."))
    else:
        await subscribers.choose_cadence_of(callback_data.subscription, cadence, clock())
    await show_each(query, target, tr, subscribers, database)


async def choose_hour(
    query: CallbackQuery,
    callback_data: HourChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """The hour of digests."""
    if 0 <= callback_data.hour <= 23:
        await subscribers.choose_hour(target.id, callback_data.hour, clock())
    await show_menu(query, target, subscribers, territories, clock)


async def choose_weekday(
    query: CallbackQuery,
    callback_data: WeekdayChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """The day of weekly digests."""
    if 0 <= callback_data.weekday <= 6:
        await subscribers.choose_weekly_day(target.id, callback_data.weekday, clock())
    await show_menu(query, target, subscribers, territories, clock)


async def choose_quiet_hours(
    query: CallbackQuery,
    callback_data: QuietChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """When alerts wait."""
    start, end = callback_data.start, callback_data.end
    quiet = (None, None) if start == end else (start % 24, end % 24)
    await subscribers.choose_quiet_hours(target.id, *quiet)
    await show_menu(query, target, subscribers, territories, clock)


async def choose_pause(
    query: CallbackQuery,
    callback_data: PauseChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Nothing for some days, or on again."""
    days = min(callback_data.days, max(PAUSE_DAYS))
    await subscribers.pause(target.id, clock() + timedelta(days=days) if days > 0 else None)
    await show_menu(query, target, subscribers, territories, clock)


async def choose_language(
    query: CallbackQuery,
    callback_data: LanguageChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Speaks another language from here on."""
    if callback_data.language in LANGUAGES:
        await subscribers.choose_language(target.id, callback_data.language)
    await show_menu(query, target, subscribers, territories, clock)


async def show_each(
    query: CallbackQuery, target: Chat, tr: Translation, subscribers: Subscribers, database: Database
) -> None:
    """Shows every subscription with its own cadence."""
    held = await subscribers.subscriptions(target.id)
    names = await labels(database)

    def choice(one: Subscription) -> InlineKeyboardButton:
        text = f"{what_name(tr, one.what, names)} · {cadence_name(tr, one.cadence)}"
        return button(text, SubscriptionWanted(subscription=one.id, chat=target.id))

    text = tr.gettext("Choose a subscription to change how often it comes.")
    if not held:
        text = tr.gettext("You have no subscriptions yet.")
    rows = (*([choice(one)] for one in held), back(tr, SettingWanted(setting="menu", chat=target.id)))
    await show(query, Screen(Text(text), rows))


async def show_subscription(
    query: CallbackQuery,
    callback_data: SubscriptionWanted,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    database: Database,
    notice: Notice,
) -> None:
    """Shows how often one subscription comes."""
    held = await _held(subscribers, target, callback_data.subscription)
    if held is None:
        notice.say(tr.gettext("This subscription has ended."))
        await show_each(query, target, tr, subscribers, database)
        return
    name = what_name(tr, held.what, await labels(database))
    await show(query, subscription_screen(tr, target, held, name))


async def end_subscription(
    query: CallbackQuery,
    callback_data: SubscriptionEnded,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    database: Database,
    clock: Clock,
) -> None:
    """Ends one subscription."""
    if held := await _held(subscribers, target, callback_data.subscription):
        await subscribers.unsubscribe(target.id, held.what, clock())
    await show_each(query, target, tr, subscribers, database)


async def _held(subscribers: Subscribers, target: Chat, subscription_id: int) -> Subscription | None:
    held = await subscribers.subscriptions(target.id)
    return next((one for one in held if one.id == subscription_id), None)


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
                [self._to("🌐 " + LANGUAGE_NAMES[self._target.language], "language")],
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
    return Screen(
        Text(tr.gettext("Which language shall we speak?")),
        (*in_columns(languages, 3), back(tr, SettingWanted(setting="menu", chat=target.id))),
    )


def hours_range(tr: Translation, start: int, end: int) -> str:
    """`22:00–07:00`."""
    return f"{tr.clock(time(start))}–{tr.clock(time(end))}"


def pause_end(tr: Translation, target: Chat, now: datetime) -> str:
    """The day a pause ends, in the chat's own time."""
    zone = ZoneInfo(target.timezone)
    end = target.paused_until or now
    return tr.day(end.astimezone(zone).date(), now.astimezone(zone).date())
