"""Cuts every flash operation of a trial, in every way, and counts, for MicroPython.

A trial has `cut(operation, torn)`, `recover()` and `recover_cut(operation, torn)`, a board whose flash can be kept
aside (`image`, `restore`), and `now`, what is known for certain.
"""

import gc

from tests.on_micropython.torn_flash import TORN, noise

COLLECT_EVERY = 8
TOLD_AT_MOST = 5


class Count:
    """How many cuts there were, and which went wrong."""

    def __init__(self):
        self.points = self.bad = self.again = self.again_bad = 0
        self.wrong = []

    def first(self, which, why):
        self.points += 1
        self.bad += why is not None
        self._tell(which, why)

    def second(self, which, why):
        self.again += 1
        self.again_bad += why is not None
        self._tell(which, why)

    def _tell(self, which, why):
        if why is not None and len(self.wrong) < TOLD_AT_MOST:
            self.wrong.append([which, why])


def cut_all(trial, torns, again, seed, count, first=1, every=1):
    """One operation in `every`, from `first` on, in each of these ways; and some of those of the boot that follows."""
    for torn in torns:
        operation = first
        while True:
            if operation % COLLECT_EVERY == 0:
                gc.collect()
            there, why = trial.cut(operation, torn)
            if not there:
                if why is not None:
                    count.first("%d:%s" % (operation, torn), why)
                break
            which = "%d:%s" % (operation, torn)
            image, truth = trial.board.image() if again else None, trial.now.copy()
            bad, took = trial.recover()
            count.first(which, why or bad)
            number = noise(noise(seed * 8191 + operation) + TORN.index(torn))
            for _ in range(again if took else 0):
                number = noise(number)
                second, how = 1 + (number >> 8) % took, TORN[(number >> 4) % len(TORN)]
                trial.board.restore(image)
                trial.now = truth.copy()
                count.second("%s:%d:%s" % (which, second, how), trial.recover_cut(second, how))
            operation += every


def cut_one(trial, only, count):
    """Replay this one."""
    parts = only.split(":")
    there, why = trial.cut(int(parts[0]), parts[1])
    if there and not why:
        why = trial.recover_cut(int(parts[2]), parts[3]) if len(parts) > 2 else trial.recover()[0]
    count.first(only, why)
