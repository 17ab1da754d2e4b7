"""What is done again when the database says no, and what a person is told."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from fleet.laptop.broker import free_port
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.failures import CONFLICTS, TRIES, again_after_conflict, sqlstate, unusable, will_pass
from fleet.store.rows import sql
from tests.fleet.at_once import WITHIN_S, at_once
from tests.fleet.office import open_office_at_nine
from tests.postgresql import PostgreSQL

COUNT = sql("SELECT COUNT(*) FROM unreadable")
INSERT = sql("INSERT INTO unreadable (topic, reason, raw, length, received_ms) VALUES ('', '', '', 0, 0)")


@pytest.fixture
def database(postgresql: PostgreSQL) -> Iterator[str]:
    """The office at nine o'clock, on PostgreSQL."""
    address = postgresql.copy("office", open_office_at_nine)
    yield address
    postgresql.leave(address)


def said(store: Store) -> str | None:
    with pytest.raises(DBAPIError) as problem, store.writing() as connection:
        connection.execute(INSERT)
    store.close()
    return unusable(problem.value)


def test_two_that_wait_for_each_other_both_come_to_an_end(database: str) -> None:
    tries: list[tuple[str, str]] = []
    each_has_one = threading.Barrier(2)

    def one_way(store: Store, order: tuple[str, str]) -> Callable[[], None]:
        @again_after_conflict
        def write() -> None:
            is_first = order not in tries
            tries.append(order)
            with store.writing(alone=False) as connection:
                devices.hold(connection, [order[0]])
                if is_first:
                    each_has_one.wait(WITHIN_S)
                devices.hold(connection, [order[1]])
                connection.execute(INSERT)

        return write

    at_once(database, [("q-1", "q-2"), ("q-2", "q-1")], one_way)
    assert len(tries) == 3, "one was broken off, and done again"
    store = Store(database)
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar() == 2
    store.close()


def test_whoever_is_always_in_the_way_is_told_in_the_end() -> None:
    class Deadlock(Exception):
        sqlstate = CONFLICTS[1]

    tries = []

    @again_after_conflict
    def write() -> None:
        tries.append(1)
        raise DBAPIError("", {}, Deadlock())

    with pytest.raises(DBAPIError) as problem:
        write()
    assert (sqlstate(problem.value), len(tries)) == (CONFLICTS[1], TRIES)


def test_a_mistake_of_ours_is_neither_done_again_nor_called_the_machines(database: str) -> None:
    store = Store(database)
    tries = []

    @again_after_conflict
    def write() -> None:
        tries.append(1)
        with store.writing() as connection:
            devices.assign(connection, "q-1", "no such office", None, 0)

    with pytest.raises(IntegrityError) as problem:
        write()
    assert (len(tries), unusable(problem.value)) == (1, None)
    store.close()


def test_a_server_that_is_not_there_is_said() -> None:
    port = free_port()
    sentence = said(Store(f"postgresql://motcua:secret@127.0.0.1:{port}/motcua"))
    assert sentence == (
        f'connection to server at "127.0.0.1", port {port} failed: Connection refused; is PostgreSQL running there?'
    )


def test_no_message_is_to_blame_where_no_server_answers(database: str) -> None:
    """Nor where one goes away in the middle; but a value that cannot be sent is the message's."""
    nobody, somebody = Store(f"postgresql://motcua:secret@127.0.0.1:{free_port()}/motcua"), Store(database)
    with pytest.raises(DBAPIError) as away, nobody.writing():
        pass
    assert will_pass(away.value)
    with pytest.raises(DBAPIError) as ended, somebody.writing() as connection:
        connection.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert will_pass(ended.value)
    with pytest.raises(DBAPIError) as unsent, somebody.reading() as connection:
        connection.execute(sql("SELECT :value"), {"value": "no \0 in text"})
    assert not will_pass(unsent.value)
    nobody.close()
    somebody.close()


def test_a_host_that_is_none_is_said() -> None:
    sentence = said(Store("postgresql://motcua:secret@no-such-host.invalid/motcua"))
    assert sentence is not None and "no-such-host.invalid" in sentence and "secret" not in sentence


def test_a_wrong_password_a_wrong_name_and_a_missing_database_are_said(database: str, postgresql: PostgreSQL) -> None:
    wrong = database.replace(postgresql.password, "wrong")
    assert (said(Store(wrong)) or "").endswith('FATAL: password authentication failed for user "motcua"')
    missing = postgresql.address("no_such_database")
    assert (said(Store(missing)) or "").endswith('FATAL: database "no_such_database" does not exist')


def test_a_user_who_may_not_make_tables_is_told(postgresql: PostgreSQL) -> None:
    """As PostgreSQL has it since version 15: the owner of a database may, and nobody else."""
    address = postgresql.copy("bare", None)
    postgresql.do(f"CREATE USER guest PASSWORD '{postgresql.password}'")
    store = Store(address.replace("//motcua:", "//guest:"))
    with pytest.raises(DBAPIError) as problem:
        store.migrate()
    assert unusable(problem.value) == "permission denied for schema public"
    store.close()
    postgresql.leave(address)


def test_a_lock_that_never_comes_is_said(database: str) -> None:
    store = Store(f"{database}?options=-c%20lock_timeout%3D100ms")
    other = Store(database)
    with other.writing():
        assert said(store) == "canceling statement due to lock timeout"
    other.close()


def test_what_is_committed_is_on_the_disk_whatever_the_server_does_for_others(
    database: str, postgresql: PostgreSQL
) -> None:
    postgresql.do(f"ALTER DATABASE {database.rpartition('/')[2]} SET synchronous_commit = off")
    store = Store(database)
    with store.writing() as connection:
        assert connection.execute(sql("SHOW synchronous_commit")).scalar() == "on"
    store.close()


def test_a_server_that_was_away_is_used_again_and_has_lost_nothing(database: str, postgresql: PostgreSQL) -> None:
    store = Store(database)
    with store.writing() as connection:
        connection.execute(INSERT)
    with pytest.raises(DBAPIError) as problem, store.writing() as connection:
        connection.execute(INSERT)
        postgresql.halt()
        connection.execute(INSERT)
    assert unusable(problem.value) is not None
    with pytest.raises(DBAPIError) as problem, store.reading():
        pass
    assert "Connection refused" in (unusable(problem.value) or "")
    postgresql.launch()
    with store.writing() as connection:
        assert connection.execute(COUNT).scalar() == 1, "what was not committed was rolled back"
    store.close()
