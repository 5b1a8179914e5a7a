"""What is new: which releases a question wants, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, TextLink

from bot.answers.cards import lines, record_source, source_line
from bot.answers.dating import said_date
from bot.answers.kinds import Understanding
from bot.answers.model import Answer, FoundRelease, ReleaseQuery, SourceLine
from bot.answers.voice import Voice
from storage.registry import PartialDate, RegistrySnapshot

_RELEASES_SHOWN: Final = 5
_QUERIED: Final = ("topic", "project", "organisation", "place", "term")


def release_query(understood: Understanding, snapshot: RegistrySnapshot) -> ReleaseQuery | None:
    """Which releases the question wants, or None where it wants none."""
    if understood.kind != "releases":
        return None
    slugs = {kind: tuple(one.slug for one in understood.targets if one.kind == kind) for kind in _QUERIED}
    bodies = [snapshot.organisations[slug] for slug in slugs["organisation"]]
    # Releases are not linked to a party: its name is looked for in them.
    words = (
        *(snapshot.terms[slug].names.ru for slug in slugs["term"]),
        *(body.names.ru for body in bodies if body.is_party),
    )
    return ReleaseQuery(
        topics=slugs["topic"],
        projects=slugs["project"],
        organisations=tuple(body.slug for body in bodies if not body.is_party),
        territories=slugs["place"],
        words=words,
        period=understood.period,
    )


class News(Voice):
    """Shows releases."""

    def releases(self, releases: Sequence[FoundRelease]) -> Answer:
        """The releases found, or that there are none."""
        names = [self.said_target(target) for target in self.understood.targets]
        words = self.understood.words if not names else ""
        about = ", ".join(names) or (f"«{words}»" if words else "")
        parts: list[Any] = []
        event = self.event()
        if event:
            parts.append(event.about.in_(self.tr.language))
        if releases:
            parts.append(self._news_heading(about))
            parts += [self._release(release) for release in releases[:_RELEASES_SHOWN]]
        elif not event:
            parts.append(self._nothing_new(about))
        found = tuple(
            SourceLine(release.source, release.url, _partial(release.day))
            for release in releases[:_RELEASES_SHOWN]
        )
        sources = (record_source(event), *found) if event else found
        content = lines(*parts, source_line([record_source(event)], self.tr) if event else None)
        facts = (event.about.in_(self.tr.language),) if event else ()
        return self.made(content, sources=sources, facts=facts)

    def _news_heading(self, about: str) -> Bold:
        span = self._span()
        said = ", ".join(filter(None, (about, span)))
        if not said:
            return Bold(self.tr.gettext("The latest news"))
        return Bold(self.tr.gettext("News: {about}", about=said))

    def _span(self) -> str:
        """The period asked for, in words; "" where none was."""
        period = self.understood.period
        days = dict.fromkeys(map(self._said_day, (period.since, period.until))) if period else ()
        return " — ".join(days)

    def _nothing_new(self, about: str) -> str:
        if span := self._span():
            if not about:
                return self.tr.gettext("I have no news for {period}.", period=span)
            return self.tr.gettext("I have no news about {about} for {period}.", about=about, period=span)
        if not about:
            return self.tr.gettext("I have no news yet.")
        return self.tr.gettext("I have no news about {about} yet.", about=about)

    def _said_day(self, day: date) -> str:
        return said_date(PartialDate(day.year, day.month, day.day), self.tr)

    def _release(self, release: FoundRelease) -> Text:
        day = f", {self.tr.day(release.day, self.today)}" if release.day else ""
        title = TextLink(release.title, url=release.url) if release.url else Text(release.title)
        return Text("— ", title, f" · {release.source}{day}")


def _partial(day: date | None) -> PartialDate | None:
    return PartialDate(day.year, day.month, day.day) if day else None
