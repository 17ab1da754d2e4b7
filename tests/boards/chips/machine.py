"""The part of MicroPython's `machine` that the boards use, on pins and lines of a test. `CHIP` is the port it plays.

Its names are those of the published stubs; a test compares them. The world's side: `PINS`, `UARTS`, `memory`, `cause`.
"""

import io
import os

CHIP = os.getenv("MOTCUA_CHIP")
PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
POLL, READABLE, WRITABLE = 3, 1, 4
LAST_PIN = 48
# Of the largest of the boards.


class Reset(BaseException):
    """The chip was told to reset itself."""


class World:
    cause = PWRON_RESET
    memory = b""
    registers = {}
    date = None
    fed = 0
    slept_ms = None
    timeout = None
    words = {}  # of a part on the I2C bus, by its registers
    ticks = []
    old_image = False


PINS = {}
UARTS = {}


class Pin:
    IN, OUT, OPEN_DRAIN, PULL_UP, PULL_DOWN, IRQ_RISING, IRQ_FALLING = 0, 1, 2, 1, 2, 1, 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if id > LAST_PIN:
            raise ValueError("invalid pin")
        self.id = id
        before = PINS.get(id)
        # Keys have a pull-up, inside or outside.
        self.level = before.level if before else int(mode == self.IN and pull != self.PULL_DOWN)
        self.handler = None
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        self.mode, self.pull = mode, pull
        if value is not None:
            self.level = value
        PINS[self.id] = self

    def value(self, x=None):
        if x is None:
            return self.level
        assert self.mode in (self.OUT, self.OPEN_DRAIN)
        self.level = x
        return None

    def irq(self, handler=None, trigger=3, *, hard=False):
        assert not hard or CHIP == "rp2", "this port has no hard interrupts"
        self.handler = handler

    def drive(self, level, seen=True):
        """The world moves the pin; an interrupt may be missed."""
        if level != self.level:
            self.level = level
            if seen and self.handler is not None:
                self.handler(self)


class UART(io.IOBase):
    def __init__(self, id, **how):
        self.id = id
        self.init(**how)
        self.coming, self.sent, self.pieces = b"", b"", []
        self.room = None  # bytes that it still takes; None for any number
        UARTS[id] = self

    def init(self, *, baudrate, tx, rx, rxbuf, txbuf, timeout):
        self.baudrate, self.tx, self.rx, self.rxbuf, self.txbuf = baudrate, tx.id, rx.id, rxbuf, txbuf

    def any(self):
        return len(self.coming)

    def read(self, n):
        if not self.coming:
            return None
        data, self.coming = self.coming[:n], self.coming[n:]
        return data

    def write(self, data):
        data = bytes(data)
        if self.room is not None:
            data, self.room = data[: self.room], self.room - min(len(data), self.room)
            if not data:
                return None
        self.sent += data
        self.pieces.append(len(data))
        return len(data)

    def ioctl(self, op, flags):
        if op != POLL:
            return 0
        return (READABLE if self.coming and flags & READABLE else 0) | flags & WRITABLE


class ADC:
    def __init__(self, id):
        assert 26 <= id.id <= 29, "a pin without ADC"
        self.pin = id
        id.init()  # it is no digital input any more

    def read_u16(self):
        return 65535 * PINS[self.pin.id].level


class I2C:
    def __init__(self, id, *, scl, sda, freq):
        assert (id, sda.id % 4, scl.id % 4) in ((0, 0, 1), (1, 2, 3)), "pins of the other bus"

    def readfrom_mem(self, addr, memaddr, nbytes):
        if memaddr not in World.words:
            raise OSError(5)
        return World.words[memaddr].to_bytes(nbytes, "big")

    def writeto_mem(self, addr, memaddr, buf):
        self.readfrom_mem(addr, memaddr, 2)
        World.words[memaddr] = int.from_bytes(buf, "big")


class Timer:
    PERIODIC = 1

    def __init__(self, id):
        assert id == -1

    def init(self, *, period, mode, callback, hard=False):
        assert (period, mode) == (1, self.PERIODIC)
        if hard and World.old_image:
            raise TypeError("extra keyword arguments given")
        World.ticks.append(callback)

    def deinit(self):
        World.ticks.clear()


class WDT:
    def __init__(self, id=0, timeout=5000):
        assert CHIP != "rp2" or timeout <= 8388, "timeout exceeds 8388"
        World.timeout = timeout

    def feed(self):
        World.fed += 1


class RTC:
    def datetime(self, date):
        World.date = date

    def memory(self, data=None):
        if data is None:
            return World.memory
        World.memory = data
        return None


class Registers:
    def __getitem__(self, address):
        assert address % 4 == 0
        return World.registers.get(address, 0)

    def __setitem__(self, address, word):
        assert address % 4 == 0
        World.registers[address] = word & 0xFFFFFFFF


mem32 = Registers()


def unique_id():
    return bytes([0xE6, 0x61, 0x41, 0x04, 0x03, 0x96, 0xAA, 0x01])


def reset_cause():
    return World.cause


def reset():
    raise Reset


def deepsleep(time_ms):
    World.slept_ms = time_ms
    raise Reset
