"""The actor: its parts, and the tasks that join them to the cable."""

import asyncio
import binascii
import gc

from hil_tests.actor.asked import ASKED
from hil_tests.actor.asked_parts import ASKED_PARTS
from hil_tests.actor.cutting import Cut
from hil_tests.actor.eyes import Eyes
from hil_tests.actor.hands import Hands
from hil_tests.actor.lines import PIECE_BYTES
from hil_tests.actor.meter import Meter
from hil_tests.actor.pins import EYES, SERIAL
from hil_tests.actor.printer import Printer
from hil_tests.actor.scanner import Scanner
from hil_tests.actor.talk import Refused, Talk

_LOOK_MS = 20
# How late what an interrupt did is told; when it was, is told exactly.


class Actor:
    """Hands, eyes and parts on this hardware."""

    def __init__(self, hardware) -> None:  # type: ignore[no-untyped-def]
        self.hardware = hardware
        self.hands = Hands(hardware)
        self.talk = Talk(hardware, self.hands.heard)
        self.eyes = Eyes(EYES)
        self.printer = Printer()
        self.scanner = Scanner()
        self.cut = Cut(hardware)
        self.has_relay = False
        self.code = b""  # the beginning of one that is too long for a line
        self._has_power = True
        self._measuring: "asyncio.Task[None] | None" = None

    async def run(self) -> None:
        """Work until nobody holds the cable any more."""
        await self.hardware.start()
        self.meter = Meter(self.hardware.chip)
        for wire in sorted(EYES):
            self.eyes.seen(wire, self.hardware.level(wire), self.hardware.ticks())
        asyncio.create_task(self._see())
        asyncio.create_task(self._follow())
        for wire, part in (("printer", self.printer), ("scanner", self.scanner)):
            asyncio.create_task(self._play(wire, part))
        self.hardware.each_ms(self._tick, self.cut.count)
        self.talk.notice(["began"])
        await self.talk.run(self.do)

    async def do(self, words: "list[str]") -> "list[str]":
        """What is asked. Raises Refused."""
        work = ASKED.get(words[0] if words else "") or ASKED_PARTS.get(words[0] if words else "")
        if work is None:
            verbs = " ".join(sorted(list(ASKED) + list(ASKED_PARTS)))
            raise Refused("expected one of %s, found %s" % (verbs, words[0][:20] if words else "nothing"))
        return await work(self, words[1:])

    def say(self, wire: str, data: bytes) -> None:
        """Send bytes to the device, if it has power."""
        if data and self._has_power:
            self.hardware.serial(wire).write(data)

    def switch(self, on: bool) -> None:
        """Switch its power, and let go of what would feed it meanwhile."""
        if not on:
            self._note_power(False)
        self.hardware.power(on)
        if on:
            self._note_power(True)

    def measure(self, period_ms: "int | None") -> None:
        """Sample the current that often; None: no longer."""
        if self._measuring is not None:
            self._measuring.cancel()
        self._measuring = None if period_ms is None else asyncio.create_task(self._measure(period_ms))

    def _tick(self, now: int) -> None:
        """Each millisecond, perhaps in an interrupt."""
        self.cut.tick(now)
        self.hands.tick(now)

    def _note_power(self, on: bool) -> None:
        self._has_power = on
        for wire in sorted(SERIAL):
            self.hardware.serial(wire).let_float(not on)

    async def _see(self) -> None:
        """Tell of each lamp that changes."""
        while True:
            await self.hardware.changed.wait()
            for wire, level, at in self.hardware.edges():
                words = self.eyes.seen(wire, level, at)
                if words is not None:
                    self.talk.notice(words, at)

    async def _play(self, wire: str, part) -> None:  # type: ignore[no-untyped-def]
        """Be the part on this line, and tell what the device says to it: how many bytes came before, and which."""
        line = self.hardware.serial(wire)
        before = 0
        while True:
            await line.changed.wait()
            data = line.take()
            if self._has_power:  # a line that falls with the power says 0x00, and nobody said it
                self.say(wire, part.receive(data))
                for at in range(0, len(data), PIECE_BYTES):
                    piece = binascii.hexlify(data[at : at + PIECE_BYTES]).decode()
                    self.talk.notice([wire, str(before + at), piece])
            before += len(data)
            gc.collect()

    async def _follow(self) -> None:
        """Tell what was done each millisecond."""
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            for what, at in self.cut.happened():
                self._note_power(what == "back")
                self.talk.notice([what], at)
            silent_at = self.hands.forgot()
            if silent_at is not None:
                self.talk.notice(["silent"], silent_at)

    async def _measure(self, period_ms: int) -> None:
        while True:
            self.meter.sample()
            await asyncio.sleep_ms(period_ms)
