"""The day beside a usual one: how many wait at each half hour, and how long those waited who were called in it.

A usual day is that of the last weeks on the same weekday: the middle of these days, and between what half of them lay.
Who never was called is not in it: when such people left, nobody saw.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

HALF_HOUR_MIN = 30
MIN_MS = 60_000
LEAST_DAYS = 4
# Of fewer days nobody can say what is usual.
LEAST_HALVES = 4
# Of today alone; fewer are no line.
LEAST_CALLED = 5
# Of fewer waits none is told (`waits.LEAST`).
NOW_STEP_MIN = 5
# What is true now is told as of the last five minutes, so that the page does not change each second.


@dataclass(frozen=True)
class PastWaits:
    """The waits of a day, in minutes since it began: (from when, until called)."""

    day: str
    waits: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Band:
    """What is usual: the middle of the days, and between what half of them lay."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class HalfHour:
    """A half hour of the day. `waiting` when it began; `wait_min` half of those called in it did not exceed.

    None: not yet, or too few.
    """

    begins_min: int
    usual_waiting: Band | None
    usual_wait_min: Band | None
    waiting: int | None = None
    called: int = 0
    wait_min: float | None = None


@dataclass(frozen=True)
class DayTrend:
    """The day up to `now_min`, when `waiting_now` waited. `days`: how many past days of the weekday there are."""

    halves: tuple[HalfHour, ...]
    now_min: int
    waiting_now: int
    days: int
    weekday: int

    @property
    def is_usual_known(self) -> bool:
        """Whether there are days enough to compare with."""
        return self.days >= LEAST_DAYS

    @property
    def is_worth_drawing(self) -> bool:
        """Whether there is more to see than a stroke: days to compare with, or some half hours of today."""
        return self.is_usual_known or sum(one.waiting is not None for one in self.halves) >= LEAST_HALVES

    @property
    def usual_now(self) -> Band | None:
        """How many usually wait at this time."""
        half = half_of(self.now_min)
        return next((one.usual_waiting for one in self.halves if one.begins_min == half), None)

    @property
    def stand(self) -> str:
        """Whether more or fewer wait than on half of the days."""
        usual = self.usual_now
        if usual is None:
            return "unknown"
        return "more" if self.waiting_now > usual.high else "fewer" if self.waiting_now < usual.low else "usual"


@dataclass(frozen=True)
class Usual:
    """What is usual on a weekday, by the half hour's first minute: people who wait, and minutes of waiting."""

    days: int
    waiting: dict[int, Band]
    wait_min: dict[int, Band]


def usual_of(days: Sequence[PastWaits]) -> Usual:
    """What these days of one weekday teach; nothing of too few."""
    held = [one for one in days if one.waits]
    if len(held) < LEAST_DAYS:
        return Usual(len(held), {}, {})
    lines = [Line(one.waits) for one in held]
    first = min(line.first for line in lines)
    last = max(line.last for line in lines)
    waiting, waits = {}, {}
    for begins in range(first, last + 1, HALF_HOUR_MIN):
        waiting[begins] = band([float(line.waiting(begins)) for line in lines])
        called = [line.called(begins) for line in lines]
        told = [median(one) for one in called if one]
        if len(told) >= LEAST_DAYS and sum(map(len, called)) >= LEAST_CALLED:
            waits[begins] = band(told)
    return Usual(len(held), waiting, waits)


def trend_of(
    usual: Usual, waits: Sequence[tuple[float, float]], waiting_since: Sequence[float], now_min: float, weekday: int
) -> DayTrend:
    """The day so far beside what is usual. `waits` are over; who waits now does `waiting_since` these minutes."""
    came = sorted(one for one in waiting_since if one <= now_min)
    line = Line(waits)
    marks = [*usual.waiting, *(half_of(start) for start, _ in waits), *map(half_of, came)]
    now = int(now_min // NOW_STEP_MIN * NOW_STEP_MIN)
    if waits or came:
        marks.append(half_of(now_min))
    halves = []
    for begins in range(min(marks), max(marks) + 1, HALF_HOUR_MIN) if marks else ():
        called = line.called(begins)
        is_past = begins <= now_min and bool(waits or came)
        halves.append(
            HalfHour(
                begins,
                usual.waiting.get(begins),
                usual.wait_min.get(begins),
                line.waiting(begins) + bisect_right(came, begins) if is_past else None,
                len(called),
                median(called) if len(called) >= LEAST_CALLED else None,
            )
        )
    return DayTrend(tuple(halves), now, len(came), usual.days, weekday)


class Line:
    """The waits of a day, to be asked how many waited at a minute and who was called when."""

    def __init__(self, waits: Sequence[tuple[float, float]]) -> None:
        self.began = sorted(start for start, _ in waits)
        self.ended = sorted((end, end - start) for start, end in waits)
        self.ends = [end for end, _ in self.ended]
        self.first = half_of(self.began[0]) if self.began else 0
        self.last = half_of(self.ends[-1]) if self.ends else 0

    def waiting(self, minute: float) -> int:
        """How many had come by then and were not called before."""
        return bisect_right(self.began, minute) - bisect_right(self.ends, minute)

    def called(self, begins: int) -> list[float]:
        """How long those waited who were called in the half hour that begins then."""
        found = self.ended[bisect_left(self.ends, begins) : bisect_left(self.ends, begins + HALF_HOUR_MIN)]
        return [minutes for _, minutes in found]


def band(values: Sequence[float]) -> Band:
    """The quartiles of days."""
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Band(low, middle, high)


def half_of(minute: float) -> int:
    """The first minute of the half hour that this one lies in."""
    return int(minute // HALF_HOUR_MIN * HALF_HOUR_MIN)
