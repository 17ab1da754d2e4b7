"""The pins and serial lines of the emulated chip: what outside hands do to them, and what the chip does.

A byte takes its time on a line, by the chip's own clock, so a chip that does not listen for long enough loses some.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from rp2040py.gpio_pin import GPIOPinState

BYTE_NS = 10 * 1e9 / 9600
# Of a serial line at 9600 baud, with start and stop bit.
TOLD_BYTES = 32
RADIO = (23, 24, 25, 29)
# Its own lines are nobody else's.
LEVELS = {GPIOPinState.LOW: 0, GPIOPinState.HIGH: 1}
Tell = Callable[[dict[str, object]], None]


class Lines:
    """All of them; `tell` is given each change, with the chip's time in ms."""

    def __init__(self, mcu: Any, tell: Tell) -> None:
        self._mcu, self._tell = mcu, tell
        self._sent = [bytearray(), bytearray()]
        self._feeding: tuple[deque[int], deque[int]] = (deque(), deque())
        for pin in mcu.gpio:
            if pin.index not in RADIO:
                pin.add_listener(self._listener(pin.index))
        for number, uart in enumerate(mcu.uart):
            uart.on_byte = self._printer(number)
        self._feeders = [mcu.clock.create_alarm(self._feeder(number)) for number in range(2)]
        self._flushers = [mcu.clock.create_alarm(self._flusher(number)) for number in range(2)]

    @property
    def now_ms(self) -> float:
        """The chip's time since it had power."""
        return float(self._mcu.clock.nanos) / 1e6

    def drive(self, pin: int, level: int | None) -> None:
        """Hold a pin at a level, or let it go, so that its own resistor pulls it."""
        if level is None:
            self._mcu.gpio[pin].release_input()
        else:
            self._mcu.gpio[pin].set_input_value(bool(level))
        self._tell({"drove": pin, "level": level, "at_ms": self.now_ms})

    def press(self, pin: int, held_ms: float) -> None:
        """Press a key and let it go, by the chip's clock."""
        self.drive(pin, 0)
        self._mcu.clock.create_alarm(lambda: self.drive(pin, None)).schedule(held_ms * 1e6)

    def feed(self, number: int, data: bytes) -> None:
        """Send bytes to the chip on a serial line."""
        idle = not self._feeding[number]
        self._feeding[number].extend(data)
        if idle and data:
            self._feeders[number].schedule(BYTE_NS)

    # What the chip does

    def _listener(self, pin: int) -> Callable[[GPIOPinState, GPIOPinState], None]:
        def moved(now: GPIOPinState, before: GPIOPinState) -> None:
            if now in LEVELS:
                self._tell({"pin": pin, "level": LEVELS[now], "at_ms": self.now_ms})
            elif now is GPIOPinState.INPUT_PULL_UP:
                self._tell({"pulled_up": pin, "at_ms": self.now_ms})

        return moved

    def _printer(self, number: int) -> Callable[[int], None]:
        def said(byte: int) -> None:
            if not self._sent[number]:
                self._flushers[number].schedule(TOLD_BYTES * BYTE_NS)
            self._sent[number].append(byte)

        return said

    def _flusher(self, number: int) -> Callable[[], None]:
        def flush() -> None:
            self._tell({"uart": number, "bytes": self._sent[number].hex(), "at_ms": self.now_ms})
            self._sent[number].clear()

        return flush

    def _feeder(self, number: int) -> Callable[[], None]:
        def feed() -> None:
            self._mcu.uart[number].feed_byte(self._feeding[number].popleft())
            if self._feeding[number]:
                self._feeders[number].schedule(BYTE_NS)

        return feed
