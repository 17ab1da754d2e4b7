"""Commands to scanners, byte for byte as their manual gives them, and a scanner on a line in memory."""

import asyncio

from firmware.drivers.gm65 import SILENT, Gm65, command, crc
from protocols.reader import Reader

DONE = b"\x02\x00\x00\x01\x00\x33\x31"


def answer(value):
    total = crc(bytes([0, 1, value]))
    return bytes([2, 0, 0, 1, value, total >> 8, total & 255])


def test_commands_are_those_of_the_manual():
    assert command(7, 0x000A, 1) == bytes.fromhex("7e000701000a01ee8a")
    assert command(8, 0x000A, 0x3E) == bytes.fromhex("7e000801000a3e4ccf")
    assert command(9, 0, 0) == bytes.fromhex("7e000901000000dec8")


def test_answers_are_those_of_the_manual():
    assert answer(0x3E) == bytes.fromhex("020000013ee4ac") and answer(0) == DONE
    assert crc(answer(0x3E)[2:]) == 0


class Clock:
    """Time goes on by itself."""

    def __init__(self):
        self.now = 0

    def up(self):
        self.now += 40
        return self.now


class Line:
    """A serial line to a scanner that answers as `obey` says."""

    def __init__(self, obey):
        self.changed = asyncio.Event()
        self.changed.set()
        self.said = []
        self.waiting = b""
        self._obey = obey

    def write(self, data):
        self.said.append(bytes(data))
        self.waiting += self._obey(bytes(data))

    def take(self):
        taken, self.waiting = self.waiting, b""
        return taken


def scanner(registers, before=b"", after=b"", saves=None):
    """Obeys; each answer lies between these bytes."""

    def obey(data):
        kind, register, value = data[2], data[4] << 8 | data[5], data[6]
        if kind == 7:
            return before + answer(registers[register]) + after
        if kind == 8:
            registers[register] = value
        elif saves is not None:
            saves.append(dict(registers))
        return before + DONE + after

    return obey


FACTORY = {0x0000: 0xD4, 0x0003: 0x00, 0x000D: 0xA1, 0x0013: 0x00, 0x0060: 0x21}
AS_WANTED = {0x0000: 0x96, 0x0003: 0x02, 0x000D: 0xA0, 0x0013: 0x83, 0x0060: 0x01}


def set_up(obey, reader=None):
    line = Line(obey)
    driver = Gm65(line, Clock())
    asyncio.new_event_loop()
    return asyncio.run(driver.set_up(reader or Reader())), driver, line


def test_only_what_differs_is_written_and_then_kept():
    registers, saves = dict(FACTORY), []
    trouble, driver, line = set_up(scanner(registers, saves=saves))
    assert (trouble, driver.heard) == ("", b"")
    assert registers == AS_WANTED and saves == [AS_WANTED]
    assert [data[2] for data in line.said].count(8) == 5


def test_what_is_as_wanted_is_left_alone():
    saves = []
    trouble, _, line = set_up(scanner(dict(AS_WANTED), saves=saves))
    assert trouble == "" and saves == [] and {data[2] for data in line.said} == {7}


def test_bits_that_are_not_ours_stay():
    registers = dict(FACTORY)
    registers.update({0x0000: 0x38, 0x000D: 0x5F, 0x0060: 0x7D})
    set_up(scanner(registers), Reader(mode="sensing", repeat_s=5))
    assert registers == {0x0000: 0x3B, 0x0003: 0x02, 0x000D: 0x5C, 0x0013: 0x85, 0x0060: 0x1D}


def test_one_that_says_nothing_is_silent():
    trouble, _, line = set_up(lambda data: b"")
    assert trouble == SILENT and len(line.said) == 3


def test_one_that_answers_with_a_wrong_sum_is_silent():
    trouble, driver, _ = set_up(lambda data: b"\x02\x00\x00\x01\x00\x33\x30")
    assert (trouble, driver.heard) == (SILENT, b"")


def test_one_that_does_not_take_a_write_is_told():
    registers = dict(FACTORY)
    trouble, _, __ = set_up(lambda data: b"" if data[2] == 8 else scanner(registers)(data))
    assert trouble == "refuses to change register 0003"


def test_one_that_says_so_and_does_not_is_told():
    trouble, _, line = set_up(lambda data: DONE if data[2] != 7 else answer(FACTORY[data[4] << 8 | data[5]]))
    assert trouble == "forgets its settings" and 9 not in {data[2] for data in line.said}


def test_one_whose_flash_is_worn_is_told():
    registers = dict(FACTORY)
    trouble, _, __ = set_up(lambda data: b"" if data[2] == 9 else scanner(registers)(data))
    assert trouble == "does not keep its settings in its flash" and registers == AS_WANTED


def test_codes_that_come_meanwhile_are_not_lost():
    registers = dict(FACTORY)
    trouble, driver, line = set_up(scanner(registers, before=b"H15-1\r", after=b"MC1:"))
    assert trouble == "" and registers == AS_WANTED
    assert driver.heard == (b"H15-1\rMC1:") * len(line.said)


def test_a_code_that_looks_like_an_answer_deceives_for_one_round():
    registers = dict(FACTORY)
    lies = [answer(0x83), answer(0x83)]

    def deceives(data):
        lie = lies.pop() if data[4:6] == b"\x00\x13" and lies and data[2] == 7 and len(lies) == 2 else b""
        return lie + scanner(registers)(data)

    trouble, _, __ = set_up(deceives)
    assert trouble == "" and registers == AS_WANTED
