"""/topic: administrators see a topic's rules in words, try others on stored releases, and put them in force or back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from bot.topic_trial import try_topic
from handlers.callbacks import RulesAct, RulesWanted
from handlers.dependencies import Clock
from handlers.dialogues import RULES
from handlers.keyboards import back, close
from handlers.notices import Notice
from handlers.people import no_right
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from handlers.topic_rules_screens import (
    TOPIC_NAME_LIMIT,
    ask_screen,
    name_screen,
    report_screen,
    saved_screen,
    topic_screen,
    topics_screen,
    trial_screen,
    words_screen,
)
from storage.errors import JarchyError
from storage.languages import Names
from storage.registry.topics import BadTopic, TopicData, shipped_rule_names
from storage.releases import ReleaseFilter, Releases
from storage.subscribers import Chat
from storage.topic_rules import STAFF_WORDS, Draft, TopicRules, UnreadableRules

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
    ruling.message.register(no_right, Command("topic"), IsStaff())
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
        await show(
            message, Screen(Text(tr.gettext("Please send a text or a file in UTF-8.")), (close(tr, RULES),))
        )
        return
    wanted: dict[str, Any] = (await state.get_data()).get("ruling") or {}
    try:
        draft = await _drafted(topic_rules, wanted, text)
    except JarchyError as error:
        await show(message, Screen(Text(said(error, tr, await topic_rules.topics())), (close(tr, RULES),)))
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
        why = said(error, tr, await topic_rules.topics())
        await show(query, Screen(Text(why), (back(tr, RulesWanted()),)))
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


def names_in(text: str) -> Names | None:
    """The names of a new topic: Russian in the first line, Kyrgyz in the second; None where it is not so.  Pure."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) != 2 or any(len(line) > TOPIC_NAME_LIMIT for line in lines):
        return None
    return Names(ru=lines[0], ky=lines[1])


async def _drafted(topic_rules: TopicRules, wanted: Mapping[str, Any], text: str) -> Draft:
    """What is wanted of a topic: a new one by its name, or other rules."""
    if "names" in wanted:
        return await topic_rules.draft_new(Names.from_mapping(wanted["names"]), text)
    return await topic_rules.draft(text, wanted.get("topic"))


def said(error: JarchyError, tr: Translation, topics: Sequence[TopicData]) -> str:
    """What is wrong, in the reader's language and by the names that people have for topics and rules.  Pure."""
    match error:
        case UnreadableRules(line=int(line)):
            return tr.gettext("I cannot read these rules: line {line} is not as in topics.toml.", line=line)
        case UnreadableRules():
            return tr.gettext("I cannot read these rules: they are not as in topics.toml.")
        case BadTopic() if error.params["rule"] == STAFF_WORDS:
            return tr.gettext("There are no words in what you sent. Send them one phrase a line.")
        case BadTopic():
            topic, rule = error.params["topic"], error.params["rule"]
            names, called = {one.slug: one.names for one in topics}, shipped_rule_names()
            return tr.gettext(
                error.sentence,
                topic=names[topic].in_(tr.language) if topic in names else topic,
                rule=called[rule].in_(tr.language) if rule in called else rule,
                problem=tr.gettext(error.problem, **error.words),
            )
        case _:
            return tr.gettext(error.sentence, **error.params)


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
