"""The staff's side of the question desk: answering, correcting an answer, closing, and making an answer the bot's own.

A text, a photo, a file or a voice message answers.  Who asked stays unknown to those who answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import BlockQuote, Bold, Text

from bot.i18n import Translation, translation
from bot.messages.parts import clip, fits, joined
from bot.messages.written import CannotAnnounce, parts_of
from handlers.callbacks import DeskReply
from handlers.dependencies import Clock
from handlers.desk import DeskWanted, faq_values
from handlers.dialogues import ANSWER
from handlers.keyboards import button, close
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.outgoing import as_part
from handlers.registry_file import said, way_back
from handlers.rights import ONLY_EVERYWHERE, IsStaff, refuse_limited
from handlers.screens import Screen, say, show
from storage.analysis import fold, normalise
from storage.parts import Part, SentMessage
from storage.questions import Answered, Question, Questions
from storage.registry import Registry, RegistryError
from storage.staff import StaffMember
from storage.subscribers import Chat

QUOTED_LIMIT = 500
"""Characters of a question that stand above its answer."""


class KeepAnswer(CallbackData, prefix="keep"):
    """Answer a question so from now on; the outbox has the answer as `message`."""

    question: int
    message: int = 0


class CorrectAnswer(CallbackData, prefix="deskc"):
    """Write another answer in place of the one given, which the outbox has as `message`."""

    question: int
    message: int


class Desk(StatesGroup):
    """A staff member is writing an answer, or one in place of it."""

    answering = State()
    correcting = State()


def router() -> Router:
    """The conversation with who answers."""
    desk = Router(name="desk_answers")
    written = ~F.text.startswith("/")
    desk.callback_query.register(keep_answer, KeepAnswer.filter(), IsStaff(everywhere=True))
    desk.callback_query.register(refuse_limited, KeepAnswer.filter(), IsStaff())
    desk.callback_query.register(begin_correction, CorrectAnswer.filter(), IsStaff())
    desk.callback_query.register(close_question, DeskReply.filter(F.close), IsStaff())
    desk.callback_query.register(begin_answer, DeskReply.filter(), IsStaff())
    desk.message.register(send_rest_of_album, F.media_group_id, RestOfAlbum(), IsStaff())
    desk.message.register(
        answer_in_reply, F.reply_to_message.func(question_under).as_("question_id"), written, IsStaff()
    )
    desk.message.register(answer_in_dialogue, Desk.answering, written, IsStaff())
    desk.message.register(correct_answer, Desk.correcting, F.text, written, IsStaff())
    return desk


class RestOfAlbum(Filter):
    """Passes the files of an album whose first file was an answer; gives `question_id`."""

    async def __call__(self, message: Message, state: FSMContext) -> bool | dict[str, int]:
        album, question_id = (await state.get_data()).get("desk_album") or (None, 0)
        return {"question_id": question_id} if album == message.media_group_id else False


async def begin_answer(
    query: CallbackQuery,
    callback_data: DeskReply,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    notice: Notice,
) -> None:
    """Waits for an answer; in a group that is a reply to the question."""
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
    await say(query, Screen(text, (close(tr, ANSWER),)))


async def answer_in_dialogue(
    message: Message,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    questions: Questions,
    mail: Mail,
    clock: Clock,
) -> None:
    """Sends what a staff member wrote after pressing «Answer»."""
    question_id = int((await state.get_data()).get("desk") or 0)
    if await answer_in_reply(message, question_id, bot, tr, member, state, questions, mail, clock):
        await state.set_state(None)
        await state.update_data(desk=None)


async def answer_in_reply(
    message: Message,
    question_id: int,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    questions: Questions,
    mail: Mail,
    clock: Clock,
) -> bool:
    """Sends a staff member's reply to a question to the person who asked it; False where it cannot be sent on."""
    assert message.from_user is not None
    question = await questions.get(question_id)
    if question is None or question.state != "open":
        await show(message, dealt_with_screen(tr, question))
        return True
    try:
        parts = answer_parts(question, message)
    except CannotAnnounce:
        sorry = tr.gettext("A text, a photo, a file or a voice message can be an answer; this cannot.")
        await show(message, Screen(Text(sorry), (close(tr, ANSWER),)))
        return False
    words = message.text or message.caption or ""
    answered = await questions.answer(question.id, words, message.from_user.id, clock(), parts)
    if answered is None:
        await show(message, dealt_with_screen(tr, await questions.get(question.id)))
        return True
    await mail.hand_over(bot, answered)
    if message.media_group_id:
        await state.update_data(desk_album=[message.media_group_id, question.id])
    await show(message, answered_screen(tr, answered, len(await questions.open()), member))
    return True


async def send_rest_of_album(
    message: Message, question_id: int, bot: Bot, questions: Questions, mail: Mail, clock: Clock
) -> None:
    """An album comes file by file: those after the first follow the answer."""
    if added := await questions.add(question_id, parts_of(message), clock()):
        await mail.hand_over(bot, added)


async def begin_correction(
    query: CallbackQuery,
    callback_data: CorrectAnswer,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    questions: Questions,
    registry: Registry,
    notice: Notice,
) -> None:
    """Waits for a better answer; what the bot answers everybody with is for staff of the whole country."""
    question = await questions.get(callback_data.question)
    if question is None or question.state != "answered":
        notice.say(tr.gettext("This question has been dealt with."))
        return
    if member.territory and await _is_kept(question, registry):
        notice.say(tr.gettext(ONLY_EVERYWHERE), alert=True)
        return
    await state.set_state(Desk.correcting)
    await state.update_data(desk_correction=[question.id, callback_data.message])
    lines: list[Text | str] = [
        tr.gettext("Write the whole answer anew. It takes the place of this one:"),
        BlockQuote(clip(question.answer or "—", QUOTED_LIMIT)),
    ]
    await say(query, Screen(joined(lines), (close(tr, ANSWER),)))


async def correct_answer(
    message: Message,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    questions: Questions,
    registry: Registry,
    mail: Mail,
    clock: Clock,
) -> None:
    """Puts the new answer in the place of the old: in the person's chat, and where the bot answers so by itself."""
    assert message.from_user is not None
    question_id, message_id = (await state.get_data()).get("desk_correction") or (0, 0)
    await state.set_state(None)
    await state.update_data(desk_correction=None)
    words, by = message.text or "", message.from_user.id
    asked = await questions.get(question_id)
    if member.territory and asked and await _is_kept(asked, registry):
        await show(message, Screen(Text(tr.gettext(ONLY_EVERYWHERE))))
        return

    def told(question: Question, arrived: bool) -> tuple[Part, ...]:
        return (correction_part(question, message, message_id if arrived else None),)

    corrected = await questions.correct(question_id, words, message_id, by, clock(), told)
    if corrected is None:
        await show(message, Screen(Text(tr.gettext("This question has been dealt with."))))
        return
    await mail.hand_over(bot, corrected)
    lines = [tr.gettext("The answer has been corrected.")]
    try:
        await _keep_in_step(corrected.question, registry, clock(), by)
    except RegistryError as error:
        lines.append(tr.gettext("By itself the bot answers as before: {why}", why=said(error, tr)))
    await show(message, Screen(joined(lines)))


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
    values = faq_values(faq_slug(question), question.text, question.answer, question.language, clock())
    try:
        made = await registry.put("faq", values, clock(), query.from_user.id)
    except RegistryError as error:
        notice.say(said(error, tr), alert=True)
        return
    await questions.settle_unanswered(fold(normalise(question.text))[:255])
    screen = kept_screen(tr, made, member)
    correct = CorrectAnswer(question=question.id, message=callback_data.message)
    ways = ([button(tr.gettext("Correct the answer"), correct)], _next(tr, len(await questions.open())))
    await show(query, Screen(screen.text, (*screen.rows, *ways)))


async def close_question(
    query: CallbackQuery,
    callback_data: DeskReply,
    bot: Bot,
    tr: Translation,
    questions: Questions,
    mail: Mail,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes a question off the desk without an answer, and says so to the one who waits for one."""
    closed = await questions.close(
        callback_data.question,
        query.from_user.id,
        clock(),
        lambda question: [as_part(closed_screen(question))],
    )
    if closed is None:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    await mail.hand_over(bot, closed)
    text = Text(tr.gettext("Closed without an answer:"), "\n", BlockQuote(closed.question.text))
    await show(query, Screen(text, (_next(tr, len(await questions.open())),)))


def answer_parts(question: Question, message: Message) -> tuple[Part, ...]:
    """An answer as the person who asked sees it, in the language of their chat; a file comes after its heading.

    Raises CannotAnnounce for a message that cannot be sent on.
    """
    if message.text:
        whole = answer_screen(question, Text.from_entities(message.text, message.entities or []))
        if fits(whole.text):
            return (as_part(whole),)
    return as_part(answer_screen(question)), *parts_of(message)


def correction_part(question: Question, message: Message, message_id: int | None) -> Part:
    """The corrected answer in the place of the one that was sent as `message_id`, or as a message of its own."""
    words = Text.from_entities(message.text or "", message.entities or [])
    whole = answer_screen(question, words, corrected=True)
    if not fits(whole.text):
        whole = answer_screen(question, Text(clip(message.text or "", 3_000)), corrected=True)
    part = as_part(whole)
    if message_id is None:
        return part
    return Part("editMessageText", {**part.params, "message_id": SentMessage(message_id, 0).as_json()})


def answer_screen(question: Question, answer: Text | None = None, *, corrected: bool = False) -> Screen:
    """An answer under its question; without its words where those come in a message of their own."""
    tr = translation(question.language)
    head = tr.gettext("Corrected answer from the staff") if corrected else tr.gettext("Answer from the staff")
    lines: list[Text | str] = [Bold(head), BlockQuote(clip(question.text, QUOTED_LIMIT))]
    return Screen(joined([*lines, answer] if answer else lines))


def closed_screen(question: Question) -> Screen:
    """What the person is told whose question is closed without an answer."""
    tr = translation(question.language)
    lines: list[Text | str] = [
        Bold(tr.gettext("The staff could not answer your question")),
        BlockQuote(clip(question.text, QUOTED_LIMIT)),
        tr.gettext("You can ask in other words, or write to the authority: I am no channel for appeals."),
    ]
    return Screen(joined(lines))


def answered_screen(tr: Translation, answered: Answered, waiting: int, member: StaffMember) -> Screen:
    """What became of an answer, and what the staff member can do with it."""
    question = answered.question
    if answered.way == "nobody":
        said = tr.gettext("The person has blocked the bot: the answer cannot reach them. It is kept.")
    else:
        said = tr.gettext("The answer is on its way.")
    correct = CorrectAnswer(question=question.id, message=answered.message_id)
    keep = KeepAnswer(question=question.id, message=answered.message_id)
    may_keep = question.answer and member.may("editor", everywhere=True)
    acts = [
        [button(tr.gettext("Answer so from now on"), keep)] if may_keep else [],
        [button(tr.gettext("Correct the answer"), correct)] if answered.way != "nobody" else [],
    ]
    return Screen(Text(said), (*acts, _next(tr, waiting)))


def dealt_with_screen(tr: Translation, question: Question | None) -> Screen:
    """Somebody else was quicker: what they said."""
    lines: list[Text | str] = [tr.gettext("This question has been dealt with.")]
    if question and question.answer:
        lines += [tr.gettext("The answer was:"), BlockQuote(clip(question.answer, QUOTED_LIMIT))]
    return Screen(joined(lines))


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


def faq_slug(question: Question) -> str:
    """What names the answer to a question in the registry."""
    return f"question-{question.id}"


async def _is_kept(question: Question, registry: Registry) -> bool:
    """Whether the bot answers so by itself."""
    return faq_slug(question) in (await registry.snapshot()).faqs


async def _keep_in_step(question: Question, registry: Registry, now: datetime, by: int) -> None:
    """Where the bot answers so by itself, it answers as corrected."""
    if await _is_kept(question, registry):
        values = faq_values(faq_slug(question), question.text, question.answer or "", question.language, now)
        await registry.put("faq", values, now, by)


def _next(tr: Translation, waiting: int) -> list[Any]:
    if not waiting:
        return []
    return [button(tr.ngettext("{n} more waits", "{n} more wait", waiting), DeskWanted())]
