"""The sandbox in a file, so that it is as one left it after a restart."""

from __future__ import annotations

import base64
import json
from collections import deque
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.sandbox.errors import Json
from bot.sandbox.model import Telegram
from bot.sandbox.partners.archive import Archive, Publication, Release
from bot.sandbox.records import Chat, Message, Profile, StoredFile, User

VERSION = 1


def dump(telegram: Telegram, archive: Archive) -> str:
    """Everything worth keeping, as JSON."""
    kept: Json = {
        "version": VERSION,
        "counter": telegram.counter,
        "next_update": telegram.queue.next_id,
        "pending": list(telegram.queue.pending),
        "users": [asdict(user) for user in telegram.users.values()],
        "chats": [asdict(chat) for chat in telegram.chats.values()],
        "files": [
            {**asdict(file), "data": base64.b64encode(file.data).decode()} for file in telegram.files.values()
        ],
        "profile": asdict(telegram.profile),
        "publications": [{**asdict(one), "at": one.at.isoformat()} for one in archive.publications],
    }
    return json.dumps(kept, ensure_ascii=False)


def load(text: str, telegram: Telegram, archive: Archive) -> None:
    """Puts back what `dump` wrote.  Raises ValueError or KeyError for what it did not write."""
    kept: Json = json.loads(text)
    if kept["version"] != VERSION:
        raise ValueError(f"state of version {kept['version']}")
    users = [User(**user) for user in kept["users"]]
    chats = [_chat(chat) for chat in kept["chats"]]
    files = [StoredFile(**{**file, "data": base64.b64decode(file["data"])}) for file in kept["files"]]
    publications = [_publication(one) for one in kept["publications"]]
    telegram.counter = kept["counter"]
    telegram.queue.next_id = kept["next_update"]
    telegram.queue.pending = deque(kept["pending"])
    telegram.users.update({user.id: user for user in users if not user.is_bot})
    telegram.chats = {chat.id: chat for chat in chats}
    telegram.files = {file.file_id: file for file in files}
    telegram.profile = Profile(**kept["profile"])
    archive.publications[:] = publications


def _chat(kept: Json) -> Chat:
    messages = {int(number): Message(**message) for number, message in kept["messages"].items()}
    members = {int(number): status for number, status in kept["members"].items()}
    topics = {int(number): name for number, name in kept["topics"].items()}
    return Chat(**{**kept, "messages": messages, "members": members, "topics": topics})


def _publication(kept: Json) -> Publication:
    release = Release(**{**kept["release"], "topics": tuple(kept["release"]["topics"])})
    return Publication(kept["id"], kept["site"], release, datetime.fromisoformat(kept["at"]))


def write(path: Path, text: str) -> None:
    """Replaces the file in one step, so that it is never half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f"{path.suffix}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
