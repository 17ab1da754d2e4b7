"""The actor's serial lines and its I2C bus on a Pico."""

import machine

from firmware.hardware.lines import Uart
from hil_tests.actor.meter import ADDRESS
from hil_tests.actor.pins import BAUD, METER

_RX_BYTES = 1024
_TX_BYTES = 256
_I2C_HZ = 400_000


class Serial(Uart):
    """A serial line that counts what came, can change its speed, and can be let float."""

    def __init__(self, place: "tuple[int, int, int]") -> None:
        number, self._tx, self._rx = place
        self._baud = BAUD
        self._taken = 0
        machine.Pin(self._rx, machine.Pin.IN, machine.Pin.PULL_UP)
        super().__init__(machine.UART(number, **self._how()), BAUD)

    def tune(self, baud: int) -> None:
        """Go on at this speed."""
        self._baud = baud
        self._uart.init(**self._how())

    def let_float(self, floats: bool) -> None:
        """Let go of the line that we drive, or take it again."""
        if floats:
            machine.Pin(self._tx, machine.Pin.IN)
        else:
            self.tune(self._baud)

    def take(self) -> bytes:
        data = super().take()
        self._taken += len(data)
        return data

    def came(self) -> int:
        """How many bytes have come in all. Never in an interrupt: it would disturb whoever reads just then."""
        return self._taken + len(self._heard) + self._uart.any()

    def _how(self):  # type: ignore[no-untyped-def]
        return {
            "baudrate": self._baud,
            "tx": machine.Pin(self._tx),
            "rx": machine.Pin(self._rx),
            "rxbuf": _RX_BYTES,
            "txbuf": _TX_BYTES,
            "timeout": 0,
        }


class Chip:
    """A meter on the I2C bus; OSError where there is none."""

    def __init__(self) -> None:
        number, sda, scl = METER
        self._bus = machine.I2C(number, sda=machine.Pin(sda), scl=machine.Pin(scl), freq=_I2C_HZ)

    def read(self, register: int) -> int:
        high, low = self._bus.readfrom_mem(ADDRESS, register, 2)
        return high << 8 | low

    def write(self, register: int, word: int) -> None:
        self._bus.writeto_mem(ADDRESS, register, bytes([word >> 8, word & 255]))
