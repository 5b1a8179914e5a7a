"""Which releases say the same in another language: measured on invented releases of one partner, then filed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from feeds.article import read_article
from feeds.filing import Filing
from feeds.items import Item
from feeds.tagging import Rules, load_rules, tag
from feeds.translations import Version, translations
from storage.database import Database
from storage.languages import Names
from storage.releases import Releases
from storage.sources import Source, SourceDefinition, Sources

RELEASES = Path(__file__).parent / "translations" / "releases.toml"
NO_SIGNS = "memorandum"
"""A release without a number, a day or a name: nothing but its page can tell."""


@cache
def rules() -> Rules:
    return load_rules()


@cache
def corpus() -> tuple[tuple[str, Version], ...]:
    """Each release with the event it is of."""
    found = []
    for number, release in enumerate(tomllib.loads(RELEASES.read_text("utf-8"))["release"]):
        tags = tag(release["title"], release["text"], rules())
        version = Version(
            number,
            release["language"],
            release["title"],
            release["text"],
            datetime.fromisoformat(release["at"]).replace(tzinfo=UTC),
            f"https://{release['url']}",
            (),
            release.get("image", ""),
            (*tags.topics, *tags.territories, *tags.projects, *tags.organisations),
        )
        found.append((release["event"], version))
    return tuple(found)


def paired(versions: Sequence[Version]) -> set[tuple[int | str, int | str]]:
    return {(one.key, other.key) for one, other in translations(versions, lambda _: True)}


def wanted() -> set[tuple[int | str, int | str]]:
    return {
        (one.key, other.key)
        for at, (event, other) in enumerate(corpus())
        for same, one in corpus()[:at]
        if same == event and event != NO_SIGNS
    }


def test_every_translation_is_found_and_nothing_else() -> None:
    """Of 33 releases 12 came in two languages; the rest stand beside them on the same days and speak of the same."""
    assert len(wanted()) == 11
    assert paired([version for _, version in corpus()]) == wanted()


@pytest.mark.parametrize("days", [0, 1, 2, 3])
def test_few_releases_at_once_are_told_apart_too(days: int) -> None:
    """How rare a sign is must not depend on there being many releases to compare with."""
    for event, version in corpus():
        beside = [other for _, other in corpus() if abs(other.at - version.at) <= timedelta(days=days)]
        found = paired(beside)
        assert found <= wanted(), event


def test_all_on_one_day_under_addresses_that_tell_nothing() -> None:
    same_day = [
        replace(
            version,
            at=datetime(2026, 11, 20, tzinfo=UTC),
            url=f"https://partner.example/{version.key}",
            image="",
        )
        for _, version in corpus()
    ]
    assert paired(same_day) <= wanted()
    assert len(paired(same_day)) >= 10


def test_a_translation_of_months_later_is_taken_for_another_release() -> None:
    versions = [version for event, version in corpus() if event == "water"]
    late = replace(versions[1], at=versions[0].at + timedelta(days=60))
    assert paired([versions[0], late]) == set()


def test_a_page_that_names_its_other_language_is_believed() -> None:
    russian, kyrgyz = (version for event, version in corpus() if event == NO_SIGNS)
    naming = replace(kyrgyz, alternates=(russian.url.replace("https://", "http://www."),))
    assert paired([russian, kyrgyz]) == set()
    assert paired([russian, naming]) == {(russian.key, kyrgyz.key)}


def test_two_alike_are_left_alone() -> None:
    """The same number, name and place in two releases of one event: which one is translated cannot be told."""
    russian, kyrgyz = (version for event, version in corpus() if event == "inspection")
    again = replace(russian, key=99, title="Ещё раз о мусоре")
    assert paired([russian, again, kyrgyz]) == set()


def test_english_is_a_language_too() -> None:
    russian = next(version for event, version in corpus() if event == "contest")
    english = Version(
        "en",
        "en",
        "Contest of local initiatives for 22 municipalities announced",
        "Residents of 22 municipalities may apply until 15 December 2026. Grants are up to 500,000 soms,"
        " own contribution is at least 10 per cent. Questions: grants@partner.example.",
        russian.at,
        russian.url.replace("/ru/", "/en/"),
        (),
        "",
        russian.tags,
    )
    assert paired([russian, english]) == {(russian.key, "en")}


def test_a_page_names_its_editions() -> None:
    text = (
        "Жители села собрались на сход и решили, как потратить деньги местного бюджета в будущем году. " * 3
    )
    page = f"""<html><head><link rel="alternate" hreflang="ky" href="/ky/news/77.html"></head><body>
        <a href="/ky/">Кыргызча</a> <a href="/en/news/5.html">English</a> <a href="/ky/news/5.html">KG</a>
        <a href="/ky/news/5.html">Читать</a><h1>Сход в селе Мисалово</h1><p>{text}</p></body></html>"""
    item = read_article(page, "https://partner.example/ru/news/5.html", datetime(2026, 11, 20, tzinfo=UTC))
    assert set(item.alternates) == {
        "https://partner.example/ky/news/77.html",
        "https://partner.example/en/news/5.html",
        "https://partner.example/ky/news/5.html",
    }


@pytest.fixture
async def partner(database: Database, now: datetime) -> dict[str, Source]:
    """A partner whose news in two languages are two sources, and another whose are not its own."""
    sources = Sources(database)
    return {
        slug: await sources.put(
            SourceDefinition(slug, Names(slug), "feed", f"https://{slug}.example/feed", organisation=body),
            now,
        )
        for slug, body in (("news-ru", "dpi"), ("news-ky", "dpi"), ("elsewhere", "other"))
    }


def items(*events: str, language: str) -> list[Item]:
    return [
        Item(
            f"{event}-{language}",
            version.title,
            version.url,
            version.at,
            body=version.text,
            language=language,
        )
        for event, version in corpus()
        if event in events and version.language == language
    ]


def filing(database: Database) -> Filing:
    return Filing(Releases(database), lambda title, text: tag(title, text, rules()))


async def test_a_release_is_linked_to_the_elder_one_of_another_source_of_its_partner(
    database: Database, partner: dict[str, Source], now: datetime
) -> None:
    file = filing(database).file
    first = await file(partner["news-ru"], items("water", "clubs", "vacancy", language="ru"), now)
    others = await file(partner["elsewhere"], items("inspection", language="ru"), now)
    later = await file(
        partner["news-ky"], items("water", "water-other-village", "inspection", language="ky"), now
    )

    by_title = {
        one.title: one for one in await Releases(database).many((*first.new, *others.new, *later.new))
    }
    assert (
        by_title["Образцово айылына таза суу келди"].translation_of
        == by_title["В селе Образцово заработал водопровод"].id
    )
    assert by_title["Сыноо айылында суу түтүгү оңдолду"].translation_of is None
    assert by_title["Ноокатта тургундар таштанды чыгарууну текшеришти"].translation_of is None, (
        "of another partner"
    )


async def test_those_that_come_together_are_linked_to_the_elder(
    database: Database, partner: dict[str, Source], now: datetime
) -> None:
    both = [*items("clubs", "forum", language="ru"), *items("clubs", "forum", language="ky")]
    filed = await filing(database).file(partner["news-ru"], both, now)

    releases = {one.id: one for one in await Releases(database).many(filed.new)}
    links = {
        (releases[one.translation_of].language, one.language)
        for one in releases.values()
        if one.translation_of
    }
    assert len(releases) == 4
    assert links == {("ru", "ky")}
    assert sum(one.translation_of is not None for one in releases.values()) == 2
