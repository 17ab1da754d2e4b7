"""The letters that a ticket printer draws itself: a file of dots, made from the pages' fonts when firmware is built.

Be Vietnam Pro (SIL Open Font License 1.1) has all 134 Vietnamese letters. The file is read by a device a few bytes at a
time, so it is laid out for seeking and not for size:

    "MCF1", then for each face (text, title, number) four bytes: where it begins
    a face: height, count of runs, then for each run: first letter (2), count (1), its first slot (2)
            count of slots (2), the width of each slot (1 each), then for each slot: where its dots begin in the face
            (3), first row that has dots (1), rows (1); then the dots, row by row from above, each row in whole bytes

Numbers have the low byte first. The dots of the number face are printed twice as wide and high.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[1] / "pages" / "static" / "fonts"
FILE = "firmware/fonts/ticket.font"
FINE = 8
# Letters are drawn eight times as large and then made small: drawn at their size, hinting makes a bar of each tilde.

INKED = 118
# A spot that is at least this dark becomes a dot: lower, and the holes of ệ and ậ close; higher, and accents go thin.

ASCII = "".join(chr(code) for code in range(0x20, 0x7F))
LATIN = "".join(chr(code) for code in range(0xC0, 0x100))
VIETNAMESE = "ĂăĐđĨĩŨũƠơƯư" + "".join(chr(code) for code in range(0x1EA0, 0x1EFA))
MARKS = "–—‘’“”•…₫"
CAPITALS = "".join(chr(code) for code in range(0x41, 0x5B)) + "Đ"
DIGITS = "0123456789"


@dataclass(frozen=True)
class Face:
    """One size of letters: the weight and size of the font, the dots from top to baseline, and all dots of a line."""

    weight: int
    size: int
    baseline: int
    height: int
    letters: str


FACES = (
    Face(600, 21, 27, 34, ASCII + LATIN + VIETNAMESE + MARKS),
    Face(700, 30, 38, 47, ASCII + LATIN + VIETNAMESE + MARKS),
    Face(700, 66, 51, 53, DIGITS + CAPITALS + "-"),
)
# The rows of a line hold the tallest (Ẵ) and the deepest letter (ợ, g) of each size, which a test looks after.


@dataclass(frozen=True)
class Glyph:
    """One letter: its width, the first row with dots, and the rows from there on."""

    width: int
    top: int
    rows: tuple[bytes, ...]


@cache
def font_file() -> bytes:
    """The file, which is the same in every image."""
    faces = [face_bytes(face) for face in FACES]
    places, at = b"", 4 + 4 * len(faces)
    for one in faces:
        places += at.to_bytes(4, "little")
        at += len(one)
    return b"MCF1" + places + b"".join(faces)


def sources() -> list[Path]:
    """What the file is made from."""
    return [Path(__file__), *sorted(FONTS.glob("*.woff2"))]


def face_bytes(face: Face) -> bytes:
    """One face of the file."""
    letters = "".join(sorted(set(face.letters)))
    glyphs = [glyph(face, letter) for letter in letters]
    runs = runs_of(letters)
    head = bytes([face.height, len(runs)])
    for first, count, slot in runs:
        head += first.to_bytes(2, "little") + bytes([count]) + slot.to_bytes(2, "little")
    head += len(letters).to_bytes(2, "little") + bytes(one.width for one in glyphs)
    index, dots = b"", b""
    begin = len(head) + 5 * len(glyphs)
    for one in glyphs:
        index += (begin + len(dots)).to_bytes(3, "little") + bytes([one.top, len(one.rows)])
        dots += b"".join(one.rows)
    return head + index + dots


def runs_of(letters: str) -> list[tuple[int, int, int]]:
    """Neighbours in Unicode: the first, how many, and the slot of the first."""
    runs: list[tuple[int, int, int]] = []
    for slot, code in enumerate(map(ord, letters)):
        if runs and runs[-1][0] + runs[-1][1] == code and runs[-1][1] < 255:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, runs[-1][2])
        else:
            runs.append((code, 1, slot))
    return runs


def glyph(face: Face, letter: str) -> Glyph:
    """The dots of one letter."""
    font = font_of(face, letter)
    left, _, right, _ = font.getbbox(letter, anchor="ls")
    before = max(0, math.ceil(-left / FINE))
    width = max(round(font.getlength(letter) / FINE), math.ceil(right / FINE)) + before
    fine = Image.new("L", (width * FINE, face.height * FINE), 0)
    ImageDraw.Draw(fine).text((before * FINE, face.baseline * FINE), letter, 255, font, anchor="ls")
    grey = fine.resize((width, face.height), Image.Resampling.BOX)
    dots = grey.point(lambda value: 255 if value >= INKED else 0).convert("1")
    box = dots.getbbox() or (0, 0, 0, 0)
    top, bottom = box[1], box[3]
    raw, stride = dots.tobytes(), (width + 7) // 8
    return Glyph(width, top, tuple(raw[row * stride : (row + 1) * stride] for row in range(top, bottom)))


def font_of(face: Face, letter: str) -> ImageFont.FreeTypeFont:
    """The font has two files; letters that the first lacks are in the second."""
    return font_in("vietnamese" if letter in VIETNAMESE or letter == "₫" else "latin", face.weight, face.size)


@cache
def font_in(subset: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """One of its files, read once for each size: to unpack it takes longer than to draw a letter."""
    path = FONTS / f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
    return ImageFont.truetype(path, size * FINE, layout_engine=ImageFont.Layout.BASIC)
