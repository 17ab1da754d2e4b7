"""Runs on the MicroPython VM: every flash operation of what a device does is cut, in every way, and it starts anew.

`power_cuts.py <store> <unit> <operation> <torn…>` prints {"points", "bad", "seeds"}; a seed is `operation:torn`, and as
the last argument it replays that one. A model knows what was confirmed: nothing of it may be lost, nothing may come
twice or in another order, no boot number may come again under one epoch, and no number of a lease may be given twice.
"""

import gc
import json
import sys

import vfs

from firmware import journal
from firmware.configuration import read_config, save_config
from firmware.enrolling import adopt, come_after, read_network, start_boot
from firmware.flash_files import write_json
from firmware.leases import Leases
from firmware.outbox import Outbox, OutboxFull
from protocols.state import Config, Lease
from tests.on_micropython.torn_flash import Files, Power, PowerCut, Region

ROOT = "/cut"
FILES_BLOCKS, EVENTS_BLOCKS, KEPT_BLOCKS = 32, 5, 4
LIMIT_BYTES = EVENTS_BLOCKS * 4096
MORNING = 1_795_280_400_000
DAY = 86_400_000
journal.FLASH_LEFT_BYTES = 8192


class Wrong(Exception):
    """What the model did not expect."""


class Board:
    """The flash of one device; `mount` gives it power and files."""

    root = ROOT

    def __init__(self, store, unit):
        self.power = Power()
        self.files = Files(self.power, FILES_BLOCKS)
        self.regions = {}
        self.prog = unit if store == "journal" else 32
        if store == "ring":
            self.regions = {
                "events": Region(self.power, EVENTS_BLOCKS, unit),
                "kept": Region(self.power, KEPT_BLOCKS, unit),
            }
        self.mounted = False
        self.format()

    def region(self, name):
        return self.regions.get(name)

    def format(self):
        self.unmount()
        vfs.VfsLfs2.mkfs(self.files, progsize=self.prog)

    def mount(self):
        self.unmount()
        self.power.restore()
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
        for one, data in zip(self._parts(), image):  # noqa: B905
            one.data[:] = data

    def _parts(self):
        return [self.files] + [self.regions[name] for name in sorted(self.regions)]


class Truth:
    """What is known for certain, as values that a scenario can begin from again and again."""

    def __init__(self):
        self.held = {}  # (epoch, boot, seq): event, confirmed and not receipted
        self.known = {}  # the same, all that ever may be there
        self.boots = {}  # boot: epoch under which it said anything
        self.given = []  # numbers of leases
        self.configs = [None]  # those that may be there
        self.device = "tp-1"

    def copy(self):
        other = Truth()
        other.held, other.known, other.boots = dict(self.held), dict(self.known), dict(self.boots)
        other.given, other.configs = list(self.given), list(self.configs)
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
        try:
            self.outbox.append(event)
        except OutboxFull:
            return False
        self.truth.held[key] = self.truth.known[key]
        if self.outbox.dropped:
            for one in [one for one in self.truth.held if self.truth.held[one]["kind"] == "fault"]:
                self.truth.held.pop(one)
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

    def check(self):
        """Everything that is there against everything that is known."""
        truth, place, came, keys = self.truth, (-1, 0), {}, []
        if self.identity.device != truth.device or read_network(self.board, truth.device).host != "h":
            raise Wrong("the identity is not whole")
        config = read_config(self.board)
        if (None if config is None else config.version) not in truth.configs:
            raise Wrong("configuration %r, of %r" % (config, truth.configs))
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
        for key, event in came.items():
            written = truth.known.get(key) or truth.known.get((None, key[1], key[2]))
            if written is None or dict(written) != event:
                raise Wrong("%r came as %r" % (key, event))
        if self.outbox.epoch is not None:
            for epoch, boot, seq in truth.held:
                if not [one for one in came if one[1:] == (boot, seq) and epoch in (None, one[0])]:
                    raise Wrong("lost: %r" % ((epoch, boot, seq),))


def lease(name, day=0):
    since = MORNING + day * DAY
    days = "2026-11-%d" % (22 + day)
    return Lease(
        id=name, service="a", prefix="A", day=days, first=1, last=40, secret="00", since=since, expires=since + DAY
    )


def enrolled(board, truth):
    """A device on its first day: its cable, its epoch, its configuration and its leases."""
    board.mount()
    write_json(ROOT + "/identity.json", {"device": "tp-1", "password": "pw", "epoch": None})
    write_json(ROOT + "/network.json", {"host": "h", "port": 1})
    life = Life(board, truth)
    life.append("boot")
    life.adopt(3)
    life.leases.replace([lease("l/1"), lease("l/2", 1)])
    for _ in range(3):
        life.append()
        life.take()
    configure(life, 1)
    return life


def configure(life, version):
    life.truth.configs.append(version)
    save_config(life.board, Config(version=version, roles=["printer"], office="x" * 80))
    life.truth.configs[:] = [version]


def nearly_full_slot(life):
    """So that the next but one event begins another slot."""
    stream = life.outbox.streams[0]
    while life.outbox.flash.size - stream.offset > 2 * max(64, life.outbox.flash.unit):
        life.append()


def append(life):
    for number in range(4):
        life.append()
        life.append("fault", "w%d" % number)


def forget(life):
    life.forget(life.outbox.next_seq - 3)
    life.outbox.tend()
    life.forget(life.outbox.next_seq - 3, [life.outbox.next_seq - 1])
    life.outbox.close()
    life.append()


def nearly_full(life):
    """So that the next but one event finds no room, until what may go has gone."""
    life.append("fault")
    while life.outbox.flash.free():
        life.append()
    nearly_full_slot(life)


def compact(life):
    for _ in range(6):
        life.append()
    while life.append():
        pass


def boot(life):
    for _ in range(2):
        life = Life(life.board, life.truth)
        life.append("boot")


def config(life):
    for version in range(2, 9):
        configure(life, version)


def epoch(life):
    life.adopt(life.identity.epoch + 1)
    life.append()


def numbers(life):
    for _ in range(3):
        life.take()
    life.leases.replace([lease("l/1"), lease("l/3", 1)], MORNING + 5)
    life.take()
    life.leases.replace([lease("l/3", 1)], MORNING + DAY + 5)
    life.leases.replace([lease("l/1")], MORNING + 6)
    life.take()


def cable(life):
    """The technician writes a new password and another broker; the device takes them in."""
    write_json(ROOT + "/identity.json", {"device": "tp-1", "password": "new", "epoch": None})
    write_json(ROOT + "/network.json", {"host": "h", "port": 2})
    boot(life)


def files_lost(life):
    """Another filesystem. On a board without regions that is another device."""
    board = life.board
    board.format()
    vfs.mount(vfs.VfsLfs2(board.files, progsize=board.prog), ROOT)
    board.mounted = True
    life = Life(board, life.truth)
    life.append("boot")


def nothing(life):
    pass


OPERATIONS = {
    "append": (nothing, append),
    "append_slot": (nearly_full_slot, append),
    "forget": (nearly_full_slot, forget),
    "compact": (nearly_full, compact),
    "boot": (nothing, boot),
    "epoch": (nothing, epoch),
    "config": (nothing, config),
    "numbers": (nothing, numbers),
    "cable": (nothing, cable),
    "files_lost": (nothing, files_lost),
}


def cut_once(board, image, truth, run, operation, torn):
    """Cut this operation; what then is wrong, or None. Raises StopIteration when there is no such operation."""
    truth = truth.copy()
    board.restore(image)
    board.mount()
    try:
        life = Life(board, truth)
        board.power.cut_after(operation, torn, operation)
        run(life)
    except PowerCut:
        pass
    except (OSError, OutboxFull):
        if board.power.on:
            raise
    if board.power.on:
        raise StopIteration
    board.unmount()
    try:
        try:
            board.mount()
        except OSError:
            if not board.regions or run is not files_lost:
                raise
            board.format()  # the filesystem was being made anew
            board.mount()
        for _ in range(2):
            life = Life(board, truth)
            if life.identity.epoch is None:
                life.adopt(max([0] + [one for one in truth.boots.values() if one]) + 1)
            life.append("boot")
            life.leases.replace([lease("l/1"), lease("l/2", 1)], MORNING + 5) if run is not files_lost else None
            life.take()
            life.check()
    except (Wrong, OSError, AssertionError) as err:
        return "%s: %s" % (type(err).__name__, err)
    finally:
        board.unmount()
    return None


def main(store, unit, name, torns, seed=None):
    before, run = OPERATIONS[name]
    board, truth = Board(store, unit), Truth()
    before(enrolled(board, truth))
    board.unmount()
    image = board.image()
    points, bad = 0, []
    for torn in torns:
        operation = 1
        while True:
            gc.collect()
            if seed is None or seed == "%d:%s" % (operation, torn):
                try:
                    wrong = cut_once(board, image, truth, run, operation, torn)
                except StopIteration:
                    break
                points += 1
                if wrong is not None:
                    bad.append(["%d:%s" % (operation, torn), wrong])
            elif operation > int(seed.split(":")[0]):
                break
            operation += 1
    print(json.dumps({"points": points, "bad": len(bad), "seeds": bad[:5]}))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4].split(","), sys.argv[5] if len(sys.argv) > 5 else None)
