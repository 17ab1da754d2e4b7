"""Counters are set up by people: added, named, ordered, given their services, closed for good and opened again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.day import day_of
from fleet.domain.place_rules import (
    COUNTERS_AT_MOST,
    PLACE_NAME,
    BadPlace,
    wrong_with_id,
    wrong_with_name,
    wrong_with_skills,
)
from fleet.domain.seen import refuse_changed
from fleet.domain.unfit import Expected, refuse
from fleet.flows.equip import office_of
from fleet.flows.place import tell_devices
from fleet.flows.tree_names import name_unit
from fleet.store import devices, ledger, past_rules, places, units, visits
from fleet.store.database import Store
from fleet.store.places import CounterRow

WORKING = ("free", "serving")


@dataclass(frozen=True)
class CounterSet:
    """A counter as it is set up: for which services it calls, with which it helps, and which devices stand there."""

    id: str
    name: str
    calls: tuple[str, ...]
    helps: tuple[str, ...]
    devices: tuple[str, ...]
    is_closed: bool

    def seen(self) -> dict[str, object]:
        """What a form about it shows."""
        return {"name": self.name, "calls": self.calls, "helps": self.helps}


def counters_set(store: Store, office: str, now_ms: int) -> list[CounterSet]:
    """The counters of an office in their order, those that were closed last."""
    with store.reading() as connection:
        return all_set(connection, office, now_ms)


def all_set(connection: Connection, office: str, now_ms: int) -> list[CounterSet]:
    skills, standing = places.skills(connection, office), devices.at_office(connection, office, now_ms)
    order = [one.id for one in places.services(connection, office)]
    found = []
    for row in places.counters(connection, office):
        its = sorted(skills.get(row.id, {}).items(), key=lambda skill: order.index(skill[0]))
        calls, helps = (tuple(service for service, helping in its if helping is only) for only in (False, True))
        there = tuple(sorted(one.device for one in standing if one.counter == row.id))
        found.append(CounterSet(row.id, row.name, calls, helps, there, row.closed_ms is not None))
    return sorted(found, key=lambda one: one.is_closed)


def add_counter(
    store: Store, office: str, counter: str, name: str, calls: Sequence[str], helps: Sequence[str], now_ms: int
) -> None:
    """A new counter behind the others. Raises BadPlace, or EquipError where there is no such office."""
    with store.writing() as connection:
        office_of(connection, office)
        before = places.counters(connection, office)
        problems = [*wrong_with_id("counter", counter), *wrong(connection, office, name, calls, helps)]
        if counter in units.places_known(connection) | units.written(connection):
            text = f"counter: expected an id of its own, found {counter!r}, which a unit has"
            problems.insert(0, BadPlace(text, "id", Expected.ONCE, found=counter))
        if len([one for one in before if one.closed_ms is None]) >= COUNTERS_AT_MOST:
            problems.append(BadPlace(f"counters: expected at most {COUNTERS_AT_MOST}, found more", "id"))
        refuse(problems)
        with past_rules.changing(connection, office, now_ms):
            places.keep_counter(connection, CounterRow(counter, office, name, len(before)))
            places.set_skills(connection, counter, skills_of(calls, helps))
        said = {"name": name, "calls": list(calls), "helps": list(helps)}
        ledger.note(connection, What.COUNTER_ADD, counter, office, became=said)


def change_counter(
    store: Store, counter: str, name: str, calls: Sequence[str], helps: Sequence[str], now_ms: int, seen: str | None
) -> None:
    """A counter is called so and calls for these services. Raises BadPlace or ChangedMeanwhile."""
    with store.writing() as connection:
        row = known(connection, counter)
        before = next(one for one in all_set(connection, row.office, now_ms) if one.id == counter)
        refuse_changed(seen, before.seen())
        refuse(wrong(connection, row.office, name, calls, helps))
        with past_rules.changing(connection, row.office, now_ms):
            places.keep_counter(connection, CounterRow(counter, row.office, name, row.position))
            places.set_skills(connection, counter, skills_of(calls, helps))
        name_unit(connection, counter, name, now_ms)
        tell_devices(connection, row.office, now_ms)
        now = {"name": name, "calls": list(calls), "helps": list(helps)}
        then = {"name": before.name, "calls": list(before.calls), "helps": list(before.helps)}
        ledger.note(connection, What.COUNTER_CHANGE, counter, row.office, *what_changed(then, now))


def move_counter(store: Store, counter: str, by: int) -> None:
    """A counter stands so many places further back (or forward) among those that are open. Raises BadPlace."""
    with store.writing() as connection:
        row = known(connection, counter)
        ids = [one.id for one in places.open_counters(connection, row.office)]
        closed = [one.id for one in places.counters(connection, row.office) if one.closed_ms is not None]
        if counter in ids:
            place = max(0, min(len(ids) - 1, ids.index(counter) + by))
            ids.remove(counter)
            ids.insert(place, counter)
        places.order_counters(connection, [*ids, *closed])
        ledger.note(connection, What.COUNTER_MOVE, counter, row.office, became={"order": ids})


def close_counter(store: Store, counter: str, now_ms: int) -> None:
    """Nobody works at this counter any more; its past stays. Raises BadPlace while a device or a clerk is there."""
    with store.writing() as connection:
        row = known(connection, counter)
        office = office_of(connection, row.office)
        standing = sorted(
            one.device for one in devices.at_office(connection, row.office, now_ms) if one.counter == counter
        )
        if standing:
            text = f"counter: expected one without devices, found {', '.join(standing)}; move them first"
            raise BadPlace(text, "", Expected.NO_DEVICES, found=", ".join(standing))
        state = visits.counter_days(connection, row.office, day_of(now_ms, office.timezone)).get(counter)
        if state is not None and state.state in WORKING:
            raise BadPlace("counter: expected one that does not work now, found it at work", "", Expected.NOT_WORKING)
        with past_rules.changing(connection, row.office, now_ms):
            places.set_skills(connection, counter, {})
            places.close_counter(connection, counter, now_ms)
        ledger.note(connection, What.COUNTER_CLOSE, counter, row.office)


def open_counter(store: Store, counter: str) -> None:
    """Somebody may work at this counter again, once it is said for what it calls. Raises BadPlace."""
    with store.writing() as connection:
        row = known(connection, counter)
        places.close_counter(connection, counter, None)
        ledger.note(connection, What.COUNTER_OPEN, counter, row.office)


def office_of_counter(store: Store, counter: str) -> str:
    """The office of a counter. Raises BadPlace."""
    with store.reading() as connection:
        return known(connection, counter).office


def known(connection: Connection, counter: str) -> CounterRow:
    """The counter of this id. Raises BadPlace."""
    row = places.counter(connection, counter)
    if row is None:
        raise BadPlace(f"counter: expected the id of a counter, found {counter[:40]!r}")
    return row


def wrong(connection: Connection, office: str, name: str, calls: Sequence[str], helps: Sequence[str]) -> list[BadPlace]:
    services = [one.id for one in places.services(connection, office)]
    return [
        *wrong_with_name("counter", name, PLACE_NAME),
        *wrong_with_skills(list(calls), list(helps), services),
    ]


def skills_of(calls: Sequence[str], helps: Sequence[str]) -> dict[str, bool]:
    """By service whether a counter only helps with it."""
    return {**dict.fromkeys(calls, False), **dict.fromkeys(helps, True)}
