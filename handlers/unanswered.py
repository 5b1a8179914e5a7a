"""/unanswered: what people asked and the bot did not know.  Staff teach it: one more name of a thing, or an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import BlockQuote, Bold, Text

from bot.answers import Answer, plain_text
from bot.answers.guesses import near
from bot.answers.lexicon import CONCEPT, lexicon
from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.ask import Answering, found_nothing
from handlers.dependencies import Clock
from handlers.desk import faq_values
from handlers.desk_answers import kept_screen
from handlers.dialogues import TEACHING
from handlers.keyboards import back, button, close, pages
from handlers.notices import Notice
from handlers.registry_file import said, way_back
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Row, Screen, in_columns, show
from storage.analysis import fold, normalise, tokens, word_forms
from storage.questions import Questions, Unanswered
from storage.registry import Registry, RegistryError, RegistrySnapshot
from storage.registry.changes import ALIAS_LIMIT
from storage.staff import StaffMember
from storage.subscribers import Chat

PAGE: Final = 6
LISTED: Final = 120
"""Questions that can be looked through, those asked most often."""
GUESSES: Final = 4
NEAR_ENOUGH: Final = 45.0
"""How near a name has to be to be offered (0 to 100): low, for a person decides."""


class UnansweredWanted(CallbackData, prefix="una"):
    """Show a question that found no answer; without a key the list, from a page."""

    key: str = ""
    page: int = 0


class UnansweredAct(CallbackData, prefix="unb"):
    """Deal with one: `name` makes its words a name of a guess, `answer` asks for an answer, `drop` forgets it."""

    act: str
    key: str
    guess: int = 0


class Teaching(StatesGroup):
    """A staff member looks at a question that found no answer."""

    naming = State()
    answering = State()


def router() -> Router:
    """The conversation about what the bot does not know; what it learns it tells the whole country."""
    teaching, everywhere = Router(name="unanswered"), IsStaff(everywhere=True)
    teaching.message.register(show_list, Command("unanswered"), everywhere)
    teaching.message.register(take_name, Teaching.naming, F.text, ~F.text.startswith("/"), everywhere)
    teaching.message.register(take_answer, Teaching.answering, F.text, ~F.text.startswith("/"), everywhere)
    teaching.callback_query.register(show_page, UnansweredWanted.filter(F.key == ""), everywhere)
    teaching.callback_query.register(show_question, UnansweredWanted.filter(), everywhere)
    teaching.callback_query.register(add_name, UnansweredAct.filter(F.act == "name"), everywhere)
    teaching.callback_query.register(ask_answer, UnansweredAct.filter(F.act == "answer"), everywhere)
    teaching.callback_query.register(drop, UnansweredAct.filter(F.act == "drop"), everywhere)
    teaching.message.register(refuse_limited, Command("unanswered"), IsStaff())
    for pressed in (UnansweredWanted, UnansweredAct):
        teaching.callback_query.register(refuse_limited, pressed.filter(), IsStaff())
    return teaching


async def show_list(message: Message, tr: Translation, questions: Questions) -> None:
    """Shows what was asked most often without an answer."""
    await show(message, list_screen(tr, await questions.unanswered(LISTED), 0))


async def show_page(
    query: CallbackQuery,
    callback_data: UnansweredWanted,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
) -> None:
    """Shows another page of them."""
    await state.set_state(None)
    await show(query, list_screen(tr, await questions.unanswered(LISTED), callback_data.page))


async def show_question(
    query: CallbackQuery,
    callback_data: UnansweredWanted,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    registry: Registry,
    notice: Notice,
) -> None:
    """Shows one, with the things its words may be a name of."""
    asked = await _find(questions, callback_data.key)
    if asked is None:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    await _offer(query, tr, state, asked, named_part(asked.text), await registry.snapshot())


async def take_name(
    message: Message, tr: Translation, state: FSMContext, questions: Questions, registry: Registry
) -> None:
    """Takes what a staff member wrote: other words of the question as the name, or what the thing is called by us."""
    kept: dict[str, Any] = (await state.get_data()).get("unanswered") or {}
    asked = await _find(questions, kept.get("key", ""))
    if asked is None:
        await state.set_state(None)
        await show(message, Screen(Text(tr.gettext("This question has been dealt with."))))
        return
    written = clip(message.text or "", ALIAS_LIMIT)
    name = written if stands_in(written, asked.text) else kept.get("name") or named_part(asked.text)
    await _offer(message, tr, state, asked, name, await registry.snapshot(), like=written)


async def add_name(
    query: CallbackQuery,
    callback_data: UnansweredAct,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    registry: Registry,
    member: StaffMember,
    answering: Answering,
    chat: Chat,
    clock: Clock,
    notice: Notice,
) -> None:
    """Makes the words a name of the thing that was chosen, and shows what the question is answered with now."""
    kept: dict[str, Any] = (await state.get_data()).get("unanswered") or {}
    asked = await _find(questions, callback_data.key)
    if asked is None or kept.get("key") != callback_data.key:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    kind, slug = kept["guesses"][callback_data.guess]
    try:
        made = await registry.add_alias(kind, slug, kept["name"], clock(), query.from_user.id)
    except RegistryError as error:
        notice.say(said(error, tr), alert=True)
        return
    await state.set_state(None)
    record = (await registry.snapshot()).record(kind, slug)
    called = record.called(tr.language) if record else slug
    now_said = await answering.find(asked.text, replace(chat, language=asked.language))
    if not found_nothing(now_said):
        await questions.settle_unanswered(asked.folded)
    screen = taught_screen(tr, asked, kept["name"], called, now_said)
    await show(query, Screen(screen.text, (*screen.rows, way_back(tr, made, member), _to_list(tr))))


async def ask_answer(
    query: CallbackQuery,
    callback_data: UnansweredAct,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    notice: Notice,
) -> None:
    """Asks for the answer to a question."""
    asked = await _find(questions, callback_data.key)
    if asked is None:
        notice.say(tr.gettext("This question has been dealt with."))
        return
    await state.set_state(Teaching.answering)
    await state.update_data(unanswered={"key": asked.key})
    text = Text(tr.gettext("Write the answer to:"), "\n", BlockQuote(clip(asked.text, 500)))
    await show(query, Screen(text, (close(tr, TEACHING),)))


async def take_answer(
    message: Message,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
    registry: Registry,
    member: StaffMember,
    clock: Clock,
) -> None:
    """Keeps the answer: who asks the same gets it."""
    assert message.from_user is not None
    kept: dict[str, Any] = (await state.get_data()).get("unanswered") or {}
    asked = await _find(questions, kept.get("key", ""))
    if asked is None:
        await _forget(state)
        await show(message, Screen(Text(tr.gettext("This question has been dealt with."))))
        return
    text = message.text or ""
    values = faq_values(f"asked-{asked.key}", asked.text, text, asked.language, clock())
    try:
        made = await registry.put("faq", values, clock(), message.from_user.id)
    except RegistryError as error:
        await show(message, Screen(Text(said(error, tr)), (close(tr),)))
        return
    await _forget(state)
    await questions.settle_unanswered(asked.folded)
    screen = kept_screen(tr, made, member)
    await show(message, Screen(screen.text, (*screen.rows, _to_list(tr))))


async def drop(
    query: CallbackQuery,
    callback_data: UnansweredAct,
    tr: Translation,
    state: FSMContext,
    questions: Questions,
) -> None:
    """Takes a question off the list: it is none of ours."""
    await state.set_state(None)
    if asked := await _find(questions, callback_data.key):
        await questions.settle_unanswered(asked.folded)
    await show(query, list_screen(tr, await questions.unanswered(LISTED), 0))


async def _forget(state: FSMContext) -> None:
    await state.set_state(None)
    await state.update_data(unanswered=None)


async def _offer(
    event: Message | CallbackQuery,
    tr: Translation,
    state: FSMContext,
    asked: Unanswered,
    name: str,
    snapshot: RegistrySnapshot,
    like: str | None = None,
) -> None:
    """Offers what `like`, else the name itself, may mean."""
    guesses = records_like(like or name, snapshot)
    await state.set_state(Teaching.naming)
    await state.update_data(unanswered={"key": asked.key, "name": name, "guesses": guesses})
    await show(event, question_screen(tr, asked, name, guesses, snapshot))


async def _find(questions: Questions, key: str) -> Unanswered | None:
    return next((each for each in await questions.unanswered(LISTED) if each.key == key), None)


def list_screen(tr: Translation, asked: Sequence[Unanswered], page: int) -> Screen:
    """A page of the questions, the most frequent first, with a button each."""
    if not asked:
        return Screen(Text(tr.gettext("Every question has found an answer.")))
    shown = asked[page * PAGE : (page + 1) * PAGE]
    numbered = list(enumerate(shown, page * PAGE + 1))
    lines = [f"{number}. {clip(each.text, 120)}{_times(each)}" for number, each in numbered]
    choices = [button(str(number), UnansweredWanted(key=each.key)) for number, each in numbered]
    ways = pages(page, len(asked), PAGE, lambda to: UnansweredWanted(page=to))
    head = Bold(tr.gettext("What found no answer"))
    return Screen(joined([head, *lines]), (*in_columns(choices, PAGE), ways))


def question_screen(
    tr: Translation,
    asked: Unanswered,
    name: str,
    guesses: Sequence[tuple[str, str]],
    snapshot: RegistrySnapshot,
) -> Screen:
    """A question, and what can be done about it."""
    lines: list[Text | str] = [BlockQuote(clip(asked.text, 500) + _times(asked))]
    if guesses:
        lines.append(tr.gettext("If “{name}” is one more name of something, press what it is.", name=name))
    else:
        lines.append(tr.gettext("Nothing in the registry is called like “{name}”.", name=name))
    lines.append(
        tr.gettext(
            "Is the name another? Write it as it stands in the question. "
            "Is it none of these? Write what we call it."
        )
    )
    choices = []
    for number, (kind, slug) in enumerate(guesses):
        if record := snapshot.record(kind, slug):
            act = UnansweredAct(act="name", key=asked.key, guess=number)
            choices.append([button(clip(record.called(tr.language), 60), act)])
    acts = [
        button(tr.gettext("Write an answer"), UnansweredAct(act="answer", key=asked.key)),
        button(tr.gettext("Not ours"), UnansweredAct(act="drop", key=asked.key)),
    ]
    return Screen(joined(lines), (*choices, acts, back(tr, UnansweredWanted())))


def taught_screen(tr: Translation, asked: Unanswered, name: str, called: str, found: Answer) -> Screen:
    """What the words mean from now on, and what the question is answered with."""
    lines: list[Text | str] = [
        tr.gettext("From now on “{name}” means: {called}.", name=name, called=called),
        "",
    ]
    if found_nothing(found):
        lines.append(tr.gettext("The question itself still finds no answer:"))
        lines.append(BlockQuote(clip(asked.text, 500)))
        write = button(tr.gettext("Write an answer"), UnansweredAct(act="answer", key=asked.key))
        return Screen(joined(lines), ([write],))
    lines.append(tr.gettext("The question is answered so now:"))
    lines.append(BlockQuote(_cut(plain_text(found), 700)))
    return Screen(joined(lines))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def records_like(words: str, snapshot: RegistrySnapshot) -> list[tuple[str, str]]:
    """The records that are called so, a short name included, and those that are called nearly so.  Pure."""
    wanted = fold(normalise(words))
    called = [(one.kind, one.slug) for one in snapshot.aliases if fold(normalise(one.text)) == wanted]
    known = (*called, *near(words, snapshot, NEAR_ENOUGH))
    return [key for key in dict.fromkeys(known) if snapshot.record(*key)][:GUESSES]


def stands_in(words: str, question: str) -> bool:
    """Whether words are a piece of a question.  Pure."""
    said, asked = (
        " ".join(token.text for token in tokens(fold(normalise(text)))) for text in (words, question)
    )
    return f" {said} " in f" {asked} "


def named_part(question: str) -> str:
    """What a question may name: its words without the asking ones at both ends.  Pure."""
    found = list(tokens(question))
    asking = _asking_words()
    while found and fold(word_forms(found[0].text).primary) in asking:
        found.pop(0)
    while found and fold(word_forms(found[-1].text).primary) in asking:
        found.pop()
    named = question[found[0].start : found[-1].end] if found else question
    return clip(named, ALIAS_LIMIT)


@lru_cache(maxsize=1)
def _asking_words() -> frozenset[str]:
    """Words of questions: who, where, funds, phone, and the little ones between them."""
    said = " ".join(phrase.text for phrase in lexicon() if phrase.meaning.kind == CONCEPT)
    return frozenset(fold(word_forms(token.text).primary) for token in tokens(normalise(said)))


def _times(asked: Unanswered) -> str:
    return f" ×{asked.times}" if asked.times > 1 else ""


def _to_list(tr: Translation) -> Row:
    return [button(tr.gettext("Next"), UnansweredWanted())]
