"""A thermal printer on a serial line: it is sent bytes in pieces, and asked how it is."""

import gc

from firmware.drivers import escpos
from firmware.sparing import const
from firmware.waiting import happens

_STATUS_MS = const(300)
_STATUS_KNOWN_MS = const(2_000)
# One that has answered before is given longer: it may be busy, and taken for dumb it costs a number.

_PIECE_BYTES = const(200)
UNKNOWN = "unknown"


class Printer:
    """`paper` is ok, low, out or unknown; `trouble` is what else keeps it from printing, or empty."""

    def __init__(self, uart, clock, owner) -> None:  # type: ignore[no-untyped-def]
        self._uart = uart
        self._clock = clock
        self._owner = owner
        self._tells_state = True
        self.paper = UNKNOWN
        self.trouble = ""

    async def send(self, pieces, last: bytes = b"") -> None:  # type: ignore[no-untyped-def]
        """Send the pieces as the line takes them, small ones together; whoever else has work gets his turn between."""
        self._uart.take()
        held = bytearray()
        for piece in pieces:
            self._owner.turns += 1  # a fine ticket takes a quarter of a minute at 9600 baud
            if held and len(held) + len(piece) >= _PIECE_BYTES:
                self._uart.write(held)
                held = bytearray()
            gc.collect()  # others need long pieces of heap meanwhile, and swept late there are none
            if len(piece) < _PIECE_BYTES:
                held += piece
            else:
                self._uart.write(piece)
            await self._uart.drain()
        self._uart.write(held + last)
        await self._uart.drain()

    async def look(self) -> None:
        """Ask how it is. A printer that does not answer is well for all we know; some tell of the paper only."""
        paper = await self.ask(escpos.ASK_PAPER, _STATUS_MS if self.paper == UNKNOWN else _STATUS_KNOWN_MS)
        self.paper = escpos.paper(paper) if paper is not None else UNKNOWN
        self.trouble = ""
        if self.paper in (UNKNOWN, escpos.OUT) or not self._tells_state:
            return
        state = await self.ask(escpos.ASK_STATE)
        self._tells_state = state is not None
        if state is not None and escpos.is_offline(state):
            from firmware.drivers import printer_status

            cause = await self.ask(printer_status.ASK_CAUSE)
            self.trouble = printer_status.trouble(cause, await self.ask(printer_status.ASK_ERROR))

    async def ask(self, question: bytes, within_ms: int = _STATUS_MS) -> "int | None":
        """The answer to a question that is answered at once."""
        self._uart.take()
        self._uart.write(question)
        return await self.answer(escpos.is_real_time, within_ms)

    async def answer(self, wanted, within_ms: int) -> "int | None":  # type: ignore[no-untyped-def]
        """The byte that answers our question, among others that may come."""
        until = self._clock.up() + within_ms
        while True:
            left = until - self._clock.up()
            if left <= 0:
                return None
            await happens(self._uart.changed, left)
            for byte in self._uart.take():
                if wanted(byte):
                    return byte

    async def answers(self, most: int, within_ms: int) -> int:
        """How many orders it has worked through by then, `most` at most."""
        count, until = 0, self._clock.up() + within_ms
        while count < most and self._clock.up() < until:
            await happens(self._uart.changed, until - self._clock.up())
            count += len([byte for byte in self._uart.take() if escpos.is_queued(byte)])
        return count

    def write(self, data: bytes) -> None:
        """Send this at once."""
        self._uart.write(data)
