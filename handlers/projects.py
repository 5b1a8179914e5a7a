"""/projects and /project: the projects of the registry, by oblast, donor and state, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text

from bot.answers import projects_list, understand
from bot.answers.cards import chosen_projects
from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.ask import Answering
from handlers.callbacks import Card, ProjectsFilter, ProjectsPage
from handlers.choices import button_name
from handlers.dependencies import Clock
from handlers.keyboards import back, button, pages
from handlers.records import local_day
from handlers.screens import Row, Screen, in_columns, show
from storage.languages import Names
from storage.registry import Registry, RegistrySnapshot
from storage.subscribers import Chat

State = Literal["active", "over"]


def router() -> Router:
    """The conversation about projects."""
    projects = Router(name="projects")
    projects.message.register(show_named, Command("projects"))
    projects.message.register(show_project, Command("project"))
    projects.callback_query.register(show_projects, ProjectsPage.filter())
    projects.callback_query.register(show_filter, ProjectsFilter.filter())
    return projects


async def show_projects(
    event: Message | CallbackQuery,
    chat: Chat,
    tr: Translation,
    registry: Registry,
    territories: Mapping[str, Names],
    clock: Clock,
    callback_data: ProjectsPage | None = None,
) -> None:
    """Shows a page of projects."""
    snapshot = await registry.snapshot()
    shelf = Shelf(tr, snapshot, territories, callback_data or ProjectsPage())
    await show(event, shelf.screen(local_day(chat, clock())))


async def show_named(
    message: Message,
    command: CommandObject,
    chat: Chat,
    tr: Translation,
    registry: Registry,
    territories: Mapping[str, Names],
    clock: Clock,
    answering: Answering,
    state: FSMContext,
) -> None:
    """Shows the projects of the oblast, the body or the state that is named; answers where something else is."""
    snapshot, now = await registry.snapshot(), clock()
    asked = tr.gettext("projects {what}", what=command.args) if command.args else ""
    page = page_of(asked, snapshot, now, tr) if asked else ProjectsPage()
    if page is None:
        await answering.answer(message, asked, chat, state)
        return
    await show(message, Shelf(tr, snapshot, territories, page).screen(local_day(chat, now)))


async def show_project(
    message: Message,
    command: CommandObject,
    chat: Chat,
    tr: Translation,
    registry: Registry,
    territories: Mapping[str, Names],
    clock: Clock,
    answering: Answering,
    state: FSMContext,
) -> None:
    """Answers about the project named; without a name shows them all."""
    if command.args:
        await answering.answer(message, command.args, chat, state)
    else:
        await show_projects(message, chat, tr, registry, territories, clock)


async def show_filter(
    query: CallbackQuery,
    callback_data: ProjectsFilter,
    tr: Translation,
    registry: Registry,
    territories: Mapping[str, Names],
) -> None:
    """Shows what projects can be narrowed to."""
    snapshot = await registry.snapshot()
    shelf = Shelf(tr, snapshot, territories, ProjectsPage())
    await show(query, shelf.filter_screen(callback_data.by))


class Shelf:
    """The list of projects, narrowed by what its buttons carry."""

    def __init__(
        self,
        tr: Translation,
        snapshot: RegistrySnapshot,
        territories: Mapping[str, Names],
        asked: ProjectsPage,
    ) -> None:
        self._tr = tr
        self._snapshot = snapshot
        self._territories = territories
        self._asked = asked

    def screen(self, today: date) -> Screen:
        """A page of projects, each a button, and what they can be narrowed by."""
        asked = self._asked
        page = projects_list(
            self._snapshot,
            self._tr,
            today,
            territory=asked.territory or None,
            organisation=asked.donor or None,
            state=project_state(asked.state),
            page=asked.page,
        )
        cards = (
            button(button_name(project, self._tr.language), Card(kind="project", slug=project.slug))
            for project in page.projects
        )
        return Screen(
            joined([Bold(self._heading()), page.content]),
            (
                *in_columns(cards, 2),
                pages(page.page, page.pages, 1, lambda number: asked.model_copy(update={"page": number})),
                *self._narrowing(),
            ),
        )

    def filter_screen(self, by: str) -> Screen:
        """The oblasts, the bodies or the states that there are projects of."""
        values = {"territory": self._places, "donor": self._bodies}.get(by, self._states)()
        everything = [button(self._tr.gettext("All projects"), ProjectsPage())]
        return Screen(
            Text(self._tr.gettext("Which projects?")),
            (everything, *in_columns(values, 1), back(self._tr, ProjectsPage())),
        )

    def _heading(self) -> str:
        tr, asked = self._tr, self._asked
        names = [
            self._territories[asked.territory].in_(tr.language)
            if asked.territory in self._territories
            else "",
            self._body_name(asked.donor),
            {"active": tr.gettext("under way"), "over": tr.gettext("over")}.get(asked.state, ""),
        ]
        narrowed = " · ".join(name for name in names if name)
        return f"{tr.gettext('Projects')}: {narrowed}" if narrowed else tr.gettext("Projects")

    def _narrowing(self) -> tuple[Row, ...]:
        tr = self._tr
        return (
            [
                button(tr.gettext("By oblast") + " ▾", ProjectsFilter(by="territory")),
                button(tr.gettext("By donor") + " ▾", ProjectsFilter(by="donor")),
            ],
            [button(tr.gettext("By state") + " ▾", ProjectsFilter(by="state"))],
        )

    def _places(self) -> Iterator[InlineKeyboardButton]:
        for slug, names in self._territories.items():
            if count := len(self._snapshot.projects_in(slug)):
                yield button(f"{names.in_(self._tr.language)} · {count}", ProjectsPage(territory=slug))

    def _bodies(self) -> Iterator[InlineKeyboardButton]:
        for slug in donors(self._snapshot):
            count = len(self._snapshot.projects_of(slug))
            yield button(f"{self._body_name(slug)} · {count}", ProjectsPage(donor=slug))

    def _states(self) -> Iterator[InlineKeyboardButton]:
        yield button(self._tr.gettext("Under way"), ProjectsPage(state="active"))
        yield button(self._tr.gettext("Over"), ProjectsPage(state="over"))

    def _body_name(self, slug: str) -> str:
        body = self._snapshot.organisations.get(slug)
        return button_name(body, self._tr.language) if body else ""


def page_of(asked: str, snapshot: RegistrySnapshot, now: datetime, tr: Translation) -> ProjectsPage | None:
    """The list that words ask for: of an oblast, a body, a state, or all that is named of these; None for any other.

    Pure.
    """
    understood = understand(asked, snapshot, now=now, language=tr.language)
    named = {one.kind: one.slug for one in (*understood.targets, *understood.mentioned)}
    page = ProjectsPage(
        territory=named.get("place", ""), donor=named.get("organisation", ""), state=understood.state or ""
    )
    if named.keys() - {"place", "organisation"} or page == ProjectsPage():
        return None
    found = chosen_projects(
        snapshot,
        now.date(),
        territory=page.territory or None,
        organisation=page.donor or None,
        state=understood.state,
    )
    return page if found else None


def donors(snapshot: RegistrySnapshot) -> tuple[str, ...]:
    """The bodies that fund a project, each once.  Pure."""
    return tuple(dict.fromkeys(slug for project in snapshot.all_projects() for slug in project.donors))


def project_state(text: str) -> State | None:
    """The state that a button carries, or None for any.  Pure."""
    match text:
        case "active" | "over":
            return text
        case _:
            return None
