"""A host at the cable of a simulated board, for tests: frames and objects by pyserial."""

import asyncio
import json
import time

import serial

from fleet.laptop import flash_image, package
from fleet.laptop.boards import Boards
from fleet.laptop.serial_board import SerialBoard
from protocols import improv

WITHIN_S = 30.0
HW = "e6616408432c9d2f"
KEY = "5a" * 32
_packages: dict = {}


def packed(*roles):
    """The files of the simulated board's package with these roles; built once."""
    if roles not in _packages:
        _packages[roles] = package.build("simulated", list(roles)).files
    return _packages[roles]


def with_firmware(board, *roles):
    """Put firmware onto the flash of a board without power."""
    flash_image.save(flash_image.open_flash(None), board.image, b"")
    flash_image.write_files(board.image, packed(*roles))


def claim(port=1, roles=("rating",), **changes):
    """A claim as a technician has it."""
    said = {
        "v": 1,
        "claim": "7ZK4QW2MX",
        "device": "nut-1",
        "key": KEY,
        "roles": list(roles),
        "office": "Một cửa Phường Bến Thành",
        "counter": "Quầy 3",
        "until": 1_795_280_400_000,
        "hw": None,
        "network": {"host": "127.0.0.1", "port": port, "protocol": 5},
    }
    return {**said, **changes}


class CableHost:
    """A host that has the port open."""

    def __init__(self, port):
        self.serial = serial.Serial()
        self.serial.port, self.serial.timeout = port, 0.02
        self.serial.open()
        self.frames, self.objects = improv.Frames(), improv.Objects()
        self.waiting, self.number = [], 0
        self.states, self.errors, self.lines, self.named = [], [], [], []

    def next(self):
        """The next frame; states and errors are noted."""
        ends = time.monotonic() + WITHIN_S
        while not self.waiting:
            assert time.monotonic() < ends, f"expected a frame, heard {self.frames.chatter!r}"
            self.waiting += self.frames.feed(self.serial.read(400))
        kind, data = self.waiting.pop(0)
        if kind == improv.STATE:
            self.states.append(data[0])
        elif kind == improv.ERROR:
            self.errors.append(data[0])
        elif data[0] == improv.ASK_DEVICE:
            self.named = improv.read_strings(improv.read(data)[1])
        return kind, data

    def until(self, kind):
        """The data of the next frame of this kind."""
        while True:
            found, data = self.next()
            if found == kind:
                return data

    def object(self):
        """The next object that the board says."""
        while True:
            command, data = improv.read(self.until(improv.RESULT))
            if command == improv.OBJECT:
                raw = self.objects.take(data)
                if raw is not None:
                    return json.loads(raw)
                if data[0] & improv.MORE:
                    self.serial.write(improv.taken())

    def ask(self, do, **what):
        """The answer to a request; lines before it are in `lines`."""
        self.say(do, **what)
        while True:
            said = self.object()
            if said["id"] == self.number and "ok" in said:
                return said
            self.lines.append(said)
            self.heard(said)

    def heard(self, line):
        """A line of a self-test came; for who has hands."""

    def say(self, do, **what):
        """Send a request."""
        self.number += 1
        raw = json.dumps({"do": do, "id": self.number, **what}, ensure_ascii=False).encode()
        frames = list(improv.pieces(improv.REQUEST, raw))
        for one in frames[:-1]:
            self.serial.write(one)
            while not improv.is_taken(*self.next()):
                pass
        self.serial.write(frames[-1])

    def standard(self, frame):
        """The texts of the answer to a standard request."""
        self.serial.write(frame)
        return improv.read_strings(improv.read(self.until(improv.RESULT))[1])

    def close(self):
        """Let the port go."""
        self.serial.close()


def in_a_thread(story):
    """A story of the host alone."""
    return lambda host, board: asyncio.to_thread(story, host)


def at_the_cable(bench, name, story, *roles):
    """Run the story (host) beside a board with firmware; returns the board, without power."""

    async def run():
        boards = Boards(bench, "127.0.0.1", 1)
        await boards.start()
        board = SerialBoard(boards, name, HW)
        with_firmware(board, *roles)
        starting = asyncio.create_task(board.plug_in_again())
        await asyncio.sleep(0)  # its port is there, and nothing was said: who opens a port hears what comes after
        host = CableHost(board.port)
        await starting
        try:
            await story(host, board)
        finally:
            host.close()
            await boards.stop()
        return board

    return asyncio.run(run())
