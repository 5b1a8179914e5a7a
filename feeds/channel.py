"""A post of a partner's Telegram channel as an item.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from feeds.items import Enclosure, Item
from feeds.text import one_line

TITLE_LIMIT: Final = 200
_FEWEST_WORDS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_TAG: Final = re.compile(r"(?<!\S)[#@]\w+|https?://\S+|(?<!\S)t\.me/\S+")
_DECORATION: Final = re.compile(r"^[^\w«“\"(№]+|[\s\W]+$(?<![.!?…»”\")])")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zа-яёөүң])")


@dataclass(frozen=True, slots=True)
class Post:
    """What a channel posted.  `album` is the group of media it belongs to; `links` are behind its words.

    `published_at` is aware UTC.
    """

    chat_id: int
    message_id: int
    text: str
    published_at: datetime
    username: str = ""
    album: str = ""
    links: tuple[str, ...] = ()


def item_of_post(post: Post) -> Item | None:
    """The item that a post is; None for one without words of its own: a sticker, a lone picture, a row of tags.

    The title is the first line that says something, or its first sentence where the line is long.  An album is one
    item, whichever of its parts has the words.
    """
    lines = [line.strip() for line in post.text.replace("\r", "").split("\n")]
    first = next((at for at, line in enumerate(lines) if _says_something(line)), None)
    if first is None:
        return None
    title = _title(lines[first])
    rest = "\n".join(lines[first + 1 :]).strip() if one_line(lines[first]) == title else ""
    body = rest if _says_something(rest) else "\n".join(lines).strip()
    return Item(
        id=f"album:{post.album}" if post.album else f"post:{post.message_id}",
        title=title,
        url=link_of(post),
        published_at=post.published_at,
        body=re.sub(r"\n{2,}", "\n", body),
        enclosures=tuple(Enclosure(link) for link in dict.fromkeys(post.links)),
    )


def with_further_words(item: Item, title: str, body: str, url: str) -> Item:
    """The item of an album whose first words are stored already: a further part's words come after them."""
    if item.body in body or item.title in (title, body):
        return replace(item, title=title, body=body, url=url)
    said = item.body if item.title in item.body else f"{item.title}\n{item.body}"
    return replace(item, title=title, body=f"{body}\n{said}", url=url)


def link_of(post: Post) -> str:
    """The post's address (https://core.telegram.org/api/links#message-links); without a name it opens for members."""
    if post.username:
        return f"https://t.me/{post.username}/{post.message_id}"
    return f"https://t.me/c/{str(post.chat_id).removeprefix('-100')}/{post.message_id}"


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
