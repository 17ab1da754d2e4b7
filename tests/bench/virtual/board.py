"""The board that the firmware runs on: lines to the people of the story, flash in memory, virtual time.

It has the names of `firmware/hardware/simulated.py`. One of these is one stretch of power, until the next reset or cut.
"""

import asyncio
import gc

import vfs

from tests.bench.virtual.flash import Region

TICKS_PERIOD = 1 << 30
HEAP_FREE = 40_000
ROOT = "/flash"
STARTING_MS = 150


class BoardReset(BaseException):
    """The firmware asked for a reset, or its watchdog did."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Inputs:
    """Some pins, with the edges that they saw: (name, level, tick)."""

    def __init__(self, names):
        self.names = names
        self._edges = []
        self.changed = asyncio.Event()

    def take(self):
        self.changed.clear()
        edges, self._edges = self._edges, []
        return edges

    def down(self):
        return []

    def edge(self, name, level, tick):
        self._edges.append((name, level, tick))
        self.changed.set()


class Output:
    """A pin that drives a lamp."""

    def __init__(self, board, name):
        self._board = board
        self._name = name

    def value(self, level):
        self._board.fail_perhaps()
        if self._board.power.on:
            self._board.people.lamp(self._name, level)


class Uart:
    """A serial line to something that has its own power."""

    def __init__(self, board, name):
        self._board = board
        self._name = name
        self._heard = b""
        self.changed = asyncio.Event()

    def write(self, data):
        self._board.fail_perhaps()
        if self._board.power.on:
            self._board.people.serial(self._name, bytes(data), self._board.power)

    async def drain(self):
        pass

    def take(self):
        self.changed.clear()
        heard, self._heard = self._heard, b""
        return heard

    def hear(self, data):
        self._heard += data
        self.changed.set()


class Board:
    """`chips` is what keeps: {name of a region: its bytes}, with the file system's under "files"."""

    name = "virtual"

    def __init__(self, world, power, reason, failures, ticks_from):
        self.power = power
        self.people = world.people
        self.root = ROOT
        self.reset_reason = reason
        self.failures = failures
        self.memory_error_in = None
        self.is_up = False
        self._world = world
        self._agenda = world.agenda
        self._ticks_from = ticks_from - world.agenda.now
        self._inputs = []
        self._uarts = {}
        self._fed = 0
        self._regions = {}
        for name, data in world.chips.items():
            rules = () if name == "files" else (world.story["unit"], world.strange.append)
            self._regions[name] = Region(data, power, world.chance, *rules)
        mount(self._regions["files"], world.tell)

    async def start(self):
        await asyncio.sleep_ms(STARTING_MS)

    def woken_by(self, names):
        return None

    def ready(self):
        self.is_up = True
        self._world.tell("the device is up (%s)" % self.reset_reason)

    def clash(self, roles):
        return None

    # Time, chance and memory

    def ticks(self):
        self.fail_perhaps()
        return self.tick_of(self._agenda.now)

    def tick_of(self, now):
        """What the counter shows at that time."""
        return (self._ticks_from + now) % TICKS_PERIOD

    def ticks_diff(self, later, earlier):
        return (later - earlier + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2

    def random(self, below):
        return self._world.chance.below(below)

    def hw(self):
        return "5eed"

    def heap_free(self):
        return HEAP_FREE

    def fail_perhaps(self):
        """The heap is full, just now."""
        if self.memory_error_in is not None:
            self.memory_error_in -= 1
            if self.memory_error_in <= 0:
                self.memory_error_in = None
                self._world.tell("a MemoryError")
                raise MemoryError("memory allocation failed, allocating 1024 bytes")

    # Flash and network

    def region(self, name):
        """A raw region, or None where the board has none."""
        self._world.uses_regions = True
        return self._regions.get(name)

    async def join_network(self, network):
        pass

    async def connect(self, network):
        return await self._world.network.connect()

    # Lines

    def check(self, role):
        """Each line has a place of its own."""

    def inputs(self, names):
        inputs = Inputs(names)
        self._inputs.append(inputs)
        return inputs

    def output(self, name):
        return Output(self, name)

    def uart(self, name):
        if name not in self._uarts:
            self._uarts[name] = Uart(self, name)
        return self._uarts[name]

    def edge(self, name, level, when):
        """A person moved a key."""
        for inputs in self._inputs:
            if name in inputs.names:
                inputs.edge(name, level, self.tick_of(when))

    def feed(self, name, data):
        """Bytes on a serial line."""
        if name in self._uarts:
            self._uarts[name].hear(data)

    # Resets

    def watchdog(self, ms):
        self._agenda.after(ms, self._look, ms)
        self.feed_watchdog()

    def feed_watchdog(self):
        self._fed = self._agenda.now

    def keep_failures(self, count):
        self.failures = count

    def reset(self, reason, failures=None):
        if failures is not None:
            self.failures = failures
        raise BoardReset(reason)

    def _look(self, ms):
        if not self.power.on:
            return
        hungry = self._agenda.now - self._fed
        if hungry >= ms:
            self._world.tell("the watchdog bites")
            self.power.on = False
            raise BoardReset("watchdog")
        self._agenda.after(ms - hungry, self._look, ms)


def mount(files, tell):
    """Mount the file system; one that does not mount is made anew, as RP2 does. The one before is forgotten."""
    unmount()
    try:
        vfs.mount(vfs.VfsLfs2(files), ROOT)
    except OSError:
        tell("the file system does not mount, and is made anew")
        vfs.VfsLfs2.mkfs(files)
        vfs.mount(vfs.VfsLfs2(files), ROOT)


def unmount():
    """Take the file system away, if there is one."""
    try:
        vfs.umount(ROOT)
    except OSError:
        pass


def sweep_up():
    """What a board without power left open goes here, and not while the next one works."""
    unmount()
    asyncio.new_event_loop()
    gc.collect()
