"""Reserves of keypads, and the numbers that may lie in one."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.queueing import Waiting, is_preferred
from fleet.domain.reserve import Number
from fleet.store.devices import Place
from fleet.store.rows import every, one, run, run_each, sql

COLUMNS = "r.device, r.office, r.counter, r.said, r.told, r.confirmed, r.asked_ms, r.expires_ms, d.presence"
KEYPAD = "reserves r JOIN devices d ON d.id = r.device"
OF_DEVICE = sql(f"SELECT {COLUMNS} FROM {KEYPAD} WHERE r.device = :device")  # noqa: S608
OF_OFFICE = sql(f"SELECT {COLUMNS} FROM {KEYPAD} WHERE r.office = :office ORDER BY r.device")  # noqa: S608
UNTOLD = sql("SELECT device FROM reserves WHERE told < said ORDER BY device LIMIT :most")
# Whose word was not awaited is asked now; for others the wait goes on.
SAY = sql("""
    INSERT INTO reserves (device, office, counter, said, told, asked_ms, expires_ms)
    VALUES (:device, :office, :counter, 1, 0, :now_ms, :expires_ms)
    ON CONFLICT (device) DO UPDATE SET office = excluded.office, counter = excluded.counter, said = reserves.said + 1,
        asked_ms = CASE WHEN reserves.confirmed = reserves.said THEN excluded.asked_ms ELSE reserves.asked_ms END,
        expires_ms = excluded.expires_ms
    RETURNING said""")
ASK_ANEW = sql("UPDATE reserves SET told = said, asked_ms = :now_ms WHERE device = :device")
TELL = sql("UPDATE reserves SET told = said WHERE device = :device")
CONFIRM = sql("""
    UPDATE reserves SET confirmed = :said
    WHERE device = :device AND said >= :said AND (confirmed IS NULL OR confirmed <= :said)""")
LET_GO = sql("DELETE FROM reserved WHERE device = :device AND gone <= :said AND called_ms IS NULL")
EXPIRED = sql("DELETE FROM reserved WHERE office = :office AND until_ms <= :now_ms")
LENT = sql("""
    SELECT day, service, number, device, counter, round, place, gone, until_ms, called_ms FROM reserved
    WHERE office = :office AND day = :day AND until_ms > :now_ms ORDER BY device, place""")
NEWEST = sql("""
    SELECT service, number FROM reserved
    WHERE device = :device AND gone IS NULL AND called_ms IS NULL AND until_ms > :now_ms ORDER BY place""")
# A number of another keypad is nobody's: neither while it may call it, nor after it has, in the same round.
LEND = sql("""
    INSERT INTO reserved (office, day, service, number, device, counter, round, place, until_ms, priority, since_ms)
    VALUES (:office, :day, :service, :number, :device, :counter, :round, :place, :until_ms, :priority, :since_ms)
    ON CONFLICT (office, day, service, number) DO UPDATE SET device = excluded.device, counter = excluded.counter,
        round = excluded.round, place = excluded.place, gone = NULL, until_ms = excluded.until_ms, called_ms = NULL,
        priority = excluded.priority, since_ms = excluded.since_ms
    WHERE reserved.until_ms <= :now_ms OR (reserved.called_ms IS NULL AND reserved.device = excluded.device)
        OR (reserved.called_ms IS NOT NULL AND reserved.round < excluded.round)""")
TAKE_BACK = sql("""
    UPDATE reserved SET gone = :said WHERE device = :device AND service = :service AND number = :number
        AND gone IS NULL AND called_ms IS NULL""")
TAKE_BACK_ALL = sql("UPDATE reserved SET gone = :said WHERE device = :device AND gone IS NULL AND called_ms IS NULL")
CALLED = sql("""
    UPDATE reserved SET called_ms = :called_ms, until_ms = :until_ms
    WHERE device = :device AND service = :service AND number = :number AND called_ms IS NULL""")
# The decision that it calls this number was made when it was lent; `want` tells this turn from an answer to a wish.
TURN = sql("""
    INSERT INTO turns (office, day, service, number, round, counter, device, want, assigned_ms, priority, since_ms)
    SELECT office, day, service, number, round, counter, device, -1, :called_ms, priority, since_ms FROM reserved
    WHERE device = :device AND service = :service AND number = :number AND called_ms = :called_ms
    ON CONFLICT (office, day, service, number, round) DO NOTHING""")

# What was called from a reserve that had expired since, and that no other keypad may call now.
CALLED_LATE = sql("""
    INSERT INTO reserved
        (office, day, service, number, device, counter, round, place, until_ms, called_ms, priority, since_ms)
    SELECT t.office, t.day, t.service, t.number, :device, :counter, t.calls, 0, :until_ms, :called_ms, FALSE, t.since_ms
    FROM tickets t WHERE t.office = :office AND t.day = :day AND t.service = :service AND t.number = :number
    ON CONFLICT (office, day, service, number) DO UPDATE SET device = excluded.device, counter = excluded.counter,
        round = excluded.round, gone = NULL, until_ms = excluded.until_ms, called_ms = excluded.called_ms
    WHERE reserved.until_ms <= :now_ms""")


@dataclass(frozen=True)
class ReserveRow:
    """A keypad's reserve. `said`, `told` and `confirmed` are numbers of reserves; `presence` is the keypad's."""

    device: str
    office: str
    counter: str
    said: int
    told: int
    confirmed: int | None
    asked_ms: int
    expires_ms: int
    presence: str

    @property
    def is_confirmed(self) -> bool:
        """Whether the keypad holds the newest one, and no other."""
        return self.confirmed == self.said


@dataclass(frozen=True)
class Lent:
    """A number that may lie in a keypad's reserve, or was called from it."""

    day: str
    service: str
    number: int
    device: str
    counter: str
    round: int
    place: int
    gone: int | None
    until_ms: int
    called_ms: int | None


def reserve(connection: Connection, device: str) -> ReserveRow | None:
    """The reserve of this keypad, if it was ever told one."""
    row = one(connection, OF_DEVICE, device=device)
    return None if row is None else ReserveRow(*row)


def has_confirmed(connection: Connection, device: str) -> bool:
    """Whether this keypad is one that says which reserve it holds."""
    row = reserve(connection, device)
    return row is not None and row.confirmed is not None


def at_office(connection: Connection, office: str) -> list[ReserveRow]:
    """The reserves of an office's keypads."""
    return [ReserveRow(*row) for row in every(connection, OF_OFFICE, office=office)]


def untold(connection: Connection, most: int) -> list[str]:
    """The keypads that are yet to be told their newest reserve."""
    return [row.device for row in every(connection, UNTOLD, most=most)]


def lent(connection: Connection, office: str, day: str, now_ms: int) -> dict[Number, Lent]:
    """The numbers of an office that may lie in a reserve, or were called from one."""
    found = [Lent(*row) for row in every(connection, LENT, office=office, day=day, now_ms=now_ms)]
    return {(row.service, row.number): row for row in found}


def newest(connection: Connection, device: str, now_ms: int) -> list[Number]:
    """The numbers of a keypad's newest reserve, in the order of calling."""
    return [(row.service, row.number) for row in every(connection, NEWEST, device=device, now_ms=now_ms)]


def say(connection: Connection, device: str, office: str, counter: str, now_ms: int, expires_ms: int) -> int:
    """There is a newer reserve of this keypad; its number."""
    row = one(connection, SAY, device=device, office=office, counter=counter, now_ms=now_ms, expires_ms=expires_ms)
    assert row is not None  # noqa: S101 (it was written)
    return int(row.said)


def told(connection: Connection, device: str) -> None:
    """The broker is given the newest reserve."""
    run(connection, TELL, device=device)


def told_anew(connection: Connection, device: str, now_ms: int) -> None:
    """The broker is given the newest reserve, of which a keypad that has just come will say a word soon."""
    run(connection, ASK_ANEW, device=device, now_ms=now_ms)


def confirm(connection: Connection, device: str, said: int) -> None:
    """The keypad holds this reserve and no earlier one, and all that it called before is stored."""
    if run(connection, CONFIRM, device=device, said=said):
        run(connection, LET_GO, device=device, said=said)


def forget_expired(connection: Connection, office: str, now_ms: int) -> None:
    """What no keypad may call any more is anybody's again."""
    run(connection, EXPIRED, office=office, now_ms=now_ms)


def lend(
    connection: Connection,
    row: ReserveRow,
    counter: str,
    day: str,
    chosen: Waiting,
    calls: int,
    place: int,
    now_ms: int,
    until_ms: int,
) -> bool:
    """The number is in this keypad's newest reserve; False if another one may call it."""
    given = run(
        connection,
        LEND,
        office=row.office,
        day=day,
        service=chosen.service,
        number=chosen.number,
        device=row.device,
        counter=counter,
        round=calls,
        place=place,
        now_ms=now_ms,
        until_ms=until_ms,
        priority=is_preferred(chosen, now_ms),
        since_ms=chosen.since_ms,
    )
    return given == 1


def take_back(connection: Connection, device: str, numbers: Collection[Number], said: int) -> None:
    """These numbers are not in this reserve of the keypad any more."""
    rows = [{"device": device, "service": service, "number": number, "said": said} for service, number in numbers]
    run_each(connection, TAKE_BACK, rows)


def take_back_all(connection: Connection, device: str, said: int) -> None:
    """This reserve of the keypad is empty."""
    run(connection, TAKE_BACK_ALL, device=device, said=said)


def was_called(connection: Connection, device: str, service: str, number: int, called_ms: int, until_ms: int) -> bool:
    """Its keypad called this number; whether it was lent. Nobody else is given it until the linker has seen that."""
    values = {"device": device, "service": service, "number": number, "called_ms": called_ms}
    if not run(connection, CALLED, until_ms=until_ms, **values):
        return False
    run(connection, TURN, **values)
    return True


def was_called_late(
    connection: Connection,
    place: Place,
    day: str,
    service: str,
    number: int,
    called_ms: int,
    now_ms: int,
    until_ms: int,
) -> None:
    """It is heard of only now that the keypad which stands there called this number from a reserve of before."""
    run(
        connection,
        CALLED_LATE,
        office=place.office,
        day=day,
        service=service,
        number=number,
        device=place.device,
        counter=place.counter,
        called_ms=called_ms,
        now_ms=now_ms,
        until_ms=until_ms,
    )
