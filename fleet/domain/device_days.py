"""What a device's day was: how long it was connected when its office was open, and how it started.

A day is a pure function of the set of what is known of it: changes of presence, starts, and the opening hours of where
the device stood. So a late message changes the day as if it had come in time, and a repeated one changes nothing. Each
part of a day belongs to the firmware that ran; a crash to the firmware that crashed, not to the one that started after.

An hour of the clock is operated if the device was there for half of it, or crashed in it; it is crash-free if it did
not crash in it. Planned sleep is neither connected nor expected. Before the first word about a device nothing is
expected.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fleet.domain.boots import EXPECTED, Start, start_of

HOUR_MS = 3_600_000
OPERATED_MS = HOUR_MS // 2
REASONS_AT_MOST = 8
ONLINE, SLEEPING, UNKNOWN = "online", "sleeping", "never"
MANY = "…"
# Reasons beyond the first few.
Span = tuple[int, int]


@dataclass(frozen=True)
class Boot:
    """A device started: why, and which firmware ran then, in its words."""

    at_ms: int
    reason: str
    firmware: str


@dataclass(frozen=True)
class DaySum:
    """Part of a day or days of one device or many, added up. `reasons`: how often it started why."""

    connected_ms: int = 0
    expected_ms: int = 0
    asleep_ms: int = 0
    hours: int = 0
    crash_free: int = 0
    planned: int = 0
    switched_on: int = 0
    cuts: int = 0
    crashes: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: "DaySum") -> "DaySum":
        numbers = (getattr(self, name) + getattr(other, name) for name in NUMBERS)
        return sum_of(numbers, counted([*self.reasons, *other.reasons]))

    @property
    def connected(self) -> float | None:
        """Connected ÷ expected; None: nothing was expected."""
        return self.connected_ms / self.expected_ms if self.expected_ms else None

    @property
    def unexpected(self) -> int:
        """Starts that nobody wanted."""
        return self.cuts + self.crashes


NUMBERS = (
    "connected_ms",
    "expected_ms",
    "asleep_ms",
    "hours",
    "crash_free",
    "planned",
    "switched_on",
    "cuts",
    "crashes",
)
NAMES = {Start.PLANNED: "planned", Start.SWITCHED_ON: "switched_on", Start.CUT: "cuts", Start.CRASH: "crashes"}


def sum_of(numbers: Iterable[int], reasons: tuple[tuple[str, int], ...] = ()) -> DaySum:
    """A sum of its numbers, in the order of NUMBERS."""
    connected_ms, expected_ms, asleep_ms, hours, crash_free, planned, switched_on, cuts, crashes = numbers
    return DaySum(connected_ms, expected_ms, asleep_ms, hours, crash_free, planned, switched_on, cuts, crashes, reasons)


@dataclass(frozen=True)
class DayKnown:
    """All that is known of a stretch of a device's life, in any order, repetitions among it.

    `presence`: (when, what) it became, from before the stretch, too; `open`: when its office was open where it stood;
    `firmware`: what runs where no start tells it.
    """

    from_ms: int
    to_ms: int
    presence: Sequence[tuple[int, str]] = ()
    boots: Sequence[Boot] = ()
    open: Sequence[Span] = ()
    firmware: str = ""


@dataclass
class Parts:
    """A day by firmware, while it is added up."""

    numbers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))


def day_sums(known: DayKnown) -> dict[str, DaySum]:
    """The day by firmware; nothing where nothing was known and nothing happened."""
    boots = sorted({(one.at_ms, one.reason, one.firmware) for one in known.boots if one.at_ms < known.to_ms})
    stretches = presence_of(known)
    parts = Parts()
    hours: dict[int, dict[str, int]] = defaultdict(Counter)
    for start, end, state in stretches:
        for first, last, firmware in by_firmware(start, end, boots, known.firmware):
            is_open = sum(overlap((first, last), span) for span in known.open)
            numbers = parts.numbers[firmware]
            if state == SLEEPING:
                numbers["asleep_ms"] += last - first
            else:
                numbers["expected_ms"] += is_open
                numbers["connected_ms"] += is_open if state == ONLINE else 0
            if state in (ONLINE, SLEEPING):
                for hour in range(first // HOUR_MS, (last - 1) // HOUR_MS + 1):
                    hours[hour][firmware] += overlap((first, last), (hour * HOUR_MS, (hour + 1) * HOUR_MS))
    crashed = starts(known, boots, stretches, parts)
    for hour, its in hours.items():
        if hour not in crashed and sum(its.values()) >= OPERATED_MS:
            most = max(its, key=lambda one: (its[one], one))
            parts.numbers[most].update(hours=1, crash_free=1)
    for hour_firmware in crashed.values():
        parts.numbers[hour_firmware]["hours"] += 1
    sums = {
        firmware: sum_of((numbers[name] for name in NUMBERS), counted(parts.reasons[firmware]))
        for firmware, numbers in parts.numbers.items()
    }
    return {firmware: its for firmware, its in sorted(sums.items()) if its != DaySum()}


def starts(
    known: DayKnown, boots: Sequence[tuple[int, str, str]], stretches: Sequence[tuple[int, int, str]], parts: Parts
) -> dict[int, str]:
    """Count the starts of the day; the hours in which something crashed, each with the firmware that did."""
    crashed: dict[int, str] = {}
    for at_ms, reason, firmware in boots:
        if at_ms < known.from_ms:
            continue
        kind = start_of(reason, was_needed(at_ms, known.open, stretches))
        ran = firmware if kind in EXPECTED else firmware_at(at_ms - 1, boots, known.firmware) or firmware
        parts.numbers[ran][NAMES[kind]] += 1
        parts.reasons[ran].append((reason, 1))
        if kind is Start.CRASH:
            crashed.setdefault(at_ms // HOUR_MS, ran)
    return crashed


def presence_of(known: DayKnown) -> list[tuple[int, int, str]]:
    """From when to when it was what; stretches of which nothing is known are left out."""
    changes = sorted({one for one in known.presence if one[0] < known.to_ms})
    found = []
    for place, (at_ms, state) in enumerate(changes):
        until_ms = changes[place + 1][0] if place + 1 < len(changes) else known.to_ms
        start, end = max(at_ms, known.from_ms), min(until_ms, known.to_ms)
        if start < end and state != UNKNOWN:
            found.append((start, end, state))
    return found


def by_firmware(
    start: int, end: int, boots: Sequence[tuple[int, str, str]], before: str
) -> Iterable[tuple[int, int, str]]:
    """This stretch, cut where another firmware starts."""
    cuts = [start, *(at for at, _, _ in boots if start < at < end), end]
    for first, last in pairwise(cuts):
        if first < last:
            yield first, last, firmware_at(first, boots, before)


def firmware_at(ms: int, boots: Sequence[tuple[int, str, str]], before: str) -> str:
    """Which firmware ran at this moment."""
    return next((firmware for at, _, firmware in reversed(boots) if at <= ms and firmware), before)


def was_needed(ms: int, spans: Iterable[Span], stretches: Iterable[tuple[int, int, str]]) -> bool:
    """Whether the office is open at this moment, and the device has been there since it opened."""
    begun = next((start for start, end in spans if start <= ms < end), None)
    if begun is None:
        return False
    return any(state == ONLINE and overlap((start, end), (begun, ms)) for start, end, state in stretches)


def overlap(one: Span, other: Span) -> int:
    """How much of one stretch lies in the other."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def counted(reasons: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """How often each reason, the most frequent first; those beyond eight together under "…"."""
    sums: Counter[str] = Counter()
    for reason, n in reasons:
        sums[reason] += n
    ordered = sorted(sums.items(), key=lambda one: (one[0] == MANY, -one[1], one[0]))
    if len(ordered) <= REASONS_AT_MOST:
        return tuple(ordered)
    rest = sum(n for _, n in ordered[REASONS_AT_MOST - 1 :])
    return (*ordered[: REASONS_AT_MOST - 1], (MANY, rest))
