"""Failures ordered in advance: what a network and an overloaded Telegram do to a bot, at will."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

from bot.sandbox.errors import Impossible, Json

Kind = Literal["flood", "server_error", "html", "cut_before", "cut_after", "delay"]
"""`flood`: 429.  `server_error`: 5xx with JSON.  `html`: 5xx with a page, as a proxy answers.  `cut_before`: the
connection breaks and nothing was done.  `cut_after`: it was done, and then the connection breaks.  `delay`: slow."""

HTML_BODY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Fault:
    """One order.  `method` and `chat_id` narrow it down; `count` is how many calls it spoils, None for all."""

    kind: Kind
    method: str | None = None
    chat_id: int | None = None
    count: int | None = 1
    skip: int = 0
    """Calls that match and are let through first."""
    retry_after: int = 3
    status: int = 502
    seconds: float = 0.0

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is one that was ordered to fail."""
        return (self.method is None or self.method.lower() == method.lower()) and (
            self.chat_id is None or self.chat_id == chat_id
        )


def fault_from(order: Json) -> Fault:
    """An order as it came over HTTP.  Raises `Impossible` with what is wrong in it."""
    if order.get("kind") not in get_args(Kind):
        raise Impossible(reason=f"a fault is one of {', '.join(get_args(Kind))}")
    known = {name: value for name, value in order.items() if name in Fault.__dataclass_fields__}
    return Fault(**known)


class Faults:
    """The orders that stand, oldest first."""

    def __init__(self) -> None:
        self._orders: list[tuple[Fault, list[int]]] = []
        self.met = 0

    def order(self, fault: Fault) -> None:
        """Adds an order."""
        self._orders.append((fault, [fault.skip, fault.count if fault.count is not None else -1]))

    def clear(self) -> None:
        """Takes every order back."""
        self._orders.clear()

    def standing(self) -> list[Json]:
        """The orders, with what is left of each."""
        return [{**asdict(fault), "skip": left[0], "left": left[1]} for fault, left in self._orders]

    def meet(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that this call is to suffer, if any; it is spent by that."""
        for position, (fault, left) in enumerate(self._orders):
            if not fault.meets(method, chat_id):
                continue
            if left[0] > 0:
                left[0] -= 1
                continue
            left[1] -= 1
            if left[1] == 0:
                del self._orders[position]
            self.met += 1
            return fault
        return None
