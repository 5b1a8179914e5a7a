"""What was read becomes releases: tagged, compared with what is there, stored in one transaction.

Feeds, listings, channels and documents all end here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from feeds.addresses import canonical
from feeds.dates import BISHKEK
from feeds.identity import (
    Changed,
    Copy,
    KnownReleases,
    New,
    best_copy,
    containment,
    content_hash,
    decide,
    lead_and_body,
    release_identity,
    shingles,
    sketch,
)
from feeds.items import Document, Item, Related
from feeds.language import language_of
from feeds.translations import NEAR, linked
from storage.languages import Language
from storage.releases import KnownRelease, NewRelease, Release, Releases, ReleaseTags
from storage.sources import Source

BURST: Final = 15
"""More new items than this at once are a flood: a site rebuilt, an archive opened."""
LOUD_OF_A_BURST: Final = 5
LOUD_OF_A_TOPIC: Final = 2
"""Of a burst, the newest releases of each topic that are told though they are not among the newest of all."""
STALE: Final = timedelta(days=60)
"""An item that turns up with an older date fills the archive, and is not news."""

SAME_SOURCE_COPY: Final = 0.9

FEWEST_SHARED: Final = 2
"""Hashes that the sketches of two texts must share for the whole texts to be compared."""

PARTS: Final = "parts"
"""Under what the parts of an item are noted with its release."""

_MOST_COMPARED = 5
_MOST_EVIDENCE = 12


class Tagged(Protocol):
    """What a tagger says of a release, as slugs (see `feeds.tagging.Tags`)."""

    @property
    def topics(self) -> tuple[str, ...]: ...
    @property
    def territories(self) -> tuple[str, ...]: ...
    @property
    def projects(self) -> tuple[str, ...]: ...
    @property
    def organisations(self) -> tuple[str, ...]: ...
    @property
    def uncertain(self) -> tuple[str, ...]: ...


Tagger = Callable[[str, str], Tagged]
"""Title and text to tags; pure."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of the items of one reading, as release numbers; `hushed` were archived without being told."""

    new: tuple[int, ...] = ()
    hushed: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()


NOTHING_FILED: Final = Filed()


@dataclass(slots=True)
class _Batch:
    """New releases of one reading, the originals apart from the copies of others and of each other."""

    originals: list[NewRelease] = field(default_factory=list)
    _texts: list[frozenset[int]] = field(default_factory=list)
    _having: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By hash, the originals that have it in their sketches."""
    _copies: list[NewRelease] = field(default_factory=list)
    _repeats: list[tuple[NewRelease, int]] = field(default_factory=list)

    def add(self, release: NewRelease, full: frozenset[int], copy: Copy | None) -> None:
        """Puts a release where it belongs."""
        if copy is not None and copy.certain:
            self._copies.append(replace(release, duplicate_of=copy.of))
            return
        twin = self._twin(release, full)
        if twin is not None:
            self._repeats.append((release, twin))
            return
        for value in release.shingles:
            self._having[value].append(len(self._texts))
        self._texts.append(full)
        self.originals.append(_doubted(release, copy))

    def linked_copies(self, numbers: Sequence[int]) -> list[NewRelease]:
        """The copies, once the originals have numbers."""
        return self._copies + [
            replace(release, duplicate_of=numbers[twin]) for release, twin in self._repeats
        ]

    def _twin(self, release: NewRelease, full: frozenset[int]) -> int | None:
        shared = Counter(at for value in release.shingles for at in self._having.get(value, ()))
        near = sorted(at for at, count in shared.items() if count >= FEWEST_SHARED)
        return next((at for at in near if containment(full, self._texts[at]) >= SAME_SOURCE_COPY), None)


@dataclass(slots=True)
class _Sorted:
    new: list[Item] = field(default_factory=list)
    changed: list[tuple[int, Item]] = field(default_factory=list)


class Filing:
    """Files items of a source as releases.  One at a time, so that copies that arrive together see each other."""

    def __init__(self, releases: Releases, tagger: Tagger) -> None:
        self._releases = releases
        self._tagger = tagger
        self._one_at_a_time = asyncio.Lock()

    async def known(self, source: Source, items: Sequence[Item]) -> dict[str, KnownRelease]:
        """By item id, the releases of this source that the items are, by identity or by an address of their own."""
        wanted = await asyncio.to_thread(_wanted, items)
        identities = {identity for identity, _ in wanted.values()}
        found = await self._releases.known(source.id, identities, {address for _, address in wanted.values()})
        known = KnownReleases(found)
        by_item = {id_: known.find(identity, address) for id_, (identity, address) in wanted.items()}
        return {id_: release for id_, release in by_item.items() if release is not None}

    async def file(
        self, source: Source, items: Sequence[Item], now: datetime, *, silent: bool = False, hush: bool = True
    ) -> Filed:
        """Stores new items and updates changed ones; the same items again change nothing.

        `silent` fills the archive: nothing is told.  Otherwise, with `hush`, old items are archived without being
        told, and of a burst all but the newest few (see `without_burst`).  Without it everything is told: what staff
        bring in themselves.
        """
        async with self._one_at_a_time:
            found = await asyncio.to_thread(_sort, items, await self.known(source, items))
            for release_id, item in found.changed:
                changed, _ = await asyncio.to_thread(self._release, item, source.language, silent=False)
                await self._releases.change(release_id, changed, now)
            filed = await self._store(source, found.new, now, silent=silent, hush=hush and not silent)
            return replace(filed, changed=tuple(release_id for release_id, _ in found.changed))

    async def _store(
        self, source: Source, items: Sequence[Item], now: datetime, *, silent: bool, hush: bool
    ) -> Filed:
        """Originals first, oldest first, so that numbers follow time; then the copies, which name them."""
        batch = _Batch()
        for item in sorted(items, key=lambda item: item.published_at or now):
            untold = silent or (hush and is_stale(item, now))
            release, full = await asyncio.to_thread(self._release, item, source.language, silent=untold)
            near = await self._releases.nearest(release.shingles, FEWEST_SHARED, _MOST_COMPARED)
            others = await self._releases.many(near) if near else ()
            await asyncio.to_thread(_place, batch, source, release, full, others)
        originals = without_burst(batch.originals) if hush else batch.originals
        originals = await self._with_translations(source, originals, now)
        numbers = await self._releases.store(source.id, originals, now)
        copies = batch.linked_copies(numbers)
        copy_numbers = await self._releases.store(source.id, copies, now) if copies else ()
        quiet = {number for number, release in zip(numbers, originals, strict=True) if release.silent}
        told = tuple(number for number in numbers if number not in quiet)
        return Filed(new=told, hushed=tuple(sorted(quiet)), copies=copy_numbers)

    async def _with_translations(
        self, source: Source, releases: Sequence[NewRelease], now: datetime
    ) -> list[NewRelease]:
        """New releases, each with the one that says the same in another language, if the partner has published it."""
        days = [release.published_at or now for release in releases]
        if not days:
            return []
        known = await self._releases.beside(source.id, min(days) - NEAR, max(days) + NEAR)
        return await asyncio.to_thread(linked, releases, known, now)

    def _release(
        self, item: Item, language: str | None, *, silent: bool
    ) -> tuple[NewRelease, frozenset[int]]:
        """An item tagged, with all of its shingles.  Long texts take a while: run it beside the event loop."""
        lead, body = lead_and_body(item)
        tags = self._tagger(item.title, body if lead in body else f"{lead}\n{body}")
        full = shingles(body)
        release = NewRelease(
            identity=release_identity(item),
            title=item.title or lead[:120],
            language=_language(item, body, language),
            content_hash=content_hash(item),
            url=item.url or None,
            canonical_url=canonical(item.url) if item.url else None,
            lead=lead,
            body=body,
            published_at=item.published_at,
            image_url=item.image or None,
            extra=_extra(item, tags),
            tags=ReleaseTags(tags.topics, tags.territories, tags.projects, tags.organisations),
            shingles=sketch(full),
            silent=silent,
        )
        return release, full


def _place(
    batch: _Batch, source: Source, release: NewRelease, full: frozenset[int], others: Iterable[Release]
) -> None:
    batch.add(release, full, _copy(source, full, others))


def _copy(source: Source, full: frozenset[int], others: Iterable[Release]) -> Copy | None:
    """The stored release that a text repeats.

    Within one source only nearly the whole text again counts: its announcements resemble each other.
    """
    texts = {}
    for other in others:
        text = shingles(other.body)
        if other.source_slug != source.slug or containment(full, text) >= SAME_SOURCE_COPY:
            texts[other.id] = text
    return best_copy(full, texts)


def is_stale(item: Item, now: datetime) -> bool:
    """Whether an item that turns up now is too old to be news."""
    return item.published_at is not None and now - item.published_at > STALE


def without_burst(releases: Sequence[NewRelease]) -> list[NewRelease]:
    """Releases that came together, the oldest first, with all but the newest few silenced if they are a flood.  Pure.

    Loud stay the newest of all and the newest of each topic, so that who follows a topic hears of it; each of them
    says how many others there were, by what those are about: they are told as one line.
    """
    fresh = [at for at, release in enumerate(releases) if not release.silent]
    if len(fresh) <= BURST:
        return list(releases)
    newest = fresh[::-1]
    loud = set(newest[:LOUD_OF_A_BURST])
    for topic in {topic for at in fresh for topic in releases[at].tags.topics}:
        of_topic = [at for at in newest if topic in releases[at].tags.topics]
        loud.update(of_topic[:LOUD_OF_A_TOPIC])
    and_more = Counter(label for at in fresh if at not in loud for label in _labels(releases[at].tags))
    return [
        _told_with(release, and_more) if at in loud else replace(release, silent=True)
        for at, release in enumerate(releases)
    ]


def _labels(tags: ReleaseTags) -> Iterable[str]:
    yield ""
    yield from (f"topic:{slug}" for slug in tags.topics)
    yield from (f"territory:{slug}" for slug in tags.territories)
    yield from (f"project:{slug}" for slug in tags.projects)


def _told_with(release: NewRelease, and_more: Counter[str]) -> NewRelease:
    """A release of a burst with the numbers of the others that share something with it."""
    told = {label: and_more[label] for label in _labels(release.tags) if and_more[label]}
    return replace(release, extra={**release.extra, "and_more": told}) if told else release


def item_of(document: Document, identity: str, now: datetime) -> Item:
    """A document as an item; a date without a time is nine in the morning of that day in Bishkek, or now."""
    day = document.date
    at = datetime(day.year, day.month, day.day, 9, tzinfo=BISHKEK).astimezone(UTC) if day else now
    return Item(
        id=identity,
        title=document.title,
        published_at=min(at, now),
        body=document.body,
        language=document.language,
        related=document.related,
    )


def _wanted(items: Sequence[Item]) -> dict[str, tuple[str, str]]:
    """By item id, its identity, and its address where no other item has the same; else ""."""
    addresses = {item.id: canonical(item.url) for item in items if item.url}
    shared = Counter(addresses.values())
    own = {id_: address for id_, address in addresses.items() if shared[address] == 1 and _is_inner(address)}
    return {item.id: (release_identity(item), own.get(item.id, "")) for item in items}


def _is_inner(address: str) -> bool:
    """Whether a canonical address is of a page of its own: feeds link to the front page where they have none."""
    return "/" in address or "?" in address


def _sort(items: Iterable[Item], known: dict[str, KnownRelease]) -> _Sorted:
    found = _Sorted()
    for item in items:
        if not (item.title or item.body or item.summary):
            continue
        match decide(item, content_hash(item), known.get(item.id)):
            case New():
                found.new.append(item)
            case Changed(id=release_id):
                found.changed.append((release_id, item))
    return found


def _doubted(release: NewRelease, copy: Copy | None) -> NewRelease:
    """Notes for staff that a release may be a copy: too like another to be sure, not enough to be linked."""
    if copy is None:
        return release
    doubt = {"of": copy.of, "share": round(copy.containment, 2)}
    return replace(release, extra={**release.extra, "perhaps_copy": doubt})


def _language(item: Item, body: str, of_source: str | None) -> Language:
    said = (item.language or "")[:2].lower()
    default: Language = next((code for code in ("ky", "ru", "en") if code in (of_source, said)), "ru")
    return language_of(f"{item.title}\n{body}", default)


def _extra(item: Item, tags: Tagged) -> dict[str, Any]:
    why = getattr(tags, "why", ())
    extra: dict[str, Any] = {
        "related": [_related(related) for related in item.related],
        "alternates": list(item.alternates),
        "enclosures": [{"url": file.url, "kind": file.kind} for file in item.enclosures],
        PARTS: [asdict(part) for part in item.parts],
        "uncertain": list(tags.uncertain),
        "why": [{"tag": one.tag, "words": list(one.words)} for one in why[:_MOST_EVIDENCE]],
    }
    return {name: value for name, value in extra.items() if value}


def _related(related: Related) -> dict[str, str]:
    date = related.date.isoformat() if related.date else ""
    return {
        name: value
        for name, value in (("title", related.title), ("url", related.url), ("date", date))
        if value
    }
