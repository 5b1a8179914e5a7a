"""No answer says anything that is not in the registry or in a release that was found."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import FoundRelease, Target, Understanding, compose, plain_text, understand
from bot.answers.cards import said_phone
from bot.answers.dating import said_place_in
from bot.i18n import catalogue_files, read_catalogue, translation
from storage.analysis import fold, normalise
from storage.languages import LANGUAGES, Language
from storage.registry import RegistrySnapshot, load_shipped
from storage.registry.shipped import FILES, _read
from tests.bot.answers.misses import questions

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
RELEASE = FoundRelease(
    "Заголовок вымышленной новости", "https://news.example/1", "Вестник", date(2026, 11, 3)
)

_NUMBER = re.compile(r"\d+")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
_PROPER = re.compile(r"(?<![.!?:«“\"\n—·] )(?<!^)\b[A-ZА-ЯЁӨҮҢ][\w-]{2,}", re.MULTILINE)


@cache
def snapshot() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


@cache
def known_text() -> str:
    """All that may be said: the data files, the sentences of the program, the release, names of months."""
    files = [_read(name).decode("utf-8") for name in (*FILES.values(), "place_names.toml")]
    sentences = [
        string
        for language in ("ru", "ky")
        for path in catalogue_files(language)  # type: ignore[arg-type]
        for message in read_catalogue(path)
        for string in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    english = [str(message.id) for path in catalogue_files("ru") for message in read_catalogue(path)]
    months = [translation(one).month(date(2024, month, 1)) for one in LANGUAGES for month in range(1, 13)]
    months += [
        translation(one).day(date(2024, month, 1), NOW.date()) for one in LANGUAGES for month in range(1, 13)
    ]
    places = [
        said_place_in(place.names.in_(one), one) for place in snapshot().data.places for one in LANGUAGES
    ]
    everything = [*files, *sentences, *english, *months, *places, RELEASE.title, RELEASE.source, RELEASE.url]
    return fold(normalise("\n".join(everything)))


@cache
def known_numbers() -> frozenset[str]:
    """Numbers of the data, also as they are said: months and amounts in millions, phones in groups of digits."""
    numbers = {number.lstrip("0") for number in _NUMBER.findall(known_text())}
    phones = [phone for contact in snapshot().data.contacts for phone in (*contact.phones, *contact.fax)]
    numbers |= {group for phone in phones for group in _NUMBER.findall(said_phone(phone, translation("ru")))}
    amounts = [
        phase.budget for project in snapshot().data.projects for phase in project.phases if phase.budget
    ]
    amounts += [budget for project in snapshot().data.projects for budget in project.budgets]
    numbers |= {part for money in amounts for part in f"{money.amount / 1e6:.2f}".rstrip("0").split(".")}
    return frozenset(number.lstrip("0") for number in numbers) | {"2026", "3", ""}


def period_numbers(understood: Understanding) -> set[str]:
    """A period asked for is repeated: its years, its first and its last day."""
    days = (understood.period.since, understood.period.until) if understood.period else ()
    return {str(number) for day in days for number in (day.year, day.day)}


words = st.sampled_from(sorted({word for row in questions() for word in row["query"].split()}))
mixed = st.lists(words, min_size=1, max_size=7).map(" ".join)
any_question = st.one_of(st.sampled_from([row["query"] for row in questions()]), mixed, st.text(max_size=60))
subjects = st.none() | st.sampled_from(
    [Target("project", slug) for slug in snapshot().projects]
    + [Target("organisation", slug) for slug in snapshot().organisations]
)


@settings(max_examples=200, deadline=None)
@given(question=any_question, language=st.sampled_from(LANGUAGES), subject=subjects)
def test_every_number_address_and_name_is_from_the_registry(
    question: str, language: Language, subject: Target | None
) -> None:
    understood = understand(question, snapshot(), now=NOW, language=language, last_subject=subject)
    found = compose(understood, snapshot(), now=NOW, releases=[RELEASE])
    text = plain_text(found)

    strange = (
        {number.lstrip("0") for number in _NUMBER.findall(text)}
        - known_numbers()
        - period_numbers(understood)
    )
    assert not strange, text
    assert all(mail.lower() in known_text() for mail in _MAIL.findall(text)), text
    unheard = [word for word in _PROPER.findall(text) if fold(normalise(word)) not in known_text()]
    assert not unheard, text
    if found.kind in ("unknown", "help"):
        assert found.entity is None
        assert found.sources == ()
    elif found.kind not in ("releases", "project") or found.entity:
        assert found.sources, "an answer without a source"
