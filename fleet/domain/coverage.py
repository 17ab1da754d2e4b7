"""Which events of a boot are stored, as stretches of their numbers, and how far a receipt may go.

A batch lists every event that the device still holds between its first and its last. So once it is committed, the whole
stretch between the two is settled: what it does not list is not held. Stretches of several batches are joined; where a
hole remains between them, it is either on its way through another receiver or was forgotten by the device, and then
the next batch's `oldest` says so.
"""

from collections.abc import Iterable, Sequence

Stretch = tuple[int, int]


def cover(stretches: Sequence[Stretch], new: Stretch, oldest: int) -> list[Stretch]:
    """The stretches with a new one, in order and joined. What lies wholly below `oldest` is no longer needed."""
    if stretches and new[0] == stretches[-1][1] + 1 and stretches[0][1] >= oldest:
        return [*stretches[:-1], (stretches[-1][0], new[1])]  # nearly always: the next numbers
    joined: list[Stretch] = []
    for first, last in sorted([*stretches, new]):
        if last < oldest:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def through(stretches: Iterable[Stretch], oldest: int) -> int:
    """The highest number such that every held event from `oldest` to it is stored; `oldest - 1` if not even that is."""
    for first, last in stretches:
        if first <= oldest <= last:
            return last
    return oldest - 1
