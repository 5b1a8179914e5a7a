"""The methods of the Bot API, by name.  Each takes a `Call` and returns the JSON of its `result`."""

from __future__ import annotations

from bot.sandbox.methods import chats, editing, profile, receiving, sending
from bot.sandbox.methods.call import Call, Method, Upload

METHODS: dict[str, Method] = {
    name.lower(): method
    for room in (sending, editing, chats, profile, receiving)
    for name, method in room.METHODS.items()
}
"""Names in lower case: Telegram does not mind the case of a method's name."""

__all__ = ["METHODS", "Call", "Method", "Upload"]
