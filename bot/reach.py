"""Whom the bot writes to by itself: everyone, or in a trial only staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.staff import Staff

Reach = Callable[[], Awaitable[frozenset[int] | None]]
"""The chats that may be written to now; None for every one."""


async def everyone() -> frozenset[int] | None:
    """No limit."""
    return None


def staff_only(staff: Staff) -> Reach:
    """A trial: the private chats of those who are staff at the time."""

    async def chats() -> frozenset[int] | None:
        return frozenset(member.user_id for member in await staff.all())

    return chats
