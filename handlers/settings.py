"""/settings: how often, when, in which language, about which oblast, and when not."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

from handlers.cadence import cadence_screen, subscription_screen
from handlers.callbacks import (
    CadenceChosen,
    CadenceWanted,
    DayOffToggled,
    HourChosen,
    LanguageChosen,
    PauseChosen,
    PictureWanted,
    QuietChosen,
    QuietWanted,
    ReadsChosen,
    SettingWanted,
    SubscriptionEnded,
    SubscriptionWanted,
    WeekdayChosen,
    ZoneChosen,
)
from handlers.choices import cadence_name, quiet_at_its_hour, what_name
from handlers.choosing import Choosing, router_of_choices
from handlers.commands import publish_chat_commands
from handlers.keyboards import back, button
from handlers.notices import Notice
from handlers.screens import Screen, show
from handlers.settings_screens import (
    PAUSE_DAYS,
    ZONES,
    days_off_screen,
    hours_screen,
    languages_screen,
    menu_screen,
    pause_screen,
    picture_screen,
    quiet_from_screen,
    quiet_screen,
    quiet_to_screen,
    reads_screen,
    weekdays_screen,
    zones_screen,
)
from storage.cadence import CADENCES, HOLIDAYS, Cadence, end_of_pause, is_possible
from storage.database import Database
from storage.labels import labels
from storage.languages import LANGUAGES, READS
from storage.staff import StaffMember
from storage.subscribers import Subscribers, Subscription

_PUBLIC_HOLIDAYS = 7


def router(subscribers: Subscribers) -> Router:
    """The conversation about settings."""
    settings = router_of_choices("settings", subscribers)
    settings.message.register(show_menu, Command("settings"))
    on = settings.callback_query.register
    on(show_menu, SettingWanted.filter(F.setting == "menu"))
    on(show_each, SettingWanted.filter(F.setting == "each"))
    on(show_setting, SettingWanted.filter())
    on(show_cadence, CadenceWanted.filter())
    on(choose_cadence, CadenceChosen.filter())
    on(choose_hour, HourChosen.filter())
    on(choose_weekday, WeekdayChosen.filter())
    on(show_quiet_hours, QuietWanted.filter())
    on(choose_quiet_hours, QuietChosen.filter())
    on(toggle_day_off, DayOffToggled.filter())
    on(choose_pause, PauseChosen.filter())
    on(choose_reads, ReadsChosen.filter())
    on(choose_picture, PictureWanted.filter())
    on(choose_zone, ZoneChosen.filter())
    on(choose_language, LanguageChosen.filter())
    on(show_subscription, SubscriptionWanted.filter())
    on(end_subscription, SubscriptionEnded.filter())
    return settings


async def show_menu(event: Message | CallbackQuery, choosing: Choosing) -> None:
    """Shows what is chosen, and what can be changed, in the language of the chat."""
    now = (await choosing.again()).in_own_language()
    await show(event, menu_screen(now, await now.held(), len(await now.held_elsewhere())))


async def show_setting(query: CallbackQuery, callback_data: SettingWanted, choosing: Choosing) -> None:
    """Shows the values of one setting."""
    tr, target = choosing.tr, choosing.target
    match callback_data.setting:
        case "hour":
            screen = hours_screen(tr, target)
        case "weekday":
            screen = weekdays_screen(tr, target)
        case "quiet":
            screen = quiet_screen(tr, target)
        case "off":
            screen = days_off_screen(tr, target)
        case "pause":
            screen = pause_screen(tr, target, choosing.now)
        case "zone":
            screen = zones_screen(tr, target, choosing.now)
        case "reads":
            screen = reads_screen(tr, target)
        case "picture":
            screen = picture_screen(tr, target)
        case _:
            screen = languages_screen(tr, target)
    await show(query, screen)


async def show_cadence(query: CallbackQuery, choosing: Choosing) -> None:
    """Shows how often everything can be told."""
    await show(query, cadence_screen(choosing.tr, choosing.target, await choosing.held()))


async def choose_cadence(
    query: CallbackQuery,
    callback_data: CadenceChosen,
    choosing: Choosing,
    database: Database,
    notice: Notice,
) -> None:
    """How often everything is told, or one subscription."""
    if callback_data.cadence not in CADENCES:
        return
    cadence: Cadence = callback_data.cadence
    if not callback_data.subscription:
        await choosing.choose_cadence(cadence)
        await show_menu(query, choosing)
        return
    if await _held(choosing, callback_data.subscription) is None:
        notice.say(choosing.tr.gettext("This subscription has ended."))
    else:
        await choosing.subscribers.choose_cadence_of(callback_data.subscription, cadence, choosing.now)
    await show_each(query, choosing, database)


async def choose_hour(
    query: CallbackQuery, callback_data: HourChosen, choosing: Choosing, notice: Notice
) -> None:
    """The hour of digests."""
    if 0 <= callback_data.hour <= 23:
        await choosing.subscribers.choose_hour(choosing.target.id, callback_data.hour, choosing.now)
    await _say_if_quiet(choosing, notice)
    await show_menu(query, choosing)


async def choose_weekday(query: CallbackQuery, callback_data: WeekdayChosen, choosing: Choosing) -> None:
    """The day of weekly digests."""
    if 0 <= callback_data.weekday <= 6:
        await choosing.subscribers.choose_weekly_day(choosing.target.id, callback_data.weekday, choosing.now)
    await show_menu(query, choosing)


async def choose_quiet_hours(
    query: CallbackQuery, callback_data: QuietChosen, choosing: Choosing, notice: Notice
) -> None:
    """When alerts wait, and digests where their hour is one of those."""
    start, end = callback_data.start, callback_data.end
    quiet = (None, None) if start == end else (start % 24, end % 24)
    await choosing.subscribers.choose_quiet_hours(choosing.target.id, *quiet)
    await _say_if_quiet(choosing, notice)
    await show_menu(query, choosing)


async def show_quiet_hours(query: CallbackQuery, callback_data: QuietWanted, choosing: Choosing) -> None:
    """Shows any hours: first from when on, then until when."""
    tr, target, start = choosing.tr, choosing.target, callback_data.start
    known = start in range(24)
    await show(query, quiet_to_screen(tr, target, start) if known else quiet_from_screen(tr, target))


async def toggle_day_off(
    query: CallbackQuery, callback_data: DayOffToggled, choosing: Choosing, notice: Notice
) -> None:
    """Takes a day off, or gives it back; one day of the week has to be left."""
    day = HOLIDAYS if callback_data.day == _PUBLIC_HOLIDAYS else 1 << (callback_data.day % 7)
    days_off = choosing.target.days_off ^ day
    if not is_possible(days_off):
        notice.say(choosing.tr.gettext("One day of the week must be left. To hear nothing at all, pause."))
        return
    await choosing.subscribers.choose_days_off(choosing.target.id, days_off, choosing.now)
    await show(query, days_off_screen(choosing.tr, (await choosing.again()).target))


async def choose_pause(query: CallbackQuery, callback_data: PauseChosen, choosing: Choosing) -> None:
    """Nothing for some days, or on again."""
    target, now = choosing.target, choosing.now
    days = min(callback_data.days, max(PAUSE_DAYS))
    if days > 0:
        until = end_of_pause(days, target.digest_hour, target.timezone, now)
        await choosing.subscribers.pause(target.id, until)
    else:
        await choosing.subscribers.resume(target.id, now)
    await show_menu(query, choosing)


async def choose_reads(query: CallbackQuery, callback_data: ReadsChosen, choosing: Choosing) -> None:
    """In which languages releases are told."""
    if reads := next((code for code in READS if code == callback_data.language), None):
        await choosing.subscribers.choose_reads(choosing.target.id, reads)
    await show_menu(query, choosing)


async def choose_picture(query: CallbackQuery, callback_data: PictureWanted, choosing: Choosing) -> None:
    """Whether the weekly digest comes with a picture."""
    await choosing.subscribers.choose_picture(choosing.target.id, callback_data.yes)
    await show_menu(query, choosing)


async def choose_zone(query: CallbackQuery, callback_data: ZoneChosen, choosing: Choosing) -> None:
    """Reads hours by another city's clock from here on."""
    if callback_data.zone in range(len(ZONES)):
        zone, _ = ZONES[callback_data.zone]
        await choosing.subscribers.choose_timezone(choosing.target.id, zone, choosing.now)
    await show_menu(query, choosing)


async def choose_language(
    query: CallbackQuery,
    callback_data: LanguageChosen,
    choosing: Choosing,
    bot: Bot,
    member: StaffMember | None,
) -> None:
    """Speaks another language from here on, the menu of commands too."""
    if callback_data.language in LANGUAGES:
        await choosing.subscribers.choose_language(choosing.target.id, callback_data.language)
    now = await choosing.again()
    await publish_chat_commands(bot, now.target, staff=member is not None)
    await show_menu(query, now)


async def show_each(query: CallbackQuery, choosing: Choosing, database: Database) -> None:
    """Shows every subscription with its own cadence."""
    held, tr, chat = await choosing.held(), choosing.tr, choosing.target.id
    names = await labels(database)

    def choice(one: Subscription) -> InlineKeyboardButton:
        text = f"{what_name(tr, one.what, names)} · {cadence_name(tr, one.cadence)}"
        return button(text, SubscriptionWanted(subscription=one.id, chat=chat))

    text = tr.gettext("Choose a subscription to change how often it comes.")
    if not held:
        text = tr.gettext("You have no subscriptions yet.")
    rows = (*([choice(one)] for one in held), back(tr, SettingWanted(setting="menu", chat=chat)))
    await show(query, Screen(Text(text), rows))


async def show_subscription(
    query: CallbackQuery,
    callback_data: SubscriptionWanted,
    choosing: Choosing,
    database: Database,
    notice: Notice,
) -> None:
    """Shows how often one subscription comes."""
    held = await _held(choosing, callback_data.subscription)
    if held is None:
        notice.say(choosing.tr.gettext("This subscription has ended."))
        await show_each(query, choosing, database)
        return
    name = what_name(choosing.tr, held.what, await labels(database))
    await show(query, subscription_screen(choosing.tr, choosing.target, held, name))


async def end_subscription(
    query: CallbackQuery, callback_data: SubscriptionEnded, choosing: Choosing, database: Database
) -> None:
    """Ends one subscription."""
    if held := await _held(choosing, callback_data.subscription):
        what, thread_id = held.what, choosing.thread_id
        await choosing.subscribers.unsubscribe(choosing.target.id, what, choosing.now, thread_id=thread_id)
    await show_each(query, choosing, database)


async def _say_if_quiet(choosing: Choosing, notice: Notice) -> None:
    now = await choosing.again()
    if said := quiet_at_its_hour(now.tr, now.target, await now.held()):
        notice.say(said, alert=True)


async def _held(choosing: Choosing, subscription_id: int) -> Subscription | None:
    return next((one for one in await choosing.held() if one.id == subscription_id), None)
