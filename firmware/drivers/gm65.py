"""Scanners of the GM60, GM65 and GM861 kind, which take commands on the line that brings their codes.

    7E 00 | type | length | address (2) | data | sum (2)      type 7 reads, 8 writes, 9 keeps all in the scanner's flash
    02 00 | 00 | length | data | sum (2)                      the answer; there is none to what it does not understand

The sum is CRC-16/CCITT from the type on. A code may look like an answer: one is only expected after a command, and what
was written counts only once it was read. What comes and is no answer are codes.

Registers after the manuals of GM65 and GM60-S and published drivers; none of it was tried on a scanner here.
"""

from firmware.sparing import const
from firmware.waiting import happens
from protocols.reader import Reader

SILENT = "does not answer"
HEAD = b"\x02\x00\x00\x01"

_MODE = const(0x0000)
_MODE_MASK = const(
    0x43
)  # 2 looks all the time, 3 when something comes; 0x40: beeps itself, which would drown our tones
_SETUP_CODES = const(0x0003)
_SETUP_MASK = const(0x03)
_SETUP_LOCKED = const(0x02)  # nobody changes the scanner by a code that he brings
_OUTPUT = const(0x000D)
_OUTPUT_MASK = const(0x03)  # 0: the serial line
_SAME_CODE = const(0x0013)
_SAME_MASK = const(0xFF)
_SAME_ON = const(0x80)  # and seconds
_TAIL = const(0x0060)
_TAIL_MASK = const(0x60)  # 0: CR

_READ = const(7)
_WRITE = const(8)
_SAVE = const(9)
_DONE = const(0)
_ANSWER_BYTES = const(7)
_ANSWER_MS = const(300)
_TRIES = const(3)
_ROUNDS = const(3)


class Gm65:
    """One scanner on a serial line. `heard`: what came meanwhile and was no answer, for whoever reads codes."""

    def __init__(self, uart, clock) -> None:  # type: ignore[no-untyped-def]
        self.heard = b""
        self._uart = uart
        self._clock = clock

    async def set_up(self, reader: Reader) -> str:
        """Make the scanner what is wanted; what went wrong, or nothing.

        Only what differs is written, and the scanner's flash only when something was. After writing comes another
        round, in which all must be found as it is wanted.
        """
        wrote = False
        for _ in range(_ROUNDS):
            wrong = 0
            for register, mask, wanted in wishes(reader):
                found = await self._ask(_READ, register, 1)
                if found is None:
                    return SILENT
                if found & mask != wanted:
                    wrong += 1
                    if await self._ask(_WRITE, register, found & ~mask | wanted) != _DONE:
                        return "refuses to change register %04X" % register
            wrote = wrote or wrong > 0
            if not wrong:
                if wrote and await self._ask(_SAVE, 0, 0) != _DONE:
                    return "does not keep its settings in its flash"
                return ""
        return "forgets its settings"

    async def _ask(self, kind: int, register: int, data: int) -> "int | None":
        """The byte of the answer; None without one."""
        for _ in range(_TRIES):
            self._keep(self._uart.take())
            self._uart.write(command(kind, register, data))
            answer = await self._answer()
            if answer is not None:
                return answer
        return None

    async def _answer(self) -> "int | None":
        """The first answer in what comes now; the rest are codes."""
        uart, up = self._uart, self._clock.up
        came = b""
        until = up() + _ANSWER_MS
        while True:
            came += uart.take()
            at = came.find(HEAD)
            while at >= 0:
                end = at + _ANSWER_BYTES
                if len(came) >= end and crc(came[at + 2 : end]) == 0:
                    self._keep(came[:at] + came[end:])
                    return came[at + 4]
                at = came.find(HEAD, at + 1)
            left = until - up()
            if left <= 0:
                self._keep(came)
                return None
            await happens(uart.changed, left)

    def _keep(self, came: bytes) -> None:
        """These are codes, but for answers that came late or spoilt."""
        at = came.find(HEAD)
        while at >= 0:
            came = came[:at] + came[at + _ANSWER_BYTES :]
            at = came.find(HEAD)
        self.heard += came


def wishes(reader: Reader) -> "list[tuple[int, int, int]]":
    """(register, mask, value): what the bits of that mask shall be."""
    return [
        (_SETUP_CODES, _SETUP_MASK, _SETUP_LOCKED),
        (_MODE, _MODE_MASK, 2 if reader.mode == "continuous" else 3),
        (_OUTPUT, _OUTPUT_MASK, 0),
        (_SAME_CODE, _SAME_MASK, _SAME_ON | reader.repeat_s),
        (_TAIL, _TAIL_MASK, 0),
    ]


def command(kind: int, register: int, data: int) -> bytes:
    """The bytes of a command. A read names how many registers it wants where a write has its byte."""
    body = bytes([kind, 1, register >> 8, register & 0xFF, data])
    total = crc(body)
    return b"\x7e\x00" + body + bytes([total >> 8, total & 0xFF])


def crc(data: bytes) -> int:
    """CRC-16/CCITT from 0; 0 over data with its own sum behind it."""
    total = 0
    for byte in data:
        total ^= byte << 8
        for _ in range(8):
            total = (total << 1) ^ (0x1021 if total & 0x8000 else 0)
        total &= 0xFFFF
    return total
