"""How to reach a project or a body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram.utils.formatting import Text

from bot.answers import cards
from bot.answers.cards import lines, record_source, source_line
from bot.answers.kinds import Target
from bot.answers.model import Answer, Button, SourceLine
from bot.answers.voice import Voice, kind_of
from bot.answers.wording import record_name
from storage.registry import Fact, Organisation, Project, Record


class Reaching(Voice):
    """Says contacts with their date, or that none is confirmed."""

    def contacts(self) -> Answer:
        """The contacts of what was meant."""
        parts: list[Any] = []
        sources: list[SourceLine] = []
        records = self.records()
        for record in records:
            found, where = self._contacts_of(record)
            parts += ["\u200b" if parts else None, found]
            sources += where
        unique = tuple(dict.fromkeys(sources))
        content = lines(*parts, source_line(unique, self.tr))
        buttons = tuple(
            Button("vcard", self.tr.gettext("Save contact"), Target(kind_of(record), record.slug))
            for record in records
            if self.snapshot.contacts_of(kind_of(record), record.slug)
        )
        more = self.choice("contacts", records) if len(records) > 1 else ()
        return self.made(content, sources=unique, buttons=(*more, *buttons))

    def _contacts_of(self, record: Record) -> tuple[Text, list[SourceLine]]:
        own = self.snapshot.contacts_of(kind_of(record), record.slug)
        if own:
            blocks = [
                part
                for contact in own
                for part in (
                    cards.contact_lines(contact, self.snapshot, self.tr),
                    *cards.contact_warnings(contact, self.snapshot, self.tr, self.today),
                )
            ]
            site = cards.site_line(getattr(record, "site", None), self.tr)
            other_ways = [fact.text.in_(self.tr.language) for fact in self._other_ways(record)]
            return lines(*blocks, *other_ways, site), [record_source(contact) for contact in own]
        return self._no_contacts(record)

    def _other_ways(self, record: Record) -> Sequence[Fact]:
        """Where a body can be visited, and its page in a network; where a project works is no address."""
        offices = record.facts_about("where") if isinstance(record, Organisation) else ()
        return (*offices, *record.facts_about("page"))

    def _no_contacts(self, record: Record) -> tuple[Text, list[SourceLine]]:
        """No phone or e-mail is known: what is known instead, and whom else to ask."""
        parts: list[Any] = [
            self.tr.gettext(
                "The registry has no confirmed phone or e-mail of {name}.", name=record_name(record, self.tr)
            )
        ]
        parts += [fact.text.in_(self.tr.language) for fact in self._other_ways(record)]
        parts.append(cards.site_line(getattr(record, "site", None), self.tr))
        sources = [record_source(record)]
        if isinstance(record, Project):
            for slug in record.implementers:
                for contact in self.snapshot.contacts_of("organisation", slug)[:1]:
                    sources.append(record_source(contact))
                    parts.append(self.tr.gettext("Its implementer can be reached:"))
                    parts.append(cards.contact_lines(contact, self.snapshot, self.tr))
                    parts += cards.contact_warnings(contact, self.snapshot, self.tr, self.today)
        return lines(*parts), sources
