"""One device and its updates, from boot to boot, in virtual time: what it runs is noted and looked at each time.

An image in a slot is a small file system that says its name. Which of them a boot runs the device's own `choosing`
decides; the code that runs is the shipping firmware each time, and `lives` says how a release with this name fares:
`well`, `falls` (its application fails at once), `dark` (it finds no broker), `mute` (nothing on its lines answers),
`jams` (its printer is well, and it falls down over each ticket) or `ages` (well, until it was confirmed for a while).
"""

import asyncio
import json
import sys

import choosing
import vfs

from firmware import main
from firmware.slots import found
from firmware.wiring.printer import PrinterWiring
from tests.bench.updates.device import MADE_TO_FALL, Board, Chips, Power
from tests.bench.updates.fleet import Fleet
from tests.bench.virtual.agenda import Agenda, Stuck, VirtualWaiting
from tests.bench.virtual.board import BoardReset, sweep_up
from tests.bench.virtual.broker import Broker
from tests.bench.virtual.chance import Chance
from tests.bench.virtual.wire import Network
from tests.on_micropython.torn_flash import PowerCut

IDENTITY = {"device": "b-1", "password": "pw", "epoch": None}
NETWORK = {"host": "broker", "port": 1883, "protocol": 5}
LOOK_MS = 5_000
RESET_MS = 300
DARK_MS = 1_000


FACTORY = "factory"
ENTRY = "entry"
OURS = ("firmware", "protocols")


WRITES = PrinterWiring._write


async def jams(wiring, paper, printer, done):
    """A release that was never tried with paper."""
    raise KeyError("ahead")


class BoardFlash:
    """What `choosing` knows of this board."""

    FACTORY = "frozen"
    board = None

    def slots(self):
        return memoryview(self.board.region("slots").data)

    def kept(self):
        return self.board.region("kept")

    def failures(self):
        return self.board.failures

    def guard(self, ms):
        """Nothing hangs here before the watchdog runs."""


class StoryEnds(BaseException):
    """Everything was told."""


class World:
    """All that there is in one story; `now` is the one that is told."""

    now = None

    def __init__(self, shelf, roles, unit, lives, seed=1):
        World.now = self
        self.shelf = shelf
        self.lives = lives
        self.chips = Chips(unit)
        self.told, self.strange = [], []
        self.ran, self.mixed = [], []
        self.cuts, self.operations = [], 0
        self.parts_answer = True
        self.press_after_ms = None
        self.slept = []
        self.printed = 0
        self.aged = False
        self.nonces = 0
        self.slot = None
        self.before_boot = None
        self.power = self.board = None
        self.agenda = Agenda()
        self.chance = Chance(seed, "board")
        self.network = Network(self.agenda, Chance(seed, "wire"))
        self.broker = Broker(self.agenda, self.tell, Chance(seed, "broker"))
        self.fleet = Fleet(self.agenda, self.broker, self.tell, Chance(seed, "fleet"), roles, shelf)
        self.broker.fleet, self.network.broker = self.fleet, self.broker

    def tell(self, what):
        """A line of the story."""
        self.told.append((self.agenda.now, what))

    # Without power

    def enrol(self, trust):
        """A technician's cable writes who the device is, where its broker stands, and whom it trusts."""
        vfs.VfsLfs2.mkfs(self.chips.region("files", Power()))
        self.bring(IDENTITY, trust)

    def bring(self, identity, trust):
        """The same at a board that has its files."""
        fs = vfs.VfsLfs2(self.chips.region("files", Power()))
        for name, data in (("/identity.json", json.dumps(identity)), ("/network.json", json.dumps(NETWORK))):
            with fs.open(name, "w") as f:
                f.write(data)
        if trust is not None:
            with fs.open("/trust", "wb") as f:
                f.write(trust)

    # The story

    def live(self, ms, ends):
        """Tell it until `ends()` says that it is over; whether it was within so many milliseconds."""
        VirtualWaiting.agenda = self.agenda
        VirtualWaiting.power = self._check_power
        until = self.agenda.now + ms
        self.over = False
        self.agenda.after(LOOK_MS, self._look, until, ends)
        reason, failures = "power", 0
        try:
            while True:
                reason, failures = self._boot(reason, failures)
                if self.over:
                    break
        except StoryEnds:
            pass
        except Stuck as err:
            self.strange.append(str(err))
        self._forget_board()
        return ends()

    def arm(self):
        """The power goes at the next of `cuts`: (operation of the flash, counted over all boots; how it is torn)."""
        if self.cuts and self.power.on:
            after, torn = self.cuts[0]
            self.power.cut_after(after - self.operations - self.power.operations, torn)

    def falls(self):
        """Why applications fell down, but for those that are made for it and for a heap that was full."""
        faults = [event for event in self.fleet.stored_in_order() if event["kind"] == "fault"]
        told = [event["reason"] for event in faults if event["part"] == "firmware"]
        return [reason for reason in told if MADE_TO_FALL not in reason and "MemoryError" not in reason]

    def cut_power(self):
        """There is no power any more, until the next boot."""
        if self.power is not None:
            self.power.on = False

    async def connect(self):
        """The network, for the release that runs."""
        if self.life() == "dark":
            await asyncio.sleep_ms(1_000)
            raise OSError(113)
        return await self.network.connect()

    def fall_asleep(self, ms):
        """It sleeps for so long, or until somebody presses a key. `slept`: from when to when."""
        if found(self.board).record()["trial"] is not None:
            self.strange.append("it sleeps while a release is on trial")
        self.slept.append((self.agenda.now, self.agenda.now + min(ms, self.press_after_ms or ms)))
        self.tell("it falls asleep")
        self.agenda.spend(self.slept[-1][1] - self.agenda.now)

    def life(self):
        """How what runs now fares."""
        return self.lives.get(self.ran[-1], "well")

    def _boot(self, reason, failures):
        """One stretch of the firmware, from its start to the next reset; why that came, and the failures before it."""
        self.power = power = Power()
        self.arm()
        asyncio.new_event_loop()
        try:
            self.board = board = Board(self, power, reason, failures)
            self.ran.append(self._choose(board))
            self.tell("it runs " + self.ran[-1])
            self.parts_answer = self.life() != "mute"
            PrinterWiring._write = jams if self.life() == "jams" else WRITES
            main.main(board)
        except (PowerCut, OSError) as err:
            if power.on:
                raise
            self.tell("the power goes: %r" % err)
            self.agenda.spend(DARK_MS)
            reason, failures = "power", 0
        except BoardReset as reset:
            reason, failures = reset.reason, board.failures
            self.tell("the device resets itself: " + reason)
            self.agenda.spend(RESET_MS)
        self._forget_board()
        return reason, failures

    def idle(self):
        """Where the slot begins that did not run last."""
        return len(self.chips.data["slots"]) // 2 if self.slot != "b" else 0

    def _choose(self, board):
        """What this boot runs, by its name; the bytes of a slot must be one image as it was made, and that one."""
        firmware = {name: sys.modules[name] for name in sys.modules if name.split(".")[0] in OURS}
        BoardFlash.board, sys.modules["board_flash"] = board, BoardFlash()
        if self.before_boot is not None:
            self.before_boot()
        try:
            choosing.choose(ENTRY)
            self.slot = choosing.running
            if choosing.running is None:
                return FACTORY
            name = sys.modules[ENTRY].NAME
        finally:
            sys.modules.pop(ENTRY, None)
            sys.modules.update(firmware)
        half = len(self.chips.data["slots"]) // 2
        start, image = half * (choosing.running == "b"), self.shelf.images[name]
        if self.chips.data["slots"][start : start + len(image)] != image:
            self.mixed.append(name)
        return name

    def _forget_board(self):
        """It reaches flash no more."""
        if self.power is not None:
            self.power.on = False
            self.operations += self.power.operations
            if self.cuts and self.operations >= self.cuts[0][0]:
                self.cuts.pop(0)
        self.board = None
        self.network.cut()
        sweep_up()

    def _check_power(self):
        if self.power is not None:
            self.power.check()

    def _look(self, until, ends):
        """Whether it is over."""
        if ends() or self.agenda.now >= until:
            self.over = True
            raise StoryEnds
        self.agenda.after(LOOK_MS, self._look, until, ends)
