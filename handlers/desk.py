"""The question desk: a person passes a question on, a staff member answers it, without knowing who asked.

The bot is not a channel for official appeals, and says so before a question is passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import BlockQuote, Bold, Text, as_list

from bot.i18n import Translation, translation
from bot.messages.parts import clip
from handlers.callbacks import Closed, DeskReply, PassOn
from handlers.conversation import recall
from handlers.dependencies import Clock
from handlers.keyboards import button, close
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.registry_file import way_back
from handlers.rights import IsStaff
from handlers.screens import Screen, say, show
from storage.analysis import fold, normalise
from storage.languages import Language
from storage.questions import DeskCounts, Question, Questions
from storage.registry import Registry
from storage.staff import Staff, StaffMember
from storage.subscribers import Chat

OPEN_AT_MOST = 3
"""Questions of one chat that may wait for an answer at the same time."""
QUESTION_LIMIT = 1500
ANSWER_LIMIT = 2000
COUNTED = timedelta(days=30)
"""How far back what was answered is counted."""


class KeepAnswer(CallbackData, prefix="keep"):
    """Answer a question so from now on."""

    question: int


class Desk(StatesGroup):
    """A staff member is writing an answer."""

    answering = State()


def router() -> Router:
    """Both sides of the desk."""
    desk = Router(name="desk")
    desk.callback_query.register(explain, PassOn.filter(~F.sure))
    desk.callback_query.register(pass_on, PassOn.filter(F.sure))
    desk.message.register(show_desk, Command("desk"), IsStaff())
    desk.callback_query.register(keep_answer, KeepAnswer.filter(), IsStaff())
    desk.callback_query.register(close_question, DeskReply.filter(F.close), IsStaff())
    desk.callback_query.register(begin_answer, DeskReply.filter(), IsStaff())
    desk.message.register(
        answer_in_reply, F.reply_to_message.func(question_under).as_("question_id"), F.text, IsStaff()
    )
    desk.message.register(answer_in_dialogue, Desk.answering, F.text, ~F.text.startswith("/"), IsStaff())
    return desk


async def explain(
    query: CallbackQuery, tr: Translation, state: FSMContext, clock: Clock, notice: Notice
) -> None:
    """Says what the desk is, and what it is not, before anything is passed on."""
    question = (await recall(state, clock())).question
    if question is None:
        notice.say(tr.gettext("Please ask your question again."), alert=True)
        return
    await say(query, pass_on_screen(tr, question))


async def pass_on(
    query: CallbackQuery,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    mail: Mail,
    clock: Clock,
) -> None:
    """Puts the question on the desk."""
    text = (await recall(state, clock())).question
    if text is None:
        await show(query, Screen(Text(tr.gettext("Please ask your question again."))))
        return
    if await questions.open_count(chat.id) >= OPEN_AT_MOST:
        waiting = tr.gettext("Staff have not answered your earlier questions yet. Please wait for them.")
        await show(query, Screen(Text(waiting)))
        return
    question = await questions.ask(chat.id, chat.language, clip(text, QUESTION_LIMIT), clock())
    await state.update_data(question=None)
    await mail.tell_staff(lambda reader: question_screen(reader, question, chat.timezone, clock()))
    passed = tr.gettext("Your question is with the staff now. The answer will come here.")
    await show(query, Screen(Text(passed)))


async def show_desk(
    message: Message, chat: Chat, tr: Translation, questions: Questions, clock: Clock
) -> None:
    """Shows what has been waiting longest."""
    now = clock()
    counts = await questions.counts(now - COUNTED)
    await show(message, desk_screen(tr, await questions.open(), counts, chat.timezone, now))


async def begin_answer(
    query: CallbackQuery,
    callback_data: DeskReply,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    notice: Notice,
) -> None:
    """Waits for the text of an answer; in a group that is a reply to the question."""
    question = await questions.get(callback_data.question)
    if question is None or question.state != "open":
        notice.say(tr.gettext("This question has been dealt with."))
        return
    if chat.kind != "private":
        notice.say(tr.gettext("Reply to this message with the answer."), alert=True)
        return
    await state.set_state(Desk.answering)
    await state.update_data(desk=question.id)
    text = Text(tr.gettext("Write the answer to:"), "\n", BlockQuote(question.text))
    await say(query, Screen(text, (close(tr),)))


async def answer_in_dialogue(
    message: Message,
    bot: Bot,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    staff: Staff,
    mail: Mail,
    clock: Clock,
) -> None:
    """Sends what a staff member wrote after pressing «Answer»."""
    question_id = int((await state.get_data()).get("desk", 0))
    await state.set_state(None)
    await state.update_data(desk=None)
    await answer_in_reply(message, question_id, bot, tr, questions, staff, mail, clock)


async def answer_in_reply(
    message: Message,
    question_id: int,
    bot: Bot,
    tr: Translation,
    questions: Questions,
    staff: Staff,
    mail: Mail,
    clock: Clock,
) -> None:
    """Sends a staff member's reply to a question to the person who asked it."""
    assert message.from_user is not None
    text = clip_lines(message.text or "", ANSWER_LIMIT)
    question = await questions.answer(question_id, text, message.from_user.id, clock())
    if question is None:
        await show(message, Screen(Text(tr.gettext("This question has been dealt with."))))
        return
    await staff.audit(message.from_user.id, "question.answer", f"question {question.id}", clock())
    if question.chat_id is None:
        await show(
            message, Screen(Text(tr.gettext("The person who asked has erased their data. Nobody to tell.")))
        )
        return
    await mail.answer(bot, question.chat_id, question.language, answer_screen(question))
    keep = [button(tr.gettext("Answer so from now on"), KeepAnswer(question=question.id))]
    await show(message, Screen(Text(tr.gettext("The answer is on its way.")), (keep,)))


async def keep_answer(
    query: CallbackQuery,
    callback_data: KeepAnswer,
    tr: Translation,
    questions: Questions,
    registry: Registry,
    member: StaffMember,
    clock: Clock,
    notice: Notice,
) -> None:
    """Makes a staff member's answer the bot's own: who asks the same hears the same, with the date."""
    question = await questions.get(callback_data.question)
    if question is None or not question.answer:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    values = faq_values(f"question-{question.id}", question.text, question.answer, question.language, clock())
    made = await registry.put("faq", values, clock(), query.from_user.id)
    await questions.settle_unanswered(fold(normalise(question.text))[:255])
    await show(query, kept_screen(tr, made, member))


async def close_question(
    query: CallbackQuery,
    callback_data: DeskReply,
    tr: Translation,
    questions: Questions,
    staff: Staff,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes a question off the desk without an answer."""
    question = await questions.close(callback_data.question, query.from_user.id, clock())
    if question is None:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    await staff.audit(query.from_user.id, "question.close", f"question {question.id}", clock())
    await show(query, Screen(Text(tr.gettext("Closed without an answer:"), "\n", BlockQuote(question.text))))


def faq_values(slug: str, question: str, answer: str, language: Language, now: datetime) -> dict[str, object]:
    """A question and its answer as a record of the registry; the source is the staff themselves.  Pure."""
    return {
        "slug": slug,
        "questions": [clip(question, QUESTION_LIMIT)],
        "answer": {language: answer},
        "as_of": now.date().isoformat(),
    }


def kept_screen(tr: Translation, made: int, member: StaffMember) -> Screen:
    """The bot answers so by itself from now on; and the way back, for administrators."""
    text = tr.gettext(
        "Kept. Who asks the same gets this answer at once, marked as from staff, with its date."
    )
    return Screen(Text(text), (way_back(tr, made, member),))


def question_under(message: Message | None) -> int | None:
    """The question on whose message on the desk somebody replied, known by its buttons; None for other messages."""
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else []
    for pressed in (one.callback_data for row in rows for one in row):
        if pressed and pressed.startswith(DeskReply.__prefix__ + DeskReply.__separator__):
            return DeskReply.unpack(pressed).question
    return None


def pass_on_screen(tr: Translation, question: str) -> Screen:
    """What will be passed on, and what the desk is not."""
    return Screen(
        as_list(
            Text(tr.gettext("I will pass on:"), "\n", BlockQuote(clip(question, QUESTION_LIMIT))),
            tr.gettext("Staff do not see who asks. The answer will come here."),
            tr.gettext("This is not an official appeal: send those to the authority in writing."),
            sep="\n",
        ),
        ([button(tr.gettext("Pass on"), PassOn(sure=True)), button(tr.gettext("Cancel"), Closed())],),
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
    tr: Translation, waiting: Sequence[Question], counts: DeskCounts, timezone: str, now: datetime
) -> Screen:
    """How much waits, how the desk did lately, and what has been waiting longest."""
    lately = counts_line(tr, counts)
    if not waiting:
        return Screen(Text(tr.gettext("No questions are waiting."), "\n", lately))
    count = tr.ngettext("{n} question is waiting.", "{n} questions are waiting.", len(waiting))
    oldest = question_screen(tr, waiting[0], timezone, now)
    return Screen(Text(count, "\n", lately, "\n\n", oldest.text), oldest.rows)


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


def answer_screen(question: Question) -> Screen:
    """The answer as the person who asked sees it, in the language of their chat."""
    tr = translation(question.language)
    return Screen(
        Text(
            Bold(tr.gettext("Answer from the staff")),
            "\n",
            BlockQuote(question.text),
            "\n",
            question.answer or "",
        )
    )


def clip_lines(text: str, limit: int) -> str:
    """A text of several lines, cut at `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
