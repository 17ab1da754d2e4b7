"""Whom each keypad is lent, so that it may go on calling while it is cut off: decided anew as the queue changes.

Only a keypad that has confirmed what it holds is lent others, and only numbers that no other keypad may call.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.day import bounds, day_of
from fleet.domain.queueing import Waiting
from fleet.domain.reserve import HOLDS_MS, MARGIN_MS, RENEWED_AFTER_MS, Desk, Number, draft, number_of
from fleet.flows.next_number import TURN_HELD_MS, as_waiting, within_reach
from fleet.flows.queue_rules import policy_of
from fleet.flows.show_clerks import signed_in
from fleet.store import devices, places, queue, reserves, visits
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from fleet.store.reserves import Lent, ReserveRow

ASKED_AGAIN_MS = 60_000
# A keypad that is there and says nothing has lost its word on the way, or the fleet has.

Line = dict[Number, tuple[Waiting, int]]
# Who waits, each with the round of the next turn.


@dataclass(frozen=True)
class Change:
    """A keypad's next reserve: whom, each with the round of that turn."""

    row: ReserveRow
    counter: str
    day: str
    before: tuple[Number, ...]
    chosen: tuple[tuple[Waiting, int], ...]
    expires_ms: int


@again_after_conflict
def lend(store: Store, office_id: str, now_ms: int) -> int:
    """Bring the reserves of an office up to date, where something has changed; how many keypads are to be told."""
    with store.reading() as connection:
        if not wanted(connection, office_id, now_ms):
            return 0
    with store.writing(alone=False) as connection:
        places.hold(connection, office_id)
        reserves.forget_expired(connection, office_id, now_ms)
        changes = wanted(connection, office_id, now_ms)
        for change in changes:
            save(connection, change, now_ms)
    return len(changes)


def save(connection: Connection, change: Change, now_ms: int) -> None:
    """This is the keypad's reserve from now on."""
    row, expires_ms = change.row, change.expires_ms
    said = reserves.say(connection, row.device, row.office, change.counter, now_ms, expires_ms)
    chosen = [number_of(ticket) for ticket, _ in change.chosen]
    reserves.take_back(connection, row.device, [number for number in change.before if number not in chosen], said)
    for place, (ticket, calls) in enumerate(change.chosen):
        until_ms = expires_ms + MARGIN_MS
        reserves.lend(connection, row, change.counter, change.day, ticket, calls, place, now_ms, until_ms)


def wanted(connection: Connection, office_id: str, now_ms: int) -> list[Change]:
    """The reserves that are to be others than they are, or would soon hold no longer."""
    rows = reserves.at_office(connection, office_id)
    office = places.office(connection, office_id) if rows else None
    if office is None:
        return []
    day = day_of(now_ms, office.timezone)
    expires_ms = min(now_ms + HOLDS_MS, bounds(day, office.timezone)[1])
    lent = reserves.lent(connection, office.id, day, now_ms)
    stands = {place.device: place.counter for place in devices.at_office(connection, office.id, now_ms)}
    there = [row for row in rows if row.presence == "online"]
    ready = {row.device: row for row in there if row.is_confirmed}
    counters = working(connection, office, day, now_ms)
    keypads: dict[str, ReserveRow] = {}  # one of each counter that works, those in front that will call first
    for counter in counters:
        for row in ready.values():
            if stands.get(row.device) == counter:
                keypads.setdefault(counter, row)
    lines = lines_of(connection, office, day, keypads, lent, now_ms)
    policy = policy_of(connection, office.id)
    desks = []
    for counter, row in keypads.items():
        recent = queue.last_turns(connection, office.id, day, counter, policy.most_in_a_row)
        desks.append(Desk(counter, [ticket for ticket, _ in lines[counter].values()], recent, has(lent, row.device)))
    changes = []
    for counter, tickets in draft(desks, now_ms, policy).items():
        row, before = keypads[counter], has(lent, keypads[counter].device)
        numbers = [number_of(ticket) for ticket in tickets]
        free = [one for one in numbers if one not in lent or lent[one].device == row.device or lent[one].called_ms]
        soon_over = before and now_ms >= row.expires_ms - HOLDS_MS + RENEWED_AFTER_MS
        if tuple(free) != before or soon_over:
            chosen = tuple(lines[counter][number] for number in free)
            changes.append(Change(row, counter, day, before, chosen, expires_ms))
    used = {row.device for row in keypads.values()}
    for row in there:
        before = has(lent, row.device)
        silent = row.confirmed is not None and not row.is_confirmed and now_ms - row.asked_ms >= ASKED_AGAIN_MS
        if row.device not in used and (silent or (row.is_confirmed and before)):
            changes.append(Change(row, stands.get(row.device) or row.counter, day, before, (), now_ms))
    return changes


def working(connection: Connection, office: OfficeRow, day: str, now_ms: int) -> list[str]:
    """The counters that call people today: those in front that are free, or have served somebody for long."""
    doing = visits.counter_days(connection, office.id, day)
    counters = [one for one in doing.values() if one.state != "paused"]
    if office.sign_in_required:
        staffed = signed_in(connection, office, now_ms)
        counters = [one for one in counters if one.counter in staffed]
    return [one.counter for one in sorted(counters, key=lambda one: (one.state != "free", one.since_ms, one.counter))]


def lines_of(
    connection: Connection,
    office: OfficeRow,
    day: str,
    keypads: dict[str, ReserveRow],
    lent: dict[Number, Lent],
    now_ms: int,
) -> dict[str, Line]:
    """By counter who waits for it and may be lent to its keypad, each with the round of the turn.

    Not whom it called before: its keypad calls nobody twice by itself.
    """
    skills, policy = places.skills(connection, office.id), policy_of(connection, office.id)
    passing = queue.preferred(connection, office.id, day)
    asked = {row.device for row in keypads.values()}
    lines: dict[str, Line] = {}
    for counter in keypads:
        tickets = within_reach(
            connection, office.id, day, counter, skills.get(counter, {}), policy.calls, now_ms - TURN_HELD_MS
        )
        lines[counter] = {}
        for one in tickets:
            other = lent.get((one.service, one.number))
            elsewhere = other is not None and other.called_ms is None and other.device not in asked
            called = other is not None and other.called_ms is not None and other.round >= one.calls
            if not (one.sent_on or elsewhere or called):
                lines[counter][one.service, one.number] = as_waiting(one, policy, day, passing, skills), one.calls
    return lines


def has(lent: dict[Number, Lent], device: str) -> tuple[Number, ...]:
    """What a keypad's newest reserve has, in its order."""
    found = [one for one in lent.values() if one.device == device and one.gone is None and one.called_ms is None]
    return tuple((one.service, one.number) for one in sorted(found, key=lambda one: one.place))
