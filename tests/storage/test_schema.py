"""The migrations make the tables that the models describe, on both engines, and can be taken back."""

from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.schema import current_revision, differences, downgrade, newest_revision, upgrade


@pytest.fixture
def postgresql_database(fresh_postgresql_database: Database) -> Database:
    return fresh_postgresql_database


async def test_the_migrated_schema_is_the_one_of_the_models(database: Database) -> None:
    assert await differences(database) == []
    assert await current_revision(database) == newest_revision()


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await upgrade(database)
    assert await differences(database) == []


async def test_every_migration_can_be_taken_back_and_made_again(database: Database) -> None:
    await downgrade(database, "base")
    assert await current_revision(database) is None
    await upgrade(database)
    assert await differences(database) == []


async def test_a_difference_between_models_and_schema_is_seen(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("ALTER TABLE chats DROP COLUMN timezone"))
    assert [difference[0] for difference in await differences(database)] == ["add_column"]


async def test_foreign_keys_are_enforced_after_a_migration(sqlite_database: Database) -> None:
    await upgrade(sqlite_database)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        async with sqlite_database.write() as session:
            await session.execute(text("INSERT INTO release_topics (release_id, topic) VALUES (404, 'pser')"))


async def test_two_programs_that_start_at_once_make_one_schema(tmp_path: Path) -> None:
    import asyncio

    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'jarchy.db'}"
    first, second = Database(url), Database(url)
    await asyncio.gather(upgrade(first), upgrade(second))
    assert await differences(first) == []
    await first.close()
    await second.close()
