"""Boards without firmware: they behave as the contract of the lines says, in memory and at once.

`printer_board`, `keypad_board` and `rating_board` share a `Queue`, a fleet of twenty lines that gives numbers in order.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from fleet.laptop.boards import BoardError, Change


class BoardInMemory:
    """The lines of one board; `on_press` and `on_feed` are its firmware."""

    def __init__(self, device, roles=(), on_press=None, on_feed=None):
        self.device = device
        self.roles = tuple(roles)
        self.levels = {}
        self.keys = frozenset()
        self.presses = []
        self.fed = []
        self.power = True
        self.refused = 0
        self.on_press = on_press
        self.on_feed = on_feed
        self.listeners = []

    async def press(self, pin, held_ms=80):
        if not self.power:
            self.refused += 1
            raise BoardError(f"{self.device} has no power")
        self.presses.append(pin)
        await asyncio.sleep(0)
        if self.on_press and self.power:
            self.on_press(self, pin)

    async def feed(self, uart, data):
        if not self.power:
            self.refused += 1
            raise BoardError(f"{self.device} has no power")
        self.fed.append((uart, bytes(data)))
        await asyncio.sleep(0)
        if self.on_feed and self.power:
            self.on_feed(self, uart, data)

    async def listen(self):
        queue = asyncio.Queue()
        self.listeners.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.listeners.remove(queue)

    async def ready(self):
        pass

    async def unplug(self):
        self.power = False
        for pin in [pin for pin, level in self.levels.items() if level]:
            self.light(pin, 0)

    async def plug_in_again(self):
        self.power = True

    def light(self, pin, level):
        self.levels[pin] = level
        self._say(Change(self.device, pin=pin, level=level))

    def read_keys(self, *names):
        self.keys = frozenset(names)
        self._say(Change(self.device, keys=self.keys))

    def write(self, uart, data):
        self._say(Change(self.device, uart=uart, data=data))

    def _say(self, change):
        for queue in self.listeners:
            queue.put_nowait(change)


@dataclass
class Boards:
    boards: dict


@dataclass
class Queue:
    """Who waits, in the fleet of these tests."""

    prefixes: dict
    numbers: defaultdict = field(default_factory=lambda: defaultdict(int))
    waiting: list = field(default_factory=list)
    called: list = field(default_factory=list)
    recalled: list = field(default_factory=list)
    missed: list = field(default_factory=list)
    finished: list = field(default_factory=list)
    ratings: list = field(default_factory=list)
    scanned: list = field(default_factory=list)


def printer_board(device, queue):
    def press(board, pin):
        if pin in queue.prefixes:
            prefix = queue.prefixes[pin]
            queue.numbers[prefix] += 1
            label = f"{prefix}{queue.numbers[prefix]:03d}"
            queue.waiting.append(label)
            board.write(
                "printer", b"\x1b@\x1c.\x1ba\x01Mot cua\n\x1d!\x55" + label.encode() + b"\n\x1d!\x00\x1dV\x42\x00"
            )

    return BoardInMemory(device, ("printer",), press)


def keypad_board(device, queue, prefixes, buttons):
    serving = []

    def press(board, pin):
        if pin == "key_next":
            label = next((one for one in queue.waiting if one[0] in prefixes), None)
            if label:
                queue.waiting.remove(label)
                queue.called.append(label)
                serving[:] = [label]
            board.write("display", (label or "----").encode() + b"\r")
        elif pin == "key_recall":
            queue.recalled.append(serving[0])
        elif serving:
            {"key_no_show": queue.missed, "key_finish": queue.finished}[pin].append(serving.pop())
            board.write("display", b"    \r")
            if pin == "key_finish":
                buttons.light("lamp_armed", 1)

    def feed(board, uart, data):
        queue.scanned.append(data)
        board.light("lamp_ok", 1)

    return BoardInMemory(device, ("keypad", "reader"), press, feed)


def rating_board(device, queue):
    def press(board, pin):
        queue.ratings.append((device, pin, board.levels.get("lamp_armed", 0)))
        board.light("lamp_armed", 0)
        board.light("lamp_" + pin[-1], 1)

    return BoardInMemory(device, ("rating",), press)


def office_in_memory(office):
    """The boards of an office, and the queue behind them."""
    queue = Queue({f"service_{one.button}": one.prefix for one in office.services})
    boards = {office.printer.id: printer_board(office.printer.id, queue)}
    boards[office.screen.id] = BoardInMemory(office.screen.id, ("display",))
    for one in office.counters:
        boards[one.buttons.id] = rating_board(one.buttons.id, queue)
        prefixes = {office.service(service).prefix for service in one.services}
        boards[one.desk.id] = keypad_board(one.desk.id, queue, prefixes, boards[one.buttons.id])
    return Boards(boards), queue


def all_listen(boards):
    """Whether whoever sits at these boards listens by now: the bench at each, and at the call display its parts."""
    return all(len(board.listeners) >= (3 if "display" in board.roles else 1) for board in boards.boards.values())
