"""/topic: administrators see a topic's rules in words, try others on stored releases, and put them in force or back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from bot.messages.release import source_and_date
from bot.topic_trial import Trial, try_topic
from handlers.callbacks import RulesAct, RulesWanted
from handlers.dependencies import Clock
from handlers.keyboards import back, button, close
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from storage.errors import JarchyError
from storage.registry.topics import RuleData, TopicData
from storage.releases import Release, ReleaseFilter, Releases
from storage.subscribers import Chat
from storage.topic_rules import TopicRules

RULES_SHOWN = 18
PHRASES_SHOWN = 3
NAME_LIMIT = 60
PHRASES_LIMIT = 110
RELEASES_SHOWN = 8
TITLE_LIMIT = 120
FILE_LIMIT = 100_000
MONTH = timedelta(days=30)


class Ruling(StatesGroup):
    """An administrator is sending rules, then looking at what they would do."""

    text = State()
    trial = State()


def router() -> Router:
    """The conversation about the rules of topics."""
    ruling = Router(name="topic rules")
    administrator = IsStaff("administrator")
    ruling.message.register(show_topics, Command("topic"), administrator)
    ruling.callback_query.register(show_topic, RulesWanted.filter(F.topic), administrator)
    ruling.callback_query.register(back_to_topics, RulesWanted.filter(), administrator)
    ruling.callback_query.register(ask_rules, RulesAct.filter(F.act == "change"), administrator)
    ruling.callback_query.register(put_back, RulesAct.filter(F.act == "back"), administrator)
    ruling.callback_query.register(save, RulesAct.filter(F.act == "save"), Ruling.trial, administrator)
    ruling.message.register(try_rules, Ruling.text, F.document | ~F.text.startswith("/"), administrator)
    return ruling


async def show_topics(message: Message, tr: Translation, topic_rules: TopicRules) -> None:
    """Shows the topics."""
    await show(message, topics_screen(tr, await topic_rules.topics()))


async def back_to_topics(
    query: CallbackQuery, tr: Translation, state: FSMContext, topic_rules: TopicRules
) -> None:
    """Shows the topics again, and forgets what was being tried."""
    await state.set_state(None)
    await show(query, topics_screen(tr, await topic_rules.topics()))


async def show_topic(
    query: CallbackQuery,
    callback_data: RulesWanted,
    tr: Translation,
    releases: Releases,
    topic_rules: TopicRules,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows the rules of a topic in words, and how much it has caught."""
    topic = await _topic(topic_rules, callback_data.topic)
    if topic is None:
        notice.say(tr.gettext("This button is out of date."))
        return
    month = ReleaseFilter(topics=(topic.slug,), since=clock() - MONTH)
    await show(query, topic_screen(tr, topic, await releases.count(month)))


async def ask_rules(
    query: CallbackQuery, callback_data: RulesAct, tr: Translation, state: FSMContext
) -> None:
    """Asks for the rules to try."""
    await state.set_state(Ruling.text)
    await state.update_data(ruling={"topic": callback_data.topic})
    await show(query, ask_screen(tr))


async def try_rules(
    message: Message,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    releases: Releases,
    topic_rules: TopicRules,
    clock: Clock,
) -> None:
    """Tries what was sent on the newest releases, and shows what would change."""
    text = await _text(message, bot)
    if text is None:
        await show(message, Screen(Text(tr.gettext("Please send a text or a file in UTF-8.")), (close(tr),)))
        return
    slug = (await state.get_data()).get("ruling", {}).get("topic")
    try:
        draft = await topic_rules.draft(text, slug)
    except JarchyError as error:
        await show(message, Screen(Text(tr.gettext(error.sentence, **error.params)), (close(tr),)))
        return
    trial = await try_topic(draft, topic_rules, releases)
    await state.set_state(Ruling.trial)
    await state.update_data(ruling={"topic": slug, "text": text})
    await show(message, trial_screen(tr, draft.topic, trial, chat.timezone, clock(), is_new=draft.new))


async def save(
    query: CallbackQuery, tr: Translation, state: FSMContext, topic_rules: TopicRules, clock: Clock
) -> None:
    """Puts the tried rules in force, in the audit."""
    ruling = (await state.get_data()).get("ruling", {})
    await state.set_state(None)
    await state.update_data(ruling=None)
    draft = await topic_rules.draft(ruling.get("text", ""), ruling.get("topic"))
    await topic_rules.save(draft, query.from_user.id, clock())
    said = tr.gettext("Saved. The new rules apply from the next release on.")
    if draft.new:
        said += " " + tr.gettext("Readers can choose the new topic after the next start of the bot.")
    await show(query, Screen(Text(said), (back(tr, RulesWanted()),)))


async def put_back(
    query: CallbackQuery,
    callback_data: RulesAct,
    tr: Translation,
    topic_rules: TopicRules,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes the last change back."""
    if not await topic_rules.revert(callback_data.topic, query.from_user.id, clock()):
        notice.say(tr.gettext("Nobody has changed these rules."), alert=True)
        return
    said = tr.gettext("The rules are what they were before the last change.")
    await show(query, Screen(Text(said), (back(tr, RulesWanted()),)))


def topics_screen(tr: Translation, topics: Sequence[TopicData]) -> Screen:
    """The topics to choose from."""
    rows = [[button(topic.names.in_(tr.language), RulesWanted(topic=topic.slug))] for topic in topics]
    return Screen(Text(tr.gettext("Whose rules?")), tuple(rows))


def topic_screen(tr: Translation, topic: TopicData, caught: int) -> Screen:
    """A topic's rules in words."""
    lines: list[Text | str] = [
        Bold(topic.names.in_(tr.language)),
        tr.ngettext("{n} release in the last 30 days", "{n} releases in the last 30 days", caught),
        tr.ngettext("{n} rule:", "{n} rules:", len(topic.rules)),
        *(rule_line(tr, rule, topic) for rule in topic.rules[-RULES_SHOWN:]),
    ]
    if len(topic.rules) > RULES_SHOWN:
        lines.append("…")
    acts = [
        button(tr.gettext("Change"), RulesAct(act="change", topic=topic.slug)),
        button(tr.gettext("Put back"), RulesAct(act="back", topic=topic.slug)),
    ]
    return Screen(joined(lines), (acts, back(tr, RulesWanted())))


def rule_line(tr: Translation, rule: RuleData, topic: TopicData) -> Text:
    """A rule in a line: what it is called, how much it counts, and the beginning of its words."""
    groups = " + ".join(f"({', '.join(group[:PHRASES_SHOWN])})" for group in rule.words)
    share = round(100 * rule.weight / topic.threshold)
    return Text("— ", clip(rule.name, NAME_LIMIT), f" ({share} %): ", clip(groups, PHRASES_LIMIT))


def ask_screen(tr: Translation) -> Screen:
    """What can be sent."""
    lines = [
        tr.gettext("Send words of which each is enough for the topic, one phrase a line."),
        tr.gettext("Or rules as in topics.toml, as a text or a file: those of the same name are replaced."),
        tr.gettext("Nothing changes until you have seen what they would catch and lose."),
    ]
    return Screen(joined(lines), (close(tr),))


def trial_screen(
    tr: Translation, topic: TopicData, trial: Trial, timezone: str, now: datetime, *, is_new: bool
) -> Screen:
    """What the rules would catch and lose among the newest releases."""
    name = topic.names.in_(tr.language)
    lines: list[Text | str] = [
        Bold(tr.gettext("New topic: {topic}", topic=name) if is_new else name),
        tr.ngettext("Tried on {n} release.", "Tried on {n} releases.", trial.looked_at),
        Bold(tr.ngettext("Would catch {n} more", "Would catch {n} more", len(trial.caught))),
        *_listed(tr, trial.caught, timezone, now),
        Bold(tr.ngettext("Would lose {n}", "Would lose {n}", len(trial.lost))),
        *_listed(tr, trial.lost, timezone, now),
        tr.gettext(
            "Keeps {kept}; for staff to decide: {doubtful}.", kept=trial.kept, doubtful=trial.uncertain
        ),
    ]
    acts = [button(tr.gettext("Save"), RulesAct(act="save", topic=topic.slug)), *close(tr)]
    return Screen(joined(lines), (acts,))


def _listed(tr: Translation, releases: Sequence[Release], timezone: str, now: datetime) -> list[str]:
    shown = [
        f"— {clip(one.title, TITLE_LIMIT)} · {source_and_date(one, tr, now, ZoneInfo(timezone))}"
        for one in releases[:RELEASES_SHOWN]
    ]
    return [*shown, "…"] if len(releases) > RELEASES_SHOWN else shown


async def _topic(topic_rules: TopicRules, slug: str) -> TopicData | None:
    return next((topic for topic in await topic_rules.topics() if topic.slug == slug), None)


async def _text(message: Message, bot: Bot) -> str | None:
    """The text of a message or of the file in it; None where there is neither, or it is too large or not UTF-8."""
    if message.document is None:
        return message.text
    if (message.document.file_size or 0) > FILE_LIMIT:
        return None
    file = await bot.download(message.document)
    try:
        return file.read().decode("utf-8-sig") if file else None
    except UnicodeDecodeError:
        return None
