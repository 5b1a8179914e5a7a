"""/settings: how often, when, in which language, about which oblast, and when not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.cadence import cadence_screen, subscription_screen
from handlers.callbacks import (
    CadenceChosen,
    CadenceWanted,
    HourChosen,
    LanguageChosen,
    PauseChosen,
    QuietChosen,
    ReadsChosen,
    SettingWanted,
    SubscriptionEnded,
    SubscriptionWanted,
    WeekdayChosen,
    ZoneChosen,
)
from handlers.choices import cadence_name, what_name
from handlers.dependencies import Clock
from handlers.keyboards import back, button
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.screens import Screen, show
from handlers.settings_screens import (
    PAUSE_DAYS,
    ZONES,
    Menu,
    hours_screen,
    languages_screen,
    pause_screen,
    quiet_screen,
    weekdays_screen,
    zones_screen,
)
from storage.cadence import CADENCES, Cadence
from storage.database import Database
from storage.labels import labels
from storage.languages import LANGUAGES, Language, Names
from storage.subscribers import Chat, Subscribers, Subscription


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
    on(choose_reads, ReadsChosen.filter())
    on(choose_zone, ZoneChosen.filter())
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
        case "zone":
            screen = zones_screen(tr, target, clock())
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


async def choose_reads(
    query: CallbackQuery,
    callback_data: ReadsChosen,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
) -> None:
    """Tells of releases in one language only, or in both."""
    wanted: Language | None = next((code for code in LANGUAGES if code == callback_data.language), None)
    await subscribers.choose_reads(target.id, wanted)
    await show(query, languages_screen(tr, await subscribers.get(target.id) or target))


async def choose_zone(
    query: CallbackQuery,
    callback_data: ZoneChosen,
    target: Chat,
    subscribers: Subscribers,
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Reads hours by another city's clock from here on."""
    if callback_data.zone in range(len(ZONES)):
        await subscribers.choose_timezone(target.id, ZONES[callback_data.zone][0], clock())
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
