"""A day of an office is served: who came when, and needed how long, is given, and so is which counter is open when.

A counter that is free takes whoever is next for it: people of a class first, in the order in which they came, at most
so many in a row while others wait; then the others, in theirs. With what it only helps with it begins when nobody
waits for its own services. A counter that closes ends its visit first. Somebody who finds a free counter is called
after `answer_min`; of several free counters the one that calls for the service itself goes before those that help, and
the one that has been free for longest before others.

Nothing is left to chance, so two ways of opening the counters can be compared person by person. What is not played is
that nobody is passed by for longer than the office's rules allow.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from fleet.domain.lived_days import LivedCounter

Lines = tuple[deque[int], deque[int]]
# Those who wait: without priority, and with.


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who comes, for a service, and needs so long. `counted`: their wait is one that people are told of."""

    service: str
    came_min: float
    need_min: float
    preferred: bool = False
    counted: bool = True


@dataclass(frozen=True)
class OpenDay:
    """What there is to serve on a day (in the order of coming), and by whom. `in_a_row`: the office's rule."""

    guests: tuple[Guest, ...]
    counters: tuple[LivedCounter, ...]
    in_a_row: int = 2
    answer_min: float = 0.0

    def with_counters(self, counters: Iterable[LivedCounter]) -> "OpenDay":
        """The same people with other counters."""
        return replace(self, counters=tuple(counters))


def starts(day: OpenDay) -> list[float | None]:
    """When each of the people is called; None: no counter calls them before all have closed."""
    return Serving(day).serve()


class Serving:
    """The lines, the counters, and the moments at which counters look for somebody."""

    def __init__(self, day: OpenDay) -> None:
        self.day = day
        self.callers = callers(day.counters)
        made: dict[tuple[frozenset[int], frozenset[int]], Lines] = {}
        self.lines = {service: made.setdefault(who, (deque(), deque())) for service, who in self.callers.items()}
        self.looked_at = [
            [self.lines_for(services) for services in (counter.services, counter.helping) if services]
            for counter in day.counters
        ]
        self.recent = [0] * len(day.counters)
        self.ahead = [list(reversed(counter.open_min)) for counter in day.counters]  # stretches, the next one last
        self.free: list[int] = []  # who has nothing to do, for longest first
        self.looks: list[tuple[float, int]] = []

    def lines_for(self, services: Sequence[str]) -> list[Lines]:
        """The lines of these services, each once."""
        return list({id(self.lines[service]): self.lines[service] for service in services}.values())

    def serve(self) -> list[float | None]:
        """Let everybody come, and every counter call."""
        guests, looks, answer_min = self.day.guests, self.looks, self.day.answer_min
        called: list[float | None] = [None] * len(guests)
        for place in range(len(self.ahead)):
            self.look_from(0.0, place)
        for who, guest in enumerate(guests):
            came = guest.came_min
            while looks and looks[0][0] < came:
                self.look(called)
            taken_by = self.takes_at_once(guest)
            if taken_by is not None:
                called[who] = came + answer_min
                self.look_from(came + answer_min + guest.need_min, taken_by)
            elif guest.service in self.lines:
                self.lines[guest.service][guest.preferred].append(who)
        while looks:
            self.look(called)
        return called

    def look(self, called: list[float | None]) -> None:
        """The counter whose moment is next calls somebody, or is free."""
        now, place = heappop(self.looks)
        who = self.next_for(place)
        if who is None:
            self.free.append(place)
            return
        called[who] = now
        self.look_from(now + self.day.guests[who].need_min, place)

    def look_from(self, minute: float, place: int) -> None:
        """A counter looks for somebody as soon as it is open, from this minute on; never if it opens no more."""
        ahead = self.ahead[place]
        while ahead and ahead[-1][1] <= minute:
            ahead.pop()
        if ahead:
            opens = ahead[-1][0]
            heappush(self.looks, (opens if opens > minute else minute, place))

    def takes_at_once(self, guest: Guest) -> int | None:
        """A free counter that calls for this service, and has somebody now; None if there is none."""
        if not self.free or guest.service not in self.callers:
            return None
        for able in self.callers[guest.service]:
            for place in tuple(self.free):
                if place not in able:
                    continue
                self.free.remove(place)
                if self.ahead[place][-1][1] > guest.came_min:
                    self.recent[place] = self.recent[place] + 1 if guest.preferred else 0
                    return place
                self.look_from(guest.came_min, place)  # it has closed meanwhile
        return None

    def next_for(self, place: int) -> int | None:
        """Whom a counter calls next, taken out of the line; None if nobody waits for it."""
        for lines in self.looked_at[place]:
            others, preferred = first_of(lines, 0), first_of(lines, 1)
            if preferred is not None and (others is None or self.recent[place] < self.day.in_a_row):
                self.recent[place] += 1
                return preferred.popleft()
            if others is not None:
                self.recent[place] = 0
                return others.popleft()
        return None


def first_of(lines: Sequence[Lines], preferred: int) -> deque[int] | None:
    """The line whose first has come before all others."""
    if len(lines) == 1:
        return lines[0][preferred] or None
    found = None
    for both in lines:
        line = both[preferred]
        if line and (found is None or line[0] < found[0]):
            found = line
    return found


def callers(counters: Sequence[LivedCounter]) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
    """By service which counters call for it, and which help; services that the same call for share their lines."""
    services = {service for counter in counters for service in (*counter.services, *counter.helping)}
    return {
        service: (
            frozenset(place for place, one in enumerate(counters) if service in one.services),
            frozenset(place for place, one in enumerate(counters) if service in one.helping),
        )
        for service in services
    }
