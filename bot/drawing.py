"""What pictures for chats are drawn with: letters, colours and a sheet that a phone shows whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1080
MARGIN: Final = 60

INK: Final = "#1b1f24"
PALE: Final = "#6b7480"
PAPER: Final = "#ffffff"
GREEN: Final = "#2e9e5b"
GREY: Final = "#9aa3ad"
AMBER: Final = "#e0a100"
RED: Final = "#d1453b"
LIGHT: Final = "#dfe4ea"

_COLOURS: Final = 64
"""Enough for a few colours and the edges of letters, in a third of the bytes."""

Weight = Literal["Regular", "Medium", "Bold"]
Share = tuple[int, str]
"""How much of a bar, in which colour."""


@cache
def font(size: int, weight: Weight = "Regular") -> ImageFont.FreeTypeFont:
    """Letters of a height in pixels; Roboto has those of Kyrgyz too."""
    with as_file(files("font_roboto") / "files" / f"Roboto-{weight}.ttf") as path:
        return ImageFont.truetype(path, size)


class Sheet:
    """A white sheet on which one writes downwards; its height is what was used."""

    def __init__(self, height: int) -> None:
        self._image = Image.new("RGB", (WIDTH, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self.y = MARGIN

    def line(self, text: str, size: int, weight: Weight = "Regular", colour: str = INK) -> None:
        """Writes a line, smaller where it would be too wide."""
        letters = _fitting(text, size, weight, WIDTH - 2 * MARGIN)
        self._draw.text((MARGIN, self.y), text, font=letters, fill=colour)
        self.y += round(size * 1.45)

    def row(self, colour: str, label: str, number: str, share: str, size: int = 44) -> None:
        """Writes a line of a legend: a dot, what it is, how many, and their share at the right."""
        self._draw.rounded_rectangle((MARGIN, self.y + 8, MARGIN + 36, self.y + 44), 9, fill=colour)
        right = font(size, "Bold")
        edge = WIDTH - MARGIN
        self._draw.text((edge, self.y), share, font=font(size), fill=PALE, anchor="ra")
        self._draw.text((edge - 150, self.y), number, font=right, fill=INK, anchor="ra")
        room = WIDTH - 2 * MARGIN - 60 - 150 - round(right.getlength(number)) - 30
        self._draw.text((MARGIN + 60, self.y), label, font=_fitting(label, size, "Regular", room), fill=INK)
        self.y += round(size * 1.75)

    def measure(self, label: str, count: int, most: int, colour: str, size: int = 40) -> None:
        """Writes a line of a table: what it is, a bar as long as it is much, and how many at the right."""
        begin, edge = MARGIN + 480, WIDTH - MARGIN
        self._draw.text((MARGIN, self.y), label, font=_fitting(label, size, "Regular", 460), fill=INK)
        long = max(round((edge - begin - 110) * count / most), LEAST_SEEN)
        self._draw.rounded_rectangle((begin, self.y + 4, begin + long, self.y + size + 4), 8, fill=colour)
        self._draw.text((edge, self.y), str(count), font=font(size, "Bold"), fill=INK, anchor="ra")
        self.y += round(size * 1.7)

    def bar(self, shares: Sequence[Share], height: int = 84) -> None:
        """Draws a bar of shares; the least of them that is not nothing can be seen."""
        whole = WIDTH - 2 * MARGIN
        x = MARGIN
        for width, colour in zip(
            widths([count for count, _ in shares], whole), _colours(shares), strict=True
        ):
            self._draw.rectangle((x, self.y, x + width - 1, self.y + height), fill=colour)
            x += width
        self.y += height + 50

    def gap(self, pixels: int) -> None:
        """Leaves some room."""
        self.y += pixels

    def png(self) -> bytes:
        """The sheet as a file, cut after what was written."""
        held = BytesIO()
        sheet = self._image.crop((0, 0, WIDTH, self.y + MARGIN // 2))
        sheet.quantize(_COLOURS).save(held, "PNG", optimize=True)
        return held.getvalue()


LEAST_SEEN: Final = 12
"""Pixels of a share that is hardly anything."""


def widths(counts: Sequence[int], whole: int) -> list[int]:
    """How wide each of the counts that are not 0 is, in pixels; together they are `whole`.  Pure."""
    seen = [count for count in counts if count > 0]
    total = sum(seen)
    if not total:
        return []
    wide = [max(round(whole * count / total), LEAST_SEEN) for count in seen]
    wide[wide.index(max(wide))] += whole - sum(wide)
    return wide


def written(text: str) -> str:
    """The text without what the letters do not have, such as emojis.  Pure."""
    return "".join(sign for sign in text if ord(sign) < 0x2500).strip()


def _colours(shares: Sequence[Share]) -> list[str]:
    return [colour for count, colour in shares if count > 0]


def _fitting(text: str, size: int, weight: Weight, room: int) -> ImageFont.FreeTypeFont:
    while size > 16 and font(size, weight).getlength(text) > room:
        size -= 2
    return font(size, weight)
