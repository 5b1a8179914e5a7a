"""The registry as a file: /registry sends it out; a file sent to the bot shows what it would change, and asks.

For administrators.  Nothing is kept of a file but how to get it again from Telegram: what is applied is what was shown,
or it is shown anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.dependencies import Clock
from handlers.dialogues import REGISTRY
from handlers.keyboards import button, close
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Row, Screen, show
from storage.errors import N_
from storage.languages import Language
from storage.registry import Change, Registry, RegistryError
from storage.registry.changes import Values
from storage.registry.errors import InvalidRecord
from storage.registry.file_bounds import MOST_BYTES, FileTooLarge
from storage.registry.files import FORMATS, changes_in, write_file
from storage.registry.history import RecordedChange
from storage.registry.sheets import Problem, WrongSheets, cell_changes
from storage.staff import StaffMember
from storage.subscribers import Chat

CHANGES_SHOWN: Final = 12
CELLS_SHOWN: Final = 4
PROBLEMS_SHOWN: Final = 12
CELL_WIDTH: Final = 40
HISTORY_SHOWN: Final = 8
NAME_LIMIT: Final = 60

KIND_NAMES: Final[Mapping[str, str]] = {
    "project": N_("project"),
    "organisation": N_("organisation"),
    "contact": N_("contact"),
    "term": N_("term"),
    "event": N_("event"),
    "faq": N_("question with an answer"),
    "municipality": N_("municipality"),
    "alias": N_("one more name"),
}


class RegistryAct(CallbackData, prefix="reg"):
    """Act on the registry.

    `apply` the file whose difference, known by its number, was shown, or `revert` what was changed with a change.
    """

    act: str
    change: int


class IsRegistryFile(Filter):
    """Passes files by the names that the registry comes under, in private."""

    async def __call__(self, message: Message) -> bool:
        name = (message.document.file_name or "").lower() if message.document else ""
        return message.chat.type == "private" and name.endswith(FORMATS)


def router() -> Router:
    """The conversation about the registry as a file; after those in which files are expected for something else."""
    files = Router(name="registry_file")
    administrator = IsStaff("administrator")
    files.message.register(send_file, Command("registry"), administrator)
    files.message.register(show_difference, IsRegistryFile(), administrator)
    files.message.register(no_right, Command("registry"), IsStaff())
    files.message.register(no_right, IsRegistryFile(), IsStaff())
    files.callback_query.register(apply_file, RegistryAct.filter(F.act == "apply"), administrator)
    files.callback_query.register(revert, RegistryAct.filter(F.act == "revert"), administrator)
    return files


async def send_file(message: Message, chat: Chat, tr: Translation, registry: Registry, clock: Clock) -> None:
    """Sends the registry as a workbook, with the latest changes and a way to take each back."""
    name = f"registry-{clock():%Y-%m-%d}.xlsx"
    held = await registry.holdings()
    data = await asyncio.to_thread(write_file, name, held, clock())
    caption = tr.gettext(
        "The registry: a sheet a kind, a row a record. Change what you need and send the file back: "
        "I show the difference first."
    )
    await message.answer_document(BufferedInputFile(data, filename=name), caption=caption)
    if made := await registry.history(limit=HISTORY_SHOWN):
        await show(message, history_screen(tr, made, chat.timezone, clock()))


async def no_right(message: Message, tr: Translation) -> None:
    """Staff who are not administrators are told so."""
    await show(message, Screen(Text(tr.gettext("Only administrators can do this."))))


async def show_difference(
    message: Message, bot: Bot, tr: Translation, state: FSMContext, registry: Registry, clock: Clock
) -> None:
    """Reads the file and shows what it would change."""
    assert message.document is not None
    file_id, name = message.document.file_id, message.document.file_name or ""
    if (message.document.file_size or 0) > MOST_BYTES:
        await show(message, Screen(Text(said(FileTooLarge(), tr))))
        return
    try:
        changes = await _read(bot, file_id, name, registry, clock)
    except RegistryError as error:
        await show(message, error_screen(tr, error))
        return
    if changes:
        await state.update_data(registry={"file": file_id, "name": name, "shown": digest(changes)})
    await show(message, difference_screen(tr, changes))


async def apply_file(
    query: CallbackQuery,
    callback_data: RegistryAct,
    bot: Bot,
    tr: Translation,
    state: FSMContext,
    registry: Registry,
    clock: Clock,
    notice: Notice,
) -> None:
    """Makes the changes that were shown; where the registry has moved on since, they are shown anew."""
    kept: dict[str, Any] | None = (await state.get_data()).get("registry")
    if kept is None or kept["shown"] != callback_data.change:
        notice.say(tr.gettext("This file has been dealt with. Send it again."))
        return
    try:
        changes = await _read(bot, kept["file"], kept["name"], registry, clock)
        if digest(changes) != kept["shown"]:
            await state.update_data(registry={**kept, "shown": digest(changes)})
            notice.say(tr.gettext("The registry has changed meanwhile. Please look again."), alert=True)
            await show(query, difference_screen(tr, changes))
            return
        made = await registry.change(changes, clock(), query.from_user.id)
    except RegistryError as error:
        await show(query, error_screen(tr, error))
        return
    await state.update_data(registry=None)
    await show(query, done_screen(tr, changes, made))


async def revert(
    query: CallbackQuery,
    callback_data: RegistryAct,
    tr: Translation,
    registry: Registry,
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes back everything that was changed together."""
    try:
        made = await registry.revert(callback_data.change, clock(), query.from_user.id, whole=True)
    except RegistryError as error:
        notice.say(said(error, tr), alert=True)
        return
    again = [button(tr.gettext("Bring it again"), RegistryAct(act="revert", change=made))]
    await show(query, Screen(Text(tr.gettext("Taken back. The registry is as it was before.")), (again,)))


async def _read(bot: Bot, file_id: str, name: str, registry: Registry, clock: Clock) -> tuple[Change, ...]:
    downloaded = await bot.download(file_id)
    data = downloaded.read(MOST_BYTES + 1) if downloaded else b""
    return await asyncio.to_thread(changes_in, name, data, await registry.holdings(), clock().date())


def difference_screen(tr: Translation, changes: Sequence[Change]) -> Screen:
    """What a file would change, and the yes or no."""
    if not changes:
        return Screen(Text(tr.gettext("The registry says the same already. There is nothing to change.")))
    rest = len(changes) - CHANGES_SHOWN
    lines: list[Text | str] = [Bold(counted(tr, changes)), ""]
    for change in changes[:CHANGES_SHOWN]:
        lines += change_lines(tr, change)
    if rest > 0:
        lines.append(tr.ngettext("and {n} more record", "and {n} more records", rest))
    act = [
        button(tr.gettext("Apply"), RegistryAct(act="apply", change=digest(changes)), style="primary"),
        *close(tr, REGISTRY),
    ]
    return Screen(joined(lines), (act,))


def done_screen(tr: Translation, changes: Sequence[Change], made: int) -> Screen:
    """What was changed, and the way back."""
    back = [button(tr.gettext("Take back"), RegistryAct(act="revert", change=made))]
    return Screen(joined([tr.gettext("Done."), counted(tr, changes)]), (back,) if made else ())


def way_back(tr: Translation, made: int, member: StaffMember) -> Row:
    """Taking a change back, which is for administrators; nothing where nothing was changed."""
    if not made or not member.may("administrator"):
        return []
    return [button(tr.gettext("Take back"), RegistryAct(act="revert", change=made))]


def history_screen(tr: Translation, made: Sequence[RecordedChange], timezone: str, now: datetime) -> Screen:
    """The latest changes, those made together as one, each with its time and the way back."""
    batches: dict[int, list[RecordedChange]] = {}
    for recorded in made:
        batches.setdefault(recorded.batch, []).append(recorded)
    lines: list[Text | str] = [Bold(tr.gettext("The latest changes of the registry"))]
    rows = []
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for number, (batch, together) in enumerate(batches.items(), 1):
        at = together[0].happened_at.astimezone(zone)
        named = "; ".join(f"{sign_of(one.change)} {name_of(tr, one.change)}" for one in together[:3])
        more = "; …" if len(together) > 3 else ""
        lines.append(clip(f"{number}. {tr.day(at.date(), today)}, {tr.clock(at)} · {named}{more}", 300))
        act = RegistryAct(act="revert", change=batch)
        rows.append(button(tr.gettext("Take back {number}", number=number), act))
    return Screen(joined(lines), tuple(rows[at : at + 2] for at in range(0, len(rows), 2)))


def change_lines(tr: Translation, change: Change) -> Iterator[str]:
    """A change in a few lines: what is new, what goes, which cells of a record become what."""
    yield f"{sign_of(change)} {name_of(tr, change)}"
    if change.old is None or change.new is None:
        return
    cells = list(cell_changes(change))
    for cell in cells[:CELLS_SHOWN]:
        yield f"    {cell.column}: {clip(cell.old, CELL_WIDTH) or '—'} → {clip(cell.new, CELL_WIDTH) or '—'}"
    if len(cells) > CELLS_SHOWN:
        yield "    …"


def name_of(tr: Translation, change: Change) -> str:
    """A record as it is named in a list: what it is, its name in the reader's language, its slug."""
    called = clip(_called(change.new or change.old or {}, tr.language), NAME_LIMIT)
    kind, slug = tr.gettext(KIND_NAMES[change.kind]), clip(change.slug, 60)
    if not called:
        return f"{kind} {slug}"
    return f"{kind} «{called}»" + (f" ({slug})" if change.kind != "alias" else "")


def sign_of(change: Change) -> str:
    """New, taken away, or changed."""
    return "＋" if change.old is None else "−" if change.new is None else "•"


def _called(values: Values, language: Language) -> str:
    """The name of a record in its values: a project's, a contact's role, a question, a word that means a record."""
    names = values.get("names") or values.get("person") or values.get("role")
    if isinstance(names, Mapping):
        return str(names.get(language) or names.get("ru") or "")
    asked = values.get("questions")
    return str(asked[0] if asked else values.get("text", ""))


def counted(tr: Translation, changes: Sequence[Change]) -> str:
    """How many records are new, changed and taken away."""
    new = sum(change.old is None for change in changes)
    gone = sum(change.new is None for change in changes)
    return tr.gettext(
        "New: {new}, changed: {changed}, taken away: {gone}.",
        new=new,
        changed=len(changes) - new - gone,
        gone=gone,
    )


def error_screen(tr: Translation, error: RegistryError) -> Screen:
    """What is wrong with a file, each mistake by its place."""
    if not isinstance(error, WrongSheets):
        return Screen(Text(said(error, tr)))
    rest = len(error.problems) - PROBLEMS_SHOWN
    lines: list[Text | str] = [Bold(said(error, tr))]
    lines += [clip(placed(tr, each), 280) for each in error.problems[:PROBLEMS_SHOWN]]
    if rest > 0:
        lines.append(tr.ngettext("and {n} more mistake", "and {n} more mistakes", rest))
    return Screen(joined(lines))


def placed(tr: Translation, problem: Problem) -> str:
    """A mistake with its place, in the reader's language."""
    what = tr.gettext(problem.problem, **problem.words)
    return tr.gettext(
        problem.sentence, sheet=problem.sheet, row=problem.row, column=problem.column, problem=what
    )


def said(error: RegistryError, tr: Translation) -> str:
    """An error in the reader's language; of a record what is wrong with it, without the names of its fields."""
    if isinstance(error, InvalidRecord):
        problem = tr.gettext(error.problem, **error.words)
        return f"{problem[:1].upper()}{problem[1:]}."
    return tr.gettext(error.sentence, **error.params)


def digest(changes: Sequence[Change]) -> int:
    """A number that tells one set of changes from another."""
    plain = [(change.kind, change.slug, change.old, change.new) for change in changes]
    said = json.dumps(plain, sort_keys=True, default=dict)
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:6])
