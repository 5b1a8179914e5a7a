"""What the bot can do, and what it says when it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiogram.utils.formatting import Text

from bot.answers.cards import lines
from bot.answers.model import Answer, Button
from bot.answers.voice import Voice
from bot.answers.wording import quoted
from storage.errors import N_
from storage.registry import Record

_NO_CHANNEL: Final = N_("I am not a channel for official appeals.")
_HOW: Final[Mapping[str, str]] = {
    "appeal": N_(
        "No: an official appeal is made to the body itself. Here a question is answered or passed to staff."
    ),
    "erase": N_("/privacy shows what is kept about you, and /forget erases it."),
    "leave": N_("/stop ends the news; /topics ends those of one topic."),
    "preferences": N_("/settings changes the language, how often news come, the hour and the quiet hours."),
    "group": N_(
        "Add me to your group or channel like any member, then choose its topics with /topics there."
    ),
    "person": N_(
        "Write your question: where I have no certain answer, a button passes it to a member of staff."
    ),
    "follow": N_("/topics chooses what you are told about; /settings, how often."),
}


class Helping(Voice):
    """Helps, or says what it does not know."""

    def help(self) -> Answer:
        """What was asked of the bot first, then what can be asked and done."""
        aspect = self.understood.aspect or ""
        how = _HOW.get(aspect)
        no_channel = None if aspect == "appeal" else self.tr.gettext(_NO_CHANNEL)
        return self.made(lines(self.tr.gettext(how) if how else None, self._abilities(), no_channel))

    def _abilities(self) -> str:
        return "\n".join(
            (
                self.tr.gettext("I tell what is new in local self-government and answer questions about it."),
                self.tr.gettext(
                    "Ask in your own words: who funds a project, how to reach it, what a word means."
                ),
                self.tr.gettext(
                    "/topics — subscribe or unsubscribe, /settings — how often and in which language, "
                    "/digest — what is new now, /help — all commands."
                ),
            )
        )

    def _record_asked_of(self) -> Record | None:
        """The thing of which something was asked that the registry does not have."""
        records = (self.snapshot.record(one.kind, one.slug) for one in self.understood.mentioned)
        return next((record for record in records if record), None)

    def unknown(self) -> Answer:
        """The two nearest names, or what can be asked instead; and always the way to a person."""
        guessed = [
            record
            for target in self.understood.guesses
            if (record := self.snapshot.record(target.kind, target.slug))
        ]
        desk = Button("desk", self.tr.gettext("Ask a person"))
        if asked_of := self._record_asked_of():
            said = self.teller.missing(asked_of)
            return self.made(
                lines(said, self.tr.gettext("A member of staff may know: pass the question on.")),
                entity=None,
                buttons=(*self.choice("card", [asked_of]), desk),
                suggestions=(asked_of.canonical,),
            )
        if guessed:
            names = ", ".join(quoted(self.short(record), self.tr) for record in guessed)
            content = Text(
                self.tr.gettext("I found no certain answer. Perhaps you mean: {names}?", names=names)
            )
            buttons = (*self.choice("card", guessed), desk)
            suggestions = tuple(record.canonical for record in guessed)
            return self.made(content, entity=None, buttons=buttons, suggestions=suggestions)
        content = lines(
            self.tr.gettext(
                "I know about projects, contacts and news of local self-government. "
                "This question I cannot answer."
            ),
            self.tr.gettext(
                "Ask, for example: “who funds Successful Aimak 2”, “contacts of PSI”, “what is PSER”."
            ),
        )
        return self.made(content, entity=None, buttons=(desk,))
