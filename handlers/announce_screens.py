"""What staff see while they write an announcement: for whom, how many, when, and the button that sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Bold, Text

from bot.announcements import AnnouncementDesk
from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.announce_callbacks import (
    AnnouncementStep,
    AudienceChosen,
    PastWanted,
    PlacesWanted,
    TemplateAct,
    VersionWanted,
)
from handlers.callbacks import Closed
from handlers.choices import LANGUAGE_NAMES
from handlers.drafts import Draft, within_rights
from handlers.keyboards import back, button, chosen, close
from handlers.places import code_of, slug_of
from handlers.screens import Row, Screen
from storage.announcements import Nobody
from storage.audiences import Audience
from storage.languages import LANGUAGES, Language, Names
from storage.staff import StaffMember
from storage.territory_tree import Territory, TerritoryTree

_NAME = 40
_PLACES_SHOWN = 40


class AudienceScene:
    """The screens that count people.  `tree` gives the territories as they are now."""

    def __init__(
        self,
        desk: AnnouncementDesk,
        topics: Mapping[str, Names],
        tree: Callable[[], Awaitable[TerritoryTree]],
        test_chat: int | None = None,
    ) -> None:
        self._desk = desk
        self._topics = topics
        self._tree = tree
        self._test_chat = test_chat

    async def audience(self, wanted: AudienceChosen) -> Audience:
        """The audience that a button names."""
        if wanted.by == "territory":
            return Audience(territory=slug_of(wanted.value, await self._tree()) or wanted.value)
        return audience_of(wanted)

    async def screen(self, tr: Translation, member: StaffMember) -> Screen:
        """For whom?  A number beside each choice."""

        async def choice(name: str, by: str, value: str = "") -> Row:
            data = AudienceChosen(by=by, value=value)
            size = await self._desk.size(within_rights(audience_of(data), member))
            return [button(f"{name} · {tr.number(size)}", data)]

        rows = [await choice(await self.name(tr, Audience(territory=member.territory)), "everyone")]
        rows += [await choice(names.in_(tr.language), "topic", slug) for slug, names in self._topics.items()]
        if member.territory is None:
            rows.append([button(tr.gettext("By oblast") + " ▾", PlacesWanted())])
        rows += [await choice(LANGUAGE_NAMES[language], "language", language) for language in LANGUAGES]
        return Screen(Text(tr.gettext("For whom?")), (*rows, close(tr)))

    async def places_screen(self, tr: Translation, within: str = "") -> Screen:
        """The oblasts, or what lies in a territory, with a number beside each."""
        tree = await self._tree()
        here = slug_of(within, tree) if within else None

        async def choice(place: Territory) -> Row:
            size = await self._desk.size(Audience(territory=place.slug))
            code = code_of(place.slug)
            name = button(
                f"{clip(place.names.in_(tr.language), _NAME)} · {tr.number(size)}",
                AudienceChosen(by="territory", value=code),
            )
            return [name, button("▾", PlacesWanted(within=code))] if tree.under(place.slug) else [name]

        rows = [await choice(place) for place in tree.under(here)[:_PLACES_SHOWN]]
        above = tree.parent(here) if here else None
        to: CallbackData = AnnouncementStep(step="audience")
        if here:
            to = PlacesWanted(within=code_of(above) if above else "")
        asked = tree.name(here, tr.language) if here else tr.gettext("Which oblast?")
        return Screen(Text(asked), (*rows, back(tr, to)))

    async def ready_screen(self, tr: Translation, draft: Draft) -> Screen:
        """What will happen, and the button that does it, with the number in it."""
        audience = draft.audience or Audience()
        size = await self._desk.size(audience)
        versions = ", ".join(LANGUAGE_NAMES[language] for language in draft.content)
        lines: list[Text | str] = [
            Bold(tr.gettext("This is how people will see it.")),
            tr.gettext("For: {audience}", audience=await self.name(tr, audience)),
            tr.gettext("Languages: {languages}", languages=versions),
        ]
        if draft.urgent:
            lines.append(tr.gettext("Urgent: it will not wait for the end of quiet hours."))
        if not size:
            lines.append(tr.gettext(Nobody.sentence))
        return Screen(joined(lines), self._acts(tr, draft, size))

    async def name(self, tr: Translation, audience: Audience) -> str:
        """An audience in words."""
        parts = []
        if named := self._topics.get(audience.topic or ""):
            parts.append(named.in_(tr.language))
        if audience.territory:
            parts.append((await self._tree()).name(audience.territory, tr.language))
        if audience.language:
            parts.append(LANGUAGE_NAMES[audience.language])
        return " · ".join(parts) or tr.gettext("Everyone")

    def _acts(self, tr: Translation, draft: Draft, size: int) -> tuple[Row, ...]:
        to_send = tr.ngettext("Send to {n} subscriber", "Send to {n} subscribers", size)
        wanted: tuple[Language, ...] = ("ky", "ru")
        missing = [language for language in wanted if language not in draft.content]
        return (
            [button(to_send, AnnouncementStep(step="send"), style="primary")] if size else [],
            self._tests(tr),
            [button(tr.gettext("Schedule"), AnnouncementStep(step="schedule"))] if size else [],
            [button("+ " + LANGUAGE_NAMES[code], VersionWanted(language=code)) for code in missing],
            self._languages(tr, draft),
            [
                button(tr.gettext("Change"), AnnouncementStep(step="edit")),
                button(tr.gettext("For whom"), AnnouncementStep(step="audience")),
            ],
            [
                button(chosen(tr.gettext("Urgent"), draft.urgent), AnnouncementStep(step="urgent")),
                button(tr.gettext("Save as template"), TemplateAct(act="save")),
            ],
            [button(tr.gettext("Cancel"), Closed())],
        )

    def _tests(self, tr: Translation) -> Row:
        me = button(tr.gettext("Send to me"), AnnouncementStep(step="test"))
        group = button(tr.gettext("To the staff chat"), AnnouncementStep(step="group"))
        return [me, group] if self._test_chat else [me]

    def _languages(self, tr: Translation, draft: Draft) -> Row:
        if draft.only_language is None:
            return []
        language = LANGUAGE_NAMES[draft.only_language]
        asked = tr.gettext("Written in: {language}", language=language)
        return [button(asked, AnnouncementStep(step="language"))]


def audience_of(wanted: AudienceChosen) -> Audience:
    """The audience that a button names.  Pure."""
    match wanted.by:
        case "topic":
            return Audience(topic=wanted.value)
        case "language":
            return Audience(language=next((code for code in LANGUAGES if code == wanted.value), None))
        case _:
            return Audience()


def compose_screen(tr: Translation) -> Screen:
    """What can be announced."""
    lines = (
        tr.gettext("Send what to announce: a text with its formatting, or photos or files with a caption."),
        tr.gettext("For a button, write as the last line: “Button: Sign up — https://example.org”."),
    )
    before = [
        button(tr.gettext("Templates"), TemplateAct(act="list")),
        button(tr.gettext("Announced before"), PastWanted()),
    ]
    return Screen(joined(lines), (before, close(tr)))


def versions_screen(tr: Translation, draft: Draft) -> Screen:
    """Which version shall be written anew?"""
    rows = ([button(LANGUAGE_NAMES[code], VersionWanted(language=code))] for code in draft.content)
    back_to_it = back(tr, AnnouncementStep(step="preview"))
    return Screen(Text(tr.gettext("Which version shall be changed?")), (*rows, back_to_it))


def sure_screen(tr: Translation, size: int, yes: CallbackData, when: str | None = None) -> Screen:
    """Asks again before what is urgent: it rings at night.  `when` is its time, where it has one."""
    if when is None:
        comes = tr.gettext("An urgent announcement comes at once, at night too, ahead of all news.")
        send = tr.ngettext("Send urgently to {n} subscriber", "Send urgently to {n} subscribers", size)
    else:
        comes = tr.gettext(
            "This urgent announcement comes {when}, in quiet hours too, ahead of all news.", when=when
        )
        send = tr.ngettext("Schedule for {n} subscriber", "Schedule for {n} subscribers", size)
    lines = (comes, tr.gettext("It is for danger and for what cannot wait until morning."))
    rows = ([button(send, yes, style="danger")], back(tr, AnnouncementStep(step="preview")))
    return Screen(joined(lines), rows)
