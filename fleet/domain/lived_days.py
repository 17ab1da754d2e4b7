"""Days as they were lived: who came when, was called when, and took how long. What estimators learn from and are
judged by.

Minutes count from the beginning of the day's plan. `moment_of` says what could be known at a moment, and nothing more.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fleet.domain.queue_moment import FOREVER_MIN, Ahead, Counter, QueueNow

LONGEST_GAP_MIN = 3.0
# Somebody walks to the counter, a clerk tidies up; who is away for longer pauses.


@dataclass(frozen=True)
class Lived:
    """Somebody's day: they came, were called (None: never) at a counter, and their visit ended (None: it did not)."""

    service: str
    came_min: float
    preferred: bool = False
    called_min: float | None = None
    ended_min: float | None = None
    counter: int | None = None

    @property
    def waited_min(self) -> float | None:
        """From coming to being called."""
        return None if self.called_min is None else self.called_min - self.came_min

    @property
    def took_min(self) -> float | None:
        """From being called to the end."""
        if self.called_min is None or self.ended_min is None:
            return None
        return self.ended_min - self.called_min


@dataclass(frozen=True)
class LivedCounter:
    """A counter: what it calls for, when it is planned to be open, and since when anybody knows that it is."""

    services: tuple[str, ...]
    open_min: tuple[tuple[float, float], ...] = ((0.0, FOREVER_MIN),)
    helping: tuple[str, ...] = ()
    known_from_min: float = 0.0

    def is_open(self, minute: float) -> bool:
        """Whether it is open then, by its plan."""
        return any(start <= minute < end for start, end in self.open_min)

    def from_now(self, minute: float) -> tuple[tuple[float, float], ...]:
        """Its plan from then on."""
        return tuple((max(start - minute, 0.0), end - minute) for start, end in self.open_min if end > minute)


@dataclass(frozen=True)
class LivedDay:
    """One day of an office; `people` in the order in which they came. `in_a_row`: its rule of the queue."""

    people: tuple[Lived, ...]
    counters: tuple[LivedCounter, ...]
    in_a_row: int = 2
    came: list[float] = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Moments of coming are asked for again and again."""
        self.came.extend(one.came_min for one in self.people)

    def came_before(self, minute: float) -> Sequence[Lived]:
        """Who came before then."""
        return self.people[: bisect_left(self.came, minute)]

    def called_before(self, minute: float) -> "LivedDay":
        """The day with only those who were called before then."""
        people = tuple(one for one in self.people if one.called_min is not None and one.called_min < minute)
        return LivedDay(people, self.counters, self.in_a_row)

    def seen_until(self, minute: float) -> "LivedDay":
        """Those who had been called by then, as far as their visits could be seen."""
        people = tuple(
            one if (one.ended_min or FOREVER_MIN) <= minute else replace(one, ended_min=None)
            for one in self.people
            if one.called_min is not None and one.called_min <= minute
        )
        return LivedDay(people, self.counters, self.in_a_row)

    def moment_of(self, minute: float) -> QueueNow:
        """The office at that moment, without whoever comes just then."""
        came = self.came_before(minute)
        waiting = [one for one in came if one.called_min is None or one.called_min > minute]
        with_whom = {
            one.counter: one
            for one in came
            if one.called_min is not None and one.called_min <= minute and (one.ended_min or FOREVER_MIN) > minute
        }
        return QueueNow(
            waiting=tuple(Ahead(one.service, one.came_min - minute if one.preferred else None) for one in waiting),
            counters=tuple(
                self.counter_at(counter, with_whom.get(place), minute)
                for place, counter in enumerate(self.counters)
                if counter.known_from_min <= minute
            ),
            in_a_row=self.in_a_row,
        )

    def counter_at(self, counter: LivedCounter, person: Lived | None, minute: float) -> Counter:
        """A counter and whom it serves."""
        if person is None or person.called_min is None:
            return Counter(counter.services, counter.helping, counter.from_now(minute))
        return Counter(
            counter.services,
            counter.helping,
            counter.from_now(minute),
            True,
            person.service,
            minute - person.called_min,
        )


def taken(day: LivedDay) -> Iterator[tuple[Lived, float]]:
    """How long each visit kept its counter busy: until the next call, where somebody waited and it came soon."""
    at_counter: dict[int | None, list[Lived]] = {}
    for one in day.people:
        if one.called_min is not None:
            at_counter.setdefault(one.counter, []).append(one)
    for visits in at_counter.values():
        visits.sort(key=lambda one: one.called_min or 0.0)
        for one, following in zip(visits, [*visits[1:], None], strict=True):
            if one.took_min is None or one.ended_min is None:
                continue
            gap = 0.0
            if following is not None and following.called_min is not None and following.came_min < one.ended_min:
                gap = following.called_min - one.ended_min
            yield one, one.took_min + (gap if 0 < gap <= LONGEST_GAP_MIN else 0.0)
