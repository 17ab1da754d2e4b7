"""Troubles of all kinds over a device's updates, for MicroPython: made from a seed, some of them at once.

The fleet wants release 2, then one that falls down, then release 4; in between come losses of power, of the network
and of the broker, and pieces that are lost, late, doubled, cut short or other bytes. Nothing but a whole image of the
owners may ever run, and once all is well the device runs the last release; if losses of power alone made it come back,
then after a person has asked for it once more.
"""

from firmware.slots import found
from tests.bench.updates.cutting import FALL, gives, says
from tests.bench.updates.fleet import piece
from tests.bench.updates.scene import HOUR_MS
from tests.bench.updates.world import FACTORY
from tests.bench.virtual.chance import Chance
from tests.on_micropython.torn_flash import TORN

FAULT_EVERY_MS = 25_000
FIRST_MS = 1_000
PIECES_SPOILT_AT_MOST = 6
OPERATIONS_AT_MOST = 150
RATES = (None, 2_000, 600)
# Bytes a second: then a download takes so long that much befalls it.
AWAY_MS = (300, 4_000, 25_000, 90_000)
WAYS = ("lost", "late", "doubled", "short", "other", "nonsense")
LAST = 4
OWNERS = ("one", "two", "falls", "next")
ERASED = 0xFF


class Troubles:
    """What befalls one world; how often each is counted in `happened`."""

    def __init__(self, world, seed):
        self.world = world
        self.chance = Chance(seed, "troubles")
        self.happened = {}
        self.spoilt = 0
        self.confirmed_rots = False
        self.honest = world.fleet.pieces
        self.bytes_per_s = RATES[self.chance.below(len(RATES))]
        self._network_up()

    def plan(self, count):
        """So many of them, one after the other and some together."""
        at = FIRST_MS
        names = sorted(KINDS)
        for _ in range(count):
            name = names[self.chance.below(len(names))]
            self.world.agenda.after(at, self._happen, name)
            at += self.chance.below(1_000) if self.chance.below(3) == 0 else self.chance.below(2 * FAULT_EVERY_MS)
        return at

    def heal(self):
        """From now on all is well."""
        world = self.world
        world.cuts, self.spoilt = [], 0
        self._network_up()
        self._broker_up()
        world.broker.downs_lost = 0
        if world.broker.frozen:
            world.broker.freeze(False)
        if world.power is not None:
            world.power.left = None

    def pieces(self, wish):
        """What the fleet answers while pieces are spoilt."""
        found = self.honest(wish)
        if not self.spoilt:
            return found
        self.spoilt -= 1
        way, one = WAYS[self.chance.below(len(WAYS))], found[0]
        self.world.tell("a piece is " + way)
        if way == "lost":
            return []
        if way == "late":
            self.world.agenda.after(self.chance.below(40_000), self.world.fleet.say_piece, one)
            return []
        if way == "doubled":
            return [one, one]
        if way == "short":
            return [dict(one, data=one["data"][: len(one["data"]) // 8 * 4])]
        if way == "nonsense":
            return [dict(one, data="\u1ecb?"), {"name": 7}, one]
        return [piece(wish["name"], wish["offset"], bytes([self.chance.below(256)] * wish["length"]))]

    def _happen(self, name):
        self.happened[name] = self.happened.get(name, 0) + 1
        self.world.tell("trouble: " + name)
        KINDS[name](self)

    # Each of them

    def power_cut(self):
        self.world.cut_power()

    def flash_cut(self):
        """The power goes in the middle of an operation that is soon to come, and perhaps at once again."""
        world, at = self.world, 0
        done = world.operations + (0 if world.power is None else world.power.operations)
        for _ in range(1 + self.chance.below(3)):
            at += 1 + self.chance.below(OPERATIONS_AT_MOST if self.chance.below(3) == 0 else 8)
            world.cuts.append((done + at, TORN[self.chance.below(len(TORN))]))
        world.cuts.sort()
        world.arm()

    def connection_cut(self):
        self.world.network.cut()

    def connection_frozen(self):
        self.world.network.silence()

    def network_down(self):
        self.world.network.up = False
        self.world.network.cut()
        self.world.agenda.after(self._away_ms(), self._network_up)

    def network_slow(self):
        self.world.network.bytes_per_s, self.world.network.slowest_ms = 300, 900
        self.world.agenda.after(20_000, self._network_up)

    def broker_restart(self):
        if self.world.broker.up:
            self.world.broker.stop(self.chance.below(2) == 0)
            self.world.agenda.after(self._away_ms(), self._broker_up)

    def broker_frozen(self):
        if not self.world.broker.frozen:
            self.world.broker.freeze(True)
            self.world.agenda.after(self._away_ms(), self._thaw)

    def downs_lost(self):
        self.world.broker.downs_lost += 1 + self.chance.below(6)

    def pieces_spoilt(self):
        self.spoilt += 1 + self.chance.below(PIECES_SPOILT_AT_MOST)

    def bit_lost(self):
        """A bit of what lies in the slot that does not run is gone; during a trial that is what is confirmed."""
        world = self.world
        slots, half = world.chips.data["slots"], len(world.chips.data["slots"]) // 2
        at = world.idle() + self.chance.below(half)
        bit = 1 << self.chance.below(8)
        if world.board is not None and slots[at] != ERASED:
            slots[at] &= ~bit & 0xFF
            self.confirmed_rots = self.confirmed_rots or found(world.board).record()["slot"] == "ab"[at >= half]

    def memory_error(self):
        if self.world.board is not None:
            self.world.board.memory_error_in = 1 + self.chance.below(200)

    def _away_ms(self):
        return self.chance.below(AWAY_MS[self.chance.below(len(AWAY_MS))]) + 100

    def _network_up(self):
        network = self.world.network
        network.up, network.bytes_per_s, network.slowest_ms = True, self.bytes_per_s, 30

    def _broker_up(self):
        if not self.world.broker.up:
            self.world.broker.up = True
            self.world.fleet.configure()

    def _thaw(self):
        if self.world.broker.frozen:
            self.world.broker.freeze(False)


KINDS = {
    "power_cut": Troubles.power_cut,
    "flash_cut": Troubles.flash_cut,
    "connection_cut": Troubles.connection_cut,
    "connection_frozen": Troubles.connection_frozen,
    "network_down": Troubles.network_down,
    "network_slow": Troubles.network_slow,
    "broker_restart": Troubles.broker_restart,
    "broker_frozen": Troubles.broker_frozen,
    "downs_lost": Troubles.downs_lost,
    "pieces_spoilt": Troubles.pieces_spoilt,
    "bit_lost": Troubles.bit_lost,
    "memory_error": Troubles.memory_error,
}


def tell(scene, story):
    """One story of this seed; what was wrong, and which troubles there were."""
    world = scene.world(1, unit=(32, 256)[story["seed"] % 2], lives={name: name for name in FALL})
    troubles = Troubles(world, story["seed"])
    world.fleet.pieces = troubles.pieces
    for sequence, image in ((2, "two"), (3, "falls"), (LAST, "next 1")):
        world.fleet.wanted = sequence
        gives(world.fleet, scene.shelf, sequence, image)
        lasts_ms = troubles.plan(story["faults"])
        world.live(lasts_ms + HOUR_MS // 4, lambda: False)
    troubles.heal()
    world.fleet.pieces = troubles.honest
    world.fleet.retry()
    over = world.live(6 * HOUR_MS, lambda: says(world, LAST))
    wrong = []
    owners = OWNERS + (FACTORY,) * troubles.confirmed_rots
    strangers = [name for name in world.ran if name not in owners]
    if strangers or world.mixed:
        wrong.append("it ran %s, and what is no image: %s" % (strangers, world.mixed))
    if not over or world.strange or world.falls():
        end = world.strange, world.falls(), world.ran[-3:], world.fleet.updates[-3:]
        wrong.append("%s, %s, in the end %s, %s" % end)
    return {"wrong": wrong, "dead": not over, "mixed": bool(world.mixed), "happened": troubles.happened}
