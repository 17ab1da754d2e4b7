"""What is old is deleted, a little at a time: each of these is one short transaction of its caller's."""

from collections.abc import Sequence

from sqlalchemy import Connection, TextClause

from fleet.domain.retention import LINKED_FROM, Kept
from fleet.store.rows import every, one, run, run_each, sql

OF_LINKER = ("touched", "placements", "checkpoints")
MADE_OF_OTHERS = (*OF_LINKER, "wait_hours", "rating_sums")
# Nobody is told how many of these went.
OF_DAYS = {
    Kept.EVENTS: OF_LINKER,
    Kept.VISITS: (
        "visits",
        "tickets",
        "turns",
        "reserved",
        "counter_days",
        "clerk_sessions",
        "unlinked",
        "bookings",
        "leases",
        "wait_hours",
        "day_ends",
        "promises",
        "estimate_days",
        "alerts",
    ),
    Kept.RATINGS: (
        "ratings",
        "rating_reasons",
        "question_answers",
        "rating_exclusions",
        "excluded_presses",
        "examinations",
        "rating_sums",
    ),
    Kept.SCANS: ("visit_dossiers", *OF_LINKER),
}
# What the linker made, and leases: by office and day. The days of one table go one at a time. What the linker remembers
# of a day goes with whatever makes the day one that is not linked again.

EVENT = "SELECT device, epoch, boot, seq FROM events WHERE device = :device"
ARCHIVED = "(reason IS NOT NULL OR received_ms < :received_ms)"
# What could not be read is in no archive.
DELETE_EVENTS = "DELETE FROM events WHERE (device, epoch, boot, seq) IN"
OLD_EVENTS = sql(f"""
    {DELETE_EVENTS} ({EVENT} AND happened_ms < :before_ms AND {ARCHIVED} ORDER BY happened_ms LIMIT :most)""")
OLD_SCANS = sql(f"""
    {DELETE_EVENTS} ({EVENT} AND happened_ms < :before_ms AND kind = 'scan' AND {ARCHIVED}
        ORDER BY happened_ms LIMIT :most)""")
OLD_UNTIMED = sql(f"""
    {DELETE_EVENTS} ({EVENT} AND happened_ms IS NULL AND received_ms < :before_ms AND {ARCHIVED} LIMIT :most)""")
LATEST_MS = 1 << 62
OLD_COLLISIONS = sql("""
    DELETE FROM collisions WHERE id IN
        (SELECT id FROM collisions WHERE received_ms < :before_ms ORDER BY id LIMIT :most)""")
OLD_UNREADABLE = sql("""
    DELETE FROM unreadable WHERE id IN
        (SELECT id FROM unreadable WHERE received_ms < :before_ms ORDER BY received_ms LIMIT :most)""")
OLD_UNREADABLE_EVENTS = sql("""
    DELETE FROM events WHERE (device, epoch, boot, seq) IN (SELECT device, epoch, boot, seq FROM events
        WHERE reason IS NOT NULL AND device = :device AND received_ms < :before_ms LIMIT :most)""")
OLD_COMMANDS = sql("""
    DELETE FROM commands WHERE id IN (SELECT id FROM commands WHERE asked_ms < :before_ms ORDER BY asked_ms LIMIT :most)
    """)
OLD_BATCHES = sql("""
    DELETE FROM order_batches WHERE id IN (
        SELECT b.id FROM order_batches b WHERE b.asked_ms < :before_ms
            AND NOT EXISTS (SELECT 1 FROM ordered_devices o WHERE o.batch = b.id) ORDER BY b.asked_ms LIMIT :most)""")
OLD_ORDERED = sql("""
    DELETE FROM ordered_devices WHERE (batch, device) IN (
        SELECT o.batch, o.device FROM ordered_devices o JOIN order_batches b ON b.id = o.batch
            WHERE b.asked_ms < :before_ms ORDER BY o.batch, o.device LIMIT :most)""")
OLD_HEALTH = sql("UPDATE devices SET health = NULL WHERE health IS NOT NULL AND last_seen_ms < :before_ms")
OLD_DOSSIERS = sql("""
    DELETE FROM dossiers WHERE code IN
        (SELECT code FROM dossiers WHERE received_on < :before AND COALESCE(due_on, received_on) < :before LIMIT :most)
    """)
OLD_IMPORTS = sql("""
    DELETE FROM imports WHERE id IN (SELECT id FROM imports WHERE imported_ms < :before_ms ORDER BY id LIMIT :most)""")
OLD_WINDOWS = sql("DELETE FROM windows WHERE office = :office AND day < :before")
WHO = "SELECT d.id FROM devices d WHERE EXISTS (SELECT 1 FROM events e WHERE e.device = d.id AND"
WITH_OLD = {
    Kept.EVENTS: sql(f"""
        {WHO} e.happened_ms < :before_ms) OR EXISTS (SELECT 1 FROM events e
            WHERE e.device = d.id AND e.happened_ms IS NULL AND e.received_ms < :before_ms)"""),  # noqa: S608
    Kept.SCANS: sql(f"{WHO} e.happened_ms < :before_ms AND e.kind = 'scan')"),
    Kept.UNREADABLE: sql(f"{WHO} e.reason IS NOT NULL AND e.received_ms < :before_ms)"),
}
SET_HORIZON = sql("""
    INSERT INTO horizons (kept, before_ms, purged_ms) VALUES (:kept, :before_ms, :now_ms)
    ON CONFLICT (kept) DO UPDATE SET purged_ms = excluded.purged_ms,
        before_ms = CASE WHEN excluded.before_ms > horizons.before_ms
            THEN excluded.before_ms ELSE horizons.before_ms END""")
HORIZONS = sql("SELECT kept, before_ms, purged_ms FROM horizons WHERE kept NOT LIKE 'archived %'")
HORIZON = sql("SELECT before_ms FROM horizons WHERE kept = :kept")


def devices_with_old(connection: Connection, kept: Kept, before_ms: int) -> list[str]:
    """The devices, the fleet's own processes among them, that have events of this class from before then."""
    return [row.id for row in every(connection, WITH_OLD[kept], before_ms=before_ms)]


def delete_events(connection: Connection, device: str, before_ms: int, most: int, received_ms: int = LATEST_MS) -> int:
    """Delete some of a device's events that happened before then; how many."""
    return run(connection, OLD_EVENTS, device=device, before_ms=before_ms, most=most, received_ms=received_ms)


def delete_scans(connection: Connection, device: str, before_ms: int, most: int, received_ms: int = LATEST_MS) -> int:
    """Delete some of a device's scans from before then."""
    return run(connection, OLD_SCANS, device=device, before_ms=before_ms, most=most, received_ms=received_ms)


def delete_untimed(connection: Connection, device: str, before_ms: int, most: int, received_ms: int = LATEST_MS) -> int:
    """Delete some of a device's events of which nobody knows when they happened, received before then."""
    return run(connection, OLD_UNTIMED, device=device, before_ms=before_ms, most=most, received_ms=received_ms)


def delete_unreadable_events(connection: Connection, device: str, before_ms: int, most: int) -> int:
    """Delete some of a device's events that could not be read."""
    return run(connection, OLD_UNREADABLE_EVENTS, device=device, before_ms=before_ms, most=most)


def delete_collisions(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the events that came under another's identity."""
    return run(connection, OLD_COLLISIONS, before_ms=before_ms, most=most)


def delete_commands(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the orders that devices were given before then."""
    return run(connection, OLD_COMMANDS, before_ms=before_ms, most=most)


def delete_ordered(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the devices of orders that were given to many before then."""
    return run(connection, OLD_ORDERED, before_ms=before_ms, most=most)


def delete_batches(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the orders to many of before then, of which no device is left."""
    return run(connection, OLD_BATCHES, before_ms=before_ms, most=most)


def delete_unreadable(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the messages that were none."""
    return run(connection, OLD_UNREADABLE, before_ms=before_ms, most=most)


def delete_dossiers(connection: Connection, before: str, most: int) -> int:
    """Delete some of the dossiers that were received, and due, before this day."""
    return run(connection, OLD_DOSSIERS, before=before, most=most)


def delete_imports(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some of the records of imports."""
    return run(connection, OLD_IMPORTS, before_ms=before_ms, most=most)


def clear_health(connection: Connection, before_ms: int) -> int:
    """Forget how devices were that have said nothing since then."""
    return run(connection, OLD_HEALTH, before_ms=before_ms)


def tables_of(kept: Kept) -> Sequence[str]:
    """The tables of a class whose rows belong to an office's day."""
    return OF_DAYS.get(kept, ())


def oldest_day(connection: Connection, table: str, office: str) -> str | None:
    """The first day of this office that a table still has."""
    row = one(connection, of_table("SELECT MIN(day) AS day FROM {table} WHERE office = :office", table), office=office)
    return None if row is None else row.day


def delete_day(connection: Connection, table: str, office: str, day: str) -> int:
    """Delete an office's day from a table."""
    return run(
        connection, of_table("DELETE FROM {table} WHERE office = :office AND day = :day", table), office=office, day=day
    )


def of_table(statement: str, table: str) -> TextClause:
    """A statement about one of our own tables."""
    assert any(table in tables for tables in OF_DAYS.values())  # noqa: S101
    return sql(statement.format(table=table))


def close_days(connection: Connection, offices: Sequence[str], before: str) -> None:
    """These offices' days before this one are not linked any more."""
    run_each(connection, OLD_WINDOWS, [{"office": office, "before": before} for office in offices])


def set_horizon(connection: Connection, kept: Kept, before_ms: int, now_ms: int) -> None:
    """Of this class nothing is left from before this moment; a horizon never goes back."""
    set_marker(connection, kept.value, before_ms, now_ms)


def set_marker(connection: Connection, name: str, before_ms: int, now_ms: int) -> None:
    """Remember this moment under a name of 16 letters at most; it never goes back."""
    run(connection, SET_HORIZON, kept=name, before_ms=before_ms, now_ms=now_ms)


def before_of(connection: Connection, name: str) -> int:
    """The moment under this name; 0: there is none."""
    row = one(connection, HORIZON, kept=name)
    return 0 if row is None else int(row.before_ms)


def horizons(connection: Connection) -> dict[str, tuple[int, int]]:
    """By class, (before which moment it was deleted, when that was)."""
    return {row.kept: (row.before_ms, row.purged_ms) for row in every(connection, HORIZONS)}


def linked_since_ms(connection: Connection) -> int:
    """Days that began before this moment are not whole, and not linked any more."""
    known = horizons(connection)
    return max((known[kept][0] for kept in LINKED_FROM if kept in known), default=0)
