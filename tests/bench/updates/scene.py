"""A device before something happens to it, as often as one likes: what every story of an update begins with.

The way there is told once and its flash remembered: a device of the factory that trusts root 1, or one that was updated
by its own owners. Then a story changes what its fleet says, and looks at what came of it.
"""

from tests.bench.updates.world import FACTORY, World

HOUR_MS = 3_600_000
UNIT = 32
NAMES = {1: "one", 2: "two"}


class Scene:
    """Stories about one shelf."""

    def __init__(self, shelf):
        self.shelf = shelf
        self._before = {}

    def world(self, running=0, roles=("rating",), unit=UNIT, lives=None):
        """A device without power that runs this release of its owners; 0 is the factory's application."""
        where = running, roles, unit
        world = World(self.shelf, list(roles), unit, lives or {})
        if where not in self._before:
            self._before[where] = self._led_there(running, roles, unit)
        flash, epoch, stored, covered, nonces, now = self._before[where]
        world.chips.restore(flash)
        world.nonces, world.agenda.now = nonces, now
        fleet = world.fleet
        fleet.epoch, fleet.stored, fleet.wanted = epoch, dict(stored), running or None
        fleet.covered = {life: list(stretches) for life, stretches in covered.items()}
        fleet.configure()
        return world

    def _led_there(self, running, roles, unit):
        """By its owners, one release after the other."""
        world = World(self.shelf, list(roles), unit, {})
        world.enrol(self.shelf.documents["root/1"])
        world.fleet.configure()
        fleet = world.fleet
        if not world.live(HOUR_MS, lambda: fleet.hellos and fleet.hellos[-1]["roles"]):
            raise AssertionError("it was never configured: %s, %s" % (world.strange, world.told))
        for sequence in range(1, running + 1):
            fleet.wanted = sequence
            if not world.live(HOUR_MS, lambda sequence=sequence: confirmed(world, sequence)):
                raise AssertionError("release %d never ran: %s, %s" % (sequence, world.strange, world.told))
        return world.chips.image(), fleet.epoch, fleet.stored, fleet.covered, world.nonces, world.agenda.now


def confirmed(world, sequence):
    """Whether the device has said that it runs this one for good, and that event is stored."""
    said = world.fleet.application()
    told = [one for one in world.fleet.updates if one["release"] == str(sequence) and one["result"] == "confirmed"]
    return bool(told) and said.get("sequence", 0) == sequence and not said.get("trial")


def refused(world, *reasons):
    """Whether it has told that it refused something, for one of these reasons."""
    return bool(
        [one for one in world.fleet.updates if one["result"] == "refused" and one["reason"].split(":")[0] in reasons]
    )


def running(world):
    """What the last boot ran."""
    return world.ran[-1] if world.ran else FACTORY
