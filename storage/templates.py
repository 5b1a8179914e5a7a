"""Texts that staff announce again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true

from storage.announcements import Content, content_as_json, content_from_json
from storage.audiences import within
from storage.database import Database
from storage.models import AnnouncementTemplateRow
from storage.staff import StaffMember, record
from storage.territory_tree import read_tree

NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Template:
    """A saved text, in each language it was written in."""

    id: int
    name: str
    content: Content
    territory: str | None


class Templates:
    """Templates belong to a territory where the one who saved them speaks to one only; others are everybody's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, name: str, content: Content, by: StaffMember, now: datetime) -> Template:
        """Keeps a text under a name; in the audit."""
        async with self._database.write() as session:
            row = AnnouncementTemplateRow(
                name=name[:NAME_LIMIT],
                content=content_as_json(content),
                territory=by.territory,
                saved_by=by.user_id,
                saved_at=now,
            )
            session.add(row)
            await session.flush()
            record(session, by.user_id, "template.save", f"template {row.id}", now, {"name": row.name})
            return _template(row)

    async def seen_by(
        self, member: StaffMember, limit: int, offset: int = 0
    ) -> tuple[tuple[Template, ...], int]:
        """What a staff member may use, newest first, and how many that is."""
        query = select(AnnouncementTemplateRow).where(_seen_by(member))
        count = select(func.count()).select_from(AnnouncementTemplateRow).where(_seen_by(member))
        page = query.order_by(AnnouncementTemplateRow.id.desc()).limit(limit).offset(offset)
        async with self._database.read() as session:
            found = tuple(_template(row) for row in await session.scalars(page))
            return found, await session.scalar(count) or 0

    async def get(self, template_id: int, member: StaffMember) -> Template | None:
        """A template that the staff member may use, or None."""
        query = select(AnnouncementTemplateRow).where(
            AnnouncementTemplateRow.id == template_id, _seen_by(member)
        )
        async with self._database.read() as session:
            row = await session.scalar(query)
            return _template(row) if row else None

    async def drop(self, template_id: int, by: StaffMember, now: datetime) -> bool:
        """Removes a template; False for one that is not there or not theirs."""
        async with self._database.write() as session:
            row = await session.get(AnnouncementTemplateRow, template_id)
            if row is None or not (await read_tree(session)).covers(by.territory, row.territory):
                return False
            await session.delete(row)
            record(session, by.user_id, "template.drop", f"template {template_id}", now, {"name": row.name})
            return True


def _seen_by(member: StaffMember) -> ColumnElement[bool]:
    """Those of the whole country, and those of the territory of a role and of its parts."""
    if member.territory is None:
        return true()
    territory = AnnouncementTemplateRow.territory
    return or_(territory.is_(None), territory.in_(within(member.territory)))


def _template(row: AnnouncementTemplateRow) -> Template:
    return Template(row.id, row.name, content_from_json(row.content), row.territory)
