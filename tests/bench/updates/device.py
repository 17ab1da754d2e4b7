"""The board of these stories, for MicroPython: flash that is torn when its power goes, and parts that may fall silent.

What it offers is what every board does (`tests/bench/virtual/board.py`); its flash has the region of slots, too.
"""

from tests.bench.updates import parts
from tests.bench.virtual import board as virtual_board
from tests.on_micropython import torn_flash

MADE_TO_FALL = "this release falls down at its start"

FILES_BLOCKS, EVENTS_BLOCKS, KEPT_BLOCKS, SLOT_BLOCKS = 40, 5, 8, 5
REGIONS = {"events": EVENTS_BLOCKS, "kept": KEPT_BLOCKS, "slots": 2 * SLOT_BLOCKS}


class Power(torn_flash.Power):
    """One stretch of power."""

    def check(self):
        """Raises PowerCut where there is none."""
        if not self.on:
            raise torn_flash.PowerCut


class Chips:
    """What a board keeps without power: a region's bytes by its name, with the filesystem's under `files`."""

    def __init__(self, unit):
        self.unit = unit
        self.data = {"files": bytearray(b"\xff" * (FILES_BLOCKS * torn_flash.BLOCK_BYTES))}
        for name, blocks in REGIONS.items():
            self.data[name] = bytearray(b"\xff" * (blocks * torn_flash.BLOCK_BYTES))

    def image(self):
        return {name: bytes(data) for name, data in self.data.items()}

    def restore(self, image):
        for name, data in image.items():
            self.data[name][:] = data

    def region(self, name, power):
        """This region, as long as there is this power."""
        if name == "files":
            return under(torn_flash.Files(power, 0), self.data[name])
        return under(torn_flash.Region(power, 0, self.unit), self.data[name])


def under(region, data):
    """The access to these bytes."""
    region.data = data
    return region


class Board(virtual_board.Board):
    """One stretch of power of it."""

    can_sleep = True

    def __init__(self, world, power, reason, failures):
        self.power = power
        self._wakes_ms = 0
        self.people = self
        self.root = virtual_board.ROOT
        self.reset_reason = reason
        self.failures = failures
        self.memory_error_in = None
        self.is_up = False
        self._world = world
        self._agenda = world.agenda
        self._ticks_from = 0
        self._inputs, self._uarts = [], {}
        self._fed = 0
        self._regions = {name: world.chips.region(name, power) for name in world.chips.data}
        virtual_board.mount(self._regions["files"], world.tell)

    async def start(self):
        await super().start()
        if self._world.life() == "falls" or (self._world.life() == "ages" and self._world.aged):
            raise RuntimeError(MADE_TO_FALL)

    def region(self, name):
        return self._regions.get(name)

    async def connect(self, network):
        return await self._world.connect()

    # People and the printer

    def lamp(self, name, level):
        """Nobody looks."""

    def serial(self, name, data, power):
        """What hangs there answers what it is asked, while it is well."""
        self._world.printed += name == "printer" and parts.is_print(data)
        said = parts.answer(name, data) if self._world.parts_answer else b""
        if said:
            self._agenda.after(5, self._says, name, said)

    def _says(self, name, data):
        if self.power.on:
            self.feed(name, data)

    # Sleep

    def wake_by(self, names, ms):
        self._wakes_ms = ms

    def sleep(self):
        """Asleep, until it is time, or somebody presses a key."""
        self._world.fall_asleep(self._wakes_ms)
        self.reset("sleep")
