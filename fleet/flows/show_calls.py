"""Call displays are told who is called: at once when it happens, and what is open when they say hello.

A display in the lobby is told of every counter of its office, one that stands at a counter of that counter alone. What
it is told names a number and a counter, and nobody.
"""

import re

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.flows.received import Called
from fleet.store import devices, places, visits
from fleet.store.database import Store
from fleet.store.devices import Place
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.calls import Call
from protocols.state import State
from protocols.ticket_code import ticket_label

SPOKEN_MS = 60_000
# Who was called a minute ago has come, or will be called again.
SHOWN_MS = 600_000
NUMBER_AT_END = re.compile(r"(\d{1,3})\s*$")
COUNTER_LETTERS = 20


@again_after_conflict
def show(store: Store, called: Called, now_ms: int) -> list[tuple[str, State]]:
    """The displays that show this call, each with the state that says so; none if it happened long ago."""
    told: list[tuple[str, State]] = []
    if now_ms - called.happened_ms > SHOWN_MS:
        return told
    with store.writing(alone=False) as connection:
        names = {one.id: one.name for one in places.counters(connection, called.office)}
        prefixes = {one.id: one.prefix for one in places.services(connection, called.office)}
        call = Call(
            id=called.event,
            label=ticket_label(prefixes.get(called.service, ""), called.number),
            counter=short(names.get(called.counter, called.counter)),
            expires=called.happened_ms + SPOKEN_MS,
            again=called.again,
        )
        places_here = devices.at_office(connection, called.office, now_ms)
        here = [place.device for place in places_here if place.counter in (None, called.counter)]
        rows = devices.of_ids(connection, here)
        for one in here:
            if "display" in rows[one].roles:
                version = devices.next_state_version(connection, one)
                told.append((one, State(version=version, now=now_ms, calls=[call.to_dict()])))
    return told


def open_calls(
    connection: Connection, place: Place, office: OfficeRow, now_ms: int
) -> list[dict[str, str | int | bool]]:
    """The calls whose residents are being served now, the oldest first, for a display that stands there."""
    names = {one.id: one.name for one in places.counters(connection, office.id)}
    prefixes = {one.id: one.prefix for one in places.services(connection, office.id)}
    found = visits.open_calls(connection, office.id, day_of(now_ms, office.timezone))
    return [
        Call(
            id=event,
            label=ticket_label(prefixes.get(service, ""), number),
            counter=short(names.get(counter, counter)),
            expires=called_ms + SPOKEN_MS,
        ).to_dict()
        for event, counter, service, number, called_ms in found
        if place.counter in (None, counter)
    ]


def short(name: str) -> str:
    """A counter as a display says it: by its number, if its name ends with one."""
    number = NUMBER_AT_END.search(name)
    return str(int(number[1])) if number else name[:COUNTER_LETTERS]
