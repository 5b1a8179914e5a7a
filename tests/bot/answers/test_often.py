"""What staff have answered for good, and nothing that only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answers import Answer, answer, as_json, plain_text
from storage.languages import Names
from storage.registry import Faq, PartialDate, RegistrySnapshot, Source, load_shipped

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
BRIDGE = Faq(
    slug="bridge",
    questions=("Когда чинят мост в Мисалово?", "Мисаловодогу көпүрө качан оңдолот?"),
    answer=Names(ru="До конца ноября.", ky="Ноябрдын аягына чейин."),
    as_of=PartialDate(2026, 11, 19),
)


async def asked(question: str, *faqs: Faq) -> Answer:
    async def nothing(_query: object) -> tuple[()]:
        return ()

    snapshot = RegistrySnapshot(replace(load_shipped(), faqs=faqs))
    return await answer(question, snapshot, now=NOW, search=nothing)


@pytest.mark.parametrize(
    "question",
    ["когда чинят мост в мисалово", "В Мисалово когда чинят мост??", "когда чинят мосты в Мисалово"],
)
async def test_the_same_question_in_any_form_gets_the_answer(question: str) -> None:
    found = await asked(question, BRIDGE)
    assert (found.kind, found.facts) == ("faq", ("До конца ноября.",))
    assert plain_text(found) == "До конца ноября.\nИсточник: сотрудники, 19 ноября 2026"


async def test_it_is_answered_in_the_language_of_the_question() -> None:
    found = await asked("Мисаловодогу көпүрө качан оңдолот?", BRIDGE)
    assert found.facts == ("Ноябрдын аягына чейин.",)


async def test_one_word_more_is_the_same_question_still() -> None:
    assert (await asked("скажите когда чинят мост в Мисалово", BRIDGE)).kind == "faq"


@pytest.mark.parametrize("question", ["когда строят школу в Мисалово", "мост", "что такое ПСЭР?"])
async def test_another_question_is_not_taken_for_it(question: str) -> None:
    assert (await asked(question, BRIDGE)).kind != "faq"


async def test_when_two_are_alike_neither_is_guessed() -> None:
    other = replace(BRIDGE, slug="school", questions=("Когда чинят школу в Мисалово?",))
    near = await asked("скажите когда чинят мост школу в Мисалово", BRIDGE, other)
    assert near.kind != "faq"


async def test_the_words_of_staff_go_before_what_is_understood() -> None:
    said = replace(BRIDGE, questions=("Что такое ПСЭР?",), source=Source("Пример", "https://press.example/"))
    found = await asked("что такое псэр", said)
    assert found.kind == "faq"
    assert as_json("что такое псэр", found)["sources"] == [
        {"title": "Пример", "url": "https://press.example/", "date": "2026-11-19"}
    ]
