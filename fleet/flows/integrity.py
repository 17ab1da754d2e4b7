"""Whether ratings can be trusted: what a supervisor sees of presses, and which buttons a technician shall look at."""

from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.domain.day import bounds, day_of, later
from fleet.domain.dead_buttons import Leveled, dead_buttons
from fleet.domain.integrity_now import (
    ButtonNote,
    ButtonsNow,
    DevicePresses,
    ExclusionNow,
    FlagNow,
    IntegrityNow,
    cells,
)
from fleet.domain.peers import flags
from fleet.domain.satisfaction import CELL
from fleet.store import devices, exclusions, places, press_tallies
from fleet.store.database import Store
from fleet.store.places import OfficeRow

DAYS = 28
# Four weeks: each day of the week as often as the others, and enough presses of a small office to say something.
FAULTS_SHOWN = 20


class UnknownOffice(LookupError):
    """There is no office of this id."""


def integrity_now(store: Store, office_id: str, now_ms: int) -> IntegrityNow:
    """What a supervisor sees of an office's presses. Raises UnknownOffice."""
    with store.reading() as connection:
        office = known(connection, office_id)
        today = day_of(now_ms, office.timezone)
        first, last = later(today, -DAYS), later(today, -1)
        counters = {counter.id: counter.name for counter in places.counters(connection, office_id)}
        people = press_tallies.people(connection)
        by_counter, by_clerk = press_tallies.tallies(connection, office_id, first, last)
        reasons = press_tallies.reasons(connection, office_id, first, last)
        pressed, orphans = press_tallies.presses(connection, office_id, first, last)
        found = [
            *(FlagNow(counters.get(flag.who, flag.who), False, flag) for flag in flags(by_counter)),
            *(FlagNow(people.get(flag.who, flag.who), True, flag) for flag in flags(by_clerk)),
        ]
        return IntegrityNow(
            office=office.id,
            name=office.name,
            timezone=office.timezone,
            first=first,
            last=last,
            served=sum(one.finished for one in by_counter),
            rated=sum(one.rated for one in by_counter),
            counted=reasons.get("", 0) // CELL * CELL,
            not_counted=cells(reasons),
            exclusions=tuple(
                ExclusionNow(
                    id=row.id,
                    day=row.day,
                    code=row.code,
                    device=row.device,
                    counter=counters.get(row.counter or "", row.counter or ""),
                    from_ms=row.from_ms,
                    to_ms=row.to_ms,
                    presses=row.presses,
                    usual_per_hour=row.usual_per_minute * 60,
                    decision=row.decision,
                    why=row.why,
                    by=row.decided_by,
                )
                for row in exclusions.of_days(connection, office_id, first, today)
            ),
            flags=tuple(sorted(found, key=lambda one: (one.flag.chance, one.who))),
            devices=of_devices(connection, pressed, orphans, counters, now_ms),
        )


def buttons_now(store: Store, now_ms: int) -> list[ButtonsNow]:
    """The buttons of every office, for a technician."""
    with store.reading() as connection:
        return [buttons_of(connection, office, now_ms) for office in places.offices(connection)]


def buttons_of(connection: Connection, office: OfficeRow, now_ms: int) -> ButtonsNow:
    """The buttons of an office that seem dead, by the fleet's count; and what devices say of theirs themselves."""
    today = day_of(now_ms, office.timezone)
    first, last = later(today, -DAYS), later(today, -1)
    counters = {counter.id: counter.name for counter in places.counters(connection, office.id)}
    pressed, orphans = press_tallies.presses(connection, office.id, first, last)
    faults = press_tallies.key_faults(connection, office.id, bounds(first, office.timezone)[0])[:FAULTS_SHOWN]
    seem_dead = dead_buttons(pressed)
    told = {one.device for one in seem_dead} | {one.device for one in faults}
    where = {device: place_of(connection, device, counters, now_ms) for device in told}
    notes = [
        *(ButtonNote(one.device, where[one.device], one.score, one.scale, one.n, one.expected) for one in seem_dead),
        *(
            ButtonNote(
                one.device,
                where[one.device],
                key=one.part.removeprefix("key "),
                told=one.reason,
                told_ms=one.happened_ms,
            )
            for one in faults
        ),
    ]
    return ButtonsNow(
        office.id,
        office.name,
        office.timezone,
        tuple(notes),
        of_devices(connection, pressed, orphans, counters, now_ms),
    )


def of_devices(
    connection: Connection, pressed: Sequence[Leveled], orphans: dict[str, int], counters: dict[str, str], now_ms: int
) -> tuple[DevicePresses, ...]:
    """How many presses each device had and how many of them find no visit; those with the most first."""
    n: dict[str, int] = {}
    for one in pressed:
        n[one.device] = n.get(one.device, 0) + 1
    found = [
        DevicePresses(
            device,
            place_of(connection, device, counters, now_ms),
            n[device],
            None if 0 < orphans[device] < CELL else orphans[device],
        )
        for device in sorted(n, key=lambda device: (-orphans[device] / n[device], device))
        if n[device] >= CELL
    ]
    return tuple(found)


def place_of(connection: Connection, device: str, counters: dict[str, str], now_ms: int) -> str:
    """The name of the counter where a device stands; empty if at none."""
    place = devices.place_now(connection, device, now_ms)
    return "" if place is None or place.counter is None else counters.get(place.counter, place.counter)


def known(connection: Connection, office_id: str) -> OfficeRow:
    """The office. Raises UnknownOffice."""
    office = places.office(connection, office_id)
    if office is None:
        raise UnknownOffice(office_id)
    return office
