"""The tables, by subject. Times are UTC milliseconds in 64 bits; days are ISO dates of the office's own calendar.

SQLModel says what the tables are (and Alembic makes them); rows are read and written as plain values.
"""

from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


def ms(**options: Any) -> Any:
    """A column of UTC milliseconds: `int` alone would be 32 bits on PostgreSQL."""
    return Field(sa_type=BigInteger, **options)


def load() -> SQLModel:
    """Import every table, so that the metadata is whole."""
    from fleet.store.tables import (
        api,
        bookings,
        calendars,
        desks,
        devices,
        dossiers,
        inbox,
        integrity,
        lines,
        people,
        places,
        procedures,
        retention,
        units,
        visits,
        webhooks,
    )

    del (
        api,
        bookings,
        calendars,
        desks,
        devices,
        dossiers,
        inbox,
        integrity,
        lines,
        people,
        places,
        procedures,
        retention,
        units,
        visits,
        webhooks,
    )
    return SQLModel()
