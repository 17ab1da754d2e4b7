"""How the database itself is, and what in it tells whether those who work with it do so."""

from sqlalchemy import Connection

from fleet.store.device_keys import fleet_key
from fleet.store.rows import every, one, sql

JOURNAL = sql("PRAGMA journal_mode")
SAFE = ("synchronous_commit", "fsync", "full_page_writes")
SETTING = sql("SELECT current_setting(:name) AS value")
ENCODING = sql("SELECT current_setting('server_encoding') AS value")
ONLY_READS = sql("""
    SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS value""")
CLOCK = sql("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS value")
NEWEST = sql("""
    SELECT MAX(at_ms) AS value FROM (
        SELECT MAX(at_ms) AS at_ms FROM audit UNION ALL SELECT MAX(last_seen_ms) FROM devices) AS newest""")
LATE_LETTERS = sql("""
    SELECT COUNT(*) AS value FROM mails
    WHERE state = 'waiting' AND made_ms < :before_ms AND next_ms < :before_ms AND taken_until_ms < :before_ms""")
DEAD_LETTERS = sql("SELECT COUNT(*) AS value FROM mails WHERE state = 'dead'")
DUE_CALLS = sql("""
    SELECT d.endpoint, MIN(d.id) AS id, MIN(d.attempts) AS attempts
    FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint
    WHERE d.state = 'waiting' AND d.next_ms <= :now_ms AND e.taken_until_ms < :now_ms AND NOT e.paused
    GROUP BY d.endpoint""")
DEAD_CALLS = sql("SELECT COUNT(*) AS value FROM webhook_deliveries WHERE state = 'dead' AND tried_ms >= :since_ms")
A_KEY = sql("SELECT device, key FROM device_keys ORDER BY device LIMIT 1")


def journal(connection: Connection) -> str:
    """How SQLite keeps what is being written."""
    return str(one(connection, JOURNAL)[0]).lower()


def unsafe(connection: Connection) -> list[str]:
    """What of PostgreSQL would let it lose what it has committed: settings with their values."""
    values = {name: one(connection, SETTING, name=name).value for name in SAFE}
    return [f"{name}={value}" for name, value in values.items() if value == "off"]


def encoding(connection: Connection) -> str:
    """In which encoding PostgreSQL keeps texts."""
    return str(one(connection, ENCODING).value)


def only_reads(connection: Connection) -> bool:
    """Whether this PostgreSQL follows another one, or was told to take nothing."""
    return bool(one(connection, ONLY_READS).value)


def clock_ms(connection: Connection) -> int:
    """What time it is for PostgreSQL."""
    return int(one(connection, CLOCK).value)


def newest_ms(connection: Connection) -> int:
    """The last moment of which anything is kept; 0 in an empty database."""
    return one(connection, NEWEST).value or 0


def late_letters(connection: Connection, before_ms: int) -> int:
    """How many letters should have been tried before then, and nobody did."""
    return int(one(connection, LATE_LETTERS, before_ms=before_ms).value)


def dead_letters(connection: Connection) -> int:
    """How many letters were given up within the last week."""
    return int(one(connection, DEAD_LETTERS).value)


def due_calls(connection: Connection, now_ms: int) -> set[tuple[int, int, int]]:
    """Addresses that should be told something now, and nobody is at it: (endpoint, what, after how many tries)."""
    return {tuple(row) for row in every(connection, DUE_CALLS, now_ms=now_ms)}


def dead_calls(connection: Connection, since_ms: int) -> int:
    """How much has been given up since then that an address should have been told."""
    return int(one(connection, DEAD_CALLS, since_ms=since_ms).value)


def opens_a_key(connection: Connection) -> bool:
    """Whether there is any key of a device; the fleet key opens it. Raises FleetKeyWrong."""
    row = one(connection, A_KEY)
    if row is not None:
        fleet_key(connection).open(row.device, row.key)
    return row is not None
