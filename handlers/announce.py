"""/announce: a text or a file, for whom, a look at it, and off it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command, Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.announcements import in_language
from bot.i18n import Translation
from bot.messages.link_buttons import NoButtonsUnderAlbums
from bot.messages.written import CannotAnnounce, parts_of
from handlers import drafts
from handlers.announce_callbacks import (
    AnnouncementStep,
    AudienceChosen,
    PlacesWanted,
    VersionWanted,
)
from handlers.announce_screens import (
    AudienceScene,
    album_screen,
    compose_screen,
    versions_screen,
)
from handlers.announce_sending import Dispatch, over
from handlers.choices import LANGUAGE_NAMES
from handlers.dialogues import ANNOUNCEMENT, leave, router_of
from handlers.drafts import Draft
from handlers.keyboards import back, close
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.rights import IsStaff
from handlers.screens import Screen, say, show
from storage.announcements import AnnouncementError
from storage.languages import LANGUAGES, Language
from storage.staff import StaffMember
from storage.subscribers import Chat


class Announcing(StatesGroup):
    """A staff member is writing an announcement."""

    content = State()
    version = State()


def router() -> Router:
    """Writing an announcement, up to sending it."""
    announce = router_of(ANNOUNCEMENT, "announce")
    staff = IsStaff()
    announce.message.register(begin, Command("announce"), staff)
    announce.message.register(take_more, AlbumGoesOn(), staff)
    announce.message.register(take_content, Announcing.content, ~F.text.startswith("/"), staff)
    announce.message.register(take_version, Announcing.version, ~F.text.startswith("/"), staff)
    step = announce.callback_query.register
    step(begin, AnnouncementStep.filter(F.step == "begin"), staff)
    step(begin_anew, AnnouncementStep.filter(F.step == "anew"), staff)
    step(go_on, AnnouncementStep.filter(F.step == "continue"), staff)
    step(show_audiences, AnnouncementStep.filter(F.step == "audience"), staff)
    step(show_places, PlacesWanted.filter(), staff)
    step(choose_audience, AudienceChosen.filter(), staff)
    step(show_preview, AnnouncementStep.filter(F.step == "preview"), staff)
    step(send_to_me, AnnouncementStep.filter(F.step == "test"), staff)
    step(send_to_group, AnnouncementStep.filter(F.step == "group"), staff)
    step(change_language, AnnouncementStep.filter(F.step == "language"), staff)
    step(toggle_urgent, AnnouncementStep.filter(F.step == "urgent"), staff)
    step(send, AnnouncementStep.filter(F.step.in_(("send", "sure"))), staff)
    step(edit, AnnouncementStep.filter(F.step == "edit"), staff)
    step(ask_version, VersionWanted.filter(), staff)
    return announce


async def begin(
    event: Message | CallbackQuery, tr: Translation, state: FSMContext, scene: AudienceScene
) -> None:
    """Asks for the text; where one has been written, whether to go on with it."""
    draft = await drafts.load(state)
    if draft.content:
        await state.set_state(None)
        await show(event, await scene.resume_screen(tr, draft))
    else:
        await begin_anew(event, tr, state)


async def begin_anew(event: Message | CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Drops what was written, and asks for the text."""
    await leave(state, ANNOUNCEMENT)
    await state.set_state(Announcing.content)
    await show(event, compose_screen(tr))


async def go_on(
    query: CallbackQuery,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Goes on where the draft was left."""
    draft = await drafts.load(state)
    if not draft.content:
        over(tr, notice)
    elif draft.audience is None:
        await show(query, await scene.screen(tr, member))
    else:
        await _preview(query, bot, chat, tr, member, draft, scene)


async def take_content(
    message: Message,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
) -> None:
    """Takes what is to be announced, and asks for whom; where that is known, shows the whole again."""
    before = await drafts.load(state)
    language = await _take(message, None, chat.language, tr, state)
    if language is None:
        return
    draft = await drafts.load(state)
    if before.only_language not in (None, language):
        draft = replace(draft, content={language: draft.content[language]})
        await drafts.keep(state, draft)
    if draft.audience is None:
        await show(message, await scene.screen(tr, member))
    elif message.media_group_id:
        await show(message, album_screen(tr))
    else:
        await _preview(message, bot, chat, tr, member, draft, scene)


async def take_version(
    message: Message,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
) -> None:
    """Takes the same in one more language, and shows the whole again."""
    language: Language = (await state.get_data()).get("version", chat.language)
    if await _take(message, language, chat.language, tr, state) is None:
        return
    if message.media_group_id:
        await show(message, album_screen(tr))
        return
    await _preview(message, bot, chat, tr, member, await drafts.load(state), scene)


async def show_audiences(
    query: CallbackQuery, tr: Translation, member: StaffMember, state: FSMContext, scene: AudienceScene
) -> None:
    """Shows for whom it can be, and how many each is."""
    await show(query, await scene.screen(tr, member))


async def show_places(
    query: CallbackQuery,
    callback_data: PlacesWanted,
    tr: Translation,
    member: StaffMember,
    scene: AudienceScene,
) -> None:
    """Shows the oblasts, or what lies in a territory, and how many each is."""
    await show(query, await scene.places_screen(tr, member, callback_data))


async def choose_audience(
    query: CallbackQuery,
    callback_data: AudienceChosen,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Takes the audience and shows the announcement exactly as people will see it."""
    draft = await drafts.load(state)
    if not draft.content:
        over(tr, notice)
        return
    draft = replace(draft, audience=await scene.audience(callback_data, member))
    await drafts.keep(state, draft)
    await _preview(query, bot, chat, tr, member, draft, scene)


async def show_preview(
    query: CallbackQuery,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Back to what can be done with the draft."""
    draft = await drafts.load(state)
    if draft.audience is None:
        over(tr, notice)
        return
    await show(query, await scene.ready_screen(tr, member, draft))


async def toggle_urgent(
    query: CallbackQuery,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Marks it as urgent, or as not."""
    draft = await drafts.load(state)
    if draft.audience is None:
        over(tr, notice)
        return
    draft = replace(draft, urgent=not draft.urgent)
    await drafts.keep(state, draft)
    await show(query, await scene.ready_screen(tr, member, draft))


async def send_to_me(
    query: CallbackQuery,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Sends it to the one who writes it: every version, as its readers will get it."""
    draft = await drafts.load(state)
    if not draft.content:
        over(tr, notice)
        return
    for parts in draft.content.values():
        await answer_with(bot, parts, chat.id, chat.thread_id)
    notice.say(tr.gettext("Sent to you only."))
    await say(query, await scene.ready_screen(tr, member, draft))


async def send_to_group(
    _query: CallbackQuery,
    bot: Bot,
    tr: Translation,
    state: FSMContext,
    notice: Notice,
    staff_chat_id: int | None,
) -> None:
    """Sends it to the chat of the staff, for others to look at."""
    draft = await drafts.load(state)
    if not draft.content or staff_chat_id is None:
        over(tr, notice)
        return
    try:
        for parts in draft.content.values():
            await answer_with(bot, parts, staff_chat_id)
    except TelegramAPIError:
        notice.say(tr.gettext("The staff chat cannot be written to. Is the bot a member there?"), alert=True)
    else:
        notice.say(tr.gettext("Sent to the staff chat only."))


async def change_language(
    query: CallbackQuery,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    scene: AudienceScene,
    notice: Notice,
) -> None:
    """Says that the only text is in another language than was thought."""
    draft = await drafts.load(state)
    if draft.only_language is None or draft.audience is None:
        over(tr, notice)
        return
    following = LANGUAGES[(LANGUAGES.index(draft.only_language) + 1) % len(LANGUAGES)]
    draft = draft.in_language(following)
    await drafts.keep(state, draft)
    await show(query, await scene.ready_screen(tr, member, draft))


async def send(
    query: CallbackQuery,
    callback_data: AnnouncementStep,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    dispatch: Dispatch,
    notice: Notice,
) -> None:
    """Freezes text and audience, and lets it go; this message shows how far it is from here on."""
    yes = AnnouncementStep(step="sure")
    await dispatch(query, chat, tr, member, state, notice, None, yes, sure=callback_data.step == "sure")


async def edit(query: CallbackQuery, tr: Translation, state: FSMContext) -> None:
    """Asks for another text, of several versions for which; the audience stays."""
    draft = await drafts.load(state)
    if len(draft.content) > 1:
        await show(query, versions_screen(tr, draft))
        return
    await state.set_state(Announcing.content)
    await show(query, compose_screen(tr, again=bool(draft.content)))


async def ask_version(
    query: CallbackQuery, callback_data: VersionWanted, tr: Translation, state: FSMContext
) -> None:
    """Asks for the same in one more language."""
    language: Language = next((code for code in LANGUAGES if code == callback_data.language), "ky")
    await state.set_state(Announcing.version)
    await state.update_data(version=language)
    asked = tr.gettext(
        "Send the announcement in this language: {language}", language=LANGUAGE_NAMES[language]
    )
    await show(query, Screen(Text(asked), (back(tr, AnnouncementStep(step="preview")),)))


class AlbumGoesOn(Filter):
    """Passes the further files of the album whose first one was taken."""

    async def __call__(self, message: Message, state: FSMContext) -> bool:
        album = (await state.get_data()).get("album") or {}
        return message.media_group_id is not None and album.get("id") == message.media_group_id


async def take_more(message: Message, tr: Translation, state: FSMContext) -> None:
    """Adds a further file to the album that is being written."""
    language: Language = (await state.get_data())["album"]["language"]
    await _take(message, language, language, tr, state)


async def _take(
    message: Message, wanted: Language | None, of_author: Language, tr: Translation, state: FSMContext
) -> Language | None:
    """Keeps a message as the text in the wanted language, or in the one it seems to be in; returns which.

    A kind that cannot be announced is asked for again; None then.
    """
    try:
        parts = parts_of(message)
        language = wanted or drafts.language_of_text(parts, of_author)
        if message.media_group_id:
            if "reply_markup" in parts[0].params:
                raise NoButtonsUnderAlbums
            album = await drafts.add_to_album(
                state, message.message_id, message.media_group_id, language, parts[0]
            )
            if album is None:
                raise CannotAnnounce
            parts = (album,)
    except AnnouncementError as error:
        said = tr.gettext(error.sentence, **error.params)
        await show(message, Screen(Text(said), (close(tr, ANNOUNCEMENT),)))
        return None
    draft = await drafts.load(state)
    await drafts.keep(state, draft.with_version(language, parts))
    await state.set_state(None)
    return language


async def _preview(
    event: Message | CallbackQuery,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    draft: Draft,
    scene: AudienceScene,
) -> None:
    if draft.audience is None:
        return
    shown: Iterable[Language] = draft.content
    for language in shown:
        await answer_with(bot, in_language(draft.content, language), chat.id, chat.thread_id)
    await say(event, await scene.ready_screen(tr, member, draft))
