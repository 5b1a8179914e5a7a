"""From a question to its answer: understand, look releases up where they are wanted, compose."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.answers.compose import compose, release_query
from bot.answers.lexicon import vocabulary
from bot.answers.model import Answer, ReleaseQuery, ReleaseSearch
from bot.answers.often import answer_of, like_question, same_question
from bot.answers.understanding import Target, understand
from storage.languages import Language
from storage.registry import RegistrySnapshot


async def answer(
    question: str,
    snapshot: RegistrySnapshot,
    *,
    now: datetime,
    search: ReleaseSearch,
    language: Language = "ru",
    last_subject: Target | None = None,
) -> Answer:
    """The answer to a question, in its own language.

    `language` is for questions that do not show theirs.  `last_subject` is the `subject` of the answer before, where
    that was some minutes ago.  The database is asked, through `search`, only where releases are wanted.
    """
    await asyncio.to_thread(vocabulary, snapshot)
    understood = understand(question, snapshot, now=now, language=language, last_subject=last_subject)
    often = same_question(question, snapshot)
    if often is None and understood.kind == "unknown":
        often = like_question(question, snapshot)
    if often is not None:
        return answer_of(often, understood)
    said = await search(ReleaseQuery(text=understood.words)) if understood.words else ()
    if said:
        return compose(replace(understood, kind="releases"), snapshot, now=now, releases=said)
    query = release_query(understood, snapshot)
    releases = await search(query) if query else ()
    return compose(understood, snapshot, now=now, releases=releases)
