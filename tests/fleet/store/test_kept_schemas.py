"""What earlier programs left is brought up to date with nothing lost, read, taken back, and brought forth again."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, event
from sqlmodel import SQLModel

from fleet.domain.schemas import FIRST_THAT_ASKS
from fleet.flows.bring_tables import take_back
from fleet.flows.people import staff_of
from fleet.flows.presence import welcome
from fleet.flows.relink import days_to_relink, relink
from fleet.flows.tokens import all_tokens
from fleet.flows.watch import devices_now, office_now, offices, visits_of_day
from fleet.store import reach
from fleet.store import tables as newest
from fleet.store.database import Store, alembic_config
from fleet.store.replacing import InUse
from fleet.store.rows import one, run, sql
from tests.fleet.kept_schemas import EVERY, KEPT, Rows, as_it_was_left, rows_of
from tests.fleet.office import hello
from tests.fleet.store.expanding import AFTER, breaks
from tests.postgresql import PostgreSQL

LAST = KEPT[-1]
KINDS = ("sqlite", "postgresql")
BY_DAY = {"sqlite": KEPT, "postgresql": [LAST]}
CASES = [(revision, kind) for kind in KINDS for revision in (KEPT if EVERY else BY_DAY[kind])]

CHANGED = {("devices", "sleep_after_s"), ("api_tokens", "expires_ms")}
# Columns whose values went elsewhere, or that were given one.
LAST_MS = sql("SELECT MAX(received_ms) AS ms FROM events")
ENDS = sql("SELECT expires_ms FROM api_tokens")
OWNERS = sql("SELECT COUNT(*) AS n FROM api_tokens JOIN service_accounts ON service_accounts.id = api_tokens.service")
VERSION = sql("SELECT 1")
NO_DAY = sql("DELETE FROM day_ends WHERE day = '{}'")
# Whatever the programs of then left empty has one row of made-up values, and that one names a day that none can be.
VISITS = sql("SELECT COUNT(*) AS n FROM visits")
TAKE_AWAY = {
    one_script.revision: one_script.module.oldest_program
    for one_script in reach.migrations(alembic_config()).walk_revisions()
    if hasattr(one_script.module, "oldest_program")
}
# Migrations that say that they take something away, and which program must be the oldest then.
APPLIED = re.compile(r"UPDATE alembic_version SET version_num='(\w+)'")


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Of a database that is not there yet, of the kind that is asked for."""
    made: list[str] = []

    def of_kind(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'motcua.sqlite'}"
        made.append(request.getfixturevalue("postgresql").database())
        return made[-1]

    yield of_kind
    for one_made in made:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        server.leave(one_made)


@pytest.mark.parametrize(("revision", "kind"), CASES)
def test_what_a_program_left_is_there_on_the_way_here_and_back_and_can_be_read(
    address: Callable[[str], str], revision: str, kind: str
) -> None:
    store, tables = as_it_was_left(address(kind), revision)
    before = rows_of(store, tables)
    told = listened(store)
    store.migrate()
    assert kind == "sqlite" or broken(told) == [], "the program of before still works while a newer one starts"
    newest.load()
    assert lost(before, rows_of(store, tables, dict(SQLModel.metadata.tables))) == []
    if revision == LAST:  # a program goes back by one release
        go_back_and_forth(store, revision, tables, before)
    read_as_its_users_do(store)
    store.close()


def go_back_and_forth(store: Store, back: str, tables: list[Table], before: Rows) -> None:
    """Back nothing is otherwise than it was; forth nothing is lost."""
    forth = store.schema()
    assert take_back(store, back).revision == back
    assert rows_of(store, tables) == before
    store.migrate()
    assert store.schema() == forth and forth.oldest_program >= FIRST_THAT_ASKS
    assert lost(before, rows_of(store, tables, dict(SQLModel.metadata.tables))) == []


def read_as_its_users_do(store: Store) -> None:
    """The pages' own reading; each day linked anew from its events; and a device that comes back."""
    (office,) = [row for row in offices(store) if row.name != "{}"]
    days = days_to_relink(store, office.id, None, None)
    with store.writing() as connection:
        run(connection, NO_DAY)
        visits, now_ms = one(connection, VISITS).n, one(connection, LAST_MS).ms
    assert office_now(store, office.id, now_ms).visits and devices_now(store, now_ms) and staff_of(store, None)
    assert all_tokens(store) is not None
    done = [relink(store, *day, now_ms) for day in days]
    assert all(one_day.differs is not None for one_day in done)
    assert sum(len(visits_of_day(store, *day, 1_000)) for day in days) == visits > 0
    assert welcome(store, "may-in-1", hello(boot=99, epoch=1), now_ms).epoch == 1


def lost(before: Rows, after: Rows) -> list[Any]:
    """Rows that are not there any more as they were; a migration may add some."""
    found: list[Any] = []
    for name, rows in before.items():
        kept = {said(name, row) for row in after[name]}
        found += [(name, row) for row in rows if said(name, row) not in kept]
    return found


def said(table: str, row: dict[str, Any]) -> str:
    """What of a row no migration changes."""
    return repr(sorted((column, value) for column, value in row.items() if (table, column) not in CHANGED))


def test_what_takes_something_away_leaves_the_last_release_at_work() -> None:
    assert [revision for revision, oldest in TAKE_AWAY.items() if oldest > LAST] == []


def test_tokens_of_before_belong_to_somebody_and_end(address: Callable[[str], str]) -> None:
    store, _ = as_it_was_left(address("sqlite"), "0061")
    with store.reading() as connection:
        assert one(connection, ENDS).expires_ms is None
    store.migrate()
    with store.reading() as connection:
        assert one(connection, ENDS).expires_ms > 0 and one(connection, OWNERS).n > 0
    store.close()


def listened(store: Store) -> list[str]:
    """What the database is told from now on."""
    told: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _, __, statement, *___: told.append(statement))
    return told


def broken(told: list[str]) -> list[str]:
    """What migrations since the first program that goes on beside others took from the program before them."""
    since, found = [], []
    for statement in told:
        applied = APPLIED.match(statement)
        if applied is None:
            since.append(statement)
            continue
        if applied[1] > AFTER and applied[1] not in TAKE_AWAY:
            found += [f"{applied[1]}: {one_broken}" for one_broken in breaks(since)]
        since = []
    return found


def test_nothing_is_taken_away_under_a_program_that_needs_it(address: Callable[[str], str]) -> None:
    url = address("postgresql")
    older, newer = Store(f"{url}?application_name=motcua%200068"), Store(url)
    with older.reading() as somebody, newer.reading() as connection:
        somebody.execute(VERSION)
        reach.check_nobody_older(connection, "0068")
        with pytest.raises(InUse, match="motcua 0068 connected, of programs before 0069"):
            reach.check_nobody_older(connection, "0069")
    older.close()
    newer.close()
