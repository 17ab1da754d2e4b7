"""Dots that a print head burns: letters of the built-in font, pictures and QR codes, one bit each.

The font is fixed, 12 x 24 dots a letter, and big letters are the same dots in whole multiples, as in real printers.
A band is a picture as wide as what it holds; white is 255.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

CELL_WIDTH, CELL_HEIGHT = 12, 24
WHITE, BLACK = 255, 0

FONTS = Path(__file__).parent / "fonts"
FONT_SIZE = 20
BASELINE = 19
# Liberation Mono has all 134 Vietnamese letters (DejaVu Sans Mono has not). At this size the tallest (Ẵ) rises 18 dots
# above the baseline and the deepest (ợ, g) falls 4 below it: both fit the 24 of a cell.
INKED = 85
# A spot that is at least this dark becomes a dot: accents stay whole and the holes of ê and ộ stay open.

LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


@dataclass(frozen=True)
class Style:
    """How letters are printed; `wide` and `high` are the multiples of the cell."""

    wide: int = 1
    high: int = 1
    bold: bool = False
    underlined: bool = False
    reversed: bool = False

    def plain(self) -> "Style":
        """The same dots before they are multiplied."""
        return replace(self, wide=1, high=1)


@dataclass(frozen=True)
class Letter:
    """One letter as it was printed."""

    text: str
    style: Style

    @property
    def width(self) -> int:
        """Dots that it takes on the line."""
        return CELL_WIDTH * self.style.wide


@cache
def font(bold: bool) -> ImageFont.FreeTypeFont:
    """The printer's letters."""
    name = "LiberationMono-Bold.ttf" if bold else "LiberationMono-Regular.ttf"
    return ImageFont.truetype(FONTS / name, FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)


@cache
def cell(text: str, style: Style) -> Image.Image:
    """The dots of one letter in its cell."""
    grey = Image.new("L", (CELL_WIDTH, CELL_HEIGHT), WHITE)
    ImageDraw.Draw(grey).text((CELL_WIDTH / 2, BASELINE), text, BLACK, font(style.bold), anchor="ms")
    dots = grey.point(lambda value: BLACK if value < WHITE - INKED else WHITE)
    if style.underlined:
        ImageDraw.Draw(dots).line((0, CELL_HEIGHT - 1, CELL_WIDTH, CELL_HEIGHT - 1), BLACK)
    return dots.point(lambda value: WHITE - value) if style.reversed else dots


def letters_band(letters: list[Letter]) -> Image.Image:
    """A line of letters, standing on one baseline."""
    height = max(CELL_HEIGHT * one.style.high for one in letters)
    band = Image.new("L", (sum(one.width for one in letters), height), WHITE)
    left = 0
    for one in letters:
        size = (one.width, CELL_HEIGHT * one.style.high)
        dots = cell(one.text, one.style.plain()).resize(size, Image.Resampling.NEAREST)
        band.paste(dots, (left, height - size[1]))
        left += one.width
    return band


def raster_band(width_bytes: int, height: int, data: bytes, wide: int, high: int) -> Image.Image:
    """A picture of one bit a dot, lines one after another (GS v 0)."""
    dots = Image.frombytes("1", (width_bytes * 8, height), data, "raw", "1;I").convert("L")
    return dots.resize((dots.width * wide, dots.height * high), Image.Resampling.NEAREST)


def qr_band(content: bytes, module_dots: int, level: int) -> Image.Image:
    """A QR code without its quiet zone, as printers print it; ValueError if the content is too long."""
    code = segno.make(in_words(content), error=LEVELS.get(level, "l"), micro=False, boost_error=False)
    side = len(code.matrix)
    modules = bytes(BLACK if dark else WHITE for row in code.matrix for dark in row)
    dots = Image.frombytes("L", (side, side), modules)
    return dots.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)


def in_words(content: bytes) -> str | bytes:
    """The content as text where it is ASCII: then digits and capitals take their shorter modes."""
    return content.decode("ascii") if content.isascii() else content
