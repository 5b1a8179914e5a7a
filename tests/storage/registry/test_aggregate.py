"""The registry in the database, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.rules import RegistryTagger
from storage.database import Database
from storage.labels import fill_labels
from storage.registry import (
    Change,
    ChangedSince,
    InvalidRecord,
    Registry,
    UnknownChange,
    UnknownRecord,
    load_shipped,
)
from storage.registry.changes import NameIsKnown
from storage.registry.shipped import shipped_records
from storage.territory_tree import territory_tree


def shipped(kind: str, slug: str) -> dict[str, Any]:
    return dict(next(values for values in shipped_records()[kind] if values["slug"] == slug))


async def test_filling_twice_changes_nothing_the_second_time(database: Database, now: datetime) -> None:
    registry = Registry(database)
    assert await registry.fill(now)
    first = await registry.snapshot()
    assert not await registry.fill(now + timedelta(days=1))
    assert await registry.snapshot() is first


async def test_what_is_stored_is_what_is_shipped(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    stored, files = (await registry.snapshot()).data, load_shipped()
    for kind in ("projects", "organisations", "contacts", "terms", "events", "places", "topics"):
        assert {record.slug: record for record in getattr(stored, kind)} == {
            record.slug: record for record in getattr(files, kind)
        }


async def test_an_empty_registry_can_be_asked(database: Database) -> None:
    assert (await Registry(database).snapshot()).data.projects == ()


async def test_what_staff_wrote_survives_an_update(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    changed = shipped("term", "pduu") | {"definition": {"ru": "Слова сотрудника."}}
    await registry.put("term", changed, now)
    await _forget_digest(database)
    assert await registry.fill(now)
    assert (await registry.snapshot()).terms["pduu"].definition.ru == "Слова сотрудника."


async def test_a_wrong_record_is_refused_whole(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    before = await registry.snapshot()
    with pytest.raises(InvalidRecord):
        await registry.put("project", shipped("project", "eged") | {"donors": ["nobody"]}, now)
    assert await registry.snapshot() is before


async def test_a_name_that_staff_add_is_known_at_once(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    await registry.add_alias("project", "psi", "Услуги рядом", now)
    aliases = (await registry.snapshot()).aliases
    assert ("Услуги рядом", "psi") in {(alias.text, alias.slug) for alias in aliases}


async def test_a_name_for_what_is_not_there_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(UnknownRecord):
        await Registry(database).add_alias("project", "nothing", "Ничто", now)


async def _forget_digest(database: Database) -> None:
    from storage.models import DataVersionRow

    async with database.write() as session:
        row = await session.get(DataVersionRow, "registry")
        assert row is not None
        row.digest = None


async def test_a_change_is_in_the_audit_with_what_was_before_and_can_be_taken_back(
    database: Database, now: datetime
) -> None:
    registry = Registry(database)
    await registry.fill(now)
    before = await registry.holdings()
    changed = shipped("term", "pduu") | {"definition": {"ru": "Слова сотрудника."}}
    made = await registry.put("term", changed, now, by=7)
    (recorded,) = await registry.history("term", "pduu")
    assert (recorded.id, recorded.actor_id) == (made, 7)
    assert recorded.change.old == before["term", "pduu"]
    assert recorded.change.new == changed
    await registry.revert(made, now, by=7)
    assert await registry.holdings() == before
    assert len(await registry.history("term")) == 2


async def test_changes_made_together_are_taken_back_together(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    before = await registry.holdings()
    faq = {"slug": "x", "questions": ["Что это?"], "answer": {"ru": "Пример."}, "as_of": "2026-11-20"}
    alias = {"kind": "faq", "slug": "x", "text": "Пример"}
    changes = [Change("faq", "x", None, faq), Change("alias", "faq x: Пример", None, alias)]
    made = await registry.change(changes, now)
    assert (await registry.snapshot()).faqs["x"].answer.ru == "Пример."
    await registry.revert(made, now, whole=True)
    assert await registry.holdings() == before
    assert (await registry.snapshot()).faqs == {}


async def test_a_change_on_which_another_stands_is_not_taken_back(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    first = await registry.put("term", shipped("term", "pduu") | {"definition": {"ru": "Раз."}}, now)
    await registry.put("term", shipped("term", "pduu") | {"definition": {"ru": "Два."}}, now)
    with pytest.raises(ChangedSince):
        await registry.revert(first, now)
    assert (await registry.snapshot()).terms["pduu"].definition.ru == "Два."


async def test_what_is_no_change_cannot_be_taken_back(database: Database, now: datetime) -> None:
    with pytest.raises(UnknownChange):
        await Registry(database).revert(12, now)


async def test_what_staff_took_away_does_not_come_back_with_an_update(
    database: Database, now: datetime
) -> None:
    registry = Registry(database)
    await registry.fill(now)
    held = await registry.holdings()
    await registry.change(
        [Change("event", "memorandum-apap-dpi", held["event", "memorandum-apap-dpi"], None)], now
    )
    await _forget_digest(database)
    await registry.fill(now)
    assert "memorandum-apap-dpi" not in (await registry.snapshot()).events


async def test_a_name_that_a_record_has_already_is_refused(database: Database, now: datetime) -> None:
    registry = Registry(database)
    await registry.fill(now)
    with pytest.raises(NameIsKnown):
        await registry.add_alias("project", "psi", "УУМУ", now)
    assert await registry.history() == ()


VILLAGE = {
    "slug": "taldyk-aa",
    "parent": "kochkor",
    "names": {"ru": "Мисальский айылный аймак", "ky": "Мисал айыл аймагы"},
    "aliases": ["Мисаловка"],
}


async def test_a_municipality_of_staff_is_found_in_texts_and_can_be_chosen(
    database: Database, now: datetime
) -> None:
    await fill_labels(database)
    registry = Registry(database)
    tagger = RegistryTagger(registry)
    await tagger.renew()
    text = "Жители Мисальского айылного аймака и Мисаловки выбрали старосту"
    assert tagger(text, "").territories == ()
    made = await registry.put("municipality", VILLAGE, now, 7)
    await tagger.renew()
    assert tagger(text, "").territories == ("naryn", "kochkor", "taldyk-aa")
    assert tagger("Мисал айыл аймагында жыйын өттү", "").territories == ("naryn", "kochkor", "taldyk-aa")
    tree = await territory_tree(database)
    assert [each.slug for each in tree.under("kochkor")] == ["taldyk-aa"]
    place = (await registry.snapshot()).places["taldyk-aa"]
    assert (place.region, place.names.ky) == ("naryn", "Мисал айыл аймагы")
    await registry.revert(made, now, 7)
    await tagger.renew()
    assert tagger(text, "").territories == ()
    assert "taldyk-aa" not in await territory_tree(database)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"parent": "mars"}, "“mars” is not in the registry"),
        ({"slug": "naryn"}, "the slug stands twice"),
        ({"slug": "a" * 21}, "at most 20 characters fit"),
    ],
)
async def test_a_municipality_lies_in_a_territory_and_is_none_of_those_shipped(
    database: Database, now: datetime, wrong: dict[str, str], problem: str
) -> None:
    with pytest.raises(InvalidRecord, match=problem):
        await Registry(database).put("municipality", {**VILLAGE, **wrong}, now)
