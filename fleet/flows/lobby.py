"""The lobby's screen, looked at: the last calls, the queues, and whose turn comes soon."""

from collections.abc import Mapping

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.lobby_now import CallShown, LobbyNow, LobbyQueue
from fleet.domain.reserve import Number
from fleet.domain.telling import Told
from fleet.flows import told_waits
from fleet.flows.closing import closing_now
from fleet.flows.show_calls import short
from fleet.flows.watch import UnknownOffice
from fleet.store import lobby, places, visits
from fleet.store.database import Store
from fleet.store.places import OfficeRow, ServiceRow
from protocols.ticket_code import ticket_label

CALLS_SHOWN = 8
SOON_SHOWN = 3


def lobby_now(store: Store, office_id: str, now_ms: int) -> LobbyNow:
    """What the lobby of this office sees now. Raises UnknownOffice."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            raise UnknownOffice(office_id)
        day = day_of(now_ms, office.timezone)
        services = places.services(connection, office_id)
        closing = closing_now(connection, office, now_ms)
        return LobbyNow(
            id=office.id,
            name=office.name,
            hotline=office.hotline,
            timezone=office.timezone,
            day=day,
            now_ms=now_ms,
            pace=office.simulated_pace,
            calls=calls_shown(connection, office_id, day, services),
            queues=queues_shown(connection, office, day, services, now_ms),
            given_until_ms=None if closing is None else closing.until_ms,
            closed=closing is not None and closing.closed,
        )


def calls_shown(connection: Connection, office: str, day: str, services: list[ServiceRow]) -> tuple[CallShown, ...]:
    """The last call of each counter, the newest first."""
    prefixes = {one.id: one.prefix for one in services}
    names = {one.id: one.name for one in places.counters(connection, office)}
    return tuple(
        CallShown(
            label=ticket_label(prefixes.get(row.service, ""), row.number),
            counter=names.get(row.counter, row.counter),
            spoken_counter=short(names.get(row.counter, row.counter)),
            called_ms=row.called_ms,
            recalls=row.recalls,
        )
        for row in lobby.last_calls(connection, office, day, CALLS_SHOWN)
    )


def queues_shown(
    connection: Connection, office: OfficeRow, day: str, services: list[ServiceRow], now_ms: int
) -> tuple[LobbyQueue, ...]:
    """Each service's queue."""
    told = told_waits.told(connection, office, now_ms)
    waiting = visits.waiting(connection, office.id, day)
    soon = soon_called(told.waiting, lobby.waiting_numbers(connection, office.id, day), now_ms)
    prefixes = {one.id: one.prefix for one in services}
    return tuple(
        LobbyQueue(
            prefix=service.prefix,
            name=service.name,
            waiting=waiting[service.id].n if service.id in waiting else 0,
            told=None if (newcomer := told.newcomers.get(service.id)) is None else (newcomer.p50, newcomer.p90),
            soon=tuple(ticket_label(prefixes.get(its, ""), n) for its, n in soon.get(service.id, [])[:SOON_SHOWN]),
        )
        for service in services
    )


def soon_called(told: Mapping[Number, Told], waiting: Mapping[Number, str], now_ms: int) -> dict[str, list[Number]]:
    """Whose own page says that their turn is soon: by the service that they wait for, in their order."""
    soon: dict[str, list[Number]] = {}
    for number, one in sorted(told.items(), key=lambda item: (item[1].ahead, item[0])):
        heard = told_waits.as_heard(one, now_ms)
        if number in waiting and heard is not None and heard.p50 == 0:
            soon.setdefault(waiting[number], []).append(number)
    return soon
