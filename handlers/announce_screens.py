"""What staff see while they write an announcement: for whom, how many, when, and the button that sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Bold, Text

from bot.announcements import AnnouncementDesk
from bot.i18n import Translation
from bot.messages.announcement import words_of
from bot.messages.parts import clip, joined
from handlers.announce_callbacks import (
    AnnouncementStep,
    AudienceChosen,
    PastWanted,
    PlacesWanted,
    TemplateAct,
    VersionWanted,
)
from handlers.audiences import audience_name
from handlers.choices import LANGUAGE_NAMES
from handlers.dialogues import ANNOUNCEMENT
from handlers.drafts import Draft, within_rights
from handlers.keyboards import back, button, chosen, close, pages
from handlers.places import ON_A_PAGE, code_of, slug_of, what_lies_in
from handlers.screens import Row, Screen
from storage.announcements import Nobody
from storage.audiences import Audience
from storage.languages import LANGUAGES, Language, Names
from storage.staff import StaffMember
from storage.territory_tree import Territory, TerritoryTree

_NAME = 40
_BEGINS = 200


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

    async def audience(self, wanted: AudienceChosen, member: StaffMember) -> Audience:
        """The audience that a button names, as far as the staff member may speak to it."""
        tree = await self._tree()
        audience = audience_of(wanted)
        if wanted.by == "territory":
            audience = Audience(territory=slug_of(wanted.value, tree) or wanted.value)
        return within_rights(audience, member, tree)

    async def screen(self, tr: Translation, member: StaffMember) -> Screen:
        """For whom?  A number beside each choice."""
        tree = await self._tree()

        async def choice(name: str, by: str, value: str = "") -> Row:
            data = AudienceChosen(by=by, value=value)
            size = await self._desk.size(within_rights(audience_of(data), member, tree))
            return [button(f"{name} · {tr.number(size)}", data)]

        rows = [await choice(await self.name(tr, Audience(territory=member.territory)), "everyone")]
        rows += [await choice(names.in_(tr.language), "topic", slug) for slug, names in self._topics.items()]
        if member.territory is None:
            rows.append([button(tr.gettext("By oblast") + " ▾", PlacesWanted())])
        elif tree.under(member.territory):
            parts = what_lies_in(tr, member.territory, tree)
            rows.append([button(parts + " ▾", PlacesWanted(within=code_of(member.territory)))])
        rows += [await choice(LANGUAGE_NAMES[language], "language", language) for language in LANGUAGES]
        return Screen(Text(tr.gettext("For whom?")), (*rows, close(tr, ANNOUNCEMENT)))

    async def places_screen(self, tr: Translation, member: StaffMember, wanted: PlacesWanted) -> Screen:
        """A page of the oblasts, or of what lies in a territory, with a number beside each."""
        tree = await self._tree()
        here = slug_of(wanted.within, tree) if wanted.within else None
        here = here if tree.covers(member.territory, here) else member.territory

        async def choice(place: Territory) -> Row:
            size = await self._desk.size(Audience(territory=place.slug))
            code = code_of(place.slug)
            name = button(
                f"{clip(place.names.in_(tr.language), _NAME)} · {tr.number(size)}",
                AudienceChosen(by="territory", value=code),
            )
            return [name, button("▾", PlacesWanted(within=code))] if tree.under(place.slug) else [name]

        places, page = tree.under(here), wanted.page
        rows = [await choice(place) for place in places[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]]
        code = code_of(here) if here else ""
        turn = pages(page, len(places), ON_A_PAGE, lambda to: PlacesWanted(within=code, page=to))
        above = tree.parent(here) if here else None
        to: CallbackData = AnnouncementStep(step="audience")
        if here != member.territory:
            to = PlacesWanted(within=code_of(above) if above else "")
        asked = tree.name(here, tr.language) if here else tr.gettext("Which oblast?")
        return Screen(Text(asked), (*rows, turn, back(tr, to)))

    async def ready_screen(self, tr: Translation, member: StaffMember, draft: Draft) -> Screen:
        """What will happen, and the button that does it, with the number in it; editors hand it over."""
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
        return Screen(joined(lines), self._acts(tr, member, draft, size))

    async def resume_screen(self, tr: Translation, draft: Draft) -> Screen:
        """Go on with the draft that is there, or begin anew?"""
        lines: list[Text | str] = [Bold(tr.gettext("You have a draft that has not been sent."))]
        if begins := clip(words_of(draft.first), _BEGINS):
            lines.append(begins)
        if draft.audience is not None:
            lines.append(tr.gettext("For: {audience}", audience=await self.name(tr, draft.audience)))
        go_on = button(tr.gettext("Go on with the draft"), AnnouncementStep(step="continue"), style="primary")
        anew = button(tr.gettext("Begin anew"), AnnouncementStep(step="anew"))
        return Screen(
            joined(lines), ([go_on], [anew], [button(tr.gettext("Announced before"), PastWanted())])
        )

    async def name(self, tr: Translation, audience: Audience) -> str:
        """An audience in words."""
        return audience_name(tr, audience, self._topics, await self._tree())

    def _acts(self, tr: Translation, member: StaffMember, draft: Draft, size: int) -> tuple[Row, ...]:
        to_send = tr.ngettext("Send to {n} subscriber", "Send to {n} subscribers", size)
        if not member.may("publisher"):
            to_send = tr.gettext("Hand over to a publisher")
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
            close(tr, ANNOUNCEMENT),
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


def compose_screen(tr: Translation, *, again: bool = False) -> Screen:
    """What can be announced; `again`: in place of what is written already, to which there is a way back."""
    lines = (
        tr.gettext(
            "Send what to announce: a text with its formatting, photos or files with a caption, or another message."
        ),
        tr.gettext("For a button, write as the last line: “Button: Sign up — https://example.org”."),
    )
    if again:
        return Screen(joined(lines), (back(tr, AnnouncementStep(step="preview")),))
    before = [
        button(tr.gettext("Templates"), TemplateAct(act="list")),
        button(tr.gettext("Announced before"), PastWanted()),
    ]
    return Screen(joined(lines), (before, close(tr, ANNOUNCEMENT)))


def album_screen(tr: Translation) -> Screen:
    """While the files of an album come one by one: a look at the whole, once it is there."""
    said = tr.gettext(
        "I am taking the album. When all its files are there, look at it as people will see it."
    )
    look = button(tr.gettext("Show"), AnnouncementStep(step="continue"), style="primary")
    return Screen(Text(said), ([look],))


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
