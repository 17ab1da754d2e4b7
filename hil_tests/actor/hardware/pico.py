"""The actor's pins on a Raspberry Pi Pico, Pico W, Pico 2 or Pico 2 W with MicroPython as it comes from the shop.

Laws: a hand is an open drain and never drives high; after a reset everything is let go. What runs each millisecond runs
in a hard interrupt, so none of it allocates. While the device has no power our serial lines float: a line that rests
high would feed a device through its pins, and a cut would be none.
"""

import asyncio
import binascii
import sys
import time

import machine

from firmware.hardware.lines import SETTLE_MS, Inputs
from hil_tests.actor.hardware.pico_lines import Chip, Serial
from hil_tests.actor.pins import DIM, EYES, HANDS, RELAY, SERIAL

_SAMPLES = 64
_FULL = 65_535


class Hardware:
    """Everything that the actor can touch. `changed` is set while there are edges to take."""

    def __init__(self) -> None:
        self.name = sys.implementation._machine.split(" with")[0].replace(" ", "-")
        self.ticks = time.ticks_ms
        self.ticks_diff = time.ticks_diff
        self.after = time.ticks_add
        self.changed = asyncio.Event()
        self.chip = Chip()
        self._hands = {wire: machine.Pin(pin, machine.Pin.OPEN_DRAIN, value=1) for wire, pin in HANDS.items()}
        self._every_hand = list(self._hands.values())
        # Before the inputs: to make one takes the pin its digital input and its pull-down, which come back with them.
        self._dim = {wire: machine.ADC(machine.Pin(EYES[wire])) for wire in DIM}
        self._eyes = {wire: machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_DOWN) for wire, pin in EYES.items()}
        self._relay = machine.Pin(RELAY, machine.Pin.IN)
        self._on = 0
        self._serial: "dict[str, Serial]" = {}
        self._timers: "list[machine.Timer]" = []

    def hw(self) -> str:
        """The chip's own number."""
        return binascii.hexlify(machine.unique_id()).decode()

    async def start(self) -> None:
        """Begin to look and to listen."""
        self._moved = asyncio.ThreadSafeFlag()
        self._inputs = Inputs(sorted(self._eyes), self._eyes, self._moved, {"hard": True})
        self._serial = {wire: Serial(place) for wire, place in SERIAL.items()}
        asyncio.create_task(self._watch())

    def each_ms(self, tick, count) -> None:  # type: ignore[no-untyped-def]
        """Call both each millisecond: `tick` whatever else happens, so it must not allocate nor ask a line."""

        def ticked(_: "machine.Timer") -> None:
            tick(time.ticks_ms())

        def counted(_: "machine.Timer") -> None:
            count(time.ticks_ms())

        self._timers = [machine.Timer(-1), machine.Timer(-1)]
        try:
            self._timers[0].init(period=1, mode=machine.Timer.PERIODIC, callback=ticked, hard=True)
        except TypeError:  # an image before 1.26, where it comes between two steps of the program
            self._timers[0].init(period=1, mode=machine.Timer.PERIODIC, callback=ticked)
        self._timers[1].init(period=1, mode=machine.Timer.PERIODIC, callback=counted)

    def rest(self) -> None:
        """Do nothing more, with everything let go."""
        for timer in self._timers:
            timer.deinit()
        self.let_all_go()

    # Hands

    def pull(self, wire: str) -> None:
        """To ground."""
        self._hands[wire].value(0)

    def let_go(self, wire: str) -> None:
        """Open."""
        self._hands[wire].value(1)

    def let_all_go(self) -> None:
        """Open all of them. Allocates nothing."""
        for pin in self._every_hand:
            pin.value(1)

    # Eyes

    def edges(self) -> "list[tuple[str, int, int]]":
        """What the eyes saw since the last call: (wire, level, when)."""
        self.changed.clear()
        return self._inputs.take()

    def level(self, wire: "str") -> int:
        """How it is now. Allocates nothing."""
        return self._eyes[wire].value()

    def bright(self, wire: str) -> "int | None":
        """How bright, in thousandths; None for an eye that sees only light and dark."""
        if wire not in self._dim:
            return None
        adc = self._dim[wire]
        return sum([adc.read_u16() for _ in range(_SAMPLES)]) * 1000 // (_SAMPLES * _FULL)

    # Serial lines and power

    def serial(self, wire: str) -> Serial:
        """One of the two."""
        return self._serial[wire]

    def came(self, wire: "str") -> int:
        """How many bytes have come on it in all."""
        return self._serial[wire].came()

    def wire_relay(self, on: "int | None") -> None:
        """Which level of the pin gives the device power; None: there is no relay."""
        if on is None:
            self._relay.init(machine.Pin.IN)
        else:
            self._on = on
            self._relay.init(machine.Pin.OUT, value=on)

    def power(self, on: bool) -> None:
        """Switch the relay. Allocates nothing."""
        self._relay.value(self._on if on else self._on ^ 1)

    async def _watch(self) -> None:
        """Say that there are edges; once they are over, look whether the last one was seen."""
        while True:
            await self._moved.wait()
            while True:
                self.changed.set()
                try:
                    await asyncio.wait_for_ms(self._moved.wait(), SETTLE_MS)
                except asyncio.TimeoutError:
                    break
            self._inputs.settle()
            self.changed.set()
