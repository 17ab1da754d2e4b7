"""Runs on the MicroPython VM: every flash operation of what a device does is cut, in every way, and it starts anew.

`power_cuts.py <JSON>`: {"store", "unit", "operation", "torn": [...], "again": n, "seed", "only", "breakage", "first",
"every"}; prints {"points", "bad", "again", "again_bad", "wrong": [[which, why], ...]}. A cut is `operation:torn`; one
operation in `every` is cut, from `first` on. In the boot after each the power is cut `again` times at places that
`seed` chooses: `operation:torn:operation:torn`. `only` replays one.

A model knows what was confirmed: nothing of it may be lost, nothing may come twice or in another order, no boot number
may come again, and no number of a lease may be given twice.
"""

import json
import sys

from tests.on_micropython import spoilt_memory
from tests.on_micropython.cut_device import MORNING, Board, Life, Truth, lease
from tests.on_micropython.cut_operations import LOSE_FILES, OPERATIONS
from tests.on_micropython.cutting import Count, cut_all, cut_one
from tests.on_micropython.torn_flash import PowerCut


class Trial:
    """A device just before it does something, as often as one likes."""

    def __init__(self, store, unit, name):
        before, self.run = OPERATIONS[name]
        self.loses_files = name in LOSE_FILES
        self.board, self.truth = Board(store, unit), Truth()
        self.board.mount()
        before(self.board, self.truth)
        self.board.unmount()
        self.image = self.board.image()

    def cut(self, operation, torn):
        """Cut this operation: (whether there is such a one, what is wrong already); the device has no power then."""
        self.now = self.truth.copy()
        self.board.restore(self.image)
        self.board.mount()
        self.board.power.cut_after(operation, torn)
        why = self._ended(lambda: self.run(self.board, self.now))
        self.board.unmount()
        return not self.board.power.on, why

    def recover(self):
        """Two boots with power: (what is wrong, how many operations the first of them took)."""
        self.board.power.restore()
        before, took = self.board.power.operations, [0]

        def boots():
            self._start()
            self._live()
            took[0] = self.board.power.operations - before
            self._live().check()

        return self._ended(boots), took[0]

    def recover_cut(self, operation, torn):
        """A boot that is cut at this operation, and then two with power; what is wrong."""
        self.board.power.restore()
        self.board.power.cut_after(operation, torn)

        def boots():
            self._start()
            self._live()

        return self._ended(boots) or self.recover()[0]

    def _start(self):
        try:
            self.board.mount()
        except OSError:
            if not (self.loses_files and self.board.power.on):
                raise
            self.board.format()  # the filesystem was being made anew
            self.board.mount()

    def _live(self):
        """A boot, and what a device does in any."""
        truth = self.now
        life = Life(self.board, truth)
        if life.identity.epoch is None:
            life.adopt(max([0] + [one for one in truth.boots.values() if one]) + 1)
        life.append("boot")
        if not self.loses_files:
            life.leases.replace([lease("l/1"), lease("l/2", 1)], MORNING + 5)
        life.take()
        life.outbox.batch(-1, 0)  # it is sent, and no receipt comes
        life.outbox.tend()
        life.outbox.close()
        return life

    def _ended(self, act):
        """What was wrong, if anything was while there was power."""
        try:
            act()
        except PowerCut:
            pass
        except Exception as err:
            if self.board.power.on:
                return "%s: %s" % (type(err).__name__, err)
        finally:
            if self.board.power.on:
                self.board.unmount()
        return None


def main(asked):
    if asked.get("breakage"):
        getattr(spoilt_memory, asked["breakage"])()
    trial, count = Trial(asked["store"], asked["unit"], asked["operation"]), Count()
    if asked.get("only"):
        cut_one(trial, asked["only"], count)
    else:
        cut_all(trial, asked["torn"], asked["again"], asked["seed"], count, asked["first"], asked["every"])
    print(json.dumps(count.__dict__))


main(json.loads(sys.argv[1]))
