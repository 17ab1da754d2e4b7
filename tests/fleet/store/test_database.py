"""Opening, migrating and locking of the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from fleet.store import tables
from fleet.store.database import Store, alembic_config, newest_revision
from fleet.store.rows import sql
from tests.fleet.office import NewDatabase

INSERT = sql("INSERT INTO unreadable (topic, reason, raw, length, received_ms) VALUES ('', '', '', 0, 0)")
COUNT = sql("SELECT COUNT(*) FROM unreadable")
HEAD = ScriptDirectory.from_config(alembic_config()).get_current_head()


@pytest.fixture
def store(empty_store: Store) -> Store:
    return empty_store


def test_the_migrations_make_just_the_tables_that_the_code_names(store: Store) -> None:
    tables.load()
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    assert newest_revision() == HEAD
    assert store.is_up_to_date()
    store.migrate()


def test_migrations_go_back_and_forth(store: Store) -> None:
    with store.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    store.migrate()


def test_a_migration_that_fails_leaves_nothing_half_done(new_database: NewDatabase) -> None:
    store = Store(new_database("bare", None))
    with store.writing() as connection:
        connection.execute(sql("CREATE TABLE tickets (id INTEGER)"))  # in the way of a later table of the migration
    with pytest.raises(Exception, match="tickets"):
        store.migrate()
    with store.reading() as connection:
        assert inspect(connection).get_table_names() == ["tickets"]
    store.close()


def test_processes_that_start_at_once_make_the_tables_once(new_database: NewDatabase) -> None:
    stores = [Store(new_database("bare", None))]
    stores += [Store(stores[0].url) for _ in range(3)]
    with ThreadPoolExecutor(len(stores)) as pool:
        for done in [pool.submit(store.migrate) for store in stores]:
            done.result(60)
    with stores[-1].reading() as connection:
        assert connection.execute(sql("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
    for store in stores:
        store.close()


def test_a_process_that_starts_waits_for_no_writer_where_the_tables_are_there(store: Store) -> None:
    with store.writing():
        other = Store(store.url)
        other.migrate()
        other.close()


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


@pytest.mark.parametrize("alone", [True, False])
def test_a_second_writer_waits_for_the_first(store: Store, alone: bool) -> None:
    order = []
    first_holds, first_may_end = threading.Event(), threading.Event()

    def first() -> None:
        with store.writing() as connection:
            first_holds.set()
            assert first_may_end.wait(30)
            connection.execute(INSERT)
            order.append("first")

    def second() -> None:
        with store.writing(alone) as connection:
            rows = connection.execute(COUNT).scalar()
            order.append(f"second sees {rows}")

    one = threading.Thread(target=first)
    one.start()
    assert first_holds.wait(30)
    other = threading.Thread(target=second)
    other.start()
    with store.reading() as connection:  # a reader waits for nobody
        assert connection.execute(COUNT).scalar() == 0
    first_may_end.set()
    one.join(30)
    other.join(30)
    assert order == ["first", "second sees 1"]


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)  # SQLite has one lock for all
def test_writers_that_say_so_write_beside_each_other(store: Store) -> None:
    with store.writing(alone=False) as one, store.writing(alone=False) as other:
        one.execute(INSERT)
        other.execute(INSERT)
        assert other.execute(COUNT).scalar() == 1, "the first has not committed"
        one.commit()
        assert other.execute(COUNT).scalar() == 2, "each statement sees what is committed"


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar() == 0
        with store.writing() as writer:
            writer.execute(INSERT)
        assert connection.execute(COUNT).scalar() == 0
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar() == 1


def test_an_exception_rolls_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.writing() as connection:
        connection.execute(INSERT)
        raise RuntimeError
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar() == 0
