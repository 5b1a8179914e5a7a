"""Releases as a short list in an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Text

from bot.i18n import Translation
from bot.messages.parts import joined
from bot.messages.release import Unrenderable, item
from storage.releases import Release


def news_list(
    tr: Translation, releases: Iterable[Release], timezone: str, now: datetime, *, lead: bool = False
) -> Text:
    """The releases one under another; one that cannot be shown is left out."""
    lines: list[Text | str] = []
    for release in releases:
        try:
            lines.append(item(release, tr, now, ZoneInfo(timezone), lead=lead))
        except Unrenderable:
            continue
    return joined(lines)
