"""Releases: what partners published, each with the topics, territories, projects and organisations it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, JsonList, LongText, RowId, Slug


class ReleaseRow(Base):
    """One publication of one source.

    `id` is the sequence number in which releases were first seen: rows are inserted one transaction after another,
    so a reader that has seen a number has seen every smaller one.
    """

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("source_id", "identity"),
        Index(None, "canonical_url"),
        Index(None, "published_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    identity: Mapped[str] = mapped_column(String(512))
    url: Mapped[LongText | None]
    canonical_url: Mapped[LongText | None]
    title: Mapped[LongText]
    lead: Mapped[LongText] = mapped_column(default="")
    body: Mapped[LongText] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(8))
    published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    silent: Mapped[bool] = mapped_column(default=False)
    """Archived without being told: the first fetch of a source, a burst, a staff decision."""
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    translation_of: Mapped[int | None] = mapped_column(ForeignKey("releases.id"), index=True)
    """The release that says the same in another language and was here first."""
    image_url: Mapped[LongText | None]
    extra: Mapped[Json] = mapped_column(default=dict)
    """Enclosures, related titles, the place in the dateline, what the tagger saw."""


_COPY = ReleaseRow.duplicate_of.is_not(None)
Index(None, ReleaseRow.duplicate_of, sqlite_where=_COPY, postgresql_where=_COPY)
"""Copies alone: nearly every release is none, and an index of those would mislead the planner."""


class ReleaseTopicRow(Base):
    """A release is about a topic."""

    __tablename__ = "release_topics"
    __table_args__ = (Index(None, "topic", "release_id"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[Slug] = mapped_column(primary_key=True)


class ReleaseTerritoryRow(Base):
    """A release is about a territory; every parent of it has a row too."""

    __tablename__ = "release_territories"
    __table_args__ = (Index(None, "territory", "release_id"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    territory: Mapped[Slug] = mapped_column(primary_key=True)


class ReleaseProjectRow(Base):
    """A release names a project."""

    __tablename__ = "release_projects"
    __table_args__ = (Index(None, "project", "release_id"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    project: Mapped[Slug] = mapped_column(primary_key=True)


class ReleaseOrganisationRow(Base):
    """A release names an organisation."""

    __tablename__ = "release_organisations"
    __table_args__ = (Index(None, "organisation", "release_id"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    organisation: Mapped[Slug] = mapped_column(primary_key=True)


class ReleaseShingleRow(Base):
    """One of the smallest hashes of a release's three-word shingles, by which its copies are found."""

    __tablename__ = "release_shingles"
    __table_args__ = (Index(None, "release_id"),)

    shingle: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)


class ReleaseVersionRow(Base):
    """What a release said before its source changed it."""

    __tablename__ = "release_versions"
    __table_args__ = (Index(None, "release_id"),)

    id: Mapped[RowId]
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    title: Mapped[LongText]
    lead: Mapped[LongText]
    body: Mapped[LongText]
    replaced_at: Mapped[datetime]


class TagCorrectionRow(Base):
    """Something was said of a release's topic: by a reader, by the tagger, by staff.  Kept for ever."""

    __tablename__ = "tag_corrections"
    __table_args__ = (Index(None, "release_id"),)

    id: Mapped[RowId]
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    topic: Mapped[Slug]
    verdict: Mapped[str] = mapped_column(String(16))
    """`doubted` by a reader; `uncertain` by the tagger; `added`, `removed`, `confirmed` or `declined` by staff."""
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    why: Mapped[JsonList] = mapped_column(default=list)
