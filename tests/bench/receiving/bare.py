"""The same rows into the same table, and nothing else: no broker, no reading, no locks, no receipts.

In transactions of as many messages as the receiver stores at once, as durable as the store is; by one statement with a
list of parameters on SQLite, with arrays on PostgreSQL.
"""

import time
from collections.abc import Sequence
from typing import Any

from fleet.settings import Settings
from fleet.store.database import Store
from protocols.batches import decode_batch
from protocols.message import to_json
from tests.bench.receiving.messages import EPOCH

COLUMNS = {
    "device": "text",
    "epoch": "bigint",
    "boot": "bigint",
    "seq": "bigint",
    "kind": "text",
    "body": "text",
    "up_ms": "bigint",
    "happened_ms": "bigint",
    "timing": "text",
    "received_ms": "bigint",
    "with_holder": "boolean",
}
INTO = f"INSERT INTO events ({', '.join(COLUMNS)})"
ON_SQLITE = f"{INTO} VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"
ARRAYS = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
ON_POSTGRESQL = f"{INTO} SELECT * FROM unnest({ARRAYS}) ON CONFLICT DO NOTHING"  # noqa: S608 (our own words)


def bare_insert(store: Store, boot: int, messages: Sequence[tuple[str, bytes]]) -> float:
    """Rows a second; the rows are made before the clock runs."""
    at_once = Settings().receive_batch
    portions = [rows_of(boot, messages[first : first + at_once]) for first in range(0, len(messages), at_once)]
    began_s = time.perf_counter()
    for rows in portions:
        with store.writing(alone=False) as connection:
            if store.is_postgresql:
                connection.exec_driver_sql(ON_POSTGRESQL, tuple(map(list, zip(*rows, strict=True))))
            else:
                connection.exec_driver_sql(ON_SQLITE, rows)
    return sum(map(len, portions)) / (time.perf_counter() - began_s)


def rows_of(boot: int, messages: Sequence[tuple[str, bytes]]) -> list[tuple[Any, ...]]:
    """What the receiver would make of these."""
    return [
        (topic.split("/")[2], EPOCH, boot, seq, "rating", body, seq, boot, "device", boot, False)
        for topic, payload in messages
        for seq, body in bodies(payload)
    ]


def bodies(payload: bytes) -> list[tuple[int, str]]:
    """The events of a batch as they are kept."""
    return [(seq, to_json(event).decode()) for seq, event in decode_batch(payload).events.items()]
