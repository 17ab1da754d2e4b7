"""What staff decided of an office's kiosk, and when each kiosk gave numbers."""

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

WAYS = sql("SELECT kiosk FROM offices WHERE id = :office")
SET_WAYS = sql("UPDATE offices SET kiosk = :ways WHERE id = :office")
ICONS = sql("SELECT id, icon FROM services WHERE office = :office")
SET_ICON = sql("UPDATE services SET icon = :icon WHERE office = :office AND id = :service")
GIVEN = sql("SELECT answered_ms FROM api_answers WHERE token = :kiosk AND answered_ms > :since_ms AND status <> 0")


def ways(connection: Connection, office: str) -> str:
    """How an office gives numbers at its kiosk, as its column says it."""
    row = one(connection, WAYS, office=office)
    return "" if row is None else str(row.kiosk)


def set_ways(connection: Connection, office: str, ways: str) -> None:
    """Numbers are given so from now on."""
    run(connection, SET_WAYS, office=office, ways=ways)


def icons(connection: Connection, office: str) -> dict[str, str]:
    """The pictures that staff chose, by service; empty where they chose none."""
    return {row.id: row.icon for row in every(connection, ICONS, office=office)}


def set_icon(connection: Connection, office: str, service: str, icon: str) -> bool:
    """This picture is the service's; False if there is no such service."""
    return run(connection, SET_ICON, office=office, service=service, icon=icon) == 1


def given(connection: Connection, kiosk: str, since_ms: int) -> list[int]:
    """When this kiosk gave numbers since then."""
    return [row.answered_ms for row in every(connection, GIVEN, kiosk=kiosk, since_ms=since_ms)]
