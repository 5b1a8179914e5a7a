"""The registry: projects, organisations, contacts, terms, events, and by what names people call them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, Json, LongText, RowId, Slug


class TopicRow(Base):
    """A topic one can subscribe to; its rules come from the shipped data unless staff changed them."""

    __tablename__ = "topics"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    names: Mapped[Json]
    position: Mapped[int] = mapped_column(default=0)
    rules: Mapped[Json | None]


class TerritoryRow(Base):
    """An oblast, a city, a district or a municipality, under its parent."""

    __tablename__ = "territories"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    parent: Mapped[Slug | None] = mapped_column(index=True)
    kind: Mapped[Code]
    """`oblast`, `city`, `district` or `municipality`."""
    names: Mapped[Json]
    aliases: Mapped[Json] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)


class RegistryRecordRow(Base):
    """One record of the registry: its names, and the whole of what is known as a document with sources and dates."""

    __tablename__ = "registry_records"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    """`project`, `organisation`, `contact`, `term`, `event`, `faq` or `municipality`."""
    slug: Mapped[Slug] = mapped_column(primary_key=True)
    names: Mapped[Json]
    data: Mapped[Json]
    as_of: Mapped[date | None]
    source_url: Mapped[LongText | None]
    origin: Mapped[Code] = mapped_column(default="shipped")
    """`shipped`, or `staff` where a person changed it: what staff wrote is never overwritten by an update."""
    updated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AliasRow(Base):
    """A name by which people call a record of the registry."""

    __tablename__ = "aliases"
    __table_args__ = (
        Index(None, "kind", "slug"),
        Index("uq_aliases_folded", "folded", "kind", "slug", unique=True),
    )

    id: Mapped[RowId]
    kind: Mapped[Code]
    slug: Mapped[Slug]
    text: Mapped[str] = mapped_column(String(255))
    folded: Mapped[str] = mapped_column(String(255))
    origin: Mapped[Code] = mapped_column(default="shipped")


class DataVersionRow(Base):
    """A counter that grows with every change to a part of the data, so that caches know when to look again."""

    __tablename__ = "data_versions"

    part: Mapped[Slug] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str | None] = mapped_column(String(64))
    """The hash of the shipped files that were last filled in."""
