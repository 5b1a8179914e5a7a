"""Announcements after they were sent: the calls that correct or delete them, and how that is shown to staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, sizeof

from bot.i18n import Translation
from bot.messages import albums
from bot.messages.announcement import bar
from bot.messages.parts import CAPTION_LIMIT, joined
from storage.announcement_acts import Act, ActKind
from storage.announcements import AnnouncementError, Progress
from storage.errors import N_
from storage.parts import Part, SentMessage

_WITH_WORDS: Final = frozenset(
    {
        *("sendMessage", "sendPhoto", "sendVideo", "sendAnimation"),
        *("sendDocument", "sendAudio", "sendVoice", albums.METHOD),
    }
)
_ABOVE: Final = "show_caption_above_media"

UNDER_WAY: Final[Mapping[ActKind, str]] = {
    "correct": N_("Correcting: {done} of {total}"),
    "withdraw": N_("Deleting: {done} of {total}"),
}


class TooLongForCaption(AnnouncementError):
    """The words under a photo or file are fewer than those of a text."""

    code = "announcements.caption_too_long"
    sentence = N_("Under a photo or file at most {most} characters fit; this text has {size}.")


class NothingToCorrect(AnnouncementError):
    """What was sent has no words."""

    code = "announcements.no_words"
    sentence = N_("There are no words in this announcement to correct. Delete it for all and announce anew.")


class NoWords(AnnouncementError):
    """What was sent to take the place of words has none."""

    code = "announcements.nothing_said"
    sentence = N_("A correction is words: send the text that is to stand there instead.")


def has_words(original: Sequence[Part]) -> bool:
    """Whether what was sent can be corrected: a text, or what has a caption.  Pure."""
    return original[0].method in _WITH_WORDS


def edits(original: Sequence[Part], new: Sequence[Part], message_id: int) -> tuple[Part, ...]:
    """Calls that put the new text (or caption) in place of the first part of what was sent as `message_id`.

    A photo, document or album keeps its files, and buttons stay unless the new text brings its own: an edit without
    them would take them away.  Raises NothingToCorrect, NoWords where there is no new text, TooLongForCaption.
    """
    text, entities = _words(original, new)
    first = original[0]
    place = albums.captioned(first) if first.method == albums.METHOD else 0
    params: dict[str, Any] = {"message_id": SentMessage(message_id, place).as_json()}
    if buttons := _buttons(first, new):
        params["reply_markup"] = buttons
    if first.method == "sendMessage":
        return (Part("editMessageText", params | _worded("text", "entities", text, entities)),)
    if (first.params["media"][place] if first.method == albums.METHOD else first.params).get(_ABOVE):
        params[_ABOVE] = True
    return (Part("editMessageCaption", params | _worded("caption", "caption_entities", text, entities)),)


def corrected(original: Sequence[Part], new: Sequence[Part]) -> tuple[Part, ...]:
    """The message with the new words, for those who have not got it yet; raises what `edits` raises."""
    text, entities = _words(original, new)
    first, *rest = original
    params = dict(first.params)
    if first.method == albums.METHOD:
        media = [dict(each) for each in params["media"]]
        at = albums.captioned(first)
        media[at] = _reworded(media[at], "caption", "caption_entities", text, entities)
        return (Part(first.method, {**params, "media": media}), *rest)
    if first.method == "sendMessage":
        params = _reworded(params, "text", "entities", text, entities)
    else:
        params = _reworded(params, "caption", "caption_entities", text, entities)
    if buttons := _buttons(first, new):
        params["reply_markup"] = buttons
    return (Part(first.method, params), *rest)


def withdrawals(original: Sequence[Part], message_id: int) -> tuple[Part, ...]:
    """Calls that delete what was sent as `message_id`.

    Limits: Telegram lets a bot delete its messages for 48 hours only (`DELETABLE_FOR`).
    """
    return tuple(
        Part("deleteMessage", {"message_id": SentMessage(message_id, number).as_json()})
        for number in range(albums.messages_in(original))
    )


def act_text(act: Act, progress: Progress, tr: Translation) -> Text:
    """How far a correction or deletion is, and what it came to."""
    failed = progress.failed + progress.blocked + progress.unknown
    lines: list[Text | str] = []
    if act.state == "done" and act.wish.kind == "correct" and not act.recipients:
        lines.append(tr.gettext("Nobody had got it yet: everybody gets the new text."))
    elif act.state == "done":
        lines.append(Bold(_done(act, progress.sent, tr)))
    else:
        done = {"done": tr.number(progress.finished), "total": tr.number(progress.total)}
        lines += [Bold(tr.gettext(UNDER_WAY[act.wish.kind], **done)), bar(progress)]
    if failed:
        lines.append(tr.gettext("Did not work for: {n}", n=tr.number(failed)))
    if progress.cancelled:
        skipped = tr.number(progress.cancelled)
        lines.append(tr.gettext("Left out, as no longer needed or possible: {n}", n=skipped))
    return joined(lines)


def _done(act: Act, count: int, tr: Translation) -> str:
    if act.wish.kind == "withdraw":
        return tr.ngettext("Deleted for {n} subscriber", "Deleted for {n} subscribers", count)
    return tr.ngettext("Corrected for {n} subscriber", "Corrected for {n} subscribers", count)


def _words(original: Sequence[Part], new: Sequence[Part]) -> tuple[str, Any]:
    if not has_words(original):
        raise NothingToCorrect
    params = new[0].params if new else {}
    text = str(params.get("text") or params.get("caption") or "")
    if not text:
        raise NoWords
    if original[0].method != "sendMessage" and (size := sizeof(text)) > CAPTION_LIMIT:
        raise TooLongForCaption(most=CAPTION_LIMIT, size=size)
    return text, params.get("entities") or params.get("caption_entities")


def _buttons(first: Part, new: Sequence[Part]) -> Any:
    return new[0].params.get("reply_markup") or first.params.get("reply_markup")


def _worded(words: str, marks: str, text: str, entities: Any) -> dict[str, Any]:
    return {words: text} | ({marks: entities} if entities else {})


def _reworded(params: Mapping[str, Any], words: str, marks: str, text: str, entities: Any) -> dict[str, Any]:
    kept = {name: value for name, value in params.items() if name not in (words, marks)}
    return kept | _worded(words, marks, text, entities)
