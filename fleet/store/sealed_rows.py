"""What lies under the fleet's own key: that there is one before it is needed, and that nothing lies in the clear."""

from sqlalchemy import Connection

from fleet.store import webhooks
from fleet.store.device_keys import fleet_key
from fleet.store.rows import one, sql

SOMETHING = sql("""
    SELECT (SELECT COUNT(*) FROM device_keys) + (SELECT COUNT(*) FROM second_steps)
        + (SELECT COUNT(*) FROM selftest_keys)
        + (SELECT COUNT(*) FROM webhook_endpoints WHERE secret NOT LIKE 'whsec%') AS n""")


def make_key(connection: Connection) -> bool:
    """Make the fleet's key where it is not there and nothing was ever sealed; whether it is there then."""
    key, row = fleet_key(connection), one(connection, SOMETHING)
    if not key.is_there and row is not None and not row.n:
        key.make()
    return key.is_there


def seal_what_is_clear(connection: Connection) -> int:
    """Secrets of webhooks that were kept before they were sealed, are; how many. Not before the key is there."""
    if not fleet_key(connection).is_there:
        return 0
    return sum(webhooks.seal(connection, found) for found in webhooks.endpoints(connection))
