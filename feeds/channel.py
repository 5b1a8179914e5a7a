"""A post of a partner's Telegram channel as an item.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from feeds.items import Enclosure, Item, Part
from feeds.text import one_line

TITLE_LIMIT: Final = 200
_PICTURE: Final = "photo"
_FEWEST_WORDS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_TAG: Final = re.compile(r"(?<!\S)[#@]\w+|https?://\S+|(?<!\S)t\.me/\S+")
_DECORATION: Final = re.compile(r"^[^\w«“\"(№]+|[\s\W]+$(?<![.!?…»”\")])")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zа-яёөүң])")


@dataclass(frozen=True, slots=True)
class Post:
    """What a channel posted.  `album` is the group of media it belongs to, `media` what kind it is itself.

    `links` are behind its words.  `published_at` is aware UTC.
    """

    chat_id: int
    message_id: int
    text: str
    published_at: datetime
    username: str = ""
    album: str = ""
    media: str = ""
    links: tuple[str, ...] = ()


def item_of_post(post: Post) -> Item | None:
    """The item that a post is; None for one without words of its own: a sticker, a lone picture, a row of tags.

    The title is the first line that says something, or its first sentence where the line is long.
    """
    lines = [line.strip() for line in post.text.replace("\r", "").split("\n")]
    first = next((at for at, line in enumerate(lines) if _says_something(line)), None)
    if first is None:
        return None
    title = _title(lines[first])
    rest = "\n".join(lines[first + 1 :]).strip() if one_line(lines[first]) == title else ""
    body = rest if _says_something(rest) else "\n".join(lines).strip()
    return Item(
        id=album_identity(post) if post.album else f"post:{post.message_id}",
        title=title,
        url=link_of(post),
        published_at=post.published_at,
        body=re.sub(r"\n{2,}", "\n", body),
        image=link_of(post) if post.media == _PICTURE else "",
        enclosures=tuple(Enclosure(link) for link in dict.fromkeys(post.links)),
    )


def item_of_album(post: Post, parts: Sequence[Part]) -> Item | None:
    """The item that an album is, whichever of its parts have the words; `post` is any of its messages.

    Its picture is its first one; the others, and what else was sent with it, go with it as links to where they stand.
    None where no part says anything.
    """
    worded = [part for part in parts if part.text.strip()]
    text = "\n".join(part.text for part in worded)
    item = item_of_post(replace(post, text=text, links=(), media=""))
    if item is None:
        return None
    media = [(_in_album(post, part), part) for part in parts if part.media]
    image = next((link for link, part in media if part.media == _PICTURE), "")
    links = dict.fromkeys(link for part in parts for link in part.links)
    shown = [Enclosure(link, part.media) for link, part in media if link != image]
    url = link_of(replace(post, message_id=worded[0].number))
    enclosures = (*(Enclosure(link) for link in links), *shown)
    return replace(item, url=url, image=image, enclosures=enclosures, parts=tuple(parts))


def with_part(parts: Iterable[Part], post: Post) -> tuple[Part, ...]:
    """The parts of an album with a message that came or changed, in their order."""
    by_number = {part.number: part for part in parts}
    by_number[post.message_id] = Part(post.message_id, post.text, post.media, post.links)
    return tuple(by_number[number] for number in sorted(by_number))


def album_identity(post: Post) -> str:
    """The identity of the album that a post is a part of."""
    return f"album:{post.album}"


def part_from(noted: Mapping[str, Any]) -> Part:
    """A part as it was noted with its release."""
    return Part(noted["number"], noted["text"], noted["media"], tuple(noted["links"]))


def link_of(post: Post) -> str:
    """The post's address (https://core.telegram.org/api/links#message-links); without a name it opens for members."""
    if post.username:
        return f"https://t.me/{post.username}/{post.message_id}"
    return f"https://t.me/c/{str(post.chat_id).removeprefix('-100')}/{post.message_id}"


def _in_album(post: Post, part: Part) -> str:
    """The address of one picture of an album."""
    return link_of(replace(post, message_id=part.number)) + "?single"


def channel_address(chat_id: int, username: str | None) -> str:
    """The address of a channel itself."""
    return f"https://t.me/{username}" if username else f"https://t.me/c/{str(chat_id).removeprefix('-100')}"


def _says_something(line: str) -> bool:
    return len(_WORD.findall(_TAG.sub(" ", line))) >= _FEWEST_WORDS


def _title(line: str) -> str:
    line = one_line(line)
    plain = _DECORATION.sub("", line) or line
    if len(plain) <= TITLE_LIMIT:
        return plain
    sentence = _SENTENCE_END.split(plain, maxsplit=1)[0]
    if len(sentence) <= TITLE_LIMIT:
        return sentence
    return plain[: TITLE_LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"
