"""Orders to many devices, and whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store import news
from fleet.store.rows import every, one, run, run_each, sql

ADD = sql("""
    INSERT INTO order_batches (id, verb, arguments, wanted, asked_by, asked_ms, expires_ms)
    VALUES (:id, :verb, :arguments, :wanted, :asked_by, :asked_ms, :expires_ms) ON CONFLICT DO NOTHING""")
ADD_DEVICE = sql("""
    INSERT INTO ordered_devices (batch, device, position, reason) VALUES (:batch, :device, :position, '')""")
GET = sql("SELECT id, verb, arguments, wanted, asked_by, asked_ms, expires_ms FROM order_batches WHERE id = :id")
LAST = sql("""
    SELECT id, verb, arguments, wanted, asked_by, asked_ms, expires_ms FROM order_batches
    ORDER BY asked_ms DESC, id LIMIT :most""")
DEVICES = sql("""
    SELECT o.device, o.ordered_ms, o.command, o.reason, c.not_after_ms, c.answered_ms, c.ok, c.reason AS said, c.result
    FROM ordered_devices o LEFT JOIN commands c ON c.id = o.command WHERE o.batch = :batch ORDER BY o.position""")
LATELY = sql("SELECT COUNT(*) AS n FROM ordered_devices WHERE ordered_ms > :since_ms")
OPEN = sql("SELECT 1 AS n FROM order_batches WHERE expires_ms > :now_ms LIMIT 1")
TURN = sql("""
    SELECT o.batch, o.device, b.verb, b.arguments, b.asked_by FROM ordered_devices o
    JOIN order_batches b ON b.id = o.batch WHERE o.ordered_ms IS NULL AND b.expires_ms > :now_ms
    ORDER BY b.asked_ms, b.id, o.position LIMIT :most""")
HAD_TURN = sql("""
    UPDATE ordered_devices SET ordered_ms = :now_ms, command = :command, reason = :reason
    WHERE batch = :batch AND device = :device AND ordered_ms IS NULL""")
END = sql("UPDATE order_batches SET expires_ms = :now_ms WHERE id = :id AND expires_ms > :now_ms")


@dataclass(frozen=True)
class BatchRow:
    """An order to many as it is kept; `arguments` and `wanted` are JSON."""

    id: str
    verb: str
    arguments: str
    wanted: str
    asked_by: str
    asked_ms: int
    expires_ms: int


@dataclass(frozen=True)
class OrderedRow:
    """A device of it, with what its own order became. What a device answered is a stranger's word."""

    device: str
    ordered_ms: int | None
    command: str | None
    reason: str
    not_after_ms: int | None
    answered_ms: int | None
    ok: int | None
    said: str | None
    result: str | None


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, and what is asked of it."""

    batch: str
    device: str
    verb: str
    arguments: str
    asked_by: str


def add(connection: Connection, row: BatchRow, device_ids: Sequence[str]) -> bool:
    """Keep an order to these, in this order; False if there is one of this id."""
    if run(connection, ADD, **vars(row)) != 1:
        return False
    rows = [{"batch": row.id, "device": one, "position": place} for place, one in enumerate(device_ids)]
    run_each(connection, ADD_DEVICE, rows)
    return True


def batch(connection: Connection, batch_id: str) -> BatchRow | None:
    """One order to many."""
    row = one(connection, GET, id=batch_id)
    return None if row is None else BatchRow(*row)


def last(connection: Connection, most: int) -> list[BatchRow]:
    """The last orders to many, the newest first."""
    return [BatchRow(*row) for row in every(connection, LAST, most=most)]


def ordered(connection: Connection, batch_id: str) -> list[OrderedRow]:
    """Its devices, in the order in which they get it."""
    return [OrderedRow(*row) for row in every(connection, DEVICES, batch=batch_id)]


def lately(connection: Connection, since_ms: int) -> int:
    """How many devices had their turn since then."""
    row = one(connection, LATELY, since_ms=since_ms)
    return 0 if row is None else int(row.n)


def is_any_open(connection: Connection, now_ms: int) -> bool:
    """Whether there is an order that has not expired: asked several times a second, of few rows."""
    return one(connection, OPEN, now_ms=now_ms) is not None


def turns(connection: Connection, most: int, now_ms: int) -> list[Turn]:
    """Whose turn it is now, so many at most."""
    return [Turn(*row) for row in every(connection, TURN, most=most, now_ms=now_ms)]


def had_turn(connection: Connection, turn: Turn, command: str | None, reason: str, now_ms: int) -> None:
    """The device was given its order, or it can not be given."""
    values = {"batch": turn.batch, "device": turn.device, "command": command, "reason": reason}
    run(connection, HAD_TURN, **values, now_ms=now_ms)
    news.tell(connection, news.DEVICES)


def end(connection: Connection, batch_id: str, now_ms: int) -> bool:
    """Nobody else gets it; False if it was over already."""
    return run(connection, END, id=batch_id, now_ms=now_ms) == 1
