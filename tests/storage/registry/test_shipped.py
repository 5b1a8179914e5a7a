"""The shipped registry holds together, and a mistake in it is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from storage.registry import InvalidRecord, PartialDate, RegistrySnapshot, load_shipped
from storage.registry.shipped import FILES, build, shipped_records

LANGUAGES = ("ru", "ky", "en")


@pytest.fixture
def raw() -> dict[str, list[dict[str, Any]]]:
    return deepcopy(
        {kind: [dict(record) for record in records] for kind, records in shipped_records().items()}
    )


def record(raw: dict[str, list[dict[str, Any]]], kind: str, slug: str) -> dict[str, Any]:
    return next(values for values in raw[kind] if values["slug"] == slug)


def test_every_record_says_where_it_is_from_and_when_it_was_true() -> None:
    data = load_shipped()
    records = (*data.projects, *data.organisations, *data.contacts, *data.terms, *data.events)
    assert len(records) >= 50
    for each in records:
        assert each.source.url.startswith("http"), each.slug
        assert 2010 <= each.as_of.year <= 2026, each.slug


def test_every_sentence_is_there_in_three_languages() -> None:
    data = load_shipped()
    sentences = [
        *((project.slug, project.summary) for project in data.projects),
        *((body.slug, body.about) for body in data.organisations),
        *((term.slug, term.definition) for term in data.terms),
        *((event.slug, event.about) for event in data.events),
        *(
            (each.slug, fact.text)
            for each in (*data.projects, *data.organisations, *data.terms)
            for fact in each.facts
        ),
    ]
    missing = [
        (slug, language)
        for slug, names in sentences
        for language in LANGUAGES
        if not getattr(names, language)
    ]
    assert missing == []


def test_sources_that_disagree_are_both_kept() -> None:
    project = RegistrySnapshot(load_shipped()).projects["citizens-voice"]
    second = project.phases[2]
    assert [str(end) for end in second.ends] == ["2017-03", "2020-03", "2020-08-31"]


def test_a_name_of_two_projects_belongs_to_both() -> None:
    aliases = RegistrySnapshot(load_shipped()).aliases
    assert {alias.slug for alias in aliases if alias.text == "Успешный аймак"} == {
        "successful-aimak",
        "successful-aimak-2",
    }


def test_a_missing_field_is_named_with_its_file_and_record(raw: dict[str, list[dict[str, Any]]]) -> None:
    del record(raw, "project", "psi")["as_of"]
    with pytest.raises(InvalidRecord, match=r"projects\.toml, psi, as_of: a text is expected"):
        build(raw, FILES)


def test_an_unknown_field_is_named(raw: dict[str, list[dict[str, Any]]]) -> None:
    record(raw, "term", "pser")["defintion"] = {"ru": "…"}
    with pytest.raises(InvalidRecord, match=r"terms\.toml, pser, defintion: this field is not known"):
        build(raw, FILES)


def test_a_body_that_is_not_in_the_registry_is_named(raw: dict[str, list[dict[str, Any]]]) -> None:
    record(raw, "project", "eged")["donors"] = ["nobody"]
    with pytest.raises(InvalidRecord, match="eged, donors: “nobody” is not in the registry"):
        build(raw, FILES)


def test_a_date_that_is_none_is_named(raw: dict[str, list[dict[str, Any]]]) -> None:
    record(raw, "event", "gamsumo-seminar")["on"] = "19.12.2019"
    with pytest.raises(InvalidRecord, match=r"gamsumo-seminar, on: .19\.12\.2019. is no date"):
        build(raw, FILES)


def test_a_slug_that_stands_twice_is_named(raw: dict[str, list[dict[str, Any]]]) -> None:
    raw["contact"].append(dict(raw["contact"][0]))
    with pytest.raises(InvalidRecord, match="stands twice"):
        build(raw, FILES)


def test_a_contact_without_phone_or_mail_is_refused(raw: dict[str, list[dict[str, Any]]]) -> None:
    record(raw, "contact", "eged-dpi")["emails"] = []
    with pytest.raises(InvalidRecord, match="a phone or an e-mail is expected"):
        build(raw, FILES)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2016-02-03", "2016-02-03", "2016-02-03"),
    ],
)
def test_a_date_is_as_exact_as_its_source(text: str, first: str, last: str) -> None:
    when = PartialDate.parse(text)
    assert (when.first_day().isoformat(), when.last_day().isoformat(), str(when)) == (first, last, text)


@pytest.mark.parametrize("text", ["", "2016-13", "2016-02-30", "year", "2016-1-1-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(text)
