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


class Board(board.Board):
    """One of the three."""

    watchdog_at_most_ms = 60_000

    def __init__(self, name: str) -> None:
        super().__init__(name, pins_of(name), CAUSES.get(machine.reset_cause(), "reset"))

    def read_note(self) -> bytes:
        return machine.RTC().memory()

    def write_note(self, note: bytes) -> None:
        machine.RTC().memory(note)

    def region(self, name: str) -> "Region | None":
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label=name)
        return Region(found[0], 1, lambda: None) if found else None

    def input_pin(self, pin: int) -> machine.Pin:
        if pin in NO_PULL_UP.get(self.name, ()):
            return machine.Pin(pin, machine.Pin.IN)
        return super().input_pin(pin)

    def stop_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog = machine.WDT(timeout=_A_DAY_MS)  # it can not be stopped


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
