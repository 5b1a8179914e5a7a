"""One call of a method: its parameters, however they were sent, and its files."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.limits import PHOTO_BYTES, UPLOAD_BYTES
from bot.sandbox.markup import formatted, units
from bot.sandbox.model import Telegram
from bot.sandbox.records import Chat, StoredFile


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """Parameters may be strings (forms) or values (JSON): both read the same."""

    telegram: Telegram
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)  # any JSON value, or a string that holds one
    files: Mapping[str, Upload] = field(default_factory=dict)

    def string(self, name: str) -> str:
        """A text parameter, or an empty string."""
        value = self.parameters.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number.  Raises 400 for what is none."""
        value = self.parameters.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'can\'t parse "{name}": expected an Integer') from None

    def flag(self, name: str) -> bool:
        """Whether a Boolean is true."""
        return str(self.parameters.get(name, "")).lower() in ("true", "1", "yes")

    def object(self, name: str) -> Any:  # the shape is the caller's to check
        """A JSON-serialised parameter, or None.  Raises 400 for what does not parse."""
        value = self.parameters.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def chat(self) -> Chat:
        """The chat named by `chat_id`, to which the bot may write."""
        return self.telegram.writable(self.string("chat_id"), self.integer("message_thread_id"))

    def text(self, name: str, limit: int, too_long: str) -> tuple[str, list[Json]]:
        """A formatted text with its entities (`text` with `entities`, `caption` with `caption_entities`)."""
        listed = self.object("entities" if name == "text" else f"{name}_entities")
        text, entities = formatted(self.string(name), self.string("parse_mode") or None, listed)
        if units(text) > limit:
            raise bad_request(too_long)
        return text, entities

    def file(self, name: str, *, photo: bool = False) -> StoredFile:
        """The file of a parameter: uploaded, attached, or known by its `file_id`.

        Addresses on the web are refused as those that Telegram could not fetch: the sandbox fetches nothing.
        """
        return self.file_of(self.string(name), name, photo=photo)

    def file_of(self, value: str, name: str, *, photo: bool = False) -> StoredFile:
        """Like `file`, for a value found elsewhere: in a media group."""
        key = value.removeprefix("attach://") if value.startswith("attach://") else name
        upload = self.files.get(key)
        if upload is not None:
            return self._received(upload, photo)
        if value.startswith("attach://"):
            raise bad_request(f'attached file "{key}" not found' if key else "invalid file")
        if value.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        if not value:
            raise bad_request(f"there is no {name} in the request")
        if value not in self.telegram.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self.telegram.files[value]

    def _received(self, upload: Upload, photo: bool) -> StoredFile:
        if not upload.data:
            raise bad_request("file must be non-empty")
        if photo and len(upload.data) > PHOTO_BYTES:
            raise bad_request(
                f"file of size {len(upload.data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
            )
        if len(upload.data) > UPLOAD_BYTES:
            raise bad_request("file is too big")
        stored = self.telegram.add_file(upload.data, upload.name, upload.mime)
        if photo and not stored.width:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return stored


Method = Callable[[Call], Any | Awaitable[Any]]  # results are JSON of every shape
