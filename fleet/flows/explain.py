"""Why a visit is what it is: the day is read once more, by the same linker, and what it noted is put into words."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.clerk_sessions import clerk_label
from fleet.domain.day import bounds
from fleet.domain.explaining import Names, Why, explain
from fleet.domain.linked import Day, VisitSeen
from fleet.flows.link_day import read_day
from fleet.store import places, retention
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.ticket_code import ticket_label


class NotExplained(LookupError):
    """A visit that cannot be explained; the text says why."""


@dataclass(frozen=True)
class Explained:
    """A visit, the number that it was called by, and what made it."""

    visit: VisitSeen
    label: str
    why: tuple[Why, ...]


def explain_visits(
    store: Store, office: str, day: str, wanted: str, clerks: bool = True, presses: bool = True
) -> list[Explained]:
    """The visits of a day of this identity, or of this number (`A007`), explained. Raises NotExplained.

    `clerks`: whether the reader may know whose they were; `presses`: whether they were rated.
    """
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None:
            raise NotExplained(f"office: there is none of id {office!r}")
        if bounds(day, place.timezone)[0] < retention.linked_since_ms(connection):
            raise NotExplained(f"day: events of {day} were deleted when their time was over")
        told = read_day(connection, place, day).told
        names = names_of(connection, place, told.day, clerks)
    found = [one for one in told.day.visits if wanted in (one.id, names.number(one))]
    if not found:
        raise NotExplained(f"visit: {place.name} had none of number or identity {wanted!r} on {day}")
    return [Explained(one, names.number(one), explain(told, one.id, names, presses)) for one in found]


def names_of(connection: Connection, place: OfficeRow, day: Day, clerks: bool) -> Names:
    """What people of this office call things."""
    services = {one.id: one for one in places.services(connection, place.id)}
    numbers = {(one.service, one.number) for one in day.visits if one.service is not None and one.number is not None}
    return Names(
        labels={
            (service, number): ticket_label(services[service].prefix if service in services else "", number)
            for service, number in numbers
        },
        services={one.id: one.name for one in services.values()},
        counters={one.id: one.name for one in places.counters(connection, place.id)},
        timezone=place.timezone,
        clerks={one.id: clerk_label(one.number) for one in day.sessions if clerks},
    )
