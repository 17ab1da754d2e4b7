"""An office of sixty counters in the middle of a morning, with a year of days behind it; and a province's devices.

Today is a made day (fleet/flows/made_day.py) that took the way of events until ten o'clock: received, linked, its waits
estimated. The days before are copies of a whole made day in the database, so that a year takes a minute; they have all
that the linker makes, but no events.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import TextClause

from fleet.clock import now_ms
from fleet.domain.day import bounds
from fleet.domain.recording import Came, Recording
from fleet.domain.rights import Role
from fleet.flows import sign_in
from fleet.flows.estimate import Estimator
from fleet.flows.link import link_marked
from fleet.flows.made_day import TIMEZONE, made_day
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.replay import batches, decided, set_up
from fleet.store import devices, people, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, one, run, sql
from protocols import events
from tests.bench.figures import progress
from tests.fleet.office import Speaker

DAY = "2026-11-09"
VISITS, COUNTERS = 1_588, 60
# Of a whole day; so many visits keep so many counters busy.
TEN_HOURS_MS = 10 * 3_600_000
DAY_MS = 86_400_000
COPIED = ("visits", "visit_dossiers", "tickets", "turns", "ratings", "counter_days", "unlinked", "wait_hours")
# A day as it was linked, and the sums of its waits.
NO_MOMENT = "wait_ms"
OVERNIGHT = 10
# Boots: numbers of events begin anew with each.
AT_ONCE = 500
# Batches, in one transaction.
OFFICES, AT_EACH = 50, 8
# Of the other devices of the province.
LASTS_MS = 400 * DAY_MS
PEOPLE = {"root": None, "supervisor": Role.SUPERVISOR, "clerk": Role.CLERK, "display": Role.DISPLAY}


@dataclass
class LargeOffice:
    """The office in its store; `now_ms` is ten o'clock, `sessions` the cookies of those who look at its pages."""

    store: Store
    id: str
    now_ms: int
    counters: list[str]
    sessions: dict[str, str]
    numbers: int = 5_000

    def __post_init__(self) -> None:
        self.printer = Speaker("tp-1", boot=99)

    def takes_a_number(self, at_ms: int) -> None:
        """Somebody comes: the event is received and linked; when this returns, both are committed."""
        self.numbers += 1
        seq = self.printer.does(
            events.TicketTaken(up=at_ms - self.now_ms, at=at_ms, service="ho-tich", number=self.numbers, lease="l")
        )
        receive(self.store, [Arrival(self.printer.topic, self.printer.batch(seq, oldest=0))], at_ms)
        link_marked(self.store, at_ms)


def fill(store: Store, days: int, visits: int = VISITS, province: int = OFFICES) -> LargeOffice:
    """The office with so many days behind it, and the devices of a province beside it."""
    progress("pages: a morning at sixty counters")
    day = made_day(visits, 1, DAY)
    at_ms = bounds(DAY, TIMEZONE)[0] + TEN_HOURS_MS
    morning = replace(
        day,
        boots=tuple(replace(one, boot=one.boot + OVERNIGHT) for one in day.boots),
        turns=tuple(one for one in day.turns if one.assigned_ms <= at_ms),
        events=tuple(booted(one) for one in day.events if one.ms <= at_ms),
    )
    before = str(working_day_before(date.fromisoformat(DAY)))
    lived(store, made_day(visits, 2, before), bounds(before, TIMEZONE)[1])
    copy_days(store, day.office, before, days - 1)
    lived(store, morning, at_ms)
    Estimator(store).estimate_due(at_ms)
    devices_of(store, province, at_ms)
    if store.is_postgresql:
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return LargeOffice(
        store, day.office, at_ms, [one for one, _, _ in day.counters], sessions_of(store, day.office, at_ms)
    )


def booted(came: Came) -> Came:
    """The same event of a device that was switched off and on since the day before."""
    event = dict(came.event)
    if event.get("armed") is not None:
        device, epoch, boot, seq = event["armed"].split("/")
        event["armed"] = f"{device}/{epoch}/{int(boot) + OVERNIGHT}/{seq}"
    return replace(came, boot=came.boot + OVERNIGHT, event=event)


def lived(store: Store, recording: Recording, at_ms: int) -> None:
    """All that happened is there, and linked."""
    set_up(store, recording)
    arrivals = list(batches(list(recording.events)))
    for first in range(0, len(arrivals), AT_ONCE):
        receive(store, arrivals[first : first + AT_ONCE], at_ms)
    decided(store, recording, list(recording.turns)[::-1], None)
    link_marked(store, at_ms)


def copy_days(store: Store, office: str, day: str, days: int) -> None:
    """So many working days before this one that were just as it was."""
    with store.reading() as connection:
        columns = {table: names_of(store, table) for table in COPIED}
    earlier = date.fromisoformat(day)
    for n in range(days):
        earlier = working_day_before(earlier)
        progress(f"pages: day {n + 1} of {days}")
        with store.writing() as connection:
            for table, names in columns.items():
                back_ms = (date.fromisoformat(day) - earlier).days * DAY_MS
                run(connection, copy_of(table, names), office=office, day=day, earlier=str(earlier), ms=back_ms)


def working_day_before(day: date) -> date:
    """Not Saturday nor Sunday."""
    return day - timedelta(days=1 if day.weekday() else 3)


def names_of(store: Store, table: str) -> list[str]:
    """The columns of a table."""
    with store.reading() as connection:
        return list(connection.execute(sql(f"SELECT * FROM {table} LIMIT 0")).keys())  # noqa: S608


def copy_of(table: str, names: Iterable[str]) -> TextClause:
    """The statement that copies a day's rows of a table to an earlier day; moments go back with it."""

    def value(name: str) -> str:
        moves = name.endswith("_ms") and name != NO_MOMENT
        return ":earlier" if name == "day" else f"{name} - :ms" if moves else name

    into, of = ", ".join(names), ", ".join(map(value, names))
    return sql(f"INSERT INTO {table} ({into}) SELECT {of} FROM {table} WHERE office = :office AND day = :day")  # noqa: S608


def devices_of(store: Store, offices: int, at_ms: int) -> None:
    """Devices at other offices, and what each of all devices told of its health."""
    with store.writing() as connection:
        for n in range(offices):
            office = f"xa-{n:03d}"
            places.save_office(connection, OfficeRow(office, f"Xã số {n}", "1022"), 0)
            for device in range(AT_EACH):
                devices.add_device(connection, f"{office}-{device}", ("keypad",), "", at_ms)
                devices.assign(connection, f"{office}-{device}", office, None, at_ms - DAY_MS)
        health = json.dumps({"outbox": 0, "heap_free": 60_000, "paper": "ok"})
        for n, row in enumerate(devices.devices(connection)):
            devices.saw_presence(connection, row.id, "lost" if n % 50 == 0 else "online", at_ms)
            devices.saw_health(connection, row.id, health, at_ms)


def sessions_of(store: Store, office: str, at_ms: int) -> dict[str, str]:
    """Somebody of each role who has signed in by then, and the token of their session."""
    tokens = {}
    for name, role in PEOPLE.items():
        sign_in.add_person(
            store, name, "mot-hai-ba-bon", role or Role.ADMINISTRATOR, now_ms(), office=office if role else None
        )
        tokens[name] = f"{name}-of-the-bench"
        with store.writing() as connection:
            person = one(connection, sql("SELECT id FROM users WHERE name = :name"), name=name).id
            people.add_session(
                connection, sign_in.token_hash(tokens[name]), person, "csrf", at_ms, max(at_ms, now_ms()) + LASTS_MS
            )
    return tokens


def count_days(store: Store, office: str) -> tuple[int, int]:
    """How many days of this office have visits, and how many visits."""
    statement = sql("SELECT day, COUNT(*) AS n FROM visits WHERE office = :office GROUP BY day")
    with store.reading() as connection:
        found = every(connection, statement, office=office)
    return len(found), sum(row.n for row in found)
