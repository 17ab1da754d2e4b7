"""The tables, by subject. Times are UTC milliseconds in 64 bits; days are ISO dates of the office's own calendar.

SQLModel says what the tables are (and Alembic makes them); rows are read and written as plain values.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


def ms(**options: Any) -> Any:
    """A column of UTC milliseconds: `int` alone would be 32 bits on PostgreSQL."""
    return Field(sa_type=BigInteger, **options)


def load() -> SQLModel:
    """Import every table, so that the metadata is whole."""
    for module in iter_modules(__path__, __name__ + "."):
        import_module(module.name)
    return SQLModel()
