"""Tickets that wait, turns that were given, and the leases of printers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from fleet.domain.queueing import Preferred, Waiting, is_preferred
from fleet.store.rows import every, one, run, sql

# A turn is open while its ticket was not called since; an open turn holds the number for its counter for a while. The
# plus keeps SQLite from reading all visits of the day in order for each ticket, rather than the few of its number.
WAITING = sql("""
    SELECT t.service, t.number, t.taken_ms, t.since_ms, t.due_ms, t.priority, t.senior, t.event, t.calls, t.waiting_for,
        t.sent_ms,
        COALESCE((SELECT v.counter FROM visits v WHERE v.office = t.office AND v.day = t.day AND v.service = t.service
            AND v.number = t.number ORDER BY +v.called_ms DESC, v.id DESC LIMIT 1) = :counter, FALSE) AS sent_on
    FROM tickets t LEFT JOIN turns u ON u.office = t.office AND u.day = t.day AND u.service = t.service
        AND u.number = t.number AND u.round = t.calls AND u.assigned_ms > :held_since_ms
    WHERE t.office = :office AND t.day = :day AND u.number IS NULL
        AND (t.state = 'waiting' OR (t.state = 'no_show' AND t.calls < :most_calls))
        AND (t.waiting_at IS NULL OR t.waiting_at = :counter)""")
# Only the newest turn of a counter can have been lost on the way: whoever asks again had called the ones before. A
# turn that came from a reserve (`want` is -1) was called and never on a way; so was one that the keypad called from
# there although the fleet had given it, too.
OPEN_TURN = sql("""
    SELECT u.service, u.number FROM turns u JOIN tickets t ON t.office = u.office AND t.day = u.day
        AND t.service = u.service AND t.number = u.number AND t.calls = u.round AND t.state IN ('waiting', 'no_show')
    WHERE u.counter = :counter AND u.day = :day AND u.office = :office AND u.assigned_ms > :held_since_ms
        AND NOT EXISTS (SELECT 1 FROM reserved r WHERE r.office = u.office AND r.day = u.day AND r.service = u.service
            AND r.number = u.number AND r.called_ms IS NOT NULL AND r.round >= u.round)
        AND u.want >= 0 AND u.assigned_ms = (SELECT MAX(n.assigned_ms) FROM turns n
            WHERE n.counter = :counter AND n.day = :day AND n.office = :office AND n.want >= 0)
    ORDER BY u.want DESC LIMIT 1""")
GIVE_TURN = sql("""
    INSERT INTO turns (office, day, service, number, round, counter, device, want, assigned_ms, priority, since_ms)
    VALUES (:office, :day, :service, :number, :round, :counter, :device, :want, :now_ms, :priority, :since_ms)
    ON CONFLICT (office, day, service, number, round) DO UPDATE SET counter = excluded.counter,
        device = excluded.device, want = excluded.want, assigned_ms = excluded.assigned_ms,
        priority = excluded.priority, since_ms = excluded.since_ms
    WHERE turns.assigned_ms <= :held_since_ms""")
LAST_TURNS = sql("""
    SELECT priority FROM turns WHERE office = :office AND day = :day AND counter = :counter
    ORDER BY assigned_ms DESC, want DESC LIMIT :most""")
PREFERRED = sql("""
    SELECT counter, assigned_ms, since_ms FROM turns WHERE office = :office AND day = :day AND priority""")
LEASES = sql("""
    SELECT l.id, l.service, l.day, l.first, l.last, l.secret, l.since_ms, l.expires_ms,
        (SELECT MAX(t.number) FROM tickets t WHERE t.office = l.office AND t.day = l.day AND t.service = l.service
            AND t.number BETWEEN l.first AND l.last) AS used, l.next_told
    FROM leases l
    WHERE l.device = :device AND l.epoch = :epoch AND l.office = :office AND l.expires_ms > :now_ms
        AND l.revoked_ms IS NULL ORDER BY l.day, l.service, l.first""")
LEASE = sql("SELECT device, office FROM leases WHERE id = :id")
LEASED = sql("SELECT office, day, service, secret FROM leases WHERE id = :id")
PLACE_OF = sql("""
    SELECT state, since_ms FROM tickets
    WHERE office = :office AND day = :day AND service = :service AND number = :number""")
TELL_NEXT = sql("UPDATE leases SET epoch = :epoch, generation = :generation, next_told = :next_told WHERE id = :id")
COUNT_LEASES = sql("SELECT COUNT(*) AS n FROM leases WHERE device = :device AND generation = :generation")
HIGHEST = sql("SELECT MAX(last) AS last FROM leases WHERE office = :office AND service = :service AND day = :day")
GRANT = sql("""
    INSERT INTO leases
        (id, office, service, day, first, last, device, epoch, generation, secret, since_ms, expires_ms)
    VALUES (:id, :office, :service, :day, :first, :last, :device, :epoch, :generation, :secret, :since_ms,
        :expires_ms)
    ON CONFLICT (office, service, day, first) DO NOTHING""")


@dataclass(frozen=True)
class WaitingTicket:
    """A ticket that no counter was given. `calls` is the round of its next turn; `sent_on` by the counter that asks.

    `sent_ms`: whoever was sent on, by whichever counter, waits since then.
    """

    service: str
    number: int
    taken_ms: int
    since_ms: int
    due_ms: int | None
    priority: str
    senior: bool
    event: str
    calls: int
    waiting_for: str
    sent_ms: int | None = None
    sent_on: bool = False


@dataclass(frozen=True)
class LeaseRow:
    """A lease; `used` is the highest number of it that was seen on a ticket, or told of by the printer."""

    id: str
    service: str
    day: str
    first: int
    last: int
    secret: str
    since_ms: int
    expires_ms: int
    used: int | None = None


@dataclass(frozen=True)
class Leased:
    """What a lease is for, and what proves a number of it."""

    office: str
    day: str
    service: str
    secret: str


def waiting_for(
    connection: Connection,
    office: str,
    day: str,
    counter: str,
    services: Sequence[str],
    most_calls: int,
    held_since_ms: int,
) -> list[WaitingTicket]:
    """The tickets that this counter could be given, of these services.

    Among them those that nobody answered for, as long as they were called fewer than `most_calls` times.
    """
    rows = every(
        connection,
        WAITING,
        office=office,
        day=day,
        counter=counter,
        most_calls=most_calls,
        held_since_ms=held_since_ms,
    )
    tickets = [
        WaitingTicket(**{**row._mapping, "senior": bool(row.senior), "sent_on": bool(row.sent_on)}) for row in rows
    ]
    return [ticket for ticket in tickets if ticket.waiting_for in services]


def open_turn(
    connection: Connection, office: str, day: str, counter: str, held_since_ms: int
) -> tuple[str, int] | None:
    """The (service, number) that was given to this counter and not called yet."""
    row = one(connection, OPEN_TURN, office=office, day=day, counter=counter, held_since_ms=held_since_ms)
    return None if row is None else (row.service, row.number)


def give_turn(
    connection: Connection,
    office: str,
    day: str,
    chosen: Waiting,
    calls: int,
    counter: str,
    device: str,
    want: int,
    now_ms: int,
    held_since_ms: int,
) -> bool:
    """The number is this counter's for this round; False if another was given it since `held_since_ms`."""
    given = run(
        connection,
        GIVE_TURN,
        office=office,
        day=day,
        service=chosen.service,
        number=chosen.number,
        round=calls,
        counter=counter,
        device=device,
        want=want,
        now_ms=now_ms,
        priority=is_preferred(chosen, now_ms),
        since_ms=chosen.since_ms,
        held_since_ms=held_since_ms,
    )
    return given == 1


def last_turns(connection: Connection, office: str, day: str, counter: str, most: int) -> list[bool]:
    """Whether the last turns of a counter were priority ones, the newest last."""
    rows = every(connection, LAST_TURNS, office=office, day=day, counter=counter, most=most)
    return [bool(row.priority) for row in reversed(rows)]


def preferred(connection: Connection, office: str, day: str) -> list[Preferred]:
    """The day's calls that went to one of the classes."""
    return [Preferred(*row) for row in every(connection, PREFERRED, office=office, day=day)]


def leases(connection: Connection, device: str, epoch: int, office: str, now_ms: int) -> list[LeaseRow]:
    """The leases that a printer holds under this epoch at this office, past days left out."""
    rows = every(connection, LEASES, device=device, epoch=epoch, office=office, now_ms=now_ms)
    return [as_lease(*row) for row in rows]


def as_lease(*values: Any) -> LeaseRow:
    """A row of LEASES as a value."""
    lease, next_told = LeaseRow(*values[:-1]), values[-1]
    return lease if next_told is None else replace(lease, used=max(lease.used or 0, next_told - 1))


def holder(connection: Connection, lease: str) -> tuple[str, str] | None:
    """(device, office) of a lease."""
    row = one(connection, LEASE, id=lease)
    return None if row is None else (row.device, row.office)


def leased(connection: Connection, lease: str) -> Leased | None:
    """What a lease is for, whoever holds it."""
    row = one(connection, LEASED, id=lease)
    return None if row is None else Leased(*row)


def place_of(connection: Connection, office: str, day: str, service: str, number: int) -> tuple[str, int] | None:
    """(state, since when it waits) of a number; None if it was not taken, or nobody has linked that yet."""
    row = one(connection, PLACE_OF, office=office, day=day, service=service, number=number)
    return None if row is None else (row.state, row.since_ms)


def tell_next(connection: Connection, lease: str, epoch: int, generation: int, next_told: int) -> None:
    """The printer holds this lease under this generation, and this is its next number."""
    run(connection, TELL_NEXT, id=lease, epoch=epoch, generation=generation, next_told=next_told)


def count_leases(connection: Connection, device: str, generation: int) -> int:
    """How many leases of this device are of that generation."""
    row = one(connection, COUNT_LEASES, device=device, generation=generation)
    return int(row.n)


def grant(
    connection: Connection,
    lease: LeaseRow,
    office: str,
    device: str,
    epoch: int,
    generation: int,
) -> bool:
    """Give a printer a lease; False if another one begins with the same number."""
    given = run(
        connection,
        GRANT,
        id=lease.id,
        office=office,
        service=lease.service,
        day=lease.day,
        first=lease.first,
        last=lease.last,
        device=device,
        epoch=epoch,
        generation=generation,
        secret=lease.secret,
        since_ms=lease.since_ms,
        expires_ms=lease.expires_ms,
    )
    return given == 1


def highest_leased(connection: Connection, office: str, service: str, day: str) -> int:
    """The last number that is leased to anyone; 0 if none is."""
    row = one(connection, HIGHEST, office=office, service=service, day=day)
    return int(row.last or 0)
