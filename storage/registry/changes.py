"""What is to be changed in the registry: records and names as plain values, before and after.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

from storage.errors import N_
from storage.registry.card_sizes import oversized
from storage.registry.errors import InvalidRecord, RegistryError
from storage.registry.fitting import (
    NAMED,
    NAMED_ALREADY,
    Misfit,
    folded,
    from_the_future,
    misfits,
    names_of,
    shared_names,
)
from storage.registry.reading import NO_NAME, READERS
from storage.registry.records import RegistryData
from storage.registry.shipped import assemble
from storage.registry.spellings import is_name

ALIAS: Final = "alias"
"""The kind of a name that staff gave to a record besides those of the record itself."""
KINDS: Final = (*READERS, ALIAS)
ALIAS_LIMIT: Final = 255
SLUG: Final = re.compile("[a-z0-9][a-z0-9-]{0,39}")
"""What names a record for good; short, because it has to fit behind a button of Telegram."""
_WRONG_SLUG: Final = N_("up to 40 small Latin letters, digits and hyphens are expected")

Values = Mapping[str, Any]
Key = tuple[str, str]
"""A kind and a slug; a name that staff added has all of its values for a slug."""
Holdings = Mapping[Key, Values]
"""Everything that is kept, by kind and slug."""


class UnknownChange(RegistryError):
    """No change of the registry has this number."""

    code = "registry.unknown_change"
    sentence = N_("There is no change {id} of the registry.")


class NameIsKnown(RegistryError):
    """A record is called so already."""

    code = "registry.name_is_known"
    sentence = N_("“{text}” is a name of “{slug}” already.")


class ChangedSince(RegistryError):
    """A record is no longer what it was when a change was prepared."""

    code = "registry.changed_since"
    sentence = N_("{kind} “{slug}” has been changed since. Look at it again, then decide.")


@dataclass(frozen=True, slots=True)
class Change:
    """A record as it is and as it is to be; None where it is not there."""

    kind: str
    slug: str
    old: Values | None
    new: Values | None

    @property
    def key(self) -> Key:
        """What is changed."""
        return self.kind, self.slug

    def back(self) -> Change:
        """The change that takes this one back."""
        return Change(self.kind, self.slug, self.new, self.old)


def key_of(kind: str, values: Values) -> Key:
    """By what a record, or a name that staff added, is known."""
    if kind != ALIAS:
        return kind, str(values["slug"])
    return kind, f"{values['kind']} {values['slug']}: {values['text']}"


def without_empty(value: Any) -> Any:
    """Values without what says nothing: empty texts and lists, `false`, None."""
    if isinstance(value, Mapping):
        kept = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, "", False, [], {})}
    if isinstance(value, list | tuple):
        return [without_empty(each) for each in value]
    return value


def difference(held: Holdings, wanted: Holdings, removed: Iterable[Key] = ()) -> tuple[Change, ...]:
    """What has to change so that all that is wanted is held and the removed is not; the rest stays as it is."""
    changes = [
        Change(*key, held.get(key), values)
        for key, values in wanted.items()
        if without_empty(held.get(key, {})) != without_empty(values)
    ]
    gone = [Change(*key, held[key], None) for key in removed if key in held]
    return (*changes, *gone)


def applied(held: Holdings, changes: Iterable[Change]) -> Holdings:
    """What is held after the changes; raises ChangedSince where a record is not what a change says it is."""
    after = dict(held)
    for change in changes:
        if without_empty(after.get(change.key, {})) != without_empty(change.old or {}):
            raise ChangedSince(kind=change.kind, slug=change.slug)
        if change.new is None:
            after.pop(change.key)
        else:
            after[change.key] = change.new
    return after


def check(held: Holdings, today: date) -> None:
    """Raises InvalidRecord about the first record that cannot be read, or does not fit the others."""
    for found in faults(held, today):
        raise found.error()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a record: the field, or the path of fields, and a message id with its words."""

    key: Key
    path: tuple[str, ...]
    problem: str
    words: Mapping[str, Any]

    def error(self) -> InvalidRecord:
        """The same as an error to raise."""
        return InvalidRecord(", ".join((*self.key, *self.path)), self.problem, **self.words)


def faults(held: Holdings, today: date) -> tuple[Fault, ...]:
    """Everything that is wrong: what cannot be read, field by field, then what does not fit together.

    A field that cannot be read gives way to a stand-in, so that the others of its record are looked at too.
    """
    read: dict[str, list[Any]] = {kind: [] for kind in READERS}
    found: list[Fault] = []
    for key, values in held.items():
        if key[0] != ALIAS:
            found += _wrong_slug(key, values)
            record, wrong = _read(key, values)
            found += wrong
            read[key[0]] += [record] if record is not None else []
    if sum(map(len, read.values())) < sum(key[0] != ALIAS for key in held):
        return tuple(found)
    named = {(fault.key, _field(fault.path)) for fault in found}
    data = assemble({kind: tuple(records) for kind, records in read.items()})
    misfit = chain(misfits(data), shared_names(data), oversized(data), from_the_future(data, today))
    fitting = (*map(_fault, misfit), *_wrong_aliases(held, data))
    return (*found, *(fault for fault in fitting if (fault.key, _field(fault.path)) not in named))


def faults_after(held: Holdings, changes: Sequence[Change], today: date) -> tuple[Fault, ...]:
    """Everything that would be wrong after the changes.  Of two records with one name the changed one is at fault."""
    changed = {change.key for change in changes}
    found = faults(applied(held, changes), today)
    return tuple(fault for fault in found if fault.problem != NAMED_ALREADY or fault.key in changed)


def _wrong_slug(key: Key, values: Values) -> Iterator[Fault]:
    if not SLUG.fullmatch(str(values.get("slug", ""))):
        yield Fault(key, ("slug",), _WRONG_SLUG, {})


_STAND_INS: Final[Values] = {
    **dict.fromkeys(("as_of", "on"), "2000"),
    **{name: {"ru": "—"} for name in ("names", "summary", "about", "definition", "role", "answer")},
    "source": {"title": "—", "url": "https://example.org"},
    "phones": ["+996312000000"],
    "questions": ["—"],
}
"""In the place of a field that is needed and cannot be read; one that is not needed is left out."""


def _read(key: Key, values: Values) -> tuple[Any, list[Fault]]:
    """A record with stand-ins, None where they do not help, and every field that is wrong."""
    left, found, replaced = dict(values), list[Fault](), set[str]()
    while True:
        try:
            return READERS[key[0]](left, ""), found
        except InvalidRecord as error:
            path = tuple(part for part in error.where.split(", ") if part)
            field = _field(path)
            if field in replaced:
                return None, found or [Fault(key, path, error.problem, error.words)]
            found.append(Fault(key, path, error.problem, error.words))
            replaced.add(field)
            left.pop(field, None)
            left |= {field: _STAND_INS[field]} if field in _STAND_INS else {}


def _field(path: tuple[str, ...]) -> str:
    """The field of a record that a path begins with: `facts 2` is one of `facts`."""
    return re.sub(r" \d+$", "", path[0]) if path else ""


def _fault(misfit: Misfit) -> Fault:
    return Fault((misfit.kind, misfit.slug), (misfit.field,), misfit.problem, misfit.words)


def _wrong_aliases(held: Holdings, data: RegistryData) -> Iterator[Fault]:
    """Names that staff added and that lead nowhere, are none, or belong to another record of the kind."""
    called = {kind: names_of(getattr(data, f"{kind}s")) for kind in NAMED}
    for key, values in held.items():
        if key[0] != ALIAS:
            continue
        kind, slug, text = values["kind"], values["slug"], values["text"].strip()
        if (kind, slug) not in held:
            yield Fault(key, ("slug",), N_("“{text}” is not in the registry"), {"text": slug})
        if not 0 < len(text) <= ALIAS_LIMIT:
            most = {"most": ALIAS_LIMIT}
            yield Fault(key, ("text",), N_("a text of 1 to {most} characters is expected"), most)
        elif not is_name(text):
            yield Fault(key, ("text",), NO_NAME, {"text": text})
        elif others := called.get(kind, {}).get(folded(text), set()) - {slug}:
            yield Fault(key, ("text",), NAMED_ALREADY, {"text": text, "slug": min(others)})
