"""What was done with each device, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run_each, sql

ADD = sql("""
    INSERT INTO device_history (device, at_ms, by, what, found, why)
    VALUES (:device, :at_ms, :by, :what, :found, :why)""")
LAST = sql("""
    SELECT device, at_ms, by, what, found, why FROM device_history WHERE device = :device AND what = :what
    ORDER BY at_ms DESC, id DESC LIMIT 1""")
OF_DEVICE = sql("""
    SELECT device, at_ms, by, what, found, why FROM device_history WHERE device = :device ORDER BY at_ms DESC, id DESC
    LIMIT :most""")


@dataclass(frozen=True)
class Done:
    """Something was done with a device. `by` is empty where nobody did it; `found` says more, as `what` needs.

    `why`: what somebody gave as the reason, in their words.
    """

    device: str
    at_ms: int
    by: str
    what: str
    found: str = ""
    why: str = ""


def add(connection: Connection, *done: Done) -> None:
    """Keep what was done."""
    add_all(connection, done)


def add_all(connection: Connection, done: Iterable[Done]) -> None:
    """Keep what was done with many."""
    run_each(connection, ADD, [vars(one) for one in done])


def of_device(connection: Connection, device: str, most: int) -> list[Done]:
    """The last things that were done with this device, the newest first."""
    return [Done(*row) for row in every(connection, OF_DEVICE, device=device, most=most)]


def last(connection: Connection, device: str, what: str) -> Done | None:
    """When this was done with the device last."""
    row = one(connection, LAST, device=device, what=what)
    return None if row is None else Done(*row)
