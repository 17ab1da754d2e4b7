"""What devices lived through with something that is being rolled out, beside the same devices before and without it.

Each kind of device by itself: `rollout_harm` compares like with like.

Before: the last two weeks of days that are over when it began. Without: those that were not given it yet, meanwhile; so
what befalls all of them is not blamed on it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of, later
from fleet.domain.device_days import Boot, DayKnown, day_sums
from fleet.domain.rollout_harm import Lived, Pair
from fleet.domain.rollout_targets import Kind
from fleet.store import device_days
from fleet.store.rollout_devices import AtDevice

DAYS = 14
DAY_MS = 86_400_000
EVERY_MS = 60_000
# It is read of all devices; hours and crashes do not change faster.
FAILED = "failed"

Its = tuple[Kind, AtDevice]


@dataclass(frozen=True)
class Read:
    """What is stored of all devices since some moment."""

    presence: Mapping[str, Sequence[tuple[int, str]]]
    boots: Mapping[str, Sequence[Boot]]
    faults: Mapping[str, Sequence[int]]

    def lived(self, device: str, from_ms: int, to_ms: int) -> Lived:
        """What one device lived through in this time."""
        presence, boots = self.presence.get(device, ()), self.boots.get(device, ())
        sums = day_sums(DayKnown(from_ms, to_ms, presence, boots)).values() if from_ms < to_ms else ()
        faults = sum(from_ms <= at_ms < to_ms for at_ms in self.faults.get(device, ()))
        return Lived(sum(one.hours for one in sums), sum(one.crash_free for one in sums), faults)


class Lives:
    """Remembers for a minute what it found of a rollout."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int], tuple[int, dict[Kind, Pair]]] = {}

    def of(
        self, connection: Connection, rollout: str, began_ms: int, since_ms: int, its: Sequence[Its], now_ms: int
    ) -> dict[Kind, Pair]:
        """Of each kind of device, with it since `since_ms`, and without it."""
        read_ms, found = self.known.get((rollout, since_ms), (0, {}))
        if not 0 <= now_ms - read_ms < EVERY_MS:
            found = lived(connection, began_ms, since_ms, its, now_ms)
            self.known = {key: one for key, one in self.known.items() if now_ms - one[0] < EVERY_MS}
            self.known[rollout, since_ms] = now_ms, found
        return found


def lived(connection: Connection, began_ms: int, since_ms: int, its: Sequence[Its], now_ms: int) -> dict[Kind, Pair]:
    """What these devices lived through with it, and without it, by kind."""
    first_ms = max(began_ms, now_ms - DAYS * DAY_MS)
    read = Read(
        device_days.presence_of_all(connection, first_ms, now_ms),
        device_days.boots_of_all(connection, first_ms, now_ms),
        device_days.faults_of_all(connection, first_ms, now_ms),
    )
    old = before(connection, began_ms, {one.device: kind for kind, one in its})
    new: defaultdict[Kind, Lived] = defaultdict(Lived)
    for kind, one in its:
        if one.given_ms is None:
            old[kind] += read.lived(one.device, first_ms, now_ms)
        else:
            until_ms = (one.settled_ms or now_ms) if one.at == FAILED else now_ms
            new[kind] += read.lived(one.device, max(one.given_ms, since_ms), until_ms)
    return {kind: (new[kind], old[kind]) for kind in {*new, *old}}


def before(connection: Connection, began_ms: int, kinds: Mapping[str, Kind]) -> defaultdict[Kind, Lived]:
    """What these lived through in the two weeks before it began, by kind."""
    today = day_of(began_ms, VIET_NAM)
    first = later(today, -DAYS)
    found: defaultdict[Kind, Lived] = defaultdict(Lived)
    for row in device_days.since(connection, first):
        if row.device in kinds and row.day < today:
            found[kinds[row.device]] += Lived(row.sums.hours, row.sums.crash_free)
    from_ms, to_ms = bounds(first, VIET_NAM)[0], bounds(today, VIET_NAM)[0]
    for device, its in device_days.faults_of_all(connection, from_ms, to_ms).items():
        if device in kinds:
            found[kinds[device]] += Lived(faults=len(its))
    return found
