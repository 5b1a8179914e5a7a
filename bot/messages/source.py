"""How a source is doing, in words."""

from __future__ import annotations

from bot.i18n import Translation
from feeds.health import Silence


def silence_in_words(silence: Silence, tr: Translation) -> str:
    """How long a source has been silent, and how long it never was before."""
    now = tr.ngettext("Silent for {n} day", "Silent for {n} days", silence.days)
    before = tr.ngettext(
        "never for more than {n} day before", "never for more than {n} days before", silence.longest
    )
    return f"{now}, {before}."
