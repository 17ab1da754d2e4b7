"""How many counters an office needs on a day, half hour by half hour, against who is planned now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import thread_time
from zlib import crc32

import numpy as np
from sqlalchemy import Connection

from fleet.domain.counter_plan import sessions_of
from fleet.domain.day import bounds
from fleet.domain.day_forecast import Forecast, forecast, make_guests
from fleet.domain.lived_days import LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import ServiceTimes
from fleet.domain.staffing import Staffing, suggest
from fleet.domain.staffing_trial import Trial, opening_order
from fleet.flows.calendars import calendar_of
from fleet.flows.office_knowledge import calling_counters
from fleet.flows.past_days import Memory, PastDays
from fleet.flows.what_if import BadQuestion, next_working_day
from fleet.store import places
from fleet.store.places import OfficeRow

GOAL = 0.9
# Nine of ten, as the range that people are told has it.
LEAST_GOAL, MOST_GOAL = 0.5, 0.99
SERVED = (4_000, 16_000, 16_000)
# So many people on all made days together, on which plans are looked for roughly, well, and told of.
DAYS = (6, 80)
TIME_S = 6.0
# Of the processor's time; a search that takes longer stops where it is, and says so.


@dataclass(frozen=True)
class Suggested:
    """What is suggested for a day on which so many people are expected, from so many days, some of its weekday.

    `order`: the counters in the order in which they open; `planned`: those that are planned now.
    """

    day: date
    days: int
    alike: int
    expected: float
    found: Staffing
    order: tuple[str, ...]
    planned: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What a suggestion rests on. `targets_min` is by service; `counters` are the names of those that call."""

    past: PastDays
    sessions: tuple[tuple[float, float], ...]
    targets_min: Mapping[str, float]
    counters: tuple[str, ...]


def suggest_staffing(
    memory: Memory,
    office: OfficeRow,
    day: date | None,
    now_ms: int,
    goal: float = GOAL,
    clock_s: Callable[[], float] = thread_time,
) -> Suggested:
    """For this day (none: the next working day). Raises BadQuestion and Busy."""
    if not LEAST_GOAL <= goal <= MOST_GOAL:
        raise BadQuestion("goal", f"share: expected {LEAST_GOAL:g} to {MOST_GOAL:g}, found {goal:g}")
    with memory.trying():
        with memory.store.reading() as connection:
            wanted = day or next_working_day(connection, office, now_ms)
            facts = facts_of(connection, memory, office, wanted, now_ms)
        kept = memory.suggested.get((office.id, wanted, goal))
        if kept is None or kept[0] != facts:
            kept = facts, suggested(facts, office.id, wanted, goal, clock_s)
            memory.suggested.keep((office.id, wanted, goal), kept)
        return kept[1]


def suggested(facts: Facts, office: str, day: date, goal: float, clock_s: Callable[[], float]) -> Suggested:
    """What these facts suggest. Raises BadQuestion."""
    past, seed = facts.past, crc32(f"{office}/{day}".encode())
    known = {one.day: (date.fromisoformat(one.day).weekday(), one.seen[0].guests) for one in (*past.days, *past.last)}
    expected = forecast(list(known.values()), day.weekday(), tuple(facts.targets_min))
    if expected.total < 1:
        raise BadQuestion("nobody_waited", f"on {len(known)} days fewer than one person a day came to {office}")
    last = past.last[0].seen[0]
    order = opening_order(last.counters, work_of(expected, past.times))
    few, many, check = (
        Trial(
            [
                replace(last, guests=make_guests(expected, past.times, chance))
                for _ in range(int(np.clip(people / expected.total, *DAYS)))
            ],
            *(facts.sessions, facts.targets_min, order),
        )
        for people, chance in ((people, np.random.default_rng((seed, n))) for n, people in enumerate(SERVED))
    )
    there = planned_now(last.counters, facts.sessions)
    until_s = clock_s() + TIME_S
    return Suggested(
        day=day,
        days=len(known),
        alike=sum(weekday == day.weekday() for weekday, _ in known.values()),
        expected=expected.total,
        found=suggest(few, many, check, there, goal, lambda: clock_s() < until_s),
        order=tuple(facts.counters[place] for place in order),
        planned=tuple(name for name, one in zip(facts.counters, there, strict=True) if one.open_min),
    )


def facts_of(connection: Connection, memory: Memory, office: OfficeRow, day: date, now_ms: int) -> Facts:
    """What is known. Raises BadQuestion."""
    sessions = sessions_on(connection, office, day)
    past = memory.of(connection, office, day, now_ms)
    if not past.last:
        raise BadQuestion("no_days", f"expected a day before {day} on which people came to {office.id}, found none")
    names = {one.id: one.name for one in places.counters(connection, office.id)}
    return Facts(
        past,
        sessions,
        {one.id: one.target_wait_s / 60 for one in places.services(connection, office.id)},
        tuple(names[one] for one in calling_counters(connection, office.id)),
    )


def sessions_on(connection: Connection, office: OfficeRow, day: date) -> tuple[tuple[float, float], ...]:
    """The sessions of the day. Raises BadQuestion where it has none."""
    start_ms, _ = bounds(day.isoformat(), office.timezone)
    found = sessions_of(list(calendar_of(connection, office.id, office.timezone).spans(day)), start_ms)
    if not found:
        raise BadQuestion("closed", f"date: expected a day on which {office.id} is open, found {day}")
    return found


def work_of(expected: Forecast, times: ServiceTimes) -> dict[str, float]:
    """How many minutes the people of each service need together."""
    people = expected.people.sum(axis=0)
    return {one: float(people[n] * times.means[times.row(one)]) for n, one in enumerate(expected.services)}


def planned_now(counters: Sequence[LivedCounter], sessions: tuple[tuple[float, float], ...]) -> list[LivedCounter]:
    """Who is planned as far as anybody knows: the counters that called somebody on the last day, in all sessions."""
    whole = (*sessions[:-1], (sessions[-1][0], FOREVER_MIN))
    return [replace(one, open_min=whole if one.open_min else ()) for one in counters]
