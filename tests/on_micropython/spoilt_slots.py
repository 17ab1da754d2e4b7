"""Slots spoilt on purpose, each way as somebody might have written them: cutting the power must show it."""

from firmware.slot_filling import Filling
from firmware.slots import Slots
from tests.on_micropython.slot_device import Life, deciding, entering


def count_ahead():
    """What was downloaded is counted before it lies there, and nobody looks at its hash."""
    count = Filling._count

    def ahead(one):
        done, one.done = one.done, min(one.done + 4 * 4096, one._image["length"])
        count(one)
        one.done = done

    Filling._count = ahead
    Life.whole = lambda life, image: True
    entering.digest = Anything


class Anything:
    """Equal to any hash."""

    def __init__(self, part):
        pass

    def __ne__(self, other):
        return False


def count_no_boots():
    """A trial goes on for ever."""
    decided = deciding.decided

    def forgets(record, failures):
        images, changed = decided(record, failures)
        if changed is not None and changed["trial"] is not None:
            changed["trial"]["boots"] = 0
        return images, changed

    deciding.decided = forgets


def leave_the_record():
    """A slot is written while the record still counts on it."""
    Slots.leave = lambda slots, slot: None


def fill_what_runs():
    """The next application comes over the one that runs."""
    Slots.idle = lambda slots: slots.running or "a"


def begin_anew():
    """A download that was cut is fetched whole again."""
    begin = Slots.begin

    def forgets(slots, sha256, length):
        slots.discard()
        return begin(slots, sha256, length)

    Slots.begin = forgets
