"""What partitions by month would cost: the same events in one table, and in a table of `PARTITIONS` months.

Each is asked what the linker asks of a day, by device and moment, which names no month and so cannot leave partitions
out; and is given new events the receiver's way, idempotently. `plan_us` and `read_us` are what PostgreSQL itself says,
the best of `ROUNDS`, `locks` how many locks the question takes.
"""

import json
import os
from typing import Any

import psycopg

from tests.bench.figures import figure
from tests.postgresql import PostgreSQL

PARTITIONS = tuple(int(one) for one in (os.environ.get("PARTITIONS") or "0 24 120").split())
ROWS = int(os.environ.get("ROWS") or 120_000)
ROUNDS, GIVEN, DEVICES = 25, 500, 40
COLUMNS = """month int NOT NULL, device text NOT NULL, epoch bigint NOT NULL, boot bigint NOT NULL, seq bigint NOT NULL,
    kind text, body text NOT NULL, reason text, happened_ms bigint, office text, received_ms bigint NOT NULL,
    with_holder boolean NOT NULL DEFAULT false"""
INDEXES = (
    "(device, happened_ms)",
    "(office, happened_ms) WHERE office IS NOT NULL",
    "(device, received_ms) WHERE reason IS NOT NULL",
    "(device, received_ms) WHERE kind = 'update'",
    "(happened_ms) WHERE with_holder",
)
FILL = """INSERT INTO events (month, device, epoch, boot, seq, kind, body, happened_ms, received_ms)
    SELECT n %% %(months)s, 'q-' || n %% %(devices)s, 1, n %% %(months)s, n, 'call', repeat('x', 90), n, n
    FROM generate_series(1, %(rows)s) n"""
DAY = """SELECT device, epoch, boot, seq, body FROM events
    WHERE device = %s AND happened_ms >= %s AND happened_ms < %s AND reason IS NULL"""
GIVE = """INSERT INTO events (month, device, epoch, boot, seq, kind, body, happened_ms, received_ms)
    SELECT %s, 'q-1', 1, %s, n, 'call', repeat('x', 90), n, n FROM generate_series(%s::bigint, %s::bigint) n
    ON CONFLICT DO NOTHING"""


def run() -> None:
    """One table, then ever more partitions."""
    server = PostgreSQL(durable=True).start()
    try:
        for n in PARTITIONS:
            with psycopg.connect(server.database().replace("+psycopg", ""), autocommit=True) as connection:
                make(connection, n)
                measure(connection, n)
    finally:
        server.stop()


def make(connection: psycopg.Connection[Any], n: int) -> None:
    """The table, filled."""
    key = "PRIMARY KEY (month, device, epoch, boot, seq)"
    connection.execute(f"CREATE TABLE events ({COLUMNS}, {key}) {'PARTITION BY RANGE (month)' if n else ''}")
    for month in range(n):
        connection.execute(f"CREATE TABLE m{month} PARTITION OF events FOR VALUES FROM ({month}) TO ({month + 1})")
    for index in INDEXES:
        connection.execute(f"CREATE INDEX ON events {index}")
    connection.execute(FILL, {"months": max(n, 1), "devices": DEVICES, "rows": ROWS})
    connection.execute("VACUUM ANALYZE events")


def measure(connection: psycopg.Connection[Any], n: int) -> None:
    """Its figures."""
    told = [explained(connection, first) for first in range(ROUNDS)]
    figure("partition_plan_us", min(one["Planning Time"] for one in told) * 1000, "us", ROUNDS, partitions=n)
    figure("partition_read_us", min(one["Execution Time"] for one in told) * 1000, "us", ROUNDS, partitions=n)
    with connection.transaction():
        connection.execute(DAY, ("q-1", 1, 400))
        row = connection.execute("SELECT COUNT(*) FROM pg_locks WHERE pid = pg_backend_pid()").fetchone()
    figure("partition_locks", row[0] if row else 0, "locks", 1, partitions=n)
    took = [given(connection, max(n, 1) - 1, 1_000_000 + GIVEN * at) for at in range(ROUNDS)]
    figure("partition_insert_us_per_event", min(took) * 1000 / GIVEN, "us", ROUNDS, partitions=n)


def explained(connection: psycopg.Connection[Any], first: int) -> dict[str, float]:
    """What PostgreSQL says of a question."""
    row = connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + DAY, ("q-1", first, first + 400)).fetchone()
    assert row is not None
    found: dict[str, float] = (json.loads(row[0]) if isinstance(row[0], str) else row[0])[0]
    return found


def given(connection: psycopg.Connection[Any], month: int, first: int) -> float:
    """Milliseconds that it takes to store some events."""
    its = (month, month, first, first + GIVEN - 1)
    row = connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + GIVE, its).fetchone()
    assert row is not None
    return float(row[0][0]["Planning Time"] + row[0][0]["Execution Time"])
