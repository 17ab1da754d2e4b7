"""The actor's pins on the MicroPython VM: as with a simulated device, its wires go to the world by TCP."""

import asyncio

from firmware.hardware.simulated import Board, Uart
from hil_tests.actor.pins import BAUD, EYES, HANDS, SERIAL

_TICK_MS = 5
# The VM's own millisecond would keep a processor busy for nothing.
_FULL = 1000
_WORD = 2


class Serial:
    """A serial line that counts what came; on this one any speed is well."""

    def __init__(self, line: Uart) -> None:
        self.changed = line.changed
        self.write = line.write
        self.baud = BAUD
        self._line = line
        self._taken = 0
        self._floats = False

    def tune(self, baud: int) -> None:
        self.baud = baud

    def let_float(self, floats: bool) -> None:
        self._floats = floats

    def take(self) -> bytes:
        data = self._line.take()
        self._taken += len(data)
        return data

    def came(self) -> int:
        return self._taken + len(self._line._heard)


class Chip:
    """A meter whose registers the world sends: the words of shunt and bus."""

    def __init__(self, line: Uart) -> None:
        self._line = line
        self._words = b""

    def read(self, register: int) -> int:
        self._words = (self._words + self._line.take())[-2 * _WORD :]
        if not self._words:
            raise OSError(19, "no meter")
        at = (register - 1) * _WORD
        return self._words[at] << 8 | self._words[at + 1]

    def write(self, register: int, word: int) -> None:
        self.read(1)


class Hardware:
    """Everything that the actor can touch; the names are those of `pico`."""

    name = "simulated"

    def __init__(self) -> None:
        self._board = Board()
        self.ticks, self.ticks_diff = self._board.ticks, self._board.ticks_diff
        self._levels = {wire: 0 for wire in EYES}
        self._pulled: "set[str]" = set()
        self._on = 0

    def after(self, at: int, ms: int) -> int:
        return (at + ms) % (1 << 30)

    def hw(self) -> str:
        return self._board.hw()

    async def start(self) -> None:
        await self._board.start()
        self._inputs = self._board.inputs(sorted(EYES))
        self.changed = self._inputs.changed
        self._serial = {wire: Serial(self._board.uart(wire)) for wire in SERIAL}
        self.chip = Chip(self._board.uart("meter"))

    def each_ms(self, tick, count) -> None:  # type: ignore[no-untyped-def]
        asyncio.create_task(self._tick(tick, count))

    def rest(self) -> None:
        self.let_all_go()

    # Hands

    def pull(self, wire: str) -> None:
        if wire not in self._pulled:
            self._pulled.add(wire)
            self._board.tell({"pin": wire, "level": 0})

    def let_go(self, wire: str) -> None:
        if wire in self._pulled:
            self._pulled.discard(wire)
            self._board.tell({"pin": wire, "level": 1})

    def let_all_go(self) -> None:
        for wire in HANDS:
            self.let_go(wire)

    # Eyes

    def edges(self) -> "list[tuple[str, int, int]]":
        edges = self._inputs.take()
        for wire, level, _ in edges:
            self._levels[wire] = level
        return edges

    def level(self, wire: "str") -> int:
        return self._levels[wire]

    def bright(self, wire: str) -> "int | None":
        return self._levels[wire] * _FULL

    # Serial lines and power

    def serial(self, wire: str) -> Serial:
        return self._serial[wire]

    def came(self, wire: "str") -> int:
        return self._serial[wire].came()

    def wire_relay(self, on: "int | None") -> None:
        if on is not None:
            self._on = on
            self._board.tell({"pin": "relay", "level": on})

    def power(self, on: bool) -> None:
        self._board.tell({"pin": "relay", "level": self._on if on else self._on ^ 1})

    async def _tick(self, tick, count) -> None:  # type: ignore[no-untyped-def]
        while True:
            await asyncio.sleep_ms(_TICK_MS)
            tick(self.ticks())
            count(self.ticks())
