"""Bytes that come to a thermal printer, as orders: the length of each command as the manuals give it, not its effect.

Bytes in, values out, in pieces of any size. A command that the tables do not know is reported as `Unreadable` and its
two bytes are skipped; a stranger's stream never stops the printer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
CONTROLS = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
PREFIXES = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}

FIXED: dict[tuple[int, int], int] = {
    **{(ESC, ord(c)): 0 for c in "@2LS<imv\x0c"},
    **{(ESC, ord(c)): 1 for c in " !%-3=?EGJKMRTUVadertu{"},
    **{(ESC, ord(c)): 2 for c in "$\\cB"},
    (ESC, ord("p")): 3,
    (ESC, ord("W")): 8,
    **{(GS, ord(c)): 0 for c in ":c\x0c"},
    **{(GS, ord(c)): 1 for c in "!/BEHITabfhrwx"},
    **{(GS, ord(c)): 2 for c in "$LPW\\"},
    (GS, ord("^")): 3,
    (GS, ord("g")): 4,
    **{(FS, ord(c)): 0 for c in "&."},
    **{(FS, ord(c)): 1 for c in "!-CW"},
    **{(FS, ord(c)): 2 for c in "Sp?"},
    (FS, ord("2")): 74,
    (DLE, 0x05): 1,
}
# Bytes after the command's two, of every command whose length never varies.

LONGEST_BYTES = 1 << 20
# A picture as long as a roll is wide takes 100 KB; a length beyond this is noise, and is not waited for.


@dataclass(frozen=True)
class Text:
    """Bytes to print on the selected page."""

    data: bytes


@dataclass(frozen=True)
class Order:
    """A command by its name in the manuals (`ESC a`, `GS v`, `LF`) with all bytes that follow the name."""

    name: str
    data: bytes = b""


@dataclass(frozen=True)
class Unreadable:
    """A command that no table knows."""

    data: bytes

    def __str__(self) -> str:
        return f"unreadable command {self.data.hex(' ').upper()}"


class More(Exception):
    """The command is longer than what has come so far."""


class EscposDecoder:
    """Cuts a stream into text and orders."""

    def __init__(self) -> None:
        self.held = bytearray()

    def feed(self, data: bytes) -> Iterator[Text | Order | Unreadable]:
        """What these bytes complete. Take all of it before feeding more."""
        self.held += data
        while self.held:
            try:
                item, length = first_of(bytes(self.held[:2]), self.held)
            except More:
                return
            del self.held[:length]
            if item is not None:
                yield item


def first_of(head: bytes, held: bytearray) -> tuple[Text | Order | Unreadable | None, int]:
    """The first item in `held` and how many bytes it takes; None for a byte that prints nothing."""
    if head[0] >= 0x20:
        length = next((at for at, byte in enumerate(held) if byte < 0x20), len(held))
        return Text(bytes(held[:length])), length
    if head[0] in CONTROLS:
        return Order(CONTROLS[head[0]]), 1
    if head[0] not in PREFIXES:
        return None, 1
    if len(head) < 2:
        raise More
    after = rest_of_command(head, held)
    if after is None or after > LONGEST_BYTES:
        return Unreadable(head), 2
    if len(held) < 2 + after:
        raise More
    letter = "EOT" if head == b"\x10\x04" else chr(head[1]) if head[1] >= 0x20 else f"{head[1]:02X}"
    return Order(f"{PREFIXES[head[0]]} {letter}", bytes(held[2 : 2 + after])), 2 + after


def rest_of_command(head: bytes, held: bytearray) -> int | None:
    """How many bytes follow the command's two; None if the command is in no table."""
    fixed = FIXED.get((head[0], head[1]))
    if fixed is not None:
        return fixed
    measure = MEASURED.get((head[0], head[1]))
    return None if measure is None else measure(held)


def at(held: bytearray, place: int) -> int:
    """The byte at this place after the command's two."""
    if len(held) <= 2 + place:
        raise More
    return held[2 + place]


def two(held: bytearray, place: int) -> int:
    """A number of two bytes, the low one first."""
    return at(held, place) + 256 * at(held, place + 1)


def until_nul(held: bytearray, place: int) -> int:
    """The place after the next NUL."""
    end = held.find(0, 2 + place)
    if end < 0:
        raise More
    return end - 1


def bit_image(held: bytearray) -> int:
    """ESC * m nL nH: columns of one or, from m = 32 on, three bytes."""
    return 3 + two(held, 1) * (3 if at(held, 0) >= 32 else 1)


def user_characters(held: bytearray) -> int:
    """ESC & y c1 c2, then for each character its width x and x times y bytes."""
    place = 3
    for _ in range(at(held, 1), at(held, 2) + 1):
        place += 1 + at(held, place) * at(held, 0)
    return place


def downloaded_images(held: bytearray) -> int:
    """FS q n, then for each image its width and height in bytes and its dots."""
    place = 1
    for _ in range(at(held, 0)):
        place += 4 + two(held, place) * two(held, place + 2) * 8
    return place


def cut(held: bytearray) -> int:
    """GS V m, and a feed n where m says so."""
    return 1 if at(held, 0) in (0, 1, 48, 49) else 2


def barcode(held: bytearray) -> int:
    """GS k m: text ended by NUL, or from m = 65 on with its length first."""
    return until_nul(held, 1) if at(held, 0) < 65 else 2 + at(held, 1)


def counter(held: bytearray) -> int | None:
    """GS C: one of the three forms of fixed length."""
    return {ord("0"): 3, ord("1"): 7, ord("2"): 3}.get(at(held, 0))


def answer_of_status(held: bytearray) -> int:
    """DLE EOT n, and a where n says so."""
    return 2 if at(held, 0) in (7, 8, 18) else 1


def real_time_order(held: bytearray) -> int | None:
    """DLE DC4: pulse, power off, sound, status, clear."""
    return {1: 3, 2: 3, 3: 8, 7: 2, 8: 8}.get(at(held, 0))


MEASURED = {
    (ESC, ord("*")): bit_image,
    (ESC, ord("&")): user_characters,
    (ESC, ord("D")): lambda held: until_nul(held, 0),
    (ESC, ord("(")): lambda held: 3 + two(held, 1),
    (GS, ord("*")): lambda held: 2 + at(held, 0) * at(held, 1) * 8,
    (GS, ord("V")): cut,
    (GS, ord("v")): lambda held: 6 + two(held, 2) * two(held, 4),
    (GS, ord("Q")): lambda held: 6 + two(held, 2) * two(held, 4),
    (GS, ord("k")): barcode,
    (GS, ord("C")): counter,
    (GS, ord("(")): lambda held: 3 + two(held, 1),
    (GS, ord("8")): lambda held: 5 + two(held, 1) + 65536 * two(held, 3),
    (FS, ord("(")): lambda held: 3 + two(held, 1),
    (FS, ord("q")): downloaded_images,
    (DLE, 0x04): answer_of_status,
    (DLE, 0x14): real_time_order,
}
# How to work out the length of the others from their first bytes.
