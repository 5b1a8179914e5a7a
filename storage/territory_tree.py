"""The territories as a tree: oblasts and cities at the top, districts under them, municipalities under those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.languages import Language, Names
from storage.models import TerritoryRow


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory and what it lies in."""

    slug: str
    parent: str | None
    names: Names


class TerritoryTree:
    """Territories in the order in which they are shown.  One whose parent is not there is at the top."""

    def __init__(self, territories: Iterable[Territory] = ()) -> None:
        self._by_slug = {each.slug: each for each in territories}
        self._under: dict[str | None, list[Territory]] = defaultdict(list)
        for each in self._by_slug.values():
            self._under[each.parent if each.parent in self._by_slug else None].append(each)

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    def get(self, slug: str | None) -> Territory | None:
        """The territory; None where there is none."""
        return self._by_slug.get(slug or "")

    def all(self) -> tuple[Territory, ...]:
        """Every territory."""
        return tuple(self._by_slug.values())

    def under(self, slug: str | None) -> Sequence[Territory]:
        """What lies directly in a territory; None: what is at the top."""
        return tuple(self._under.get(slug, ()))

    def parent(self, slug: str) -> str | None:
        """What a territory lies in; None at the top."""
        territory = self._by_slug.get(slug)
        return territory.parent if territory and territory.parent in self._by_slug else None

    def lies_in(self, slug: str, whole: str) -> bool:
        """Whether a territory lies in another, at whatever depth, and is not that other itself."""
        at, seen = self.parent(slug), {slug}
        while at is not None and at not in seen:
            if at == whole:
                return True
            seen.add(at)
            at = self.parent(at)
        return False

    def covers(self, whole: str | None, place: str | None) -> bool:
        """Whether a territory is another or lies in it; None is the whole country."""
        return whole is None or (place is not None and (place == whole or self.lies_in(place, whole)))

    def name(self, slug: str, language: Language) -> str:
        """The name of a territory; its slug where it is not there."""
        territory = self._by_slug.get(slug)
        return territory.names.in_(language) if territory else slug


async def territory_tree(database: Database) -> TerritoryTree:
    """The tree as it is now; what staff added is in it."""
    async with database.read() as session:
        return await read_tree(session)


async def read_tree(session: AsyncSession) -> TerritoryTree:
    """The tree as it is now, within a transaction."""
    query = select(TerritoryRow.slug, TerritoryRow.parent, TerritoryRow.names)
    rows = await session.execute(query.order_by(TerritoryRow.position, TerritoryRow.slug))
    return TerritoryTree(Territory(slug, parent, Names.from_mapping(names)) for slug, parent, names in rows)
