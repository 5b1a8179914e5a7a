"""The rules of topics as they are in force: the shipped ones, and what staff made of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, ClassVar, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import to_latin
from storage.database import Database
from storage.errors import N_, StorageError
from storage.languages import Names
from storage.models import AuditRow, DataVersionRow, ReleaseTopicRow, TagCorrectionRow, TopicRow
from storage.registry.offered import PART, shipped_names, version_of
from storage.registry.topics import BadTopic, TopicData, read_topics
from storage.staff import record
from storage.tag_corrections import DECIDED, Mistake, Tally, mistakes, tallies

_CHANGED: Final = "topic.rules"
_LONGEST: Final = 100_000
STAFF_WORDS: Final = "words of staff"
"""The rule that holds phrases which staff sent as plain words."""
_AFTER_THE_SHIPPED: Final = 100
"""Where topics of staff stand among the others."""

Document = Mapping[str, Any]
"""One topic as data: what `read_topics` takes, with one topic in it and the shared groups."""


class UnreadableRules(StorageError):
    """What was sent is neither rules nor words."""

    code: ClassVar[str] = "topics.unreadable"
    sentence: ClassVar[str] = N_("I cannot read these rules: {problem}.")

    @property
    def line(self) -> int | None:
        """The line that is not as TOML has it; None where the whole is another thing."""
        found = re.search(r"\(at line (\d+)", str(self.params["problem"]))
        return int(found[1]) if found else None


class TopicExists(StorageError):
    """There is a topic of this name already."""

    code: ClassVar[str] = "topics.exists"
    sentence: ClassVar[str] = N_("There is a topic “{topic}” already.")


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
            version = await version_of(session)
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

    async def draft_new(self, names: Names, text: str) -> Draft:
        """What a name and phrases, one a line, would make: a topic for which each phrase is enough.  Nothing is stored.

        Raises TopicExists, and BadTopic where there is no phrase.
        """
        async with self._database.read() as session:
            documents = await _documents(session)
        if names.ru.casefold() in {name.ru.casefold() for name in _named(documents)}:
            raise TopicExists(topic=names.ru)
        slug = slug_of(names, documents)
        rule = _words_rule(text[:_LONGEST])
        topic = {"slug": slug, "names": names.as_mapping(), "rule": [rule]}
        document = {"groups": next(iter(documents.values()))["groups"], "topic": [topic]}
        return Draft(document, read_topics(document)[0], new=True)

    async def save(self, draft: Draft, by: int | None, now: datetime) -> None:
        """Puts a draft in force, in the audit with what was before."""
        async with self._database.write() as session:
            row = await session.get(TopicRow, draft.topic.slug)
            if row is None:
                row = TopicRow(slug=draft.topic.slug, position=_AFTER_THE_SHIPPED)
                session.add(row)
            details = {"before": row.rules}
            row.names, row.rules = draft.topic.names.as_mapping(), dict(draft.document)
            record(session, by, _CHANGED, f"topic {draft.topic.slug}", now, details)
            await _grow(session)

    async def mark(
        self, slug: str, on: Collection[int], off: Collection[int], by: int | None, now: datetime
    ) -> tuple[int, int]:
        """Puts a topic on stored releases and takes it off others, in the audit; returns how many of each.

        Nobody is told of these releases.  What staff decided of one by one stays as they decided.
        """
        async with self._database.write() as session:
            decided = await _decided(session, slug)
            has = set(
                await session.scalars(select(ReleaseTopicRow.release_id).where(ReleaseTopicRow.topic == slug))
            )
            added, removed = set(on) - has - decided, (set(off) & has) - decided
            session.add_all(ReleaseTopicRow(release_id=each, topic=slug) for each in sorted(added))
            await session.execute(
                delete(ReleaseTopicRow).where(
                    ReleaseTopicRow.topic == slug, ReleaseTopicRow.release_id.in_(removed)
                )
            )
            details = {"added": sorted(added), "removed": sorted(removed)}
            record(session, by, "topic.mark", f"topic {slug}", now, details)
            return len(added), len(removed)

    async def standing(
        self, slug: str, since: datetime, limit: int = 10
    ) -> tuple[tuple[Tally, ...], tuple[Mistake, ...]]:
        """How right a topic has been by month, newest first, and its latest mistakes."""
        async with self._database.read() as session:
            months = [tally for tally in await tallies(session, since) if tally.topic == slug]
            return tuple(months), await mistakes(session, slug, since, limit)

    async def revert(self, slug: str, by: int | None, now: datetime) -> bool:
        """Puts back what was before the last change that still stands; False where staff changed nothing.

        A topic that was new with that change is no longer offered.
        """
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
            row.names = _names_before(slug, row).as_mapping()
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


def slug_of(names: Names, taken: Collection[str]) -> str:
    """What names a new topic for good: its name in Latin letters, with a number where that is taken.  Pure."""
    said = re.sub(r"[^a-z0-9]+", "_", to_latin(names.en or names.ru).lower()).strip("_")
    slug = (said if said[:1].isalpha() else f"t_{said}")[:18].strip("_")
    numbered = (f"{slug}{number}" for number in range(2, 100))
    return next(one for one in (slug, *numbered) if one not in taken)


def _named(documents: Mapping[str, Document]) -> Iterator[Names]:
    return (Names.from_mapping(document["topic"][0]["names"]) for document in documents.values())


def _names_before(slug: str, row: TopicRow) -> Names:
    if row.rules:
        return Names.from_mapping(row.rules["topic"][0]["names"])
    return shipped_names().get(slug) or Names.from_mapping(row.names)


async def _grow(session: AsyncSession) -> None:
    row = await session.get(DataVersionRow, PART)
    if row is None:
        session.add(DataVersionRow(part=PART, version=1))
    else:
        row.version += 1


async def _decided(session: AsyncSession, slug: str) -> set[int]:
    rows = select(TagCorrectionRow.release_id).where(
        TagCorrectionRow.topic == slug, TagCorrectionRow.verdict.in_(DECIDED)
    )
    return set(await session.scalars(rows))


def _drafted(text: str, slug: str | None, documents: Mapping[str, Document]) -> Document:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if "[[" in text or "=" in text or slug is None:
            raise UnreadableRules(problem=error) from error
        data = {"rule": [_words_rule(text)]}
    try:
        return _whole(data, documents) if "topic" in data else _patched(data, slug, documents)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableRules(problem=error) from error


def _whole(data: Mapping[str, Any], documents: Mapping[str, Document]) -> Document:
    if len(data["topic"]) != 1:
        raise BadTopic("—", "", N_("one [[topic]] at a time"))
    shared = next(iter(documents.values()))["groups"]
    document = {"groups": {**shared, **data.get("groups", {})}, "topic": [dict(data["topic"][0])]}
    read_topics(document)
    return document


def _patched(data: Mapping[str, Any], slug: str | None, documents: Mapping[str, Document]) -> Document:
    slug = str(data.get("slug", slug))
    if slug not in documents:
        raise UnknownTopic(topic=slug)
    if unknown := set(data) - {"slug", "rule", "remove", "groups", "learned"}:
        raise BadTopic(slug, "", N_("unknown field {text}"), text=", ".join(sorted(unknown)))
    topic = dict(documents[slug]["topic"][0])
    given = {rule.get("name", "?"): rule for rule in data.get("rule", [])}
    gone = {*data.get("remove", []), *given}
    rules = [rule for rule in topic["rule"] if rule["name"] not in gone]
    if STAFF_WORDS in given:
        given[STAFF_WORDS] = _with_earlier(given[STAFF_WORDS], topic["rule"])
    topic["rule"] = [*rules, *given.values()]
    topic["groups"] = {**topic.get("groups", {}), **data.get("groups", {})}
    topic["learned"] = data.get("learned", topic.get("learned", False))
    document = {"groups": documents[slug]["groups"], "topic": [topic]}
    read_topics(document)
    return document


def _with_earlier(rule: Mapping[str, Any], rules: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Words of staff add to those they sent before."""
    before: list[str] = next((one["words"][0] for one in rules if one["name"] == STAFF_WORDS), [])
    return {**rule, "words": [list(dict.fromkeys((*before, *rule["words"][0])))]}


def _words_rule(text: str) -> dict[str, Any]:
    """What staff say makes a topic does so, whatever was learnt of it before."""
    return {"name": STAFF_WORDS, "words": [_phrases(text)], "sure": True}


def _phrases(text: str) -> list[str]:
    lines = (
        " ".join(line.replace("-", " ").strip(' .,;•—«»"').lower().split()) for line in text.splitlines()
    )
    return list(dict.fromkeys(filter(None, lines)))
