"""Somebody takes a number at a kiosk, for their telephone: it waits as if a printer had given it.

The number comes from the fleet's own lease, and the event of the printer's ticket says that it was taken. Once for a
press of the screen, however often that is sent; and of one kiosk only as many as people who read can take.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.kiosk_now import AT_MOST, MINUTE_MS, NoNumber, NumberGiven, Way, is_too_often
from fleet.domain.queue_policy import PRIORITY
from fleet.domain.ways import SERVERS
from fleet.flows.kiosk import seen
from fleet.flows.once import Answer, Key, KeyReused, once
from fleet.flows.own_numbers import next_number
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import kiosks, places, queue
from fleet.store.database import Store
from protocols.events import TicketTaken
from protocols.signing import ticket_token
from protocols.ticket_code import TicketCode, ticket_label

HOLDER = SERVERS + "kiosks"
LONGEST_MS = max(minutes for minutes, _ in AT_MOST) * MINUTE_MS


@dataclass(frozen=True)
class Press:
    """A press at a kiosk. `kiosk` and `key` tell it from every other; the same again is the same press."""

    kiosk: str
    key: str
    office: str
    service: str
    priority: bool


def take_by_phone(store: Store, server: VirtualDevice, press: Press, now_ms: int) -> NumberGiven:
    """A number for a telephone, or the one that this press was given before. Raises NoNumber, and then none is used."""
    key = Key(press.kiosk, press.key, f"{press.office}/{press.service}")

    def act(connection: Connection) -> tuple[str, int]:
        return taken(connection, server, press, now_ms)

    try:
        done = once(store, key, now_ms, act, lambda given: Answer(200, json.dumps(given)))
    except KeyReused:
        raise NoNumber("again") from None
    lease, number = json.loads(done.body)
    return shown(store, press, lease, number)


def taken(connection: Connection, server: VirtualDevice, press: Press, now_ms: int) -> tuple[str, int]:
    """(lease, number), which waits from now on. Raises NoNumber."""
    office = places.office(connection, press.office)
    kiosk = None if office is None else seen(connection, office, now_ms)
    service = None if kiosk is None else kiosk.service(press.service)
    if office is None or kiosk is None or service is None or Way.PHONE not in kiosk.ways:
        raise NoNumber("gone")
    if service.closed is not None:
        raise NoNumber(service.closed)
    if is_too_often(kiosks.given(connection, press.kiosk, now_ms - LONGEST_MS), now_ms):
        raise NoNumber("too_often")
    given = next_number(connection, HOLDER, office, service.id, day_of(now_ms, office.timezone), now_ms)
    if given is None:
        raise NoNumber("numbers")
    lease, number = given
    priority = PRIORITY if press.priority and kiosk.priority is not None else ""
    event = TicketTaken(
        service=service.id, number=number, lease=lease, priority=priority, up=server.up_ms(now_ms), at=now_ms
    )
    server.record(connection, event, now_ms, office)
    return given


def shown(store: Store, press: Press, lease: str, number: int) -> NumberGiven:
    """The number as its holder sees it."""
    with store.reading() as connection:
        leased = queue.leased(connection, lease)
        prefixes = {one.id: one.prefix for one in places.services(connection, press.office)}
    assert leased is not None  # noqa: S101 (its number was given)
    code = TicketCode(lease, number, ticket_token(leased.secret, lease, number))
    return NumberGiven(ticket_label(prefixes.get(press.service, ""), number), press.service, str(code), Way.PHONE)
