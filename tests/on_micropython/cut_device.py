"""The device whose power is cut, for MicroPython: its flash, what it does in a boot, and what is known for certain."""

import json

import vfs

# What the firmware lends for a moment stays here: it would be read from the disk thousands of times.
from firmware import clearing, finding, journal, kept_files, kept_region, moving, ring, taking_in  # noqa: F401
from firmware.configuration import read_config, save_config
from firmware.enrolling import adopt, come_after, read_network, start_boot
from firmware.leases import Leases
from firmware.outbox import Outbox, OutboxFull
from protocols.state import Config, Lease
from tests.on_micropython.torn_flash import BLOCK_BYTES, Files, Power, Region

ROOT = "/cut"
FILES_BLOCKS, EVENTS_BLOCKS, KEPT_BLOCKS = 32, 5, 4
LIMIT_BYTES = EVENTS_BLOCKS * BLOCK_BYTES
MORNING = 1_795_280_400_000
DAY = 86_400_000
journal.FLASH_LEFT_BYTES = 8192


class Wrong(Exception):
    """What the model did not expect."""


class Board:
    """The flash of one device. Its filesystem is made anew where it can not be mounted, as on RP2."""

    root = ROOT

    def __init__(self, store, unit):
        self.power = Power()
        self.files = Files(self.power, FILES_BLOCKS)
        self.prog = unit if store == "journal" else 32
        self.regions = {}
        if store == "ring":
            self.regions = {
                "events": Region(self.power, EVENTS_BLOCKS, unit),
                "kept": Region(self.power, KEPT_BLOCKS, unit),
            }
        self.own = self.regions
        self.mounted = False
        self.format()

    def region(self, name):
        return self.own.get(name)

    def format(self):
        self.unmount()
        vfs.VfsLfs2.mkfs(self.files, progsize=self.prog)

    def mount(self):
        self.unmount()
        vfs.mount(vfs.VfsLfs2(self.files, progsize=self.prog), ROOT)
        self.mounted = True

    def unmount(self):
        if self.mounted:
            vfs.umount(ROOT)
            self.mounted = False

    def image(self):
        return [bytes(one.data) for one in self._parts()]

    def restore(self, image):
        self.unmount()
        self.power.restore()
        for one, data in zip(self._parts(), image):  # noqa: B905
            one.data[:] = data

    def _parts(self):
        return [self.files] + [self.regions[name] for name in sorted(self.regions)]


class Truth:
    """What is known for certain, as values from which one can begin again and again."""

    def __init__(self):
        self.held = {}  # (epoch, boot, seq): event, confirmed and not receipted
        self.known = {}  # the same, all that ever may be there
        self.boots = {}  # boot: epoch under which it began
        self.given = []  # numbers of leases
        self.configs = [None]  # those that may be there
        self.passwords, self.ports = ["pw"], [1]  # the same of the technician's

    def copy(self):
        other = Truth()
        other.held, other.known, other.boots = dict(self.held), dict(self.known), dict(self.boots)
        other.given, other.configs = list(self.given), list(self.configs)
        other.passwords, other.ports = list(self.passwords), list(self.ports)
        return other


class Life:
    """One boot of the device."""

    def __init__(self, board, truth):
        self.board = board
        self.truth = truth
        self.identity = start_boot(board)
        region = board.region("events")
        self.outbox = Outbox(ROOT, self.identity.epoch, self.identity.boot, LIMIT_BYTES, region, self.identity.device)
        if self.outbox.newest[0] >= self.identity.boot:
            come_after(board, self.identity, self.outbox.newest[0])
        self.outbox.boot = self.identity.boot
        if self.identity.boot in truth.boots:
            raise Wrong("boot %d came again" % self.identity.boot)
        truth.boots[self.identity.boot] = self.identity.epoch
        self.leases = Leases(ROOT, self.identity.boot)

    def append(self, kind="rating", word="ho-tich"):
        event = {"kind": kind, "up": 1000 + self.outbox.next_seq, "at": MORNING + self.outbox.next_seq, "word": word}
        key = (self.identity.epoch, self.identity.boot, self.outbox.next_seq)
        self.truth.known[key] = dict(event)
        full = not self.outbox.flash.free()
        try:
            self.outbox.append(event)
        except OutboxFull:
            if not full:
                raise Wrong("no room where there is some") from None
            return False
        finally:
            if full:  # the oldest of them may go now
                for one in [one for one in self.truth.held if self.truth.held[one]["kind"] == "fault"]:
                    self.truth.held.pop(one)
        self.truth.held[key] = self.truth.known[key]
        return True

    def adopt(self, epoch):
        adopt(self.board, self.identity, epoch)
        self.outbox.adopt(epoch)

    def forget(self, through, refused=()):
        epoch, boot = self.identity.epoch, self.identity.boot
        for key in [one for one in self.truth.held if one[1] == boot and (one[2] <= through or one[2] in refused)]:
            self.truth.held.pop(key)
        self.outbox.forget(epoch, boot, through, list(refused))

    def take(self):
        lease = self.leases.lease_for("a", MORNING + 5)
        if lease is not None:
            number = self.leases.take(lease)
            if (lease.id, number) in self.truth.given:
                raise Wrong("number %d of %s was given twice" % (number, lease.id))
            self.truth.given.append((lease.id, number))

    def configure(self, version):
        self.truth.configs.append(version)
        save_config(self.board, Config(version=version, roles=["printer"], office="x" * 80))
        self.truth.configs[:] = [version]

    def check(self):
        """Everything that is there against everything that is known."""
        who, network = self.identity, read_network(self.board, "tp-1")
        if who.device != "tp-1" or who.password not in self.truth.passwords or network.port not in self.truth.ports:
            raise Wrong("%s, %s and port %d" % (who.device, who.password, network.port))
        config = read_config(self.board)
        if (None if config is None else config.version) not in self.truth.configs:
            raise Wrong("configuration %r, of %r" % (config, self.truth.configs))
        came = self._drained()
        for key in sorted(came):
            event = came[key]
            known = self.truth.known.get(key) or self.truth.known.get((None, key[1], key[2]))
            if known != event:
                raise Wrong("%r came as %r" % (key, event))
        for epoch, boot, seq in sorted(self.truth.held, key=lambda one: one[1:]):
            if not [one for one in came if one[1:] == (boot, seq) and epoch in (None, one[0])]:
                raise Wrong("lost: %r" % ((epoch, boot, seq),))

    def _drained(self):
        """All that would be sent, in order and each once."""
        place, came, keys = (-1, 0), {}, []
        while True:
            sending = self.outbox.batch(place[0], place[1])
            if sending is None:
                break
            batch = json.loads(sending.payload)
            for event in batch["events"]:
                keys.append((batch["boot"], event["seq"]))
                came[(batch["epoch"], batch["boot"], event.pop("seq"))] = event
            place = (sending.boot, sending.last)
        if keys != sorted(set(keys)):
            raise Wrong("twice or in another order: %r" % keys)
        return came


def lease(name, day=0):
    since = MORNING + day * DAY
    return Lease(
        id=name,
        service="a",
        prefix="A",
        day="2026-11-%d" % (22 + day),
        first=1,
        last=40,
        secret="00",
        since=since,
        expires=since + DAY,
    )
