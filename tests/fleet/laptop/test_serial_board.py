"""A simulated board on a cable is to its host what a board from the shop is."""

import asyncio

import pytest
import serial

from fleet.laptop.boards import Boards
from fleet.laptop.serial_board import SerialBoard

HW = "e6616408432c9d2f"
RAW = b"raw REPL; CTRL-B to exit\r\n>"
WITHIN_S = 60
CHATTER = b"rst:0x1 (POWERON_RESET)\r\n"


class Host:
    """A host that has the port open."""

    def __init__(self, port: str) -> None:
        self.serial = serial.Serial()
        self.serial.port, self.serial.timeout = port, WITHIN_S
        self.serial.open()

    def say(self, data: bytes, until: bytes) -> bytes:
        """What the board says until then."""
        self.serial.write(data)
        heard = self.serial.read_until(until)
        assert heard.endswith(until), f"expected {until!r}, heard {heard!r}"
        return heard

    def run(self, program: bytes, until: bytes = b"\x04>") -> bytes:
        """Run a program by raw-paste; it is shorter than the window."""
        self.say(b"\x05A\x01", b"R\x01\x80\x00\x01")
        return self.say(program + b"\x04", until)


def test_a_bare_board_takes_programs_is_stopped_and_reset(tmp_path):
    asyncio.run(a_first_day(SerialBoard(Boards(tmp_path, "127.0.0.1", 1), "bare-1", HW, CHATTER)))


async def a_first_day(board):
    await board.plug_in_again()
    try:
        await asyncio.to_thread(from_bare_to_a_program, board.port)
        await board.unplug()
        await board.plug_in_again()
        await asyncio.to_thread(a_program_that_was_kept, board.port)
    finally:
        await board.unplug()


def from_bare_to_a_program(port: str) -> None:
    host = Host(port)
    host.say(b"\r\x01", RAW)
    said = host.run(b"import machine, os; print(machine.unique_id().hex(), os.listdir('/'))")
    assert said == b"\x04" + HW.encode() + b" []\n\x04\x04>"
    host.run(b"while True: pass", b"\x04")
    assert b"KeyboardInterrupt" in host.say(b"\x03", b"\x04>")
    host.run(b"f = open('/main.py', 'w'); f.write('import m'); f.close()")
    host.run(b"f = open('/m.py', 'w'); f.write('print(73)\\nwhile True: pass'); f.close()")
    assert b"soft reboot" in host.say(b"\x04", RAW)  # in the raw REPL no main.py runs
    host.run(b"import machine; machine.reset()", CHATTER)
    host.say(b"", b"73\n")
    assert b"KeyboardInterrupt" in host.say(b"\x03\x03", b">>> ")
    host.say(b"\x04", b"soft reboot\r\n73\n")
    host.serial.close()


def a_program_that_was_kept(port: str) -> None:
    host = Host(port)
    assert b"KeyboardInterrupt" in host.say(b"\x03", b">>> ")
    host.say(b"\x01", RAW)
    for number in range(50):  # no byte is lost where one program ends and the next begins
        assert host.run(b"print(%d)" % number) == b"\x04%d\n\x04\x04>" % number
    host.serial.close()


def test_a_board_with_usb_of_its_own_comes_back_under_another_name(tmp_path):
    asyncio.run(a_reset(SerialBoard(Boards(tmp_path, "127.0.0.1", 1), "bare-2", HW, renames=True)))


async def a_reset(board):
    await board.plug_in_again()
    before = board.port
    keeper = Host(before)  # else the system may give the same name again
    try:
        await board.hard_reset()
        assert board.port != before
        with pytest.raises((serial.SerialException, OSError)):
            await asyncio.to_thread(keeper.say, b"\r", b">>> ")
        await asyncio.to_thread(Host(board.port).say, b"\r\x01", RAW)
    finally:
        await board.unplug()
