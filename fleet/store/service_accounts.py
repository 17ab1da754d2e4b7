"""Accounts of services: owners of tokens with whom nobody signs in."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

COLUMNS = "id, name, about, unit, created_ms, ended_ms"
ADD = sql("""
    INSERT INTO service_accounts (id, name, about, unit, created_ms) VALUES (:id, :name, :about, :unit, :created_ms)
    ON CONFLICT (name) DO NOTHING""")
ALL = sql(f"SELECT {COLUMNS} FROM service_accounts ORDER BY name")  # noqa: S608 (our own constant)
GET = sql(f"SELECT {COLUMNS} FROM service_accounts WHERE id = :id AND ended_ms IS NULL")  # noqa: S608
NAMED = sql(f"SELECT {COLUMNS} FROM service_accounts WHERE name = :name AND ended_ms IS NULL")  # noqa: S608
END = sql("UPDATE service_accounts SET ended_ms = :now_ms WHERE id = :id AND ended_ms IS NULL")


@dataclass(frozen=True)
class ServiceRow:
    """The account of a service. No unit: everywhere."""

    id: str
    name: str
    about: str
    unit: str | None
    created_ms: int
    ended_ms: int | None = None


def add(connection: Connection, row: ServiceRow) -> bool:
    """Keep a new one; False where the name is taken."""
    values = {"id": row.id, "name": row.name, "about": row.about, "unit": row.unit, "created_ms": row.created_ms}
    return run(connection, ADD, **values) == 1


def everyone(connection: Connection) -> list[ServiceRow]:
    """All that ever were, by name."""
    return [ServiceRow(*row) for row in every(connection, ALL)]


def of(connection: Connection, service: str) -> ServiceRow | None:
    """The one of this id, if it was not ended."""
    row = one(connection, GET, id=service)
    return None if row is None else ServiceRow(*row)


def named(connection: Connection, name: str) -> ServiceRow | None:
    """The one of this name, if it was not ended."""
    row = one(connection, NAMED, name=name)
    return None if row is None else ServiceRow(*row)


def end(connection: Connection, service: str, now_ms: int) -> bool:
    """It is no more; False if there is none, or was ended before."""
    return run(connection, END, id=service, now_ms=now_ms) == 1
