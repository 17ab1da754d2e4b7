"""How long many things took, in few bytes: counts by bucket, whose percentiles are right to 1 %.

The buckets are those of DDSketch (Masson, Rim, Lee 2019, "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", PVLDB 12): each ends at (1 + a) / (1 - a) times the end of the one before, so the value that
stands for a bucket is wrong by no more than a = 1 % of any time in it. Up to one second there is one bucket, right to
half a second. Ends are whole milliseconds, found in integers, so all machines agree on them. Whole minutes up to an
hour and each five minutes up to four are ends as well: how many waited no longer than such a target is known exactly.

All counts together are one integer of 32 bits a bucket. Merging is adding, taking out is subtracting, and neither
depends on any order: what was added and taken out again has left nothing.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

MOST_WRONG = 0.01
LANE_BITS = 32
LANE_BYTES = LANE_BITS // 8
TOP_BIT = 0x80
# No bucket holds two thousand million visits; one that seems to has given more than it had.

FIRST_MS = 1_000
LAST_MS = 86_400_000
MINUTE_MS = 60_000
SPARSE, DENSE = b"\x01", b"\x02"
PAIR = struct.Struct("<HI")
PAIRS_AT_MOST = 16
# More are sooner read and written as a stretch, which is one number for Python.


class NotInThere(ValueError):
    """Times were taken out of a sum that they were never added to."""

    def __init__(self) -> None:
        super().__init__("more times were taken out of a bucket than it held")


def bucket_ends() -> tuple[int, ...]:
    """The last millisecond of each bucket."""
    ends = {FIRST_MS}
    end = FIRST_MS
    while end < LAST_MS:
        end = end * 101 // 99
        ends.add(min(end, LAST_MS))
    ends |= {minutes * MINUTE_MS for minutes in (*range(1, 61), *range(65, 241, 5))}
    return tuple(sorted(ends))


ENDS = bucket_ends()
EXACT_TARGETS_MS = frozenset(ENDS)
STANDS_FOR = (FIRST_MS / 2, *(2 * (low + 1) * high / (low + 1 + high) for low, high in pairwise(ENDS)))
# Half-way between the ends of a bucket by ratio: as wrong for its shortest time as for its longest.


@dataclass(frozen=True)
class Times:
    """Durations: their counts by bucket, and their sum."""

    lanes: int = 0
    sum_ms: int = 0

    def __add__(self, other: "Times") -> "Times":
        return Times(self.lanes + other.lanes, self.sum_ms + other.sum_ms)

    def __sub__(self, other: "Times") -> "Times":
        return Times(self.lanes - other.lanes, self.sum_ms - other.sum_ms)

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many are in each bucket, up to the last that holds one. Raises NotInThere."""
        if self.lanes < 0:
            raise NotInThere
        n = -(-self.lanes.bit_length() // LANE_BITS)
        return struct.unpack(f"<{n}I", self.lanes.to_bytes(n * LANE_BYTES, "little"))

    @property
    def mean_ms(self) -> float | None:
        """The mean, which is exact; None of nothing."""
        n = self.n
        return self.sum_ms / n if n else None

    def percentiles(self, *shares: float) -> list[float | None]:
        """For each share the shortest time, right to 1 %, that at least this share did not exceed; None of nothing."""
        up_to = list(accumulate(self.counts))
        if not up_to:
            return [None for _ in shares]
        return [STANDS_FOR[bisect_left(up_to, rank_of(share, up_to[-1]))] for share in shares]

    def within(self, target_ms: int) -> int:
        """How many took no longer. Exact for targets that are the end of a bucket, else for the next shorter end."""
        last = bisect_left(ENDS, target_ms + 1)
        return sum(self.counts[:last])

    def to_bytes(self) -> bytes:
        """As it is stored: the buckets that hold some, or a stretch of all. Raises NotInThere."""
        if self.lanes <= 0:
            if self.lanes:
                raise NotInThere
            return b""
        first = ((self.lanes & -self.lanes).bit_length() - 1) // LANE_BITS
        shifted = self.lanes >> (first * LANE_BITS)
        n = -(-shifted.bit_length() // LANE_BITS)
        raw = shifted.to_bytes(n * LANE_BYTES, "little")
        if max(raw[LANE_BYTES - 1 :: LANE_BYTES]) >= TOP_BIT:
            raise NotInThere
        if self.lanes.bit_count() > PAIRS_AT_MOST:  # no more buckets hold some than there are bits
            return DENSE + struct.pack("<H", first) + raw
        held = enumerate(struct.unpack(f"<{n}I", raw), first)
        return SPARSE + b"".join(PAIR.pack(at, held) for at, held in held if held)


def times(durations_ms: Iterable[int]) -> Times:
    """These durations in milliseconds; none is shorter than nothing or longer than a day."""
    lanes = sum_ms = 0
    for ms in durations_ms:
        fit = min(max(ms, 0), LAST_MS)
        lanes += 1 << (LANE_BITS * bisect_left(ENDS, fit))
        sum_ms += fit
    return Times(lanes, sum_ms)


def read_lanes(stored: bytes) -> int:
    """The counts that `to_bytes` wrote."""
    if stored[:1] == DENSE:
        return int.from_bytes(stored[3:], "little") << (LANE_BITS * int.from_bytes(stored[1:3], "little"))
    lanes = 0
    for at, n in PAIR.iter_unpack(stored[1:]):
        lanes += n << (LANE_BITS * at)
    return lanes


def rank_of(share: float, n: int) -> int:
    """The how-manieth of n, in rising order, is the first that this share does not exceed."""
    return min(n, max(1, -int(-share * n // 1)))
