"""What a fleet stored of a crowd: its events, and what was counted of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from fleet.store.given import Given
from fleet.store.rows import every, sql

Life = tuple[str, int]
# A device, and its epoch.

OTHERS = sql("""
    SELECT id FROM devices WHERE kind <> 'server' AND id NOT LIKE :mine ORDER BY id LIMIT :most""")
OURS = sql("SELECT id FROM devices WHERE id LIKE :mine")
EVENTS = Given(
    """
    SELECT e.device, e.epoch, e.boot, e.seq, e.body, e.reason FROM {given} {join} events e
    ON e.device = given.device AND e.epoch = given.epoch""",
    device="text",
    epoch="bigint",
)
COLLISIONS = Given(
    """
    SELECT c.device, c.epoch, c.seq FROM {given} {join} collisions c
    ON c.device = given.device AND c.epoch = given.epoch""",
    device="text",
    epoch="bigint",
)
PRESSES = Given(
    """
    SELECT e.device, e.body FROM {given} {join} events e ON e.device = given.device
    WHERE e.kind = 'rating' AND e.received_ms >= :since_ms""",
    device="text",
)
CALLED_AGAIN = Given(
    """
    SELECT v.office, v.day, v.service, v.number, MAX(v.id) AS id, COUNT(*) AS n FROM {given} {join} visits v
    ON v.office = given.office WHERE v.number IS NOT NULL AND COALESCE(v.outcome, '') <> 'transfer'
    GROUP BY v.office, v.day, v.service, v.number HAVING COUNT(*) > 1""",
    office="text",
)
MADE = {
    "tickets": Given("SELECT t.event FROM {given} {join} tickets t ON t.office = given.office", office="text"),
    "visits": Given("SELECT v.id FROM {given} {join} visits v ON v.office = given.office", office="text"),
    "ratings": Given("SELECT r.id FROM {given} {join} ratings r ON r.office = given.office", office="text"),
}


def others(connection: Connection, prefix: str, most: int) -> list[str]:
    """Some of the devices whose names do not begin so; server processes are none."""
    return [row.id for row in every(connection, OTHERS, mine=f"{prefix}%", most=most)]


def ours(connection: Connection, prefix: str) -> set[str]:
    """The devices whose names begin so."""
    return {row.id for row in every(connection, OURS, mine=f"{prefix}%")}


def events(connection: Connection, lives: Sequence[Life]) -> Sequence[Any]:
    """All that these devices said in these epochs."""
    return EVENTS.every(connection, lives)


def collisions(connection: Connection, lives: Sequence[Life]) -> Sequence[Any]:
    """What they said otherwise under the same identity."""
    return COLLISIONS.every(connection, lives)


def made(connection: Connection, what: str, offices: Iterable[str]) -> list[str]:
    """The identities of the events of which tickets, visits or ratings were made at these offices."""
    return [row[0] for row in MADE[what].every(connection, [(one,) for one in offices])]


def presses(connection: Connection, devices: Iterable[str], since_ms: int) -> Sequence[Any]:
    """The ratings of these devices that were received since then."""
    return PRESSES.every(connection, [(one,) for one in devices], since_ms=since_ms)


def called_again(connection: Connection, offices: Iterable[str]) -> Sequence[Any]:
    """The numbers that were called more than once at these offices though nobody sent their residents on."""
    return CALLED_AGAIN.every(connection, [(one,) for one in offices])
