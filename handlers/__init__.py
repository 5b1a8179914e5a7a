"""Who is spoken with: one file a conversation."""

from __future__ import annotations

from handlers.dependencies import Dependencies
from handlers.dispatcher import build_dispatcher

__all__ = ["Dependencies", "build_dispatcher"]
