"""Releases are found by words, in any form of a word, on both engines alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.languages import Names
from storage.releases import NewRelease, ReleaseFilter, Releases, ReleaseTags
from storage.search import ReleaseSearch, read_period
from storage.search_index import index_key, key_range, release_of
from storage.search_rebuild import ensure_current
from storage.sources import SourceDefinition, Sources

EVERYTHING = ReleaseFilter()


class Text(NamedTuple):
    identity: str
    title: str
    body: str
    published: datetime


def on(year: int, month: int, day: int = 10) -> datetime:
    return datetime(year, month, day, 6, tzinfo=UTC)


TEXTS = (
    Text(
        "water",
        "Чистая вода пришла в село Ак-Булак",
        "Айыл окмоту построил скважину и провёл трубы в каждый двор.",
        on(2025, 6),
    ),
    Text(
        "pser",
        "Муниципалитеты обновляют ПСЭР",
        "Программы социально-экономического развития учтут нужды детей.",
        on(2025, 7),
    ),
    Text(
        "ky",
        "Айыл кеңештеринин депутаттары окуудан өттү",
        "Окууда жергиликтүү бюджет жана таза суу тууралуу айтылды.",
        on(2025, 7, 14),
    ),
    Text(
        "forum",
        "Форум аймаков собрал 130 участников",
        "Обсуждали питьевую воду, вывоз мусора и участие граждан.",
        on(2023, 9),
    ),
    Text(
        "agup",
        "Академия и институт подписали меморандум",
        "А.Г.У.П. КР и партнёры договорились о курсах.",
        on(2024, 6),
    ),
    Text(
        "kenesh",
        "Сессия айылного кенеша утвердила бюджет",
        "Депутаты кенеша спорили о тарифах на воду.",
        on(2025, 8),
    ),
)


@pytest.fixture
def releases(database: Database) -> Releases:
    return Releases(database)


@pytest.fixture
async def source(database: Database, now: datetime) -> int:
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    return (await Sources(database).put(definition, now)).id


@pytest.fixture
async def search(database: Database, releases: Releases, source: int, now: datetime) -> ReleaseSearch:
    await releases.store(source, [stored(text) for text in TEXTS], now)
    return ReleaseSearch(database)


def stored(text: Text) -> NewRelease:
    return NewRelease(
        text.identity, text.title, "ru", text.identity, body=text.body, published_at=text.published
    )


async def found(
    search: ReleaseSearch, question: str, now: datetime, which: ReleaseFilter = EVERYTHING
) -> list[str]:
    result = await search.search(question, now=now, which=which, limit=20)
    titles = {text.title: text.identity for text in TEXTS}
    return [titles[hit.release.title] for hit in result.hits]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("вода", ["kenesh", "water", "forum"]),
        ("скважины", ["water"]),
        ("айыл өкмөтү", ["water"]),
        ("айыл окмоту", ["water"]),
        ("кенеш", ["kenesh", "ky"]),
        ("кеңештин", ["kenesh", "ky"]),
        ("суу", ["ky"]),
        ("АГУП КР", ["agup"]),
        ("форум аймаков", ["forum"]),
        ("программа развития", ["pser"]),
        ("псэр?", ["pser"]),
        ('"питьевая вода"', ["forum"]),
        ("«чистая вода»", ["water"]),
        ("айыл-окмоту", ["water"]),
    ],
)
async def test_a_word_finds_its_other_forms(
    search: ReleaseSearch, now: datetime, question: str, expected: list[str]
) -> None:
    assert sorted(await found(search, question, now)) == sorted(expected)


async def test_a_word_in_the_title_comes_before_a_newer_one_in_the_text(
    search: ReleaseSearch, now: datetime
) -> None:
    assert (await found(search, "вода", now))[0] == "water"


async def test_of_two_alike_the_newer_comes_first(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    older, newer = (
        NewRelease(str(year), "Мусор вывезли", "ru", str(year), published_at=on(year, 1))
        for year in (2022, 2026)
    )
    await releases.store(source, [newer, older], now)
    result = await search.search("вывезли мусор", now=now)
    assert [hit.release.published_at for hit in result.hits[:2]] == [on(2026, 1), on(2022, 1)]


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("скважына", "скважина"),
        ("муниципалитты", "муниципалитет"),
        ("ajhev", "форум"),
        ("skvajina", "скважина"),
        ("memorandum", "меморандум"),
    ],
)
async def test_a_slip_is_repaired_from_what_is_indexed_and_said_so(
    search: ReleaseSearch, now: datetime, typed: str, used: str
) -> None:
    result = await search.search(typed, now=now)
    assert result.hits
    assert [(repair.typed, repair.used) for repair in result.repairs] == [(typed, (used,))]


async def test_words_written_as_one_are_parted(search: ReleaseSearch, now: datetime) -> None:
    result = await search.search("форумаймаков", now=now)
    assert [hit.release.title for hit in result.hits] == ["Форум аймаков собрал 130 участников"]


async def test_a_word_that_is_indexed_is_not_repaired(search: ReleaseSearch, now: datetime) -> None:
    assert (await search.search("вода", now=now)).repairs == ()


async def test_a_slip_in_a_phrase_is_repaired(search: ReleaseSearch, now: datetime) -> None:
    result = await search.search("«вывозз мусора»", now=now)
    assert [hit.release.title for hit in result.hits] == ["Форум аймаков собрал 130 участников"]
    assert [repair.used for repair in result.repairs] == [("вывоз",)]
    assert result.unheard == ()


async def test_a_phrase_that_stands_nowhere_is_said_and_its_words_count(
    search: ReleaseSearch, now: datetime
) -> None:
    result = await search.search("«участия мусора» форум", now=now)
    assert result.unheard == ("участия мусора",)
    assert not result.partial
    assert [hit.release.title for hit in result.hits] == ["Форум аймаков собрал 130 участников"]


async def test_a_phrase_without_a_word_is_passed_over(search: ReleaseSearch, now: datetime) -> None:
    assert await found(search, 'скважина "!!"', now) == ["water"]


async def test_without_all_the_words_some_are_enough_and_it_says_so(
    search: ReleaseSearch, now: datetime
) -> None:
    result = await search.search("форум меморандум скважина", now=now)
    assert result.partial
    assert result.total == 3


@pytest.mark.parametrize(
    "question", ["", "???", "«»", '"', '"!!"', "' OR 1=1 --", "NEAR(a b)", "title : *", "a" * 5000, "\x00"]
)
async def test_nothing_typed_breaks_the_search(search: ReleaseSearch, now: datetime, question: str) -> None:
    assert (await search.search(question, now=now)).total == 0


async def test_a_month_narrows_it(search: ReleaseSearch, now: datetime) -> None:
    june = ReleaseFilter(since=on(2025, 6, 1), until=on(2025, 7, 1))
    assert await found(search, "вода", now, june) == ["water"]
    assert await found(search, "", now, ReleaseFilter(since=on(2023, 1, 1), until=on(2024, 1, 1))) == [
        "forum"
    ]


async def test_a_month_is_cut_at_the_moment_that_is_named(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    moments = [datetime(2025, 5, 31, hour, 30, tzinfo=UTC) for hour in (17, 18)]
    late = [
        NewRelease(str(moment), "Ярмарка открылась", "ru", str(moment), published_at=moment)
        for moment in moments
    ]
    await releases.store(source, late, now)
    june = ReleaseFilter(since=datetime(2025, 6, 1, tzinfo=ZoneInfo("Asia/Bishkek")), until=on(2025, 7))
    hits = (await search.search("ярмарка", now=now, which=june)).hits
    assert [hit.release.published_at for hit in hits] == moments[1:]


async def test_a_filter_narrows_it(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    tagged = replace(stored(TEXTS[0]), identity="tagged", tags=ReleaseTags(territories=("naryn",)))
    (number,) = await releases.store(source, [tagged], now)
    result = await search.search("вода", now=now, which=ReleaseFilter(territory="naryn"))
    assert [hit.release.id for hit in result.hits] == [number]


async def test_copies_are_not_shown(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    before = await found(search, "вода", now)
    copy = replace(stored(TEXTS[0]), identity="copy", duplicate_of=1)
    await releases.store(source, [copy], now)
    assert await found(search, "вода", now) == before


async def test_a_changed_release_is_found_by_what_it_says_now(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    (known,) = await releases.known(source, ["water"])
    await releases.change(
        known.id, replace(stored(TEXTS[0]), body="Открыли библиотеку.", content_hash="2"), now
    )
    assert (await search.search("скважина", now=now)).total == 0
    assert (await search.search("библиотека", now=now)).hits[0].release.id == known.id


async def test_found_words_are_marked_in_the_original_text(search: ReleaseSearch, now: datetime) -> None:
    hit = (await search.search("таза суу бюджет", now=now)).hits[0]
    marked = [hit.snippet.text[start:end] for start, end in hit.snippet.marks]
    assert marked == ["бюджет", "таза", "суу"]


async def test_a_long_text_is_cut_around_the_words(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    body = f"{'Начало издалека. ' * 60}Построили новый рынок у реки. {'Продолжение следует. ' * 60}"
    await releases.store(source, [NewRelease("long", "Новости", "ru", "long", body=body)], now)
    snippet = (await search.search("рынок", now=now)).hits[0].snippet
    assert snippet.text.startswith("…") and snippet.text.endswith("…")
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["рынок"]
    assert len(snippet.text.split()) < 40


async def test_pages_follow_each_other_without_gap_or_repetition(
    search: ReleaseSearch, releases: Releases, source: int, now: datetime
) -> None:
    many = [
        NewRelease(
            f"n{number}",
            f"Субботник номер {number}",
            "ru",
            f"n{number}",
            published_at=on(2025, 1) + timedelta(days=number),
        )
        for number in range(23)
    ]
    await releases.store(source, many, now)
    pages = [await search.search("субботник", now=now, limit=5, offset=offset) for offset in range(0, 25, 5)]
    shown = [hit.release.id for page in pages for hit in page.hits]
    assert len(shown) == len(set(shown)) == 23
    assert {page.total for page in pages} == {23}


async def test_both_engines_give_the_same_results_in_the_same_order(
    sqlite_database: Database, postgresql_database: Database, now: datetime
) -> None:
    given = []
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    for each in (sqlite_database, postgresql_database):
        source = (await Sources(each).put(definition, now)).id
        await Releases(each).store(source, [stored(text) for text in TEXTS], now)
        search = ReleaseSearch(each)
        questions = (
            "вода",
            "айылный кенеш",
            "форум вода",
            '"вывоз мусора"',
            "скважына",
            "депутаттар",
            "бюджет 2025",
            "«вывозз мусора»",
            "«участия мусора» форум",
        )
        results = [await search.search(question, now=now) for question in questions]
        given.append(
            [
                [(hit.release.title, round(hit.score, 9), hit.snippet) for hit in found.hits]
                for found in results
            ]
        )
    assert given[0] == given[1]
    assert all(given[0])


@pytest.mark.parametrize(
    ("text", "rest", "since", "until"),
    [
        ("новости за июнь 2025", "новости", date(2025, 6, 1), date(2025, 7, 1)),
        ("что было в декабре 2024 года", "что было", date(2024, 12, 1), date(2025, 1, 1)),
        ("2025-жылдын июнь айында кандай жаңылык", "кандай жаңылык", date(2025, 6, 1), date(2025, 7, 1)),
        ("news in March 2024", "news", date(2024, 3, 1), date(2024, 4, 1)),
        ("ПСЭР за декабрь", "ПСЭР", date(2025, 12, 1), date(2026, 1, 1)),
        ("ПСЭР за октябрь", "ПСЭР", date(2026, 10, 1), date(2026, 11, 1)),
        ("форум в 2023 году", "форум", date(2023, 1, 1), date(2024, 1, 1)),
        ("2024-жылы эмне болду", "эмне болду", date(2024, 1, 1), date(2025, 1, 1)),
        ("форум 2025", "форум", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025", "", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_is_read_in_words(text: str, rest: str, since: date, until: date) -> None:
    left, period = read_period(text, date(2026, 11, 20))
    assert left == rest
    assert period is not None
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "Форум аймаков-2023",
        "майская гроза",
        "мартовские коты",
        "Успешный аймак 2",
        "«итоги за июнь 2025»",
        "развитие до 2030 года",
        "бюджет 2027",
        "бюджет на 2025 год",
        "закон с 2021 года",
        "планы 2021–2025",
    ],
)
def test_what_is_no_period_is_left_alone(text: str) -> None:
    assert read_period(text, date(2026, 11, 20)) == (text, None)


def test_keys_grow_with_the_day_and_lead_back_to_the_release() -> None:
    earlier, later = index_key(9_000_000, on(2025, 6, 10)), index_key(3, on(2025, 6, 11))
    assert earlier < later
    assert (release_of(earlier), release_of(later)) == (9_000_000, 3)
    first, last = key_range(date(2025, 6, 11), date(2025, 6, 12))
    assert first <= later < last
    assert not first <= earlier < last


async def test_an_index_of_another_analysis_is_made_anew_once(
    search: ReleaseSearch, database: Database, now: datetime
) -> None:
    before = await found(search, "вода", now)
    assert await ensure_current(database)
    assert not await ensure_current(database)
    assert await found(search, "вода", now) == before
    assert (await search.search("скважына", now=now)).repairs
