"""Runs on the MicroPython VM: while a device takes an update, its power goes at every operation of its flash.

`slot_cuts.py <JSON>`: {"unit", "operation", "torn": [...], "again": n, "seed", "only", "breakage", "blocks", "first",
"every"}; prints {"points", "bad", "again", "again_bad", "wrong": [[which, why], ...]} as `power_cuts.py` does. An
operation is a story that ends with a device that is well: the update is good, or is given back, or falls down, or can
not be imported; or what was confirmed falls down later, the one before stands in for it, and then comes the next.
"""

import gc
import json
import sys

from firmware.kept_region import KeptRegion
from tests.on_micropython import spoilt_slots
from tests.on_micropython.cutting import Count, cut_all, cut_one
from tests.on_micropython.slot_device import NO_BOOTS, PIECE_BYTES, Board, Fell, Image, Life, Wrong
from tests.on_micropython.torn_flash import BLOCK_BYTES, PowerCut

FALLS = 6
FEW_BYTES = 900
# What is left of the side that is in use: it ends in the middle of the story.


class Truth:
    """What is known for certain. `confirmed`: those that may be so, two while one is being confirmed."""

    def __init__(self, images, confirmed, target):
        self.images, self.confirmed, self.target = images, confirmed, target
        self.written = {}

    def copy(self):
        other = Truth(self.images, list(self.confirmed), self.target)
        other.written = dict(self.written)
        return other


class Trial:
    """A device before its update, as often as one likes."""

    def __init__(self, unit, story, blocks):
        size = int(blocks * BLOCK_BYTES)
        code = "raise ValueError('no good')" if story == "broken" else ""
        factory, old = Image("factory", 0, 64), Image("old", 11, size)
        new, third, other = Image("new", 12, size + 700, code), Image("third", 13, size), Image("other", 14, size)
        images = {one.version: one for one in (factory, old, new, third, other)}
        self.story = story
        self.board = Board(unit, int(blocks) + 2, factory)
        self.now = Truth(images, [factory], old)
        for one in {"first": [], "third": [old, new], "ages": [old, new]}.get(story, [old]):
            self.now.target = one
            while self.now.confirmed != [one]:
                self._live("good")
        self.now.target = {"first": old, "third": third, "ages": third}.get(story, new)
        if story == "another":
            Life(self.board, self.now).download(other, size // 2 // PIECE_BYTES * PIECE_BYTES)
        self._use_up()
        self.truth = self.now
        self.image = self.board.image()

    def cut(self, operation, torn):
        """Cut this operation: (whether there is such a one, what is wrong already); the device has no power then."""
        self.now = self.truth.copy()
        self.board.restore(self.image)
        self.board.power.cut_after(operation, torn)
        why = self._ended(self._to_the_end)
        return not self.board.power.on, why

    def recover(self):
        """Boots with power, to the end of the story: (what is wrong, how many operations that took)."""
        self.board.power.restore()
        before = self.board.power.operations
        return self._ended(self._to_the_end), self.board.power.operations - before

    def recover_cut(self, operation, torn):
        """The same with another cut at this operation, and then with power; what is wrong."""
        self.board.power.restore()
        self.board.power.cut_after(operation, torn)
        return self._ended(self._to_the_end) or self.recover()[0]

    def _use_up(self):
        """So that what is kept goes to the other side in the middle of the story."""
        kept = KeptRegion(self.board.kept())
        while kept._length - kept._offset > FEW_BYTES:
            kept.put("config", "%d " % kept._offset + "x" * min(1200, kept._length - kept._offset - FEW_BYTES))

    def _to_the_end(self):
        for _ in range(NO_BOOTS):
            try:
                if self._live(self.story):
                    return
            except Fell:
                pass
        raise Wrong("not done in %d boots" % NO_BOOTS)

    def _live(self, story):
        """A boot; True when all is done."""
        truth = self.now
        life, target = Life(self.board, truth), truth.target
        slots = life.slots
        if story == "ages" and self._stood_in(life, truth):
            return False
        if slots.trial is not None:
            if story == "falls":
                raise Fell
            if story == "bad":
                slots.give_back("printer: no answer")
                raise Fell
            truth.confirmed = [truth.confirmed[0], target]
            slots.confirm()
            truth.confirmed = [target]
            return False
        if slots.sequence == target.sequence:
            if story in ("bad", "falls", "broken"):
                raise Wrong("an update that hurts was confirmed")
            truth.confirmed = [target]
            return slots.returned is None
        if slots.returned is not None and slots.returned["sequence"] == target.sequence:
            if story not in ("bad", "falls", "broken"):
                raise Wrong("a good update was given back: %r" % slots.returned)
            reasons = {"bad": "printer", "falls": "not confirmed in 3 boots", "broken": "ValueError: no good"}
            if not slots.returned["reason"].startswith(reasons[story]):
                raise Wrong("it says %r" % slots.returned)
            return True
        life.download(target)
        if life.whole(target):
            slots.flip(target.sequence, len(target.data), {"printer": "ok"})
        return False

    def _stood_in(self, life, truth):
        """Whether this boot was about what falls again and again, or about the one that runs in its place."""
        old, new = truth.images["old"], truth.images["new"]
        if life.version == "new":
            self.board.fell, truth.confirmed = FALLS, [new, old]
        elif life.version == "old" and life.slots.trial is None:
            stands_in = life.slots.stands_in(self.board.fell)
            if stands_in:
                life.slots.give_up("fell down")
            truth.confirmed, self.board.fell = [old], 0
            return stands_in
        return life.version == "new"

    def _ended(self, act):
        """What was wrong, if anything was while there was power."""
        try:
            act()
        except PowerCut:
            self.board.fell = 0
        except Exception as err:
            if self.board.power.on:
                return "%s: %s" % (type(err).__name__, err)
        return None


def main(asked):
    if asked.get("breakage"):
        getattr(spoilt_slots, asked["breakage"])()
    trial, count = Trial(asked["unit"], asked["operation"], asked["blocks"]), Count()
    gc.collect()
    if asked.get("only"):
        cut_one(trial, asked["only"], count)
    else:
        cut_all(trial, asked["torn"], asked["again"], asked["seed"], count, asked["first"], asked["every"])
    print(json.dumps(count.__dict__))


main(json.loads(sys.argv[1]))
