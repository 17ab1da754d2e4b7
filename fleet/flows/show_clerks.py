"""Keypads are told who is signed in at their counter: a clerk's number, never a name."""

from collections.abc import Mapping

from sqlalchemy import Connection

from fleet.domain.clerk_sessions import clerk_label
from fleet.domain.day import bounds, day_of
from fleet.store import devices, places, visits
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.state import Show, State

SIGN_IN_FIRST = "THE"
# What seven segments can write of "thẻ": a badge must be scanned before anybody is called.


@again_after_conflict
def tell_keypads(
    store: Store, office_id: str, before: Mapping[str, int] | None, clerks: Mapping[str, int], now_ms: int
) -> list[tuple[str, State]]:
    """The keypads of counters where another clerk is signed in than before, each with the state that says who.

    `before` None: nobody knows what they were told.
    """
    told: list[tuple[str, State]] = []
    with store.writing(alone=False) as connection:
        office = places.office(connection, office_id)
        if office is None:
            return told
        for place in devices.at_office(connection, office_id, now_ms):
            if place.counter is None or (before is not None and before.get(place.counter) == clerks.get(place.counter)):
                continue
            row = devices.device(connection, place.device)
            if row is not None and "keypad" in row.roles:
                version = devices.next_state_version(connection, place.device)
                show = shown(office, clerks.get(place.counter), now_ms)
                told.append((place.device, State(version=version, now=now_ms, show=show)))
    return told


def show_clerk(connection: Connection, office: OfficeRow, counter: str, now_ms: int) -> Show:
    """What a keypad that just said hello shows of who is signed in."""
    return shown(office, signed_in(connection, office, now_ms).get(counter), now_ms)


def may_call(connection: Connection, office: OfficeRow, counter: str, now_ms: int) -> bool:
    """Whether this counter may call somebody: an office may demand that a clerk signs in before."""
    return not office.sign_in_required or counter in signed_in(connection, office, now_ms)


def signed_in(connection: Connection, office: OfficeRow, now_ms: int) -> dict[str, int]:
    """The numbers of the clerks who are signed in today, by counter."""
    return visits.signed_in(connection, office.id, day_of(now_ms, office.timezone))


def shown(office: OfficeRow, number: int | None, now_ms: int) -> Show:
    """The clerk's number until the day is over, or nobody."""
    _, until_ms = bounds(day_of(now_ms, office.timezone), office.timezone)
    return Show(label="" if number is None else clerk_label(number), expires=until_ms)
