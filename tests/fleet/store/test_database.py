"""Opening, migrating and locking of the database."""

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from fleet.store import tables
from fleet.store.database import Store, alembic_config
from fleet.store.rows import sql

INSERT = sql("INSERT INTO unreadable (topic, reason, raw, length, received_ms) VALUES ('', '', '', 0, 0)")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    store.migrate()
    return store


def test_the_migrations_make_just_the_tables_that_the_code_names(store: Store) -> None:
    tables.load()
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    store.migrate()


def test_migrations_go_back_and_forth(store: Store) -> None:
    with store.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'").all()
        assert [row[0] for row in left] == ["alembic_version"]
    store.migrate()


def test_a_migration_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    with store.writing() as connection:
        connection.execute(sql("CREATE TABLE tickets (id INTEGER)"))  # in the way of a later table of the migration
    with pytest.raises(Exception, match="tickets"):
        store.migrate()
    with store.reading() as connection:
        names = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert names == ["tickets"]


def test_what_is_committed_is_on_the_disk(store: Store) -> None:
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    order = []
    first_holds, first_may_end = threading.Event(), threading.Event()

    def first() -> None:
        with store.writing() as connection:
            first_holds.set()
            assert first_may_end.wait(30)
            connection.execute(INSERT)
            order.append("first")

    def second() -> None:
        with store.writing() as connection:
            rows = connection.execute(sql("SELECT COUNT(*) FROM unreadable")).scalar()
            order.append(f"second sees {rows}")

    one = threading.Thread(target=first)
    one.start()
    assert first_holds.wait(30)
    other = threading.Thread(target=second)
    other.start()
    with store.reading() as connection:  # a reader waits for nobody
        assert connection.execute(sql("SELECT COUNT(*) FROM unreadable")).scalar() == 0
    first_may_end.set()
    one.join(30)
    other.join(30)
    assert order == ["first", "second sees 1"]


def test_an_exception_rolls_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.writing() as connection:
        connection.execute(INSERT)
        raise RuntimeError
    with store.reading() as connection:
        assert connection.execute(sql("SELECT COUNT(*) FROM unreadable")).scalar() == 0
