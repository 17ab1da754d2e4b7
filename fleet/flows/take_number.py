"""Somebody takes a number at a kiosk: on paper, or for their telephone.

For a telephone the number comes from the fleet's own lease, and the event of a printer's ticket says that it was taken.
For a paper the office's printer is asked as if its key had been pressed: the number is its own. Either is done once for
a press of the screen, however often that is sent; and by one kiosk only as often as people who read can press.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.commands import CommandRefused, CommandState, Verb
from fleet.domain.day import day_of
from fleet.domain.kiosk_now import (
    AT_MOST,
    MINUTE_MS,
    KioskNow,
    NoNumber,
    NumberGiven,
    Paper,
    PaperNow,
    Printer,
    Way,
    is_too_often,
)
from fleet.domain.queue_policy import PRIORITY
from fleet.domain.ways import SERVERS
from fleet.flows.command import answer_of, ask_within
from fleet.flows.kiosk import seen
from fleet.flows.kiosk_printers import printers_at
from fleet.flows.once import Answer, Key, KeyReused, once
from fleet.flows.own_numbers import next_number
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import kiosks, places, queue
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.events import TicketTaken
from protocols.signing import ticket_token
from protocols.ticket_code import TicketCode, ticket_label

HOLDER = SERVERS + "kiosks"
LONGEST_MS = max(minutes for minutes, _ in AT_MOST) * MINUTE_MS
KNOWN = ("no_paper", "no_numbers", "too_soon")
# Of the reasons why a printer gives nothing, those that mean something to whoever stands there.


@dataclass(frozen=True)
class Press:
    """A press at a kiosk. `kiosk` and `key` tell it from every other; the same again is the same press."""

    kiosk: str
    key: str
    office: str
    service: str
    way: Way
    priority: bool = False


@dataclass(frozen=True)
class Asked:
    """The printer was asked for a number; `command` is the order."""

    command: str


def take(store: Store, server: VirtualDevice, press: Press, now_ms: int) -> NumberGiven | Asked:
    """What this press gets, or got before, by whichever way. Raises NoNumber, and then nothing was done."""
    key = Key(press.kiosk, press.key, f"{press.office}/{press.service}")

    def act(connection: Connection) -> dict[str, object]:
        office, kiosk = open_office(connection, press, now_ms)
        has_priority = press.priority and kiosk.priority is not None
        if press.way is Way.PAPER:
            return {"command": asked(connection, press, has_priority, now_ms)}
        lease, number = given(connection, server, office, press.service, has_priority, now_ms)
        return {"lease": lease, "number": number}

    try:
        done = json.loads(once(store, key, now_ms, act, lambda what: Answer(200, json.dumps(what))).body)
    except KeyReused:
        raise NoNumber("again") from None
    if "command" in done:
        return Asked(done["command"])
    return by_phone(store, press, done["lease"], done["number"])


def open_office(connection: Connection, press: Press, now_ms: int) -> tuple[OfficeRow, KioskNow]:
    """The office and its kiosk, if they give numbers of this service in this way now. Raises NoNumber."""
    office = places.office(connection, press.office)
    kiosk = None if office is None else seen(connection, office, now_ms)
    service = None if kiosk is None else kiosk.service(press.service)
    if office is None or kiosk is None or service is None or press.way not in kiosk.ways:
        raise NoNumber("gone")
    if service.closed is not None:
        raise NoNumber(service.closed)
    if is_too_often(kiosks.given(connection, press.kiosk, now_ms - LONGEST_MS), now_ms):
        raise NoNumber("too_often")
    return office, kiosk


def given(
    connection: Connection, server: VirtualDevice, office: OfficeRow, service: str, has_priority: bool, now_ms: int
) -> tuple[str, int]:
    """(lease, number) of the fleet's own, which waits from now on. Raises NoNumber."""
    found = next_number(connection, HOLDER, office, service, day_of(now_ms, office.timezone), now_ms)
    if found is None:
        raise NoNumber("numbers")
    priority = PRIORITY if has_priority else ""
    event = TicketTaken(
        service=service, number=found[1], lease=found[0], priority=priority, up=server.up_ms(now_ms), at=now_ms
    )
    server.record(connection, event, now_ms, office)
    return found


def asked(connection: Connection, press: Press, has_priority: bool, now_ms: int) -> str:
    """The order that went to the best printer. Raises NoNumber."""
    state, printer = next(iter(printers_at(connection, press.office, now_ms)), (Printer.AWAY, ""))
    if state is Printer.AWAY:
        raise NoNumber(Printer.AWAY)
    wanted = {"service": press.service, "priority": has_priority}
    try:
        return ask_within(connection, printer, Verb.TAKE, press.kiosk, now_ms, wanted).id
    except CommandRefused as refused:
        raise NoNumber(understood(refused.reason)) from None


def paper_now(store: Store, kiosk: str, office: str, service: str, command: str, now_ms: int) -> PaperNow | None:
    """What became of a paper that this kiosk asked for; None if it asked for no such one."""
    found = answer_of(store, command, now_ms)
    if found is None or (found.verb, found.asked_by) != (Verb.TAKE, kiosk):
        return None
    ago_ms = now_ms - found.asked_ms
    if found.state is CommandState.WAITING:
        return PaperNow(Paper.AWAITED, ago_ms)
    if found.state is CommandState.UNANSWERED:
        return PaperNow(Paper.REFUSED, ago_ms, reason=Printer.AWAY)
    if found.state is CommandState.REFUSED or found.number is None:
        return PaperNow(Paper.REFUSED, ago_ms, reason=understood(found.reason))
    with store.reading() as connection:
        label = ticket_label(prefix_of(connection, office, service), found.number)
    return PaperNow(Paper.PRINTED, ago_ms, NumberGiven(label, service, Way.PAPER))


def by_phone(store: Store, press: Press, lease: str, number: int) -> NumberGiven:
    """The number as its holder sees it."""
    with store.reading() as connection:
        leased = queue.leased(connection, lease)
        prefix = prefix_of(connection, press.office, press.service)
    assert leased is not None  # noqa: S101 (its number was given)
    code = TicketCode(lease, number, ticket_token(leased.secret, lease, number))
    return NumberGiven(ticket_label(prefix, number), press.service, Way.PHONE, str(code))


def prefix_of(connection: Connection, office: str, service: str) -> str:
    return next((one.prefix for one in places.services(connection, office) if one.id == service), "")


def understood(reason: str) -> str:
    """The reason in a word that residents are told something by."""
    return reason if reason in KNOWN else "printer"
