"""The registry in the database, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.registry import InvalidRecord, Registry, UnknownRecord, load_shipped
from storage.registry.shipped import shipped_records


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
