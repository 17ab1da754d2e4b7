"""Stores for the flows' and workers' tests, each on both kinds of database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from fleet.flows import sign_in
from fleet.store.database import Store
from tests.fleet import ready_tables as ready
from tests.fleet.compared import furnish
from tests.fleet.mondays import mondays
from tests.fleet.office import NewDatabase, migrated, open_office_at_nine, with_tables
from tests.made_once import made_once
from tests.postgresql import WITH_TABLES, PostgreSQL
from tests.sqlite_files import SqliteFiles


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing; what real ones cost is known to tests/fleet/flows/test_sign_in.py."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sign_in, "HASHER", quick)
        patched.setattr(sign_in, "NOBODY", quick.hash("nobody"))
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server of our own. Its folder and all tables are made once in a run: both take seconds."""
    server = PostgreSQL(seed=made_once("postgresql", seed)).start()
    yield server
    server.stop()


def seed(folder: Path) -> None:
    """What servers begin with: a database that has its tables."""
    server = PostgreSQL().start()
    try:
        migrated(server.database(name=WITH_TABLES))
        server.leave_seed(folder)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Files that are copied."""
    return SqliteFiles(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def ready_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database gets the newest tables as migrations made them once."""
    ready.told_by_file()
    monkeypatch.setattr(Store, "upgrade", ready.upgrade)


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a province whose offices can be compared; who changes it works on a copy."""

    def make(folder: Path) -> None:
        store = Store(with_tables(folder))
        furnish(store)
        store.close()

    made = made_once("compared", make) / "motcua.sqlite"
    return Path(shutil.copy(made, tmp_path_factory.mktemp("compared")))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes databases: the address of a copy of a named one, which is filled when it is first asked for."""
    if request.param == "sqlite":
        files: SqliteFiles = request.getfixturevalue("sqlite_files")
        yield lambda name, fill: files.copy(name, fill, tmp_path)
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    made: list[str] = []

    def copy(name: str, fill: Callable[[str], None] | None) -> str:
        made.append(server.copy(name, fill))
        return made[-1]

    yield copy
    for address in made:
        server.leave(address)


@pytest.fixture
def empty_store(new_database: NewDatabase) -> Iterator[Store]:
    """A store with all tables and nothing in them."""
    store = Store(new_database("empty", migrated))
    yield store
    store.close()


@pytest.fixture
def store(new_database: NewDatabase) -> Iterator[Store]:
    """A store with an office whose devices have all been born once (epoch 1) at nine o'clock."""
    store = Store(new_database("office", open_office_at_nine))
    yield store
    store.close()


@pytest.fixture(scope="session")
def monday_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office and its Mondays; nobody writes there."""
    made = made_once("mondays", lambda folder: mondays(folder).close())
    return shutil.copytree(made, tmp_path_factory.mktemp("mondays"), dirs_exist_ok=True)
