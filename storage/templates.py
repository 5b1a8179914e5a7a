"""Texts that staff announce again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from storage.announcements import Content, content_as_json, content_from_json
from storage.database import Database
from storage.models import AnnouncementTemplateRow
from storage.staff import StaffMember, record

MOST_SHOWN = 30
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
            record(session, by.user_id, "template.save", f"template {row.id}", now)
            return _template(row)

    async def seen_by(self, member: StaffMember) -> tuple[Template, ...]:
        """What a staff member may use, newest first."""
        query = select(AnnouncementTemplateRow).order_by(AnnouncementTemplateRow.id.desc()).limit(MOST_SHOWN)
        if member.territory:
            territory = AnnouncementTemplateRow.territory
            query = query.where(or_(territory.is_(None), territory == member.territory))
        async with self._database.read() as session:
            return tuple(_template(row) for row in await session.scalars(query))

    async def get(self, template_id: int, member: StaffMember) -> Template | None:
        """A template that the staff member may use, or None."""
        return next((each for each in await self.seen_by(member) if each.id == template_id), None)

    async def drop(self, template_id: int, by: StaffMember, now: datetime) -> bool:
        """Removes a template; False for one that is not there or not theirs."""
        async with self._database.write() as session:
            row = await session.get(AnnouncementTemplateRow, template_id)
            if row is None or by.territory not in (None, row.territory):
                return False
            await session.delete(row)
            record(session, by.user_id, "template.drop", f"template {template_id}", now, {"name": row.name})
            return True


def _template(row: AnnouncementTemplateRow) -> Template:
    return Template(row.id, row.name, content_from_json(row.content), row.territory)
