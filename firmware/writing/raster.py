"""Text and codes as dots (`GS v 0`), for printers whose own letters lack Vietnamese or that can draw no code.

The letters lie in a file beside the firmware, whose form is told where it is made; a few of its bytes are read at a
time. Dots are sent in strips of six rows at most, no wider than what stands in them: the printer moves them to the
middle (`ESC a`), and one that does not prints a ticket that is all at the left, and as good to read.
"""

import sys

from firmware.drivers import escpos
from firmware.letting_go import let_go
from firmware.sparing import const
from firmware.writing import NUMBER, TEXT, TITLE, each_letter, orders
from firmware.writing.pens import Pen
from firmware.writing.wrapping import wrapped

_FONT = const("firmware/fonts/ticket.font")
_MAGIC = const(b"MCF1")
_TEXT_FACE = const(0)
_TITLE_FACE = const(1)
_NUMBER_FACE = const(2)
_STRIP_ROWS = const(6)
_ROW_SLOTS = const(64)
# Of the widths, which lie in memory: a full heap has no long piece left.

_LEADING_ROWS = const(9)
_GAP_ROWS = const(10)
_RULE_ROWS = const(2)
_MODULE_DOTS = const(2)
_MODULE_DOTS_LARGE = const(3)
_QUIET_MODULES = const(4)
# A module is printed twice as large as this: half a millimetre, as any phone can read.


class NoFont(Exception):
    """The file of letters is not there, or is no such file."""


def open_font():  # type: ignore[no-untyped-def]
    """The file of letters; it is looked for where modules are."""
    for folder in sys.path:
        try:
            return open(folder + "/" + _FONT if folder else _FONT, "rb")
        except OSError:
            pass
    raise NoFont("expected the file %s beside the firmware, found none" % _FONT)


class Face:
    """The letters of one size."""

    def __init__(self, file, number: int) -> None:  # type: ignore[no-untyped-def]
        self._file = file
        file.seek(0)
        head = file.read(4 + 4 * (number + 1))
        if head[:4] != _MAGIC:
            raise NoFont("expected the file %s to begin with MCF1, found %s" % (_FONT, head[:4]))
        self._begin = int.from_bytes(head[-4:], "little")
        file.seek(self._begin)
        _, runs = file.read(2)
        self._runs = file.read(runs * 5)
        slots = int.from_bytes(file.read(2), "little")
        self._widths = [file.read(min(_ROW_SLOTS, slots - at)) for at in range(0, slots, _ROW_SLOTS)]
        self._index = self._begin + 2 + runs * 5 + 2 + slots

    def slots(self, text: str) -> "list[int]":
        """The places of the letters in the file. One that is not there is written without its accents."""
        found = []
        for letter in each_letter(text):
            slot = self._slot(ord(letter))
            if slot is not None:
                found.append(slot)
            else:
                from firmware.writing.plain import plain

                found += [one for one in [self._slot(ord(other)) for other in plain(letter)] if one is not None]
        return found

    def _slot(self, code: int) -> "int | None":
        runs = self._runs
        for at in range(0, len(runs), 5):
            first = runs[at] | runs[at + 1] << 8
            if first <= code < first + runs[at + 2]:
                return code - first + (runs[at + 3] | runs[at + 4] << 8)
        return None

    def _width(self, slot: int) -> int:
        return self._widths[slot // _ROW_SLOTS][slot % _ROW_SLOTS]

    def width(self, text: str) -> int:
        """How many dots the text is wide."""
        return sum([self._width(slot) for slot in self.slots(text)])

    def strips(self, text: str, scale: int = 1):  # type: ignore[no-untyped-def]
        """The line, in pieces from above."""
        slots = self.slots(text)
        stride = (sum([self._width(slot) for slot in slots]) + 7) // 8
        places = bytearray()
        for slot in slots:
            self._file.seek(self._index + 5 * slot)
            places += self._file.read(5)
        top, bottom = 255, 0
        for at in range(0, len(places), 5):
            if places[at + 4]:
                top, bottom = min(top, places[at + 3]), max(bottom, places[at + 3] + places[at + 4])
        for row in range(top, bottom, _STRIP_ROWS):
            rows = min(_STRIP_ROWS, bottom - row)
            strip = picture(stride, rows, scale)
            x = 0
            for number, slot in enumerate(slots):
                self._draw(strip, stride, x, row, rows, places, number * 5, self._width(slot))
                x += self._width(slot)
            yield strip

    def _draw(self, strip, stride, x, row, rows, places, at, width) -> None:  # type: ignore[no-untyped-def]
        """Put the rows of a letter that lie in this strip into it."""
        first = max(row, places[at + 3])
        last = min(row + rows, places[at + 3] + places[at + 4])
        if first >= last:
            return
        wide = (width + 7) // 8
        begin = places[at] | places[at + 1] << 8 | places[at + 2] << 16
        self._file.seek(self._begin + begin + (first - places[at + 3]) * wide)
        dots = self._file.read((last - first) * wide)
        shift = x & 7
        place = orders.PICTURE_HEAD + (first - row) * stride + (x >> 3)
        for number, byte in enumerate(dots):
            if byte:
                to = place + number // wide * stride + number % wide
                strip[to] |= byte >> shift
                if byte << (8 - shift) & 255:
                    strip[to + 1] |= byte << (8 - shift) & 255


class DotsPen(Pen):
    """Writes with letters of ours."""

    def __init__(self, printer) -> None:  # type: ignore[no-untyped-def]
        Pen.__init__(self, printer)
        self._file = open_font()
        self._face_number, self._the_face = -1, None
        try:
            self._face(_TEXT_FACE)
        except NoFont:
            self._file.close()
            raise

    def begin(self) -> bytes:
        """Pictures stand in the middle."""
        return escpos.RESET + orders.CENTRE

    def close(self) -> None:
        """The file is let go."""
        self._file.close()

    def code(self, text: str):  # type: ignore[no-untyped-def]
        """A QR code; the letters make room for it."""
        self._face_number, self._the_face = -1, None
        return Pen.code(self, text)

    def line(self, text: str, size: int = TEXT):  # type: ignore[no-untyped-def]
        """The text, in as many lines as it needs. A number that is too wide is written smaller."""
        dots, scale = self.width, 1
        if size != NUMBER:
            face = self._face(_TITLE_FACE if size >= TITLE else _TEXT_FACE)
        else:
            dots, scale = dots // 2, 2
            face = self._face(_NUMBER_FACE)
            if face.width(text) > dots:
                face = self._face(_TITLE_FACE)
        for part in wrapped(text, face.width, dots):
            for strip in face.strips(part, scale):
                self.fed += (len(strip) - orders.PICTURE_HEAD) // (strip[4] | strip[5] << 8) * scale
                yield strip
            self.fed += _LEADING_ROWS
            yield picture(1, _LEADING_ROWS)

    def gap(self) -> bytearray:
        """A little paper between two parts; as dots, since printers do not agree how far `ESC J` goes."""
        self.fed += _GAP_ROWS
        return picture(1, _GAP_ROWS)

    def rule(self) -> bytearray:
        """A line from edge to edge, and white below."""
        self.fed += _RULE_ROWS + _GAP_ROWS
        stride = self.width // 8
        line = picture(stride, _RULE_ROWS)
        for at in range(orders.PICTURE_HEAD, len(line)):
            line[at] = 255
        return line + picture(1, _GAP_ROWS)

    def _face(self, number: int) -> Face:
        """The letters of a size; one size is in memory at a time."""
        if number != self._face_number:
            self._the_face = None
            self._the_face = Face(self._file, number)
            self._face_number = number
        return self._the_face


def code(text: str, dots: int):  # type: ignore[no-untyped-def]
    """A QR code for paper of that many dots, with quiet white around. Pieces without bytes are pauses for others."""
    from firmware.writing.qr import encode

    rows: "list[int]" = []
    for done in encode(text):
        rows = done or []
        yield b""
    del encode, done
    let_go("firmware.writing.qr")
    side = len(rows)
    size = _MODULE_DOTS_LARGE if (side + 2 * _QUIET_MODULES) * _MODULE_DOTS_LARGE * 2 <= dots * 2 // 3 else _MODULE_DOTS
    stride = (side * size + 7) // 8
    yield picture(1, _QUIET_MODULES * size, 2)
    for first in range(0, side, _STRIP_ROWS // size):
        some = rows[first : first + _STRIP_ROWS // size]
        strip = picture(stride, len(some) * size, 2)
        at = orders.PICTURE_HEAD
        for row in some:
            for column in range(side):
                if row >> side - 1 - column & 1:
                    for x in range(column * size, (column + 1) * size):
                        strip[at + (x >> 3)] |= 0x80 >> (x & 7)
            for again in range(1, size):
                strip[at + again * stride : at + (again + 1) * stride] = strip[at : at + stride]
            at += size * stride
        yield strip
    yield picture(1, _QUIET_MODULES * size, 2)


def picture(stride: int, rows: int, scale: int = 1) -> bytearray:
    """An order that prints so many white dots, eight a byte; they are to be blackened."""
    out = bytearray(orders.PICTURE_HEAD + stride * rows)
    out[:4] = b"\x1dv0\x03" if scale == 2 else b"\x1dv0\x00"
    out[4], out[5], out[6], out[7] = stride & 255, stride >> 8, rows & 255, rows >> 8
    return out
