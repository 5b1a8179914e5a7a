"""A question in plain words: an answer with its source, the ways on from it, or an honest no and the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast, get_args
from zoneinfo import ZoneInfo

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import InlineKeyboardButton, Message

from bot.answers import Answer, Button, Target, answer
from bot.answers.archive import Archive
from bot.answers.understanding import TargetKind
from bot.i18n import translation
from bot.messages.parts import clip, pieces
from handlers.callbacks import BusinessCard, Card, ContactsOf, NewsOf, PassOn, ProjectsPage
from handlers.conversation import Memory, key_of, recall, remember
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.screens import Screen, in_columns, show
from storage.analysis import fold, normalise
from storage.questions import Questions
from storage.registry import Registry
from storage.releases import Releases
from storage.search import ReleaseSearch
from storage.staff import StaffMember
from storage.subscribers import Chat

QUESTION_LIMIT = 500
"""Characters of a question that are looked at."""


def router() -> Router:
    """Plain text, after everything else that takes text."""
    ask = Router(name="ask")
    ask.message.register(answer_question, Addressed())
    return ask


class Addressed(Filter):
    """Passes text that is meant for the bot: all of it in private; in a group a reply to it or a mention of it.

    Gives the handler `question`, without the mention.
    """

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, str]:
        text = message.text
        if not text or text.startswith("/"):
            return False
        if message.chat.type == "private":
            return {"question": text}
        me = await bot.me()
        mention = f"@{me.username}"
        replied = message.reply_to_message
        to_me = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
        if not to_me and mention.lower() not in text.lower():
            return False
        question = without_mention(text, mention)
        return {"question": question} if question else False


class Answering:
    """Answers questions, and remembers for a while what they were about."""

    def __init__(
        self,
        registry: Registry,
        questions: Questions,
        releases: Releases,
        words: ReleaseSearch,
        clock: Clock,
    ) -> None:
        self._registry = registry
        self._questions = questions
        self._releases = releases
        self._words = words
        self._clock = clock

    async def answer(
        self, message: Message, question: str, chat: Chat, state: FSMContext, *, noted: bool = True
    ) -> None:
        """Answers, and where it is to be `noted`, notes what found no answer, without who asked."""
        now, asked = self._clock(), clip(question, QUESTION_LIMIT)
        before = subject_from((await recall(state, now)).subject)
        found = await self.find(asked, chat, before)
        await remember(state, Memory(asked, subject_text(spoken_of(found, before))), now)
        if noted and found_nothing(found):
            await self._questions.note_unanswered(fold(normalise(asked)), asked, found.language, now)
        for screen in answer_screens(with_desk(found), asked):
            await show(message, screen)

    async def find(self, question: str, chat: Chat, before: Target | None = None) -> Answer:
        """The answer as the chat would get it; `before` is what was spoken of last."""
        return await answer(
            question,
            await self._registry.snapshot(),
            now=self._clock().astimezone(ZoneInfo(chat.timezone)),
            search=Archive(self._releases, chat.timezone, chat.language, self._words),
            language=chat.language,
            last_subject=before,
        )


async def answer_question(
    message: Message,
    question: str,
    chat: Chat,
    state: FSMContext,
    answering: Answering,
    member: StaffMember | None,
) -> None:
    """Answers a question.  What staff try out is not what people want to know."""
    await answering.answer(message, question, chat, state, noted=member is None)


def found_nothing(found: Answer) -> bool:
    """Whether a question has no answer: it was not understood, or there is no release of what was asked.  Pure."""
    return found.kind == "unknown" or (found.kind == "releases" and not found.sources)


def spoken_of(found: Answer, before: Target | None) -> Target | None:
    """What a question that follows is about.  Several things together leave none to go on from.  Pure."""
    return found.subject if found.subject or isinstance(found.entity, tuple) else before


def with_desk(found: Answer) -> Answer:
    """An answer that found nothing leads to a person.  Pure."""
    if not found_nothing(found) or any(each.action == "desk" for each in found.buttons):
        return found
    desk = Button("desk", translation(found.language).gettext("Ask a person"))
    return replace(found, buttons=(*found.buttons, desk))


def answer_screens(found: Answer, question: str) -> Iterable[Screen]:
    """The answer to a question, in several messages where one is too small, the buttons under the last."""
    texts = list(pieces(found.content))
    buttons = tuple(made for each in found.buttons if (made := answer_button(each, question)))
    for number, text in enumerate(texts, start=1):
        yield Screen(text, in_columns(buttons, 2) if number == len(texts) else ())


def answer_button(wanted: Button, question: str) -> InlineKeyboardButton | None:
    """The button for a way on from an answer; None where it leads nowhere.  Pure."""
    target = wanted.target
    match wanted.action:
        case "desk":
            return button(wanted.label, PassOn(key=key_of(question)))
        case "site" if wanted.url:
            return InlineKeyboardButton(text=wanted.label, url=wanted.url)
        case _ if target is None:
            return None
        case "card":
            return button(wanted.label, Card(kind=target.kind, slug=target.slug))
        case "contacts":
            return button(wanted.label, ContactsOf(kind=target.kind, slug=target.slug))
        case "news":
            return button(wanted.label, NewsOf(kind=target.kind, slug=target.slug))
        case "projects" if target.kind == "place":
            return button(wanted.label, ProjectsPage(territory=target.slug))
        case "projects":
            return button(wanted.label, ProjectsPage(donor=target.slug))
        case "vcard":
            return button(wanted.label, BusinessCard(kind=target.kind, slug=target.slug))
        case _:
            return None


def subject_text(subject: Target | None) -> str | None:
    """A subject as it is remembered: `project:uumu`.  Pure."""
    return f"{subject.kind}:{subject.slug}" if subject else None


def subject_from(text: str | None) -> Target | None:
    """What `subject_text` wrote.  Pure."""
    kind, _, slug = (text or "").partition(":")
    return Target(cast(TargetKind, kind), slug) if slug and kind in get_args(TargetKind) else None


def without_mention(text: str, mention: str) -> str:
    """A text without the bot's name in it.  Pure."""
    at = text.lower().find(mention.lower())
    return text if at < 0 else f"{text[:at]} {text[at + len(mention) :]}".strip(" ,:")
