"""Two releases that resemble each other, for staff to say whether they are the same."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.callbacks import SameRelease
from bot.messages.parts import callback_button, clip, joined, keyboard, text_part
from bot.messages.release import source_and_date, title
from storage.parts import Part
from storage.releases import Release

_BISHKEK = ZoneInfo("Asia/Bishkek")
_LEAD_LIMIT = 300


def doubt_part(release: Release, other: Release, tr: Translation, now: datetime) -> Part:
    """Both with their first words, and the two answers."""
    blocks: list[Text | str] = [Bold(tr.gettext("Is this the same news?"))]
    blocks += [_shown(one, tr, now) for one in (other, release)]
    blocks.append(tr.gettext("Who has not been told yet is told of one of them if they are the same."))
    answers = keyboard(
        [
            callback_button(tr.gettext("The same"), SameRelease(release=release.id, same=True)),
            callback_button(tr.gettext("Different"), SameRelease(release=release.id, same=False)),
        ]
    )
    return text_part(joined(blocks, "\n\n"), answers)


def _shown(release: Release, tr: Translation, now: datetime) -> Text:
    lines: list[Text | str] = [title(release), source_and_date(release, tr, now, _BISHKEK)]
    if lead := clip(release.lead or release.body, _LEAD_LIMIT):
        lines.append(lead)
    return joined(lines)
