"""How a file looks inside a message."""

from __future__ import annotations

from bot.sandbox.errors import Json
from bot.sandbox.records import StoredFile

MEDIA = ("photo", "document", "video", "animation", "audio", "voice")
WORDLESS = ("sticker", "video_note")
"""Files that have no caption."""


def media_content(kind: str, file: StoredFile) -> Json:
    """The field of a message that holds a file of this kind."""
    base: Json = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    size = {"width": file.width or 640, "height": file.height or 360}
    named = {"file_name": file.name, "mime_type": file.mime}
    match kind:
        case "photo":
            return {"photo": [base | {"width": file.width, "height": file.height}]}
        case "video":
            return {"video": base | size | named | {"duration": 0}}
        case "animation":
            animation = base | size | named | {"duration": 0}
            return {"animation": animation, "document": base | named}
        case "audio":
            return {"audio": base | named | {"duration": 0}}
        case "voice":
            return {"voice": base | {"duration": 0, "mime_type": file.mime}}
        case "sticker":
            shape = {"type": "regular", "is_animated": False, "is_video": False}
            return {"sticker": base | shape | {"width": 512, "height": 512}}
        case "video_note":
            return {"video_note": base | {"length": 360, "duration": 0}}
        case _:
            return {"document": base | named}
