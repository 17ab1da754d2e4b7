"""A simulated scanner of the GM65 kind on a board's line: registers, a flash of its own, commands, and its faults.

Written from the manuals of such scanners, not from our driver: 7E 00, type, length, address, data and a CRC-16/CCITT
come in; 02 00, 00, length, data and CRC go out. It says nothing to a command that it does not understand. It does not
count the seconds between two readings of the same code.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from fleet.laptop import hands

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

HEAD, ANSWER_HEAD = b"\x7e\x00", b"\x02\x00"
READ, WRITE, SAVE = 7, 8, 9
NOT_CHECKED = b"\xab\xcd"
# The manuals let a command do without its sum.
MODE, SETUP_CODES, OUTPUT, SAME_CODE, TAIL = 0x0000, 0x0003, 0x000D, 0x0013, 0x0060
FACTORY = {MODE: 0xD4, SETUP_CODES: 0x00, OUTPUT: 0xA0, SAME_CODE: 0x00, TAIL: 0x01}
# By hand, with light, aim and beep; everybody may change it by a code.
REGISTERS = 0x100
BY_COMMAND = 1
LOCKED = 0x02
TAILS = (b"\r", b"\r\n", b"\t", b"")

FAULTS = ("dumb", "wrong_sum", "refuses", "forgets", "no_flash", "imitates")
# It takes no commands at all; its answers are spoilt; it takes no writes; it says that it wrote and did not; its flash
# is worn; a code that looks like an answer comes before each answer.
IMITATION = b"\x02\x00\x00\x01\xff"


class SimulatedScanner:
    """One scanner. `registers` are what it goes by, `flash` what it begins with after a loss of power."""

    def __init__(self, board: "Board", faults: tuple[str, ...] = ()) -> None:
        unheard_of = set(faults) - set(FAULTS)
        if unheard_of:
            raise ValueError(f"a scanner's faults: expected some of {', '.join(FAULTS)}, found {sorted(unheard_of)}")
        self.board = board
        self.faults = set(faults)
        self.flash = dict(FACTORY)
        self.registers = dict(FACTORY)
        self.reads = self.writes = self.saves = 0
        self._line = b""

    async def run(self) -> None:
        """Take the board's commands, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "scanner" and change.data:
                await self.receive(change.data)

    async def scan(self, code: bytes) -> None:
        """Hold a code before it, and press its own key where it works by hand; one that waits for commands is blind."""
        if self.registers[MODE] & 3 != BY_COMMAND:
            await hands.feed(self.board, "scanner", code + TAILS[self.registers[TAIL] >> 5 & 3])

    def show_setup_code(self, register: int, value: int) -> bool:
        """Hold a code of the manual before it that changes a register; whether it obeys."""
        if self.registers[SETUP_CODES] & LOCKED:
            return False
        self.registers[register] = self.flash[register] = value
        return True

    def lose_power(self) -> None:
        """What is not in its flash is gone."""
        self.registers = dict(self.flash)
        self._line = b""

    async def receive(self, data: bytes) -> None:
        """Bytes on the line: carry out each whole command."""
        self._line += data
        while (start := self._line.find(HEAD)) >= 0:
            end = start + 9 + (max(0, self._line[start + 3] - 1) if len(self._line) > start + 3 else 0)
            if len(self._line) < end:
                return
            command, self._line = self._line[start:end], self._line[end:]
            if "dumb" not in self.faults and command[-2:] in (NOT_CHECKED, sum_of(command[2:-2])):
                await self._carry_out(command[2], int.from_bytes(command[4:6], "big"), command[6:-2])
        self._line = self._line[-1:]

    async def _carry_out(self, kind: int, register: int, data: bytes) -> None:
        if kind == READ and register < REGISTERS:
            self.reads += 1
            await self._answer(bytes(self.registers.get(register + n, 0) for n in range(data[0])))
        elif kind == WRITE and register < REGISTERS and "refuses" not in self.faults:
            self.writes += 1
            if "forgets" not in self.faults:
                self.registers |= {register + n: value for n, value in enumerate(data)}
            await self._answer(b"\0")
        elif kind == SAVE and "no_flash" not in self.faults:
            self.saves += 1
            self.flash = dict(self.registers)
            await self._answer(b"\0")

    async def _answer(self, data: bytes) -> None:
        body = bytes([0, len(data)]) + data
        total = sum_of(body)
        if "wrong_sum" in self.faults:
            total = bytes([total[0] ^ 1, total[1]])
        code = b""
        if "imitates" in self.faults:
            code = IMITATION + sum_of(IMITATION[2:]) + b"\r"
            self.faults.discard("imitates")
        with suppress(hands.NoAnswer):  # the board lost its power: nobody listens
            await hands.feed(self.board, "scanner", code + ANSWER_HEAD + body + total)


def sum_of(data: bytes) -> bytes:
    """CRC-16/CCITT with the polynomial 1021, from 0."""
    total = 0
    for bit in (byte >> shift & 1 for byte in data for shift in range(7, -1, -1)):
        over = total >> 15 ^ bit
        total = (total << 1 & 0xFFFF) ^ (0x1021 if over else 0)
    return total.to_bytes(2, "big")
