"""The question desk: a person passes a question on, a staff member answers it, without knowing who asked.

The bot is not a channel for official appeals, and says so before a question is passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import BlockQuote, Bold, Text, as_list

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.callbacks import Closed, DeskReply, PassOn
from handlers.choosing import thread_of
from handlers.conversation import asked_as, key_of, passed_on
from handlers.dependencies import Clock
from handlers.keyboards import button, pages
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, say, show
from storage.languages import Language
from storage.questions import DeskCounts, Question, Questions
from storage.subscribers import Chat

OPEN_AT_MOST = 3
"""Questions of one chat that may wait for an answer at the same time."""
QUESTION_LIMIT = 1500
COUNTED = timedelta(days=30)
"""How far back what was answered is counted."""
USUAL = 5
"""Answers from which one may say how long an answer takes."""


class DeskWanted(CallbackData, prefix="deskw"):
    """Show a question that waits, by its place among them: 0 has been waiting longest."""

    place: int = 0


def router() -> Router:
    """Passing a question on, and what waits; `desk_answers` has the answering."""
    desk = Router(name="desk")
    desk.callback_query.register(explain, PassOn.filter(~F.sure))
    desk.callback_query.register(pass_on, PassOn.filter(F.sure))
    desk.message.register(show_desk, Command("desk"), IsStaff())
    desk.callback_query.register(show_waiting, DeskWanted.filter(), IsStaff())
    return desk


async def explain(
    query: CallbackQuery,
    callback_data: PassOn,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    clock: Clock,
    notice: Notice,
) -> None:
    """Says what the desk is, and what it is not, before anything is passed on; and that no more can be, where so."""
    question = await asked_as(state, callback_data.key, clock())
    if question is None:
        notice.say(tr.gettext("Please ask your question again."), alert=True)
        return
    if await questions.open_count(chat.id) >= OPEN_AT_MOST:
        await say(query, full_screen(tr))
        return
    await say(query, pass_on_screen(tr, question))


async def pass_on(
    query: CallbackQuery,
    callback_data: PassOn,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    mail: Mail,
    clock: Clock,
) -> None:
    """Puts the question on the desk."""
    text = await asked_as(state, callback_data.key, clock())
    if text is None:
        await show(query, Screen(Text(tr.gettext("Please ask your question again."))))
        return
    if await questions.open_count(chat.id) >= OPEN_AT_MOST:
        await show(query, full_screen(tr))
        return
    question = await questions.ask(
        chat.id, chat.language, clip(text, QUESTION_LIMIT), clock(), thread_of(query, chat)
    )
    await passed_on(state, callback_data.key, clock())
    await mail.tell_staff(lambda reader: question_screen(reader, question, chat.timezone, clock()))
    await show(query, passed_screen(tr, await questions.counts(clock() - COUNTED)))


async def show_desk(
    message: Message, chat: Chat, tr: Translation, questions: Questions, clock: Clock
) -> None:
    """Shows what has been waiting longest."""
    now = clock()
    counts = await questions.counts(now - COUNTED)
    await show(message, desk_screen(tr, await questions.open(), counts, chat.timezone, now))


async def show_waiting(
    query: CallbackQuery,
    callback_data: DeskWanted,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    clock: Clock,
) -> None:
    """Shows another of them."""
    await state.set_state(None)
    now, place = clock(), callback_data.place
    counts = await questions.counts(now - COUNTED)
    await show(query, desk_screen(tr, await questions.open(), counts, chat.timezone, now, place))


def full_screen(tr: Translation) -> Screen:
    """So many questions of one chat wait that no other is taken."""
    waiting = tr.gettext("Staff have not answered your earlier questions yet. Please wait for them.")
    most = tr.ngettext(
        "At most {n} question waits at a time.", "At most {n} questions wait at a time.", OPEN_AT_MOST
    )
    return Screen(joined([waiting, most]))


def passed_screen(tr: Translation, counts: DeskCounts) -> Screen:
    """The question is passed on; how long an answer takes where there have been some."""
    lines = [tr.gettext("Your question is with the staff now. The answer will come here.")]
    if counts.answered >= USUAL and counts.median_wait is not None:
        wait = said_wait(tr, counts.median_wait)
        lines.append(tr.gettext("Half of the answers came within {wait}.", wait=wait))
    return Screen(joined(lines))


def faq_values(slug: str, question: str, answer: str, language: Language, now: datetime) -> dict[str, object]:
    """A question and its answer as a record of the registry; the source is the staff themselves.  Pure."""
    return {
        "slug": slug,
        "questions": [clip(question, QUESTION_LIMIT)],
        "answer": {language: answer},
        "as_of": now.date().isoformat(),
    }


def pass_on_screen(tr: Translation, question: str) -> Screen:
    """What will be passed on, and what the desk is not."""
    return Screen(
        as_list(
            Text(tr.gettext("I will pass on:"), "\n", BlockQuote(clip(question, QUESTION_LIMIT))),
            tr.gettext("Staff do not see who asks. The answer will come here."),
            tr.gettext("This is not an official appeal: send those to the authority in writing."),
            sep="\n",
        ),
        (
            [
                button(tr.gettext("Pass on"), PassOn(key=key_of(question), sure=True)),
                button(tr.gettext("Cancel"), Closed()),
            ],
        ),
    )


def question_screen(tr: Translation, question: Question, timezone: str, now: datetime) -> Screen:
    """A question as staff see it."""
    asked = question.created_at.astimezone(ZoneInfo(timezone))
    today = now.astimezone(ZoneInfo(timezone)).date()
    head = tr.gettext("Question from {day}, {time}", day=tr.day(asked.date(), today), time=tr.clock(asked))
    return Screen(
        Text(Bold(head), "\n", BlockQuote(question.text)),
        (
            [
                button(tr.gettext("Answer"), DeskReply(question=question.id)),
                button(tr.gettext("Close"), DeskReply(question=question.id, close=True)),
            ],
        ),
    )


def desk_screen(
    tr: Translation,
    waiting: Sequence[Question],
    counts: DeskCounts,
    timezone: str,
    now: datetime,
    place: int = 0,
) -> Screen:
    """How much waits, how the desk did lately, and one of the questions: first what has been waiting longest."""
    lately = counts_line(tr, counts)
    if not waiting:
        return Screen(Text(tr.gettext("No questions are waiting."), "\n", lately))
    place = min(max(place, 0), len(waiting) - 1)
    count = tr.ngettext("{n} question is waiting.", "{n} questions are waiting.", len(waiting))
    shown = question_screen(tr, waiting[place], timezone, now)
    ways = pages(place, len(waiting), 1, lambda to: DeskWanted(place=to))
    return Screen(Text(count, "\n", lately, "\n\n", shown.text), (*shown.rows, ways))


def counts_line(tr: Translation, counts: DeskCounts) -> str:
    """What was dealt with in the last thirty days, and how long half of the answers took at most."""
    done = tr.gettext(
        "In 30 days: {answered} answered, {closed} closed.", answered=counts.answered, closed=counts.closed
    )
    if counts.median_wait is None:
        return done
    wait = said_wait(tr, counts.median_wait)
    half = tr.gettext("Half of the answers came within {wait}.", wait=wait)
    return f"{done} {half}"


def said_wait(tr: Translation, wait: timedelta) -> str:
    """A wait in whole hours, or in days from two days on."""
    hours = max(1, round(wait / timedelta(hours=1)))
    if hours < 48:
        return tr.ngettext("{n} hour", "{n} hours", hours)
    return tr.ngettext("{n} day", "{n} days", round(hours / 24))
