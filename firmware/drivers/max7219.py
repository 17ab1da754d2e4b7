"""Numbers on LEDs: a chain of MAX7219, with a matrix of 8 x 8 on each, or one of them with eight seven-segment digits.

A frame is a register and a byte for each chip, the farthest first; all take theirs when the chip select goes up. Each
picture is sent whole with the settings before it: a chip that lost its power for a moment shows it again with the next.
"""

import binascii

from firmware.sparing import const

_LETTERS = const("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
_COLUMNS = binascii.unhexlify(
    "3e5149453e00427f400042615149462141454b311814127f1027454545393c4a49493001710905033649494936064949291e"
    "7e1111117e7f494949363e414141227f4141221c7f494949417f090909013e4149497a7f0808087f00417f41002040413f01"
    "7f081422417f404040407f020c027f7f0408107f3e4141413e7f090909063e4151215e7f09192946464949493101017f0101"
    "3f4040403f1f2040201f3f4038403f6314081463070870080761514945430808080808"
)
# Five columns for each letter, the top dot in the lowest bit.

_SEGMENTS = binascii.unhexlify("7e306d79335b5f707f7b771f4e3d4f475e37063c570e76157e6773055b0f3e1c3a373b6d01")
# A to G from bit 6 down.

_WIDE = const(5)
_DIGITS = const(8)
_ROWS = const(8)
_ON = const(((0x0F, 0), (0x09, 0), (0x0B, 7), (0x0C, 1)))
# No test picture, no decoding, all rows, on.
_LIGHT = const(0x0A)


class Chain:
    """`modules` chips behind one another, or one with digits."""

    def __init__(self, line, modules: int, light: int, digits: bool) -> None:  # type: ignore[no-untyped-def]
        self._line = line
        self._modules = 1 if digits else modules
        self._light = light
        self._digits = digits

    def show(self, label: str, counter: str) -> None:
        """The number on the left, the counter on the right."""
        for register, value in _ON:
            self._all(register, value)
        self._all(_LIGHT, self._light)
        if self._digits:
            text = label + " " * max(1, _DIGITS - len(label) - len(counter)) + counter
            for place in range(_DIGITS):
                self._all(_DIGITS - place, segments(text[place : place + 1]))
            return
        dots = picture(label, counter, 8 * self._modules)
        for row in range(_ROWS):
            frame = bytearray()
            for module in range(self._modules):
                frame.append(row + 1)
                frame.append(byte_of(dots, 8 * module, row))
            self._line.write(frame)

    def _all(self, register: int, value: int) -> None:
        self._line.write(bytes([register, value]) * self._modules)


def picture(label: str, counter: str, wide: int) -> bytearray:
    """A column of dots a byte: the number from the left, the counter at the right end."""
    dots = bytearray(wide)
    put(dots, label, 0)
    put(dots, counter, wide - (_WIDE + 1) * len(counter) + 1)
    return dots


def put(dots: bytearray, text: str, at: int) -> None:
    """Write a text from this column on, as far as there is room."""
    for number in range(len(text)):
        place = _LETTERS.find(text[number : number + 1].upper()) * _WIDE
        for column in range(_WIDE):
            if place >= 0 and 0 <= at + column < len(dots):
                dots[at + column] = _COLUMNS[place + column]
        at += _WIDE + 1


def byte_of(dots: bytearray, at: int, row: int) -> int:
    """One row of one module, its left dot in the highest bit."""
    value = 0
    for column in range(8):
        value = value << 1 | (dots[at + column] >> row & 1)
    return value


def segments(letter: str) -> int:
    """The bars of a letter; none for one that seven segments can not show."""
    place = _LETTERS.find(letter.upper()) if letter else -1
    return _SEGMENTS[place] if place >= 0 else 0
