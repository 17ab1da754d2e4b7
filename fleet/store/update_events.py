"""What devices told of updates: confirmed, returned, refused."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, portions, sql

SINCE = sql("""
    SELECT device, body, happened_ms, received_ms FROM events
    WHERE device IN :devices AND kind = 'update' AND received_ms >= :since_ms AND reason IS NULL
    ORDER BY epoch, boot, seq""").bindparams(bindparam("devices", expanding=True))

CLOCKS_MS = 60_000
# By so much a device's time may differ from ours, at worst.


@dataclass(frozen=True)
class UpdateEvent:
    """An event of a device about a release; the words are a stranger's."""

    release: str
    result: str
    reason: str
    happened_ms: int | None
    received_ms: int

    def is_since(self, since_ms: int) -> bool:
        """Whether it happened since then, and was not merely told since: a device may have been cut off."""
        happened_ms = self.received_ms if self.happened_ms is None else self.happened_ms + CLOCKS_MS
        return self.received_ms >= since_ms and happened_ms >= since_ms


def since(connection: Connection, device_ids: Collection[str], since_ms: int) -> dict[str, list[UpdateEvent]]:
    """What these devices told since then, by device, in the order in which they did."""
    found: dict[str, list[UpdateEvent]] = {}
    for some in portions(device_ids):
        for row in every(connection, SINCE, devices=some, since_ms=since_ms):
            said = json.loads(row.body)
            release, result, reason = (str(said.get(name, "")) for name in ("release", "result", "reason"))
            event = UpdateEvent(release, result, reason, row.happened_ms, row.received_ms)
            found.setdefault(row.device, []).append(event)
    return found
