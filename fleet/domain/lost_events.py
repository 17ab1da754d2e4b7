"""Events that a restore cost: devices forgot them on a receipt that the database does not know any more."""

from collections.abc import Iterable


def lost(sides: Iterable[tuple[str, int | None, int | None]]) -> dict[str, int]:
    """How many numbers each device skipped, by its boots: the last number before the restore, the first after it.

    Numbers of a boot begin with 1. One that makes room in a full outbox skips numbers, too: so many at most are lost.
    """
    found: dict[str, int] = {}
    for device, last_before, first_after in sides:
        known = last_before or 0
        skipped = 0 if first_after is None else max(0, first_after - known - 1)
        if skipped:
            found[device] = found.get(device, 0) + skipped
    return found
