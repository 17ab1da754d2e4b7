"""ESP32, ESP32-S3 and ESP32-C3.

Their serial interrupt lies in RAM, so flash costs no bytes. The handler of a pin runs when MicroPython is between two
instructions: after what stopped it (a step of a certificate's handshake) a key is seen only if it is still down.
"""

import esp32
import machine

from firmware.hardware import board
from firmware.hardware.board import Region
from firmware.hardware.wires import WireError
from firmware.sparing import const

CAUSES = {
    machine.PWRON_RESET: "power",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "sleep",
    machine.SOFT_RESET: "soft",
    machine.HARD_RESET: "reset",
}
NO_PULL_UP = {"esp32": (34, 35, 36, 39)}
_A_DAY_MS = const(86_400_000)
_WAKEUP_STATUS = const(0x6000_8110)
# RTC_CNTL_GPIO_WAKEUP_REG of the ESP32-C3, bits 0 to 5: which pin woke it (technical reference manual, low-power
# management). MicroPython has no call for it.
_LAST_WAKING_PIN = const(5)


class Board(board.Board):
    """One of the three."""

    watchdog_at_most_ms = 60_000
    _wakers: "list[machine.Pin]" = []
    _wake_ms = 0

    def __init__(self, name: str) -> None:
        super().__init__(name, pins_of(name), CAUSES.get(machine.reset_cause(), "reset"))
        self.can_sleep = name == "esp32_c3"
        # The others wake by pins too, but tell no one by which, and a press is over before the firmware runs.

    def read_note(self) -> bytes:
        return machine.RTC().memory()

    def write_note(self, note: bytes) -> None:
        machine.RTC().memory(note)

    def part(self, name: str):  # type: ignore[no-untyped-def]
        return part(name)

    def input_pin(self, pin: int) -> machine.Pin:
        if pin in NO_PULL_UP.get(self.name, ()):
            return machine.Pin(pin, machine.Pin.IN)
        return super().input_pin(pin)

    def wake_by(self, names, ms: int) -> None:  # type: ignore[no-untyped-def]
        places = [self._wires.place(name) for name in names]
        pins = [self.input_pin(place) for place in places if place is not None and place <= _LAST_WAKING_PIN]
        self._wakers = [pin for pin in pins if pin.value()]  # one that is stuck would wake it at once, for ever
        self._wake_ms = ms

    def woken_by(self, names) -> "str | None":  # type: ignore[no-untyped-def]
        if self.can_sleep and self.reset_reason == "sleep":
            status = machine.mem32[_WAKEUP_STATUS]
            for name in names:
                place = self._wires.place(name)
                if place is not None and place <= _LAST_WAKING_PIN and status >> place & 1:
                    return name  # type: ignore[no-any-return]
        return None

    def sleep(self) -> None:
        if self._wakers:
            esp32.wake_on_gpio(self._wakers, esp32.WAKEUP_ALL_LOW)
        machine.deepsleep(self._wake_ms)

    def stop_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog = machine.WDT(timeout=_A_DAY_MS)  # it can not be stopped


def part(name: str):  # type: ignore[no-untyped-def]
    """The partition of a region; None where there is none."""
    found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label=name)
    return found[0] if found else None


def kept() -> Region:
    """The region for what is kept, before there is a board."""
    return Region(part("kept"), 1, lambda: None)


def failures() -> int:
    """The failures in a row, before there is a board."""
    if CAUSES.get(machine.reset_cause()) == "power":
        return 0
    return board.parsed_note(machine.RTC().memory())[0]


def pins_of(name: str):  # type: ignore[no-untyped-def]
    """The table of pins of this board; only that one is loaded."""
    if name == "esp32":
        from firmware.hardware.pins_esp32 import PINS
    elif name == "esp32_s3":
        from firmware.hardware.pins_esp32_s3 import PINS
    elif name == "esp32_c3":
        from firmware.hardware.pins_esp32_c3 import PINS
    else:
        raise WireError("expected esp32, esp32_s3 or esp32_c3, found " + name)
    return PINS
