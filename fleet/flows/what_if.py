"""A supervisor asks what would be if an office opened its counters otherwise; it is tried on the office's own days."""

from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.day_changes import (
    ALL_DAY,
    Change,
    ClosedService,
    FewerCounters,
    LunchInTurns,
    MoreCounters,
    OtherServices,
)
from fleet.domain.what_if import WhatIf, what_if
from fleet.domain.what_if_sentences import clock_of
from fleet.flows.calendars import calendar_of
from fleet.flows.office_knowledge import calling_counters
from fleet.flows.past_days import Memory
from fleet.store import places
from fleet.store.places import OfficeRow

COUNTERS_AT_MOST = 20
DAY_MIN = 24 * 60


class BadQuestion(ValueError):
    """What cannot be tried. `code` is one of `no_days`, `nobody_waited`, `service`, `counter`, `span`, `count`,
    `services_of_counter`, `goal`, `closed`; the text says what was found and what was expected.
    """

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True)
class Question:
    """What would be otherwise. `more` counters from `begins_min` to `ends_min` (fewer where it is negative) that call
    for `services` (none: for all); where `counter` is named it is the one that is closed, or that calls for others.

    Without a stretch it is the whole day.
    """

    more: int = 0
    begins_min: int | None = None
    ends_min: int | None = None
    services: tuple[str, ...] = ()
    counter: str | None = None
    lunch_in_turns: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What would have been on these days, the newest first; they are of the weekday that was asked for if `alike`."""

    planned: date
    days: tuple[str, ...]
    alike: bool
    found: WhatIf


def ask(memory: Memory, office: OfficeRow, question: Question, planned: date | None, now_ms: int) -> Answer:
    """Try it on days like the planned one (none: the next working day). Raises BadQuestion and Busy."""
    with memory.trying(), memory.store.reading() as connection:
        changes = changes_of(connection, office, question)
        day = planned or next_working_day(connection, office, now_ms)
        past = memory.of(connection, office, day, now_ms)
        if not past.days:
            raise BadQuestion("no_days", f"expected a day before {day} on which people came to {office.id}, found none")
        targets = {one.id: one.target_wait_s / 60 for one in places.services(connection, office.id)}
        chance = np.random.default_rng(crc32(f"{office.id}/{day}".encode()))
        found = what_if([one.seen for one in past.days], changes, targets, chance)
    if found is None:
        raise BadQuestion("nobody_waited", f"on {len(past.days)} days fewer than five people waited at {office.id}")
    return Answer(day, tuple(one.day for one in past.days), past.alike, found)


def changes_of(connection: Connection, office: OfficeRow, question: Question) -> tuple[Change, ...]:
    """What a question changes. Raises BadQuestion."""
    known = [one.id for one in places.services(connection, office.id)]
    for service in (*question.services, *question.without):
        if service not in known:
            raise BadQuestion("service", f"service: expected one of {', '.join(known)}, found {service!r}")
    if not -COUNTERS_AT_MOST <= question.more <= COUNTERS_AT_MOST:
        raise BadQuestion("count", f"counters: expected at most {COUNTERS_AT_MOST}, found {abs(question.more)}")
    span = span_of(question)
    place = place_of(connection, office, question)
    changes: list[Change] = []
    if question.more > 0:
        changes.append(MoreCounters(question.more, span, question.services))
    elif question.more < 0:
        changes.append(FewerCounters(-question.more, span or ALL_DAY, place))
    elif place is not None:
        if not question.services:
            raise BadQuestion(
                "services_of_counter", f"services: expected what {question.counter} calls for, found none"
            )
        changes.append(OtherServices(place, question.services))
    if question.lunch_in_turns:
        changes.append(LunchInTurns())
    return (*changes, *(ClosedService(one, span or ALL_DAY) for one in question.without))


def span_of(question: Question) -> tuple[float, float] | None:
    """From when to when. Raises BadQuestion."""
    if question.begins_min is None and question.ends_min is None:
        return None
    begins, ends = question.begins_min or 0, DAY_MIN if question.ends_min is None else question.ends_min
    if not 0 <= begins < ends <= DAY_MIN:
        raise BadQuestion(
            "span", f"times: expected an end after the beginning, found {clock_of(begins)} to {clock_of(ends)}"
        )
    return float(begins), float(ends)


def place_of(connection: Connection, office: OfficeRow, question: Question) -> int | None:
    """Which counter is named. Raises BadQuestion."""
    if question.counter is None or question.more > 0:
        return None
    names = calling_counters(connection, office.id)
    if question.counter not in names:
        raise BadQuestion("counter", f"counter: expected one of {', '.join(names)}, found {question.counter!r}")
    return names.index(question.counter)


def next_working_day(connection: Connection, office: OfficeRow, now_ms: int) -> date:
    """The day for which plans are made where none is named."""
    calendar = calendar_of(connection, office.id, office.timezone)
    today = date.fromisoformat(day_of(now_ms, office.timezone))
    return next(iter(calendar.next_working_days(today, 1)), today)
