"""A dossier is forgotten, or told of: everything that is known under its code.

Visits stay, for statistics, and lose the code. A provincial file that still has the dossier brings it back; so it is
taken out there first.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What, mark_of_dossier
from fleet.domain.day import day_of
from fleet.domain.forgetting import without_code
from fleet.store import devices, dossiers, forgetting, ledger, places, windows
from fleet.store.database import Store
from fleet.store.dossiers import VisitOfDossier
from fleet.store.forgetting import EVER, CodedEvent

AT_ONCE = 500


@dataclass(frozen=True)
class Erased:
    """What forgot the code: the mirror of the dossier, visits, bookings, events, and what else quoted it."""

    dossiers: int = 0
    visits: int = 0
    bookings: int = 0
    events: int = 0
    quoted: int = 0

    @property
    def anything(self) -> bool:
        """Whether the code was known at all."""
        return self != Erased()


def erase_dossier(store: Store, code: str) -> Erased:
    """Forget everything under this dossier's code; doing it again finds nothing."""
    found = events_with(store, code)
    done = Erased(events=len(found))
    for event in found:
        with store.writing() as connection:
            forgetting.forget_code(connection, event, code)
            # A linker that read the event before would write the code down again.
            windows.mark(connection, days_of(connection, event))
    with store.writing() as connection:
        forgotten, days = forgetting.forget_visits(connection, code)
        windows.mark(connection, days)
        done = replace(
            done,
            visits=forgotten,
            bookings=forgetting.forget_bookings(connection, code),
            dossiers=forgetting.forget_dossier(connection, code),
            quoted=forgetting.forget_answers(connection, code) + forgetting.forget_deliveries(connection, code),
        )
        ledger.note(connection, What.DOSSIER_ERASE, mark_of_dossier(code), became=vars(done))
    forget = partial(without_code, code=code)
    for broken in (forgetting.forget_in_collisions, forgetting.forget_in_unreadable):
        after: int | None = 0
        while after is not None:
            with store.writing() as connection:
                n, after = broken(connection, EVER, forget, after, AT_ONCE)
            done = replace(done, quoted=done.quoted + n)
    store.forget()
    return done


def export_dossier(store: Store, code: str) -> dict[str, Any]:
    """Everything that is known under this dossier's code, as JSON can say it. A visit says whether it was rated."""
    found = events_with(store, code)
    with store.reading() as connection:
        dossier = dossiers.dossiers_by_code(connection, [code]).get(code)
        served = dossiers.visits_of(connection, code)
        states = dossiers.states_of(connection, [code]).get(code, [])
        booked = forgetting.bookings_of(connection, code)
        scans = [{"device": one.device, "at": moment(one.happened_ms), **place_of(connection, one)} for one in found]
    return {
        "code": code,
        "dossier": None
        if dossier is None
        else {k: None if v is None else str(v) for k, v in dossier._asdict().items()},
        "states": [in_moments(state._asdict()) for state in states],
        "visits": [visit_told(visit) for visit in served],
        "bookings": [in_moments(booking) for booking in booked],
        "scans": scans,
    }


def visit_told(visit: VisitOfDossier) -> dict[str, Any]:
    """A visit as people of other systems read it."""
    return visit_times(dict(vars(visit)))


def visit_times(told: dict[str, Any]) -> dict[str, Any]:
    """The same of a row that has its wait in milliseconds."""
    wait_ms = told.pop("wait_ms")
    return {**in_moments(told), "wait_s": None if wait_ms is None else wait_ms / 1000}


def in_moments(told: dict[str, Any]) -> dict[str, Any]:
    """The same with ISO moments instead of milliseconds."""
    return {name.removesuffix("_ms"): moment(value) if name.endswith("_ms") else value for name, value in told.items()}


def place_of(connection: Connection, event: CodedEvent) -> dict[str, str | None]:
    """Where an event happened."""
    place = None if event.happened_ms is None else devices.place_now(connection, event.device, event.happened_ms)
    return {"office": place.office if place else None, "counter": place.counter if place else None}


def events_with(store: Store, code: str) -> list[CodedEvent]:
    """The events that name this dossier; one device after another, in readings of their own."""
    with store.reading() as connection:
        known = [row.id for row in devices.devices(connection)]
    found = []
    for device in known:
        with store.reading() as connection:
            found += forgetting.events_with(connection, device, code)
    return found


def days_of(connection: Connection, event: CodedEvent) -> list[tuple[str, str]]:
    """The (office, day) to which an event belongs."""
    place = place_of(connection, event)["office"]
    office = None if place is None else places.office(connection, place)
    return (
        [] if office is None or event.happened_ms is None else [(office.id, day_of(event.happened_ms, office.timezone))]
    )


def moment(ms: int | None) -> str | None:
    """A moment as ISO 8601 says it, UTC."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
