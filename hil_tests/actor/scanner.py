"""The actor as a scanner of the GM65 kind: registers, a flash of its own, and the commands that change them.

    7E 00 | type | length | address (2) | data | sum (2)      what the device says
    02 00 | 00 | length | data | sum (2)                      what a scanner answers; nothing to what it can not read

Written from the manuals of such scanners, not from our driver, as the laptop's own is (fleet/laptop/scanner.py).
"""

MANNER = ("obeys", "dumb")
# A dumb one takes no commands: it only sends codes, as the cheapest do.
MODE, SETUP_CODES, OUTPUT, SAME_CODE, TAIL = 0x0000, 0x0003, 0x000D, 0x0013, 0x0060
FACTORY = {MODE: 0xD4, SETUP_CODES: 0x00, OUTPUT: 0xA0, SAME_CODE: 0x00, TAIL: 0x01}
REGISTERS = 0x100
BY_COMMAND = 1
TAILS = (b"\r", b"\r\n", b"\t", b"")

_HEAD = b"\x7e\x00"
_READ, _WRITE, _SAVE = 7, 8, 9
_NOT_CHECKED = b"\xab\xcd"
# The manuals let a command do without its sum.
_FRAME_BYTES = 9


class Scanner:
    """`registers` are what it goes by, `flash` what it begins with after a loss of power."""

    def __init__(self) -> None:
        self.manner = "obeys"
        self.flash = dict(FACTORY)
        self.registers = dict(FACTORY)
        self._line = b""

    def receive(self, data: bytes) -> bytes:
        """Carry out each whole command; what is answered."""
        self._line += data
        said = b""
        at = self._line.find(_HEAD)
        while at >= 0:
            length = max(1, self._line[at + 3]) if len(self._line) > at + 3 else 1
            end = at + _FRAME_BYTES - 1 + length
            if len(self._line) < end:
                self._line = self._line[at:]
                return said
            command, self._line = self._line[at:end], self._line[end:]
            said += self._obeyed(command)
            at = self._line.find(_HEAD)
        self._line = self._line[-1:]
        return said

    def read(self, code: bytes) -> bytes:
        """A code is held before it: what it sends, which is nothing while it waits for commands."""
        if self.registers[MODE] & 3 == BY_COMMAND:
            return b""
        return code + TAILS[self.registers[TAIL] >> 5 & 3]

    def lose_power(self) -> None:
        """What is not in its flash is gone."""
        self.registers = dict(self.flash)
        self._line = b""

    def set(self, what: str, value: str) -> None:
        """How it behaves; `power lost` takes its settings away. Raises ValueError."""
        if what == "manner" and value in MANNER:
            self.manner = value
        elif what == "power" and value == "lost":
            self.lose_power()
        else:
            raise ValueError("expected manner %s or power lost, found %s %s" % ("|".join(MANNER), what, value))

    def _obeyed(self, command: bytes) -> bytes:
        if self.manner == "dumb" or command[-2:] not in (_NOT_CHECKED, sum_of(command[2:-2])):
            return b""
        kind, register, data = command[2], command[4] << 8 | command[5], command[6:-2]
        if kind == _SAVE:
            self.flash = dict(self.registers)
            return answer(b"\0")
        if register >= REGISTERS or kind not in (_READ, _WRITE):
            return b""
        if kind == _READ:
            return answer(bytes([self.registers.get(register + place, 0) for place in range(data[0])]))
        for place, value in enumerate(data):
            self.registers[register + place] = value
        return answer(b"\0")


def answer(data: bytes) -> bytes:
    """What says it."""
    body = bytes([0, len(data)]) + data
    return b"\x02\x00" + body + sum_of(body)


def sum_of(data: bytes) -> bytes:
    """CRC-16/CCITT with the polynomial 1021, from 0."""
    total = 0
    for byte in data:
        total ^= byte << 8
        for _ in range(8):
            total = (total << 1 & 0xFFFF) ^ (0x1021 if total & 0x8000 else 0)
    return bytes([total >> 8, total & 255])
