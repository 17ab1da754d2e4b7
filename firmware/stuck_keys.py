"""What is told of keys that need a technician: stuck ones, and ones that nobody ever presses. Rare, so it is lent."""

import gc

from firmware.flash_files import read_json, write_json
from protocols.care_events import SelfTested

PRESSES_FILE = "/presses.json"
DEAD_AFTER = 500
# Of so many presses one key has none. The rarest score of an office gets 2 or 3 in a hundred; by chance it would be
# left out once in 20,000 times.


def tell_stuck(device, name: str, held_ms: int) -> None:  # type: ignore[no-untyped-def]
    """A key does not come up."""
    device.fault("key " + name, "down for %d s: stuck, or something leans on it" % (held_ms // 1000))


def tell_free(device, name: str, held_ms: int) -> None:  # type: ignore[no-untyped-def]
    """A key that was told as stuck came up."""
    up = device.clock.up()
    reason = "up again after %d s" % (held_ms // 1000)
    device.record(SelfTested(part="key " + name, result="pass", reason=reason, up=up, at=device.clock.at(up)))


def count(device, presses: "dict[str, int]") -> None:  # type: ignore[no-untyped-def]
    """Add these presses to what the board has counted over all its boots; tell keys that seem dead, and begin anew."""
    gc.collect()
    path = device.board.root + PRESSES_FILE
    kept = read_json(path)
    total = 0
    for name in presses:
        before = kept.get(name) if type(kept) is dict else None
        presses[name] += before if type(before) is int else 0
        total += presses[name]
    if total >= DEAD_AFTER:
        for name in presses:
            if not presses[name]:
                device.fault("key " + name, "not one of the last %d presses: dead, or out of reach" % total)
            presses[name] = 0
    try:
        write_json(path, presses)
    except OSError:
        pass  # flash is full: only a statistic is lost
