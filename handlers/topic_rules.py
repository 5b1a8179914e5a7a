"""/topic: administrators see a topic's rules in words, try others on stored releases, and put them in force or back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text, TextLink

from bot.i18n import Translation
from bot.messages.parts import clip, joined, web_address
from bot.messages.release import source_and_date
from bot.topic_report import advice, month_line, summed
from bot.topic_trial import Trial, try_topic
from handlers.callbacks import RulesAct, RulesWanted
from handlers.dependencies import Clock
from handlers.keyboards import back, button, close
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from storage.errors import JarchyError
from storage.languages import Names
from storage.registry.topics import BadTopic, RuleData, TopicData
from storage.releases import Release, ReleaseFilter, Releases
from storage.subscribers import Chat
from storage.tag_corrections import Mistake, Tally
from storage.topic_rules import Draft, TopicRules

RULES_SHOWN = 24
PHRASES_SHOWN = 3
NAME_LIMIT = 60
PHRASES_LIMIT = 80
TOPIC_NAME_LIMIT = 40
RELEASES_SHOWN = 8
TITLE_LIMIT = 120
FILE_LIMIT = 100_000
MONTH = timedelta(days=30)
REPORTED = timedelta(days=184)
"""How far back it is told how right a topic has been."""


class Ruling(StatesGroup):
    """An administrator is sending rules, then looking at what they would do."""

    name = State()
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
    ruling.callback_query.register(ask_name, RulesAct.filter(F.act == "new"), administrator)
    ruling.callback_query.register(show_report, RulesAct.filter(F.act == "report"), administrator)
    ruling.callback_query.register(mark, RulesAct.filter(F.act == "mark"), administrator)
    ruling.callback_query.register(put_back, RulesAct.filter(F.act == "back"), administrator)
    ruling.callback_query.register(save, RulesAct.filter(F.act == "save"), Ruling.trial, administrator)
    ruling.message.register(take_name, Ruling.name, F.text, ~F.text.startswith("/"), administrator)
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


async def show_report(
    query: CallbackQuery,
    callback_data: RulesAct,
    tr: Translation,
    topic_rules: TopicRules,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows how right a topic has been, what to do about it, and what staff corrected."""
    topic = await _topic(topic_rules, callback_data.topic)
    if topic is None:
        notice.say(tr.gettext("This button is out of date."))
        return
    months, wrong = await topic_rules.standing(topic.slug, clock() - REPORTED)
    await show(query, report_screen(tr, topic, months, wrong))


async def ask_name(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks what a new topic is to be called."""
    await state.set_state(Ruling.name)
    await state.update_data(ruling=None)
    await show(query, name_screen(tr))


async def take_name(message: Message, tr: Translation, state: FSMContext) -> None:
    """Takes the name of a new topic, and asks for its words."""
    names = names_in(message.text or "")
    if names is None:
        await show(message, name_screen(tr, again=True))
        return
    await state.set_state(Ruling.text)
    await state.update_data(ruling={"names": names.as_mapping()})
    await show(message, words_screen(tr, names))


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
    wanted: dict[str, Any] = (await state.get_data()).get("ruling") or {}
    try:
        draft = await _drafted(topic_rules, wanted, text)
    except JarchyError as error:
        await show(message, Screen(Text(_said(error, tr)), (close(tr),)))
        return
    trial = await try_topic(draft, topic_rules, releases)
    ids = {"caught": [one.id for one in trial.caught], "lost": [one.id for one in trial.lost]}
    await state.set_state(Ruling.trial)
    await state.update_data(ruling={**wanted, "text": text, **ids})
    await show(message, trial_screen(tr, draft.topic, trial, chat.timezone, clock(), is_new=draft.new))


async def save(
    query: CallbackQuery, tr: Translation, state: FSMContext, topic_rules: TopicRules, clock: Clock
) -> None:
    """Puts the tried rules in force, in the audit."""
    ruling: dict[str, Any] = (await state.get_data()).get("ruling") or {}
    await state.set_state(None)
    try:
        draft = await _drafted(topic_rules, ruling, ruling.get("text", ""))
    except JarchyError as error:
        await show(query, Screen(Text(_said(error, tr)), (back(tr, RulesWanted()),)))
        return
    await topic_rules.save(draft, query.from_user.id, clock())
    found = [ruling.get("caught", []), ruling.get("lost", [])]
    await state.update_data(ruling={"saved": draft.topic.slug, "found": found})
    await show(query, saved_screen(tr, draft.topic, sum(map(len, found)), is_new=draft.new))


async def mark(
    query: CallbackQuery,
    callback_data: RulesAct,
    tr: Translation,
    state: FSMContext,
    topic_rules: TopicRules,
    clock: Clock,
    notice: Notice,
) -> None:
    """Brings the stored releases into line with the rules just saved: those that the trial named, and no others."""
    ruling: dict[str, Any] = (await state.get_data()).get("ruling") or {}
    if ruling.get("saved") != callback_data.topic:
        notice.say(tr.gettext("This button is out of date."))
        return
    await state.update_data(ruling=None)
    caught, lost = ruling["found"]
    added, removed = await topic_rules.mark(callback_data.topic, caught, lost, query.from_user.id, clock())
    said = tr.gettext("Marked: {added}, taken off: {removed}.", added=added, removed=removed)
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
    if await _topic(topic_rules, callback_data.topic) is None:
        said = tr.gettext("The topic is no longer offered. Who subscribed to it hears nothing more of it.")
    await show(query, Screen(Text(said), (back(tr, RulesWanted()),)))


def topics_screen(tr: Translation, topics: Sequence[TopicData]) -> Screen:
    """The topics to choose from."""
    rows = [[button(topic.names.in_(tr.language), RulesWanted(topic=topic.slug))] for topic in topics]
    new = [button("+ " + tr.gettext("New topic"), RulesAct(act="new"))]
    return Screen(Text(tr.gettext("Whose rules?")), (*rows, new))


def topic_screen(tr: Translation, topic: TopicData, caught: int) -> Screen:
    """A topic's rules in words: which are enough, which speak for it, which against."""
    shown = topic.rules[-RULES_SHOWN:]
    enough = [rule for rule in shown if rule.weight >= topic.threshold]
    speaking = [rule for rule in shown if 0 < rule.weight < topic.threshold]
    against = [rule for rule in shown if rule.weight <= 0]
    lines: list[Text | str] = [
        Bold(topic.names.in_(tr.language)),
        tr.ngettext("{n} release in the last 30 days", "{n} releases in the last 30 days", caught),
        tr.gettext("The words stand in their basic form; any ending is found."),
    ]
    for head, rules in (
        (tr.gettext("Any one of these is enough:"), enough),
        (tr.gettext("These speak for it; together they are enough from 100 %:"), speaking),
        (tr.gettext("These speak against it:"), against),
    ):
        if rules:
            lines += [Bold(head), *(rule_line(tr, rule, topic) for rule in rules)]
    if len(topic.rules) > RULES_SHOWN:
        lines.append("…")
    acts = [
        button(tr.gettext("Change"), RulesAct(act="change", topic=topic.slug)),
        button(tr.gettext("Put back"), RulesAct(act="back", topic=topic.slug)),
    ]
    right = [button(tr.gettext("How right it is"), RulesAct(act="report", topic=topic.slug))]
    return Screen(joined(lines), (acts, right, back(tr, RulesWanted())))


def report_screen(
    tr: Translation, topic: TopicData, months: Sequence[Tally], wrong: Sequence[Mistake]
) -> Screen:
    """Precision and recall by month, what they say, and the releases behind them."""
    lines: list[Text | str] = [Bold(topic.names.in_(tr.language))]
    if months:
        whole = summed(months)[topic.slug]
        lines += [month_line(month, tr) for month in months]
        lines += ["", *advice(whole, tr)]
        lines.append(tr.gettext("What nobody corrected counts as right."))
    else:
        lines.append(tr.gettext("No release has had this topic in half a year."))
    for head, missed in ((tr.gettext("Taken off by staff"), False), (tr.gettext("Added by staff"), True)):
        if found := [one for one in wrong if one.missed is missed]:
            lines += ["", Bold(head), *(Text("— ", _linked(one)) for one in found)]
    change = [button(tr.gettext("Change"), RulesAct(act="change", topic=topic.slug))]
    return Screen(joined(lines), (change, back(tr, RulesWanted(topic=topic.slug))))


def _linked(wrong: Mistake) -> Text:
    title, address = clip(wrong.title, TITLE_LIMIT), web_address(wrong.url)
    return TextLink(title, url=address) if address else Text(title)


def rule_line(tr: Translation, rule: RuleData, topic: TopicData) -> str:
    """A rule in a line: what it is called, how much it counts where it is not enough, and some of its words."""
    name = clip(rule.names.in_(tr.language) if rule.names else rule.name, NAME_LIMIT)
    share = round(100 * rule.weight / topic.threshold)
    counts = "" if share >= 100 else f" ({share} %)"
    beside = tr.gettext("beside")
    words = f" {beside} ".join(map(_phrases, rule.words))
    return f"— {name}{counts}: {clip(words, PHRASES_LIMIT)}"


def _phrases(group: Sequence[str]) -> str:
    return ", ".join(f"«{plain_phrase(phrase)}»" for phrase in group[:PHRASES_SHOWN])


def plain_phrase(phrase: str) -> str:
    """A phrase of a rule without the signs of its spelling: `план* развитие|рост` as «план… развитие / рост».  Pure."""
    return phrase.replace("=", "").replace("*", "…").replace("|", " / ").replace(" .. ", " … ")


def names_in(text: str) -> Names | None:
    """The names of a new topic: Russian in the first line, Kyrgyz in the second; None where it is not so.  Pure."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) != 2 or any(len(line) > TOPIC_NAME_LIMIT for line in lines):
        return None
    return Names(ru=lines[0], ky=lines[1])


def name_screen(tr: Translation, *, again: bool = False) -> Screen:
    """What a new topic is called; `again` after something that is no name."""
    lines = [tr.gettext("That is not two short lines.")] if again else []
    lines += [
        tr.gettext("What is the new topic called? Two lines: in Russian, then in Kyrgyz."),
        tr.gettext("Up to {most} letters each, for it stands on a button.", most=TOPIC_NAME_LIMIT),
    ]
    return Screen(joined(lines), (close(tr),))


def words_screen(tr: Translation, names: Names) -> Screen:
    """What a new topic is about."""
    lines: list[Text | str] = [
        Bold(tr.gettext("New topic: {topic}", topic=names.in_(tr.language))),
        tr.gettext("Send words of which each is enough for the topic, one phrase a line."),
        tr.gettext("In Russian and in Kyrgyz, in their basic form: endings are found by themselves."),
        tr.gettext("Nothing changes until you have seen what they would catch and lose."),
    ]
    return Screen(joined(lines), (close(tr),))


def saved_screen(tr: Translation, topic: TopicData, found: int, *, is_new: bool) -> Screen:
    """What has changed with the new rules, and what else can be done."""
    lines = [tr.gettext("Saved. The new rules apply from the next release on.")]
    if is_new:
        lines.append(tr.gettext("Readers can choose the new topic now: /topics. Its link is under /links."))
    rows = []
    if found:
        lines.append(tr.gettext("Shall the releases that were found be marked too? Nobody is told of them."))
        rows.append([button(tr.gettext("Mark them too"), RulesAct(act="mark", topic=topic.slug))])
    return Screen(joined(lines), (*rows, back(tr, RulesWanted())))


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
        *_difference(tr, trial, timezone, now),
        tr.gettext(
            "Keeps {kept}; for staff to decide: {doubtful}.", kept=trial.kept, doubtful=trial.uncertain
        ),
    ]
    acts = [button(tr.gettext("Save"), RulesAct(act="save", topic=topic.slug)), *close(tr)]
    return Screen(joined(lines), (acts,))


def _difference(tr: Translation, trial: Trial, timezone: str, now: datetime) -> list[Text | str]:
    if not (trial.caught or trial.lost):
        return [Bold(tr.gettext("Nothing would change among them."))]
    return [
        Bold(tr.ngettext("Would catch {n} more", "Would catch {n} more", len(trial.caught))),
        *_listed(tr, trial.caught, timezone, now),
        Bold(tr.ngettext("Would lose {n}", "Would lose {n}", len(trial.lost))),
        *_listed(tr, trial.lost, timezone, now),
    ]


def _listed(tr: Translation, releases: Sequence[Release], timezone: str, now: datetime) -> list[str]:
    shown = [
        f"— {clip(one.title, TITLE_LIMIT)} · {source_and_date(one, tr, now, ZoneInfo(timezone))}"
        for one in releases[:RELEASES_SHOWN]
    ]
    return [*shown, "…"] if len(releases) > RELEASES_SHOWN else shown


async def _drafted(topic_rules: TopicRules, wanted: Mapping[str, Any], text: str) -> Draft:
    """What is wanted of a topic: a new one by its name, or other rules."""
    if "names" in wanted:
        return await topic_rules.draft_new(Names.from_mapping(wanted["names"]), text)
    return await topic_rules.draft(text, wanted.get("topic"))


def _said(error: JarchyError, tr: Translation) -> str:
    """What is wrong, in the reader's language."""
    params = dict(error.params)
    if isinstance(error, BadTopic):
        params["problem"] = tr.gettext(error.problem, **error.words)
    return tr.gettext(error.sentence, **params)


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
