"""What every kind of answer is spoken with: the question understood, the registry, the language and the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from aiogram.utils.formatting import Text

from bot.answers.facts import Teller
from bot.answers.kinds import Target, Understanding
from bot.answers.model import Action, Answer, Button
from bot.answers.wording import quoted, record_name
from bot.i18n import Translation, translation
from storage.registry import Event, Record, RegistrySnapshot


def entity_of(targets: Sequence[Target], snapshot: RegistrySnapshot) -> str | tuple[str, ...] | None:
    """The canonical names of what was meant: one, several, or None."""
    names = tuple(dict.fromkeys(canonical_name(target, snapshot) for target in targets))
    return names[0] if len(names) == 1 else (names or None)


def canonical_name(target: Target, snapshot: RegistrySnapshot) -> str:
    """The Russian name of a record, a place or a topic."""
    if target.kind == "place":
        return snapshot.places[target.slug].names.ru
    if target.kind == "topic":
        return snapshot.topics[target.slug].names.ru
    record = snapshot.record(target.kind, target.slug)
    return record.canonical if record else target.slug


def kind_of(record: Record) -> Any:
    """The kind of a record as targets name it."""
    return type(record).__name__.lower()


class Voice:
    """One question being answered."""

    def __init__(self, understood: Understanding, snapshot: RegistrySnapshot, today: date) -> None:
        self.understood = understood
        self.snapshot = snapshot
        self.today = today
        self.tr: Translation = translation(understood.language)
        self.teller = Teller(snapshot, self.tr, today)

    def made(self, content: Text, **more: Any) -> Answer:
        """The answer with this content; its entity and subject are what was meant, unless given."""
        targets = self.understood.targets
        values: dict[str, Any] = {
            "entity": entity_of(targets, self.snapshot),
            "subject": targets[0] if len(targets) == 1 else None,
            "understood": self.understood,
            **more,
        }
        return Answer(self.understood.kind, self.understood.language, content=content, **values)

    def records(self) -> list[Record]:
        """The records that were meant."""
        found = (self.snapshot.record(target.kind, target.slug) for target in self.understood.targets)
        return [record for record in found if record]

    def event(self) -> Event | None:
        """The event that was asked about."""
        return self.snapshot.events.get(self.understood.event or "")

    def choice(self, action: Action, records: Sequence[Record]) -> tuple[Button, ...]:
        """A button for each record."""
        return tuple(
            Button(action, self.short(record), Target(kind_of(record), record.slug)) for record in records
        )

    def short(self, record: Record) -> str:
        """The name of a record for a button."""
        return record.called(self.tr.language)

    def said_target(self, target: Target) -> str:
        """What was meant, in words."""
        if target.kind == "place":
            return self.snapshot.places[target.slug].names.in_(self.tr.language)
        if target.kind == "topic":
            return quoted(self.snapshot.topics[target.slug].names.in_(self.tr.language), self.tr)
        record = self.snapshot.record(target.kind, target.slug)
        return record_name(record, self.tr) if record else ""
