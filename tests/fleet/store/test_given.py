"""Statements over many values: each database gets them as they are, and says what was new."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from fleet.store.database import Store
from fleet.store.given import ROWS_AT_ONCE, EachOf, Given, NewRows

COLUMNS = {"id": "bigint", "said": "text", "is_odd": "boolean"}
ADD = NewRows("things", **COLUMNS)
READ = Given("SELECT o.id, o.said, o.is_odd FROM {given} {join} things o ON o.id = given.id ORDER BY o.id", id="bigint")
SAY = EachOf(
    "UPDATE things SET said = :said WHERE id = :id",
    "UPDATE things o SET said = given.said FROM {given} WHERE o.id = given.id",
    said="text",
    id="bigint",
)
ODD_TEXTS = ["", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a, b ", " ", "\n\t\x7f", "\\n", "Đỗ 🦆", "'", "%s :said ?"]


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE things (id BIGINT PRIMARY KEY, said TEXT, is_odd BOOLEAN)")
        yield connection
        connection.exec_driver_sql("DROP TABLE things")


def read(connection: Connection, ids: range) -> list[tuple[object, ...]]:
    return [tuple(row) for row in READ.every(connection, [(one,) for one in ids])]


def test_values_of_every_kind_come_back_as_they_were(connection: Connection) -> None:
    some = [(number, text, bool(number % 2)) for number, text in enumerate(ODD_TEXTS)]
    some += [(len(some), None, None), ((1 << 53) - 1, "last", True)]
    assert ADD.add(connection, some) == len(some)
    assert [tuple(row) for row in READ.every(connection, [(one[0],) for one in some])] == some
    SAY.run(connection, [(text, number) for number, text in enumerate(reversed(ODD_TEXTS))])
    assert [said for _, said, _ in read(connection, range(len(ODD_TEXTS)))] == ODD_TEXTS[::-1]


@pytest.mark.parametrize("many", [0, 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 1])
def test_of_rows_that_come_again_only_the_new_ones_are_counted_and_put_there(connection: Connection, many: int) -> None:
    assert ADD.add(connection, [(number, "first", False) for number in range(0, many, 3)]) == len(range(0, many, 3))
    new = ADD.add(connection, [(number, "again", False) for number in range(many)])
    assert new == many - len(range(0, many, 3))
    said = ["first" if number % 3 == 0 else "again" for number in range(many)]
    assert [row[1] for row in read(connection, range(many))] == said
