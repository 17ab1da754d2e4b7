"""Statements and their rows, kept short: SQL text in, tuples out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, text

Values = Mapping[str, Any]
AT_ONCE = 400
# So many values stand in one statement at most.


def sql(statement: str) -> TextClause:
    """A named statement, prepared once."""
    return text(statement)


def one(connection: Connection, statement: TextClause, **values: Any) -> Any:
    """The first row, or None."""
    return connection.execute(statement, values).first()


def every(connection: Connection, statement: TextClause, **values: Any) -> Sequence[Any]:
    """All rows."""
    return connection.execute(statement, values).all()


def hold(connection: Connection, statement: TextClause, **values: Any) -> Sequence[Any]:
    """All rows of a SELECT, which nobody else changes until the transaction ends; on SQLite nobody writes anyway."""
    if connection.dialect.name != "sqlite":
        statement = text(f"{statement.text} FOR NO KEY UPDATE")
    return connection.execute(statement, values).all()


def portions(some: Iterable[str]) -> Iterator[list[str]]:
    """These, in order, as many at once as a statement takes."""
    ordered = sorted(some)
    return (ordered[first : first + AT_ONCE] for first in range(0, len(ordered), AT_ONCE))


def run(connection: Connection, statement: TextClause, **values: Any) -> int:
    """Carry out a statement; how many rows it touched."""
    return connection.execute(statement, values).rowcount


def run_each(connection: Connection, statement: TextClause, rows: Sequence[Values]) -> None:
    """Carry out a statement for each of these rows, at once."""
    if rows:
        connection.execute(statement, list(rows))
