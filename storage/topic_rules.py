"""The rules of topics as they are in force: the shipped ones, and what staff made of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.errors import N_, StorageError
from storage.models import AuditRow, DataVersionRow, TopicRow
from storage.registry.topics import BadTopic, TopicData, read_topics
from storage.staff import record

_PART: Final = "topics"
_CHANGED: Final = "topic.rules"
_LONGEST: Final = 100_000
_PLACEHOLDER: Final = "words of staff"

Document = Mapping[str, Any]
"""One topic as data: what `read_topics` takes, with one topic in it and the shared groups."""


class UnreadableRules(StorageError):
    """What was sent is neither rules nor words."""

    code: ClassVar[str] = "topics.unreadable"
    sentence: ClassVar[str] = N_("I cannot read these rules: {problem}.")


class UnknownTopic(StorageError):
    """There is no such topic."""

    code: ClassVar[str] = "topics.unknown"
    sentence: ClassVar[str] = N_("There is no topic “{topic}”.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A topic with its rules, not in force yet."""

    document: Document
    topic: TopicData
    new: bool
    """Whether there was no such topic before."""


class TopicRules:
    """The rules in force.  Kept in memory, and read again when their version has grown."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._topics: tuple[TopicData, ...] = ()

    async def topics(self) -> tuple[TopicData, ...]:
        """Every topic, the shipped ones first.  The same object as long as nothing changes."""
        async with self._database.read() as session:
            row = await session.get(DataVersionRow, _PART)
            version = row.version if row else 0
            if version != self._version:
                documents = await _documents(session)
                self._topics = tuple(read_topics(document)[0] for document in documents.values())
                self._version = version
        return self._topics

    async def document(self, slug: str) -> Document:
        """A topic as data; raises UnknownTopic."""
        async with self._database.read() as session:
            documents = await _documents(session)
        if slug not in documents:
            raise UnknownTopic(topic=slug)
        return documents[slug]

    async def draft(self, text: str, slug: str | None = None) -> Draft:
        """What a text would make of a topic; nothing is stored.  Raises UnreadableRules, BadTopic, UnknownTopic.

        The text is TOML as in `topics.toml`: a whole `[[topic]]`, or some `[[rule]]`s of the topic that `slug` names,
        here or in the text (a rule of the same name is replaced, `remove` names those that go).  Any other text is
        phrases, one a line, of which each is enough for the topic.
        """
        async with self._database.read() as session:
            documents = await _documents(session)
        document = _drafted(text[:_LONGEST], slug, documents)
        topic = read_topics(document)[0]
        return Draft(document, topic, topic.slug not in documents)

    async def save(self, draft: Draft, by: int | None, now: datetime) -> None:
        """Puts a draft in force, in the audit with what was before."""
        async with self._database.write() as session:
            row = await session.get(TopicRow, draft.topic.slug)
            if row is None:
                row = TopicRow(slug=draft.topic.slug, names=draft.topic.names.as_mapping(), position=100)
                session.add(row)
            details = {"before": row.rules}
            row.rules = dict(draft.document)
            record(session, by, _CHANGED, f"topic {draft.topic.slug}", now, details)
            await _grow(session)

    async def revert(self, slug: str, by: int | None, now: datetime) -> bool:
        """Puts back what was before the last change that still stands; False where staff changed nothing."""
        async with self._database.write() as session:
            changes = await session.scalars(
                select(AuditRow)
                .where(AuditRow.action == _CHANGED, AuditRow.subject == f"topic {slug}")
                .order_by(AuditRow.id.desc())
            )
            last = next((change for change in changes if not change.details.get("reverted")), None)
            row = await session.get(TopicRow, slug)
            if last is None or row is None:
                return False
            row.rules = last.details.get("before")
            last.details = {**last.details, "reverted": True}
            record(session, by, "topic.revert", f"topic {slug}", now)
            await _grow(session)
            return True


def shipped_documents() -> dict[str, Document]:
    """The shipped topics as data, by slug."""
    data = tomllib.loads(files("storage.registry").joinpath("topics.toml").read_text("utf-8"))
    return {topic["slug"]: {"groups": data.get("groups", {}), "topic": [topic]} for topic in data["topic"]}


async def _documents(session: AsyncSession) -> dict[str, Document]:
    documents = shipped_documents()
    rows = await session.scalars(
        select(TopicRow).where(TopicRow.rules.is_not(None)).order_by(TopicRow.position)
    )
    documents.update({row.slug: row.rules for row in rows if row.rules})
    return documents


async def _grow(session: AsyncSession) -> None:
    row = await session.get(DataVersionRow, _PART)
    if row is None:
        session.add(DataVersionRow(part=_PART, version=1))
    else:
        row.version += 1


def _drafted(text: str, slug: str | None, documents: Mapping[str, Document]) -> Document:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if "[[" in text or "=" in text or slug is None:
            raise UnreadableRules(problem=error) from error
        data = {"rule": [{"name": _PLACEHOLDER, "words": [_phrases(text)]}]}
    try:
        return _whole(data, documents) if "topic" in data else _patched(data, slug, documents)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableRules(problem=error) from error


def _whole(data: Mapping[str, Any], documents: Mapping[str, Document]) -> Document:
    if len(data["topic"]) != 1:
        raise UnreadableRules(problem="one [[topic]] at a time")
    shared = next(iter(documents.values()))["groups"]
    document = {"groups": {**shared, **data.get("groups", {})}, "topic": [dict(data["topic"][0])]}
    read_topics(document)
    return document


def _patched(data: Mapping[str, Any], slug: str | None, documents: Mapping[str, Document]) -> Document:
    slug = str(data.get("slug", slug))
    if slug not in documents:
        raise UnknownTopic(topic=slug)
    if unknown := set(data) - {"slug", "rule", "remove", "groups"}:
        raise BadTopic(topic=slug, rule="", problem=f"unknown field {', '.join(sorted(unknown))}")
    topic = dict(documents[slug]["topic"][0])
    given = {rule.get("name", "?"): rule for rule in data.get("rule", [])}
    gone = {*data.get("remove", []), *given}
    rules = [rule for rule in topic["rule"] if rule["name"] not in gone]
    if _PLACEHOLDER in given:
        given[_PLACEHOLDER] = _with_earlier(given[_PLACEHOLDER], topic["rule"])
    topic["rule"] = [*rules, *given.values()]
    topic["groups"] = {**topic.get("groups", {}), **data.get("groups", {})}
    document = {"groups": documents[slug]["groups"], "topic": [topic]}
    read_topics(document)
    return document


def _with_earlier(rule: Mapping[str, Any], rules: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Words of staff add to those they sent before."""
    before: list[str] = next((one["words"][0] for one in rules if one["name"] == _PLACEHOLDER), [])
    return {**rule, "words": [list(dict.fromkeys((*before, *rule["words"][0])))]}


def _phrases(text: str) -> list[str]:
    lines = (
        " ".join(line.replace("-", " ").strip(' .,;•—«»"').lower().split()) for line in text.splitlines()
    )
    return list(dict.fromkeys(filter(None, lines)))
