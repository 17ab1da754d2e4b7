"""What host and actor say to one another: lines of words, each with a sum, so that a torn one is known for what it is.

    >17 press hand3 80*ed78               the host asks: a number, a verb, its arguments
    <17 ok 5120 5200*c3d4                 the actor answers, and again the same when it is asked again by that number
    <17 err no wire hand12: expected …*…  or says what it expected and what it found
    !4 5120 eye eye1 1 7*e5f6             the actor noticed something: how-manieth, when by its own milliseconds, what

Anything else may stand between lines, such as MicroPython's prompt. A line that is torn or too long takes no other with
it: a host asks again, an actor says again what it noticed (`again 4`).
"""

import binascii

VERSION = 1
ASK, ANSWER, NOTICE = ">", "<", "!"
OK, ERR = "ok", "err"
LONGEST = 256
# With marks and sum: four lines fit a USB port's buffer of 1 KB, and one piece of paper is 64 bytes in hex.
PIECE_BYTES = 64
NUMBERS = 1 << 16

_MARKS = b"<>!"
_SUM_LETTERS = 5


class LineError(ValueError):
    """Words that no line can carry."""


class Lines:
    """Cuts what comes into lines: (mark, number, words). `broken` counts those that were begun and were none."""

    def __init__(self) -> None:
        self.broken = 0
        self._held = b""
        self._too_long = False

    def feed(self, data: bytes) -> "list[tuple[str, int, list[str]]]":
        """The lines that these bytes end."""
        *whole, self._held = (self._held + data).split(b"\n")
        found = []
        for one in whole:
            line = None if self._too_long else parsed(one)
            self._too_long = False
            if line is not None:
                found.append(line)
            elif begun(one) >= 0:
                self.broken += 1
        if len(self._held) > LONGEST:
            self.broken += not self._too_long
            self._held, self._too_long = b"", True
        return found


def said(mark: str, number: int, words: "list[str]") -> bytes:
    """One line. Raises LineError."""
    body = "%s%d %s" % (mark, number, " ".join(words))
    raw = body.encode()
    if len(raw) + _SUM_LETTERS + 1 > LONGEST:
        raise LineError("expected a line of %d bytes at most, found %d" % (LONGEST, len(raw) + _SUM_LETTERS + 1))
    if min(raw) < 0x20 or max(raw) > 0x7E:
        raise LineError("expected letters of ASCII, found %r" % body)
    return raw + b"*%04x\n" % total(raw)


def parsed(line: bytes) -> "tuple[str, int, list[str]] | None":
    """(mark, number, words), wherever in this text the line begins; None if there is none, or it is torn."""
    line = line.rstrip(b"\r")
    at = begun(line)
    raw, star, sums = line[max(at, 0) :].rpartition(b"*")
    if at < 0 or not star or sums != b"%04x" % total(raw):
        return None
    number, *words = str(raw[1:], "ascii").split(" ")
    return (chr(raw[0]), int(number), words) if digits(number) else None


def begun(line: bytes) -> int:
    """Where a line begins behind whatever came before it: at a mark and a digit; -1 if nowhere."""
    for at in range(len(line) - 1):
        if line[at] in _MARKS and 0x30 <= line[at + 1] <= 0x39:
            return at
    return -1


def total(raw: bytes) -> int:
    """The sum of a line."""
    return binascii.crc32(raw) & 0xFFFF


def digits(word: str) -> bool:
    """Whether this is a number without a sign."""
    return word != "" and all([letter in "0123456789" for letter in word])
