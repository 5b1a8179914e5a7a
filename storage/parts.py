"""An outgoing message as data: the Bot API calls it takes, without the chat they go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Lane(IntEnum):
    """The order in which messages leave: a smaller lane goes first."""

    REPLIES = 0
    URGENT = 1
    """Announcements of danger, which come at night too."""
    ALERTS = 2
    DIGESTS = 3
    ANNOUNCEMENTS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One Bot API call without `chat_id`: `Part("sendMessage", {"text": …, "entities": […]})`.

    `params` is JSON in the Bot API's own snake_case names (https://core.telegram.org/bots/api#available-methods).
    """

    method: str
    params: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The form kept in a JSON column."""
        return {"method": self.method, "params": dict(self.params)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Part:
        """Reads what `as_json` wrote; raises KeyError where it is something else."""
        return cls(document["method"], document["params"])


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Stands in `params` for a message id that differs per chat: what a part of an earlier message got there."""

    message_id: int
    part: int

    def as_json(self) -> dict[str, Any]:
        """The form kept in a JSON column."""
        return {"sent": [self.message_id, self.part]}

    @classmethod
    def from_json(cls, value: Any) -> SentMessage | None:
        """The reference written by `as_json`, or None where the value is anything else."""
        match value:
            case {"sent": [int(message_id), int(part)]}:
                return cls(message_id, part)
            case _:
                return None


def parts_as_json(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Every part in the form kept in a JSON column."""
    return [part.as_json() for part in parts]


def parts_from_json(documents: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Reads what `parts_as_json` wrote."""
    return tuple(Part.from_json(document) for document in documents)
