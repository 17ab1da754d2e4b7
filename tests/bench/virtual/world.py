"""One story, from its first moment to the verdict: a device with the shipping firmware, and all that befalls it."""

import asyncio
import json

import vfs

from firmware import app, main
from firmware.device import Device
from tests.bench.virtual.agenda import Agenda, Stuck, VirtualWaiting
from tests.bench.virtual.board import Board, BoardReset, sweep_up
from tests.bench.virtual.broker import Broker
from tests.bench.virtual.chance import Chance
from tests.bench.virtual.faults import Faults
from tests.bench.virtual.flash import Power, PowerCut, Region, blank
from tests.bench.virtual.fleet import Fleet
from tests.bench.virtual.people import People
from tests.bench.virtual.truth import judge, missing
from tests.bench.virtual.wire import Network

COLLECT_EVERY_BYTES = 512 * 1024
# In place of the firmware's own: here the heap holds the whole world, and sweeping it takes long.

LOOK_MS = 1_000
HEALED_WITHIN_MS = 900_000
# The link rests for up to a minute between two tries and the outbox is patient for as long; a rescue lasts five.
RESET_MS = 300
TECHNICIAN_COMES_MS = 20_000
IDENTITY = {"device": "b-1", "password": "pw", "epoch": None}


class StoryEnds(BaseException):
    """Everything was told."""


class World:
    """All that there is in one story."""

    def __init__(self, story):
        self.story = story
        self.agenda = Agenda()
        self.told = []
        self.strange = []
        self.forgiven = {}
        self.uses_regions = self.memory_failed = False
        self.board = self.device = None
        self.boot = 0
        self.chance = Chance(story["seed"], "board")
        self.network = Network(self.agenda, Chance(story["seed"], "wire"))
        self.broker = Broker(self.agenda, self.tell, Chance(story["seed"], "broker"))
        self.fleet = Fleet(self.agenda, self.broker, self.tell, Chance(story["seed"], "fleet"), story["roles"])
        self.broker.fleet = self.fleet
        self.broker.receive_maximum = story["receive_maximum"]
        self.network.broker = self.broker
        self.people = People(self)
        self.chips = {"files": blank(story["blocks"])}
        for name, blocks in story["regions"].items():
            self.chips[name] = blank(blocks)
        self.faults = Faults(self)
        self.power = None
        self.dark_until = 0
        self._cuts = []

    def tell(self, what):
        """A line of the story."""
        self.told.append((self.agenda.now, what))

    # The board

    def live(self):
        """Tell the story; returns what went wrong."""
        VirtualWaiting.agenda = self.agenda
        VirtualWaiting.power = self._check_power
        self.enrol()
        self.fleet.configure()
        for step in self.story["steps"]:
            self.agenda.at(step["at"], self._step, step)
        self.agenda.at(self.story["ms"], self._heal)
        reason, failures = "power", 0
        try:
            while True:
                while self.agenda.now < self.dark_until:
                    self.agenda.wait(self.dark_until - self.agenda.now)
                reason, failures = self._boot(reason, failures)
        except StoryEnds:
            pass
        except Stuck as err:
            self.strange.append(str(err))
        self._forget_board()
        return judge(self)

    def cut_power(self, off_ms):
        """There is no power from now on, for so long."""
        self.dark_until = max(self.dark_until, self.agenda.now + off_ms)
        if self.power is not None and self.power.on:
            self.tell("the power goes, for %d ms" % off_ms)
            self.power.on = False

    def cut_at_operations(self, counts):
        """The power goes in the middle of the n-th flash operation, and again once it came back, for each of these."""
        self._cuts = list(counts)
        if self.power is not None and self.power.on:
            self.power.cut_at_operation(self._cuts.pop(0))

    def enrol(self):
        """A technician's cable writes who the device is, and where its broker stands."""
        power = Power(self.agenda, self.chance)
        files = Region(self.chips["files"], power, self.chance)
        fs = written(files)
        for name, data in (("identity", IDENTITY), ("network", self._network())):
            with fs.open("/%s.json" % name, "w") as f:
                f.write(json.dumps(data))
        ballast = len(self.chips["files"]) - self.story["free_bytes"]
        if ballast > 0 and self.story["free_bytes"]:
            with fs.open("/ballast", "wb") as f:
                for _ in range(ballast // 1024):
                    f.write(bytes(1024))

    def _network(self):
        return {"host": "broker", "port": 1883, "protocol": self.story["protocol"]}

    def _boot(self, reason, failures):
        """One stretch of the firmware, from its start to the next reset; why that came, and the failures before it."""
        self.boot += 1
        self.power = power = Power(self.agenda, self.chance)
        if self._cuts:
            power.cut_at_operation(self._cuts.pop(0))
        asyncio.new_event_loop()
        ticks_from = self.story["ticks_from"]
        try:
            self.board = board = Board(self, power, reason, failures, ticks_from)
            main.main(board)
        except PowerCut:
            if self.dark_until <= self.agenda.now:
                self.dark_until = self.agenda.now + self.faults.dark_ms
                self.tell("the power goes in the middle of a flash operation")
            reason, failures = "power", 0
        except BoardReset as reset:
            reason, failures = reset.reason, board.failures
            self.tell("the device resets itself: " + reason)
            if reason == "fault" and not self.memory_failed:
                self.strange.append("the firmware failed in boot %d, and nobody made its memory fail" % self.boot)
            self.dark_until = max(self.dark_until, self.agenda.now + RESET_MS)
        except SystemExit:
            self.tell("the device does not know who it is; a technician comes")
            self._forget_board()
            self.dark_until = self.agenda.now + TECHNICIAN_COMES_MS
            self.enrol()
            reason, failures = "power", 0
        self._forget_board()
        return reason, failures

    def _forget_board(self):
        """It reaches flash no more."""
        if self.power is not None:
            self.power.on = False
        self.people.power_went()
        self.board = self.device = None
        self.network.cut()
        sweep_up()

    def _check_power(self):
        if self.power is not None:
            self.power.check()

    # The story

    def _step(self, step):
        if "press" in step:
            self.people.press(step["press"], step["held"], step.get("bounces", 0))
        elif "scan" in step:
            self.people.scan(step["scan"])
        else:
            self.faults.happen(step)

    def _heal(self):
        self.tell("from now on all is well")
        self._cuts = []
        self.faults.heal()
        self.agenda.after(LOOK_MS, self._look, self.agenda.now + HEALED_WITHIN_MS)

    def _look(self, until):
        """Whether everything has arrived."""
        if self.device is not None and not self.device.outbox.waiting() and not missing(self):
            raise StoryEnds
        if self.agenda.now >= until:
            held = self.device.outbox.waiting() if self.device is not None else "no device, and so unknown,"
            self.strange.append("%s events are still held long after all is well" % held)
            raise StoryEnds
        self.agenda.after(LOOK_MS, self._look, until)


def written(files):
    """A new file system there."""
    vfs.VfsLfs2.mkfs(files)
    return vfs.VfsLfs2(files)


def watch_devices(world_of):
    """Let a story's world know the device that the firmware makes, to see when its outbox is empty."""

    def made(board):
        device = Device(board)
        world_of().device = device
        return device

    app.Device = made
    main.COLLECT_EVERY_BYTES = COLLECT_EVERY_BYTES
