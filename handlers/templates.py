"""Texts that staff announce again and again: saving one, and beginning with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from bot.messages.parts import clip
from handlers import drafts
from handlers.announce import Announcing
from handlers.announce_callbacks import AnnouncementStep, TemplateAct
from handlers.announce_screens import AudienceScene, compose_screen
from handlers.dependencies import Clock
from handlers.dialogues import ANNOUNCEMENT, router_of
from handlers.drafts import Draft
from handlers.keyboards import back, button, close, pages
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from handlers.territories import with_territories
from storage.database import Database
from storage.staff import StaffMember
from storage.templates import NAME_LIMIT, Template, Templates
from storage.territory_tree import TerritoryTree

SHOWN: Final = 10


class Saving(StatesGroup):
    """A staff member is naming a template."""

    name = State()


def router(database: Database) -> Router:
    """The conversation about templates."""
    templates = router_of(ANNOUNCEMENT, "templates")
    staff = IsStaff()
    on = templates.callback_query.register
    on(show_templates, TemplateAct.filter(F.act == "list"), staff)
    on(use, TemplateAct.filter(F.act == "use"), staff)
    on(drop, TemplateAct.filter(F.act == "drop"), IsStaff("publisher"))
    on(ask_name, TemplateAct.filter(F.act == "save"), staff)
    on(write_anew, TemplateAct.filter(F.act == "none"), staff)
    templates.message.register(save, Saving.name, F.text, ~F.text.startswith("/"), staff)
    return with_territories(templates, database)


async def show_templates(
    query: CallbackQuery,
    callback_data: TemplateAct,
    tr: Translation,
    member: StaffMember,
    templates: Templates,
    tree: TerritoryTree,
) -> None:
    """Shows a page of the saved texts."""
    page = max(callback_data.page, 0)
    found, count = await templates.seen_by(member, SHOWN, page * SHOWN)
    await show(query, templates_screen(tr, found, member, tree, page, count))


async def use(
    query: CallbackQuery,
    callback_data: TemplateAct,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    templates: Templates,
    notice: Notice,
) -> None:
    """Begins an announcement with a saved text, and asks for whom."""
    found = await templates.get(callback_data.template, member)
    if found is None:
        notice.say(tr.gettext("This template is no longer there."))
        return
    await state.set_state(None)
    await drafts.keep(state, Draft(found.content))
    await show(query, await scene.screen(tr, member))


async def drop(
    query: CallbackQuery,
    callback_data: TemplateAct,
    tr: Translation,
    member: StaffMember,
    templates: Templates,
    tree: TerritoryTree,
    clock: Clock,
) -> None:
    """Removes a template."""
    await templates.drop(callback_data.template, member, clock())
    await show_templates(query, callback_data, tr, member, templates, tree)


async def write_anew(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Back to writing."""
    await state.set_state(Announcing.content)
    await show(query, compose_screen(tr))


async def ask_name(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks what to call the text."""
    await state.set_state(Saving.name)
    asked = tr.gettext("What shall the template be called?")
    await show(query, Screen(Text(asked), (back(tr, AnnouncementStep(step="preview")),)))


async def save(
    message: Message,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    templates: Templates,
    clock: Clock,
) -> None:
    """Saves the draft under the name, and goes back to it."""
    draft = await drafts.load(state)
    await state.set_state(None)
    if not draft.content or draft.audience is None:
        await show(message, compose_screen(tr))
        return
    saved = await templates.save(clip(message.text or "", NAME_LIMIT), draft.content, member, clock())
    await show(message, Screen(Text(tr.gettext("Saved: {name}. It is under /announce.", name=saved.name))))
    await show(message, await scene.ready_screen(tr, member, draft))


def templates_screen(
    tr: Translation,
    found: Sequence[Template],
    member: StaffMember,
    tree: TerritoryTree,
    page: int = 0,
    count: int = 0,
) -> Screen:
    """A page of `count` saved texts, each with a way to remove it for those who may."""

    def may_drop(template: Template) -> bool:
        return member.may("publisher") and tree.covers(member.territory, template.territory)

    rows = (
        [
            button(clip(each.name, 40), TemplateAct(act="use", template=each.id)),
            *([button("✕", TemplateAct(act="drop", template=each.id, page=page))] if may_drop(each) else []),
        ]
        for each in found
    )
    text = tr.gettext("Which template?") if found else tr.gettext("There are no templates yet.")
    turn = pages(page, count, SHOWN, lambda to: TemplateAct(act="list", page=to))
    return Screen(Text(text), (*rows, turn, back(tr, TemplateAct(act="none")), close(tr, ANNOUNCEMENT)))
