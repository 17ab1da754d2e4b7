"""In which order devices have their turn: each kind of device by its share, and one office after the other.

What breaks only printers must not meet its first printer when half of the fleet has it: so whatever part of all has had
its turn, every kind of device has had as large a part of its own. Within a kind it is one of each office, so that no
office stands still as a whole.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from fleet.domain.rollout_targets import HAD_IT, At, Kind, Target


def in_turn(targets: Iterable[Target]) -> Iterator[Target]:
    """Those that wait, the next one first."""
    targets = list(targets)
    had = [one for one in targets if one.at in HAD_IT]
    of_kind = Counter(one.kind for one in targets)
    turns, offices = Counter(one.kind for one in had), Counter(one.office for one in had)
    waiting: dict[Kind, list[tuple[int, str, str, Target]]] = defaultdict(list)
    for one in targets:
        if one.at is At.PENDING:
            waiting[one.kind].append((offices[one.office], one.office or "", one.id, one))
    for heap in waiting.values():
        heapq.heapify(heap)
    while waiting:
        kind = min(waiting, key=lambda one: ((2 * turns[one] + 1) / of_kind[one], one))
        one = next_of(waiting[kind], offices)
        if not waiting[kind]:
            del waiting[kind]
        turns[kind] += 1
        offices[one.office] += 1
        yield one


def next_of(heap: list[tuple[int, str, str, Target]], offices: Counter[str | None]) -> Target:
    """The one whose office had the fewest turns; those that had one since they were put here go behind."""
    while True:
        turns, office, name, one = heapq.heappop(heap)
        if turns == offices[one.office]:
            return one
        heapq.heappush(heap, (offices[one.office], office, name, one))
