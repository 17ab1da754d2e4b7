"""What an office knows of its waits: the lessons of the last days, and how far its promises were off."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.correcting import Kept, Offsets, learn_offsets
from fleet.domain.day import bounds, later
from fleet.domain.promises import WORTH_JUDGING_MIN
from fleet.domain.speed import watched
from fleet.domain.spread import Spread
from fleet.domain.waiting_knowledge import DayTaught, Knowledge, learn, taught_by
from fleet.flows.lived import lived_day
from fleet.flows.queue_rules import policy_of
from fleet.store import estimates, places
from fleet.store.estimates import CameTrue
from fleet.store.places import OfficeRow

LESSONS = 60
# Days; a service that has changed is known anew within three months of working days.
LEARNED_DAYS = 60
# Promises of so many days correct those of today.
SURELY_OVER_MIN = 45.0
# Of today's visits only those are learned from that began so long ago: of later ones only the short ones are over yet.


@dataclass(frozen=True)
class Lessons:
    """What the days before today have taught; `worked`: the counters that called somebody on the last of them.

    `differ`: how far the speeds of these days differ.
    """

    days: tuple[DayTaught, ...]
    offsets: Offsets
    worked: frozenset[str]
    differ: float


@dataclass(frozen=True)
class OfficeKnowledge:
    """What is known now, of today's visits too."""

    knowledge: Knowledge
    offsets: Offsets
    worked: frozenset[str]


def lessons_of(connection: Connection, office: OfficeRow, day: str) -> Lessons:
    """What the days before this one have taught."""
    days = tuple(DayTaught.from_dict(told) for _, told in estimates.lessons(connection, office.id, day, LESSONS))
    kept = estimates.came_true(connection, office.id, later(day, -LEARNED_DAYS), later(day, -1))
    names = calling_counters(connection, office.id)
    return Lessons(
        days,
        learn_offsets([found for one in judged(connection, office, kept) if (found := as_kept(one)) is not None]),
        frozenset(names[place] for place in days[0].worked if place < len(names)) if days else frozenset(),
        learn(
            days, [one.id for one in places.services(connection, office.id)], None, office.simulated_pace or 1.0
        ).differ,
    )


def know(connection: Connection, office: OfficeRow, day: str, lessons: Lessons, now_ms: int) -> OfficeKnowledge:
    """What is known on this day: these lessons, how long its own visits took, and how slow they make it look."""
    services = [one.id for one in places.services(connection, office.id)]
    pace = office.simulated_pace or 1.0
    minute = (now_ms - bounds(day, office.timezone)[0]) / 60_000
    lived = lived_day(connection, office, day)
    begun = taught_by(lived.called_before(minute - SURELY_OVER_MIN / pace))
    knowledge = learn(lessons.days, services, begun, pace, lessons.differ)
    return OfficeKnowledge(knowledge.on(watched(lived, minute)), lessons.offsets, lessons.worked)


def calling_counters(connection: Connection, office: str) -> list[str]:
    """The counters that call for anything, in their order: their places are those of lived days."""
    skills = places.skills(connection, office)
    return [one.id for one in places.counters(connection, office) if one.id in skills]


def judged(connection: Connection, office: OfficeRow, promises: list[CameTrue]) -> list[CameTrue]:
    """Those that are judged: of people without priority or an appointment who waited for more than a minute."""
    policy = policy_of(connection, office.id)
    return [
        one
        for one in promises
        if one.due_ms is None
        and one.wait_ms is not None
        and one.wait_ms > WORTH_JUDGING_MIN * 60_000
        and policy.place(one.priority, one.senior, one.day) is None
    ]


def as_kept(one: CameTrue) -> Kept | None:
    """A promise as corrections are learned from."""
    low, middle, high = (seconds / 60 for seconds in one.promise.played_s)
    return None if one.wait_ms is None else Kept(one.day, Spread(low, middle, high), one.wait_ms / 60_000)
