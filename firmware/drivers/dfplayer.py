"""A serial MP3 module of the DFPlayer class: it plays one clip of a folder, and says when it is over.

A frame is `7E FF 06 command feedback high low sum sum EF`, at 9600 baud, in both directions. Modules of many makers
differ: some say twice that a clip is over, some say nothing when asked for a receipt. So nothing is built on receipts,
and what comes at once after an order belongs to the clip before it.
"""

from firmware.sparing import const
from firmware.waiting import happens

_START = const(0x7E)
_END = const(0xEF)
_FRAME_BYTES = const(10)
_VOLUME = const(0x06)
_PLAY = const(0x0F)
_OVER = const(0x3D)
_ERROR = const(0x40)
_STATE = const(0x42)
_BUSY = const((1, 2, 3, 4))
# Busy, asleep, a frame that came in part, a wrong sum: the same order again may be taken.
_NO_CLIP = const((5, 6))

_ANSWER_MS = const(600)
_TRIES = const(5)
# A module reads its card for up to three seconds after power came.
_AT_ONCE_MS = const(100)
_REST_MS = const(200)
_LONGEST_MS = const(8_000)

DONE, MISSING, SILENT = "", "missing", "silent"


class Player:
    """One module on a serial line."""

    def __init__(self, uart, clock) -> None:  # type: ignore[no-untyped-def]
        self._uart = uart
        self._clock = clock
        self._heard = b""

    async def begin(self, volume: int) -> bool:
        """Set how loud it is; whether it is there at all."""
        for _ in range(_TRIES):
            if await self._is_there():
                self._uart.write(frame(_VOLUME, volume))
                return True
        return False

    async def play(self, folder: int, clip: int) -> str:
        """Play it to its end: DONE; MISSING if there is no such clip; SILENT if the module does not answer any more."""
        for _ in range(_TRIES):
            self._heard = b""
            self._uart.take()
            self._uart.write(frame(_PLAY, folder << 8 | clip))
            began = self._clock.up()
            while True:
                left = began + _LONGEST_MS - self._clock.up()
                found = await self._reply(left)
                if found is None:
                    return DONE if await self._is_there() else SILENT
                command, value = found
                if command == _OVER and self._clock.up() - began >= _AT_ONCE_MS:
                    return DONE
                if command == _ERROR and value in _NO_CLIP:
                    return MISSING
                if command == _ERROR and value in _BUSY:
                    await self._rest()
                    break
                if command == _ERROR:
                    return SILENT
        return SILENT

    async def _is_there(self) -> bool:
        self._uart.take()
        self._heard = b""
        self._uart.write(frame(_STATE, 0))
        until = self._clock.up() + _ANSWER_MS
        while True:
            found = await self._reply(until - self._clock.up())
            if found is None:
                return False
            if found[0] == _STATE:
                return True

    async def _rest(self) -> None:
        """Let it come to itself."""
        until = self._clock.up() + _REST_MS
        while await self._reply(until - self._clock.up()) is not None:
            pass

    async def _reply(self, within_ms: int) -> "tuple[int, int] | None":
        """The next (command, value) that it says; None if it says nothing in that time."""
        until = self._clock.up() + within_ms
        while True:
            found, self._heard = first_frame(self._heard)
            if found is not None:
                return found
            left = until - self._clock.up()
            if left <= 0:
                return None
            await happens(self._uart.changed, left)
            self._heard += self._uart.take()


def frame(command: int, value: int) -> bytes:
    """The bytes of an order."""
    body = bytes([0xFF, 0x06, command, 0, value >> 8, value & 255])
    check = -sum(body) & 0xFFFF
    return bytes([_START]) + body + bytes([check >> 8, check & 255, _END])


def first_frame(heard: bytes) -> "tuple[tuple[int, int] | None, bytes]":
    """The first whole frame as (command, value), and what is left to be read; noise before it is left aside."""
    while True:
        start = heard.find(b"\x7e")
        if start < 0:
            return None, b""
        heard = heard[start:]
        if len(heard) < _FRAME_BYTES:
            return None, heard
        if heard[9] == _END and (sum(heard[1:7]) + (heard[7] << 8 | heard[8])) & 0xFFFF == 0:
            return (heard[3], heard[5] << 8 | heard[6]), heard[_FRAME_BYTES:]
        heard = heard[1:]
