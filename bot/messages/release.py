"""One release: an alert, and an item of a digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, TextLink

from bot.i18n import Translation
from bot.messages.callbacks import LessOften, OffTopic
from bot.messages.parts import (
    Button,
    Keyboard,
    callback_button,
    clip,
    joined,
    keyboard,
    text_part,
    url_button,
    web_address,
)
from storage.languages import Language
from storage.parts import Part
from storage.releases import Release

TITLE_LIMIT = 300
ALERT_LEAD_LIMIT = 700
ITEM_LEAD_LIMIT = 160
SOURCE_LIMIT = 80
IN_LANGUAGE: Final[dict[Language, str]] = {"ky": "кыргызча", "ru": "по-русски", "en": "in English"}
"""What the other edition of a release is called: who reads that language knows it by its own word."""


class Unrenderable(ValueError):
    """A release without anything to show for it."""


def alert(
    release: Release,
    reasons: Sequence[str],
    tr: Translation,
    now: datetime,
    zone: ZoneInfo,
    and_more: int = 0,
) -> tuple[Part, ...]:
    """A release told at once: title, lead, source and date, its address, and the subscriptions that brought it.

    The address is written out, so that it survives being passed on as plain text.  `and_more` others came with it
    and are not told one by one.  Raises Unrenderable for a release
    without a title.
    """
    blocks: list[Text | str] = [joined(_alert_lines(release, tr, now, zone))]
    if address := web_address(release.url):
        blocks.append(address)
    if and_more:
        blocks.append(burst_line(release, and_more, tr))
    blocks.append(Italic(tr.gettext("Subscription: {what} · /settings", what="; ".join(reasons))))
    return (text_part(joined(blocks, "\n\n"), alert_keyboard(release, tr), preview=True),)


def alert_keyboard(release: Release, tr: Translation) -> Keyboard | None:
    """What can be done with an alert: read it, say that it is off topic, be told less often."""
    address = web_address(release.url)
    return keyboard(
        [url_button(tr.gettext("Read"), address) if address else None, *_edition_buttons(release)],
        [
            callback_button(tr.gettext("Off topic"), OffTopic(release=release.id)),
            callback_button(tr.gettext("Less often"), LessOften(release=release.id)),
        ],
    )


def item(release: Release, tr: Translation, now: datetime, zone: ZoneInfo, *, lead: bool = True) -> Text:
    """A release in a digest: its linked title, source and date, and one line of its lead.

    Raises Unrenderable for a release without a title.
    """
    lines: list[Text | str] = [
        Text(
            *("— ", title(release), " · ", source_and_date(release, tr, now, zone)),
            folded_copies(release, tr),
            *_edition_links(release),
        )
    ]
    if lead and (first_line := clip(release.lead, ITEM_LEAD_LIMIT)):
        lines.append(first_line)
    return joined(lines)


def title(release: Release) -> Text:
    """The title, linked to the release where that has an address; raises Unrenderable where it is empty."""
    words = clip(release.title, TITLE_LIMIT)
    if not words:
        raise Unrenderable(f"release {release.id} has no title")
    address = web_address(release.url)
    return TextLink(words, url=address) if address else Text(words)


def source_and_date(release: Release, tr: Translation, now: datetime, zone: ZoneInfo) -> str:
    """`Муниципалитет, 20 ноября`."""
    day = release.dated.astimezone(zone).date()
    source = clip(release.source_names.in_(tr.language), SOURCE_LIMIT)
    return f"{source}, {tr.day(day, now.astimezone(zone).date())}"


def burst_line(release: Release, number: int, tr: Translation) -> Text:
    """One line for all that a source published at once and that is not told one by one."""
    source = clip(release.source_names.in_(tr.language), SOURCE_LIMIT)
    return Italic(
        tr.ngettext(
            "{source}: and {n} more, see /search",
            "{source}: and {n} more, see /search",
            number,
            source=source,
        )
    )


def folded_copies(release: Release, tr: Translation) -> Text:
    """` · +2 источника`, or nothing where nobody else published it."""
    if not release.copies:
        return Text()
    return Text(" · ", Italic(tr.ngettext("+{n} source", "+{n} sources", release.copies)))


def _editions(release: Release) -> Iterable[tuple[str, str]]:
    """In what other languages it can be read, as each calls itself, and where."""
    for edition in release.editions:
        if edition.language != release.language and (address := web_address(edition.url)):
            yield IN_LANGUAGE[edition.language], address


def _edition_links(release: Release) -> Iterable[Text]:
    for name, address in _editions(release):
        yield Text(" · ", TextLink(name, url=address))


def _edition_buttons(release: Release) -> Iterable[Button]:
    for name, address in _editions(release):
        yield url_button(name[0].upper() + name[1:], address)


def _alert_lines(release: Release, tr: Translation, now: datetime, zone: ZoneInfo) -> list[Text | str]:
    lines: list[Text | str] = [Bold(title(release))]
    if lead := clip(release.lead, ALERT_LEAD_LIMIT):
        lines.append(lead)
    lines.append(Text(source_and_date(release, tr, now, zone), folded_copies(release, tr)))
    return lines
