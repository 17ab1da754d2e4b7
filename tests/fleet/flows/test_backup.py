"""Everything is saved while it is used, and restored: into the same kind of database, or into the other.

Migrations make the tables, in both kinds, where an office grows and where a schema is older; elsewhere they are ready.
"""

import os
import shutil
import signal
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command

from fleet.domain.backups import BadBackup, Manifest, SavedTable
from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds
from fleet.domain.kept_backups import Keep
from fleet.domain.named_periods import read_period
from fleet.flows import restore as restoring
from fleet.flows.backup import Made, age_s, backup, look
from fleet.flows.backup_file import read
from fleet.flows.presence import EPOCHS_AHEAD
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.report import report
from fleet.flows.restore import NotEmpty, Restored, restore
from fleet.flows.virtual_device import VirtualDevice
from fleet.store.database import Store, alembic_config
from fleet.store.loading import DoesNotFit
from fleet.store.replacing import InUse
from fleet.store.rows import every, one, run, sql
from protocols.events import RatingGiven
from tests.fleet.office import NINE, OFFICE, NewDatabase, Speaker, open_office_at_nine
from tests.postgresql import PostgreSQL
from tests.sqlite_files import SqliteFiles

EVENTS = sql("SELECT COUNT(*) AS n FROM events")
OFFICES = sql("SELECT id, generation, restored_ms FROM offices ORDER BY id")
PERSON = (
    "INSERT INTO users (id, name, shown_as, password, role, language, disabled, created_ms, failures, locked_until_ms)"
)
PERSON += " VALUES (1, 'mai', '', 'x', 'admin', 'vi', false, 0, 0, 0)"
SESSION = "INSERT INTO sessions (token_hash, \"user\", csrf, created_ms, expires_ms) VALUES ('phien-nay', 1, '', 0, 9)"
KEY = "0f" * 32
OLDER = "0058"


def quiet(table: str, rows: int) -> None:
    """Nobody looks on."""


def saved(store: Store, to: Path, keep: Keep | None = None, now_ms: int = NINE, told: Callable = quiet) -> Made:  # type: ignore[type-arg]
    return backup(store, to, "0.1", {"lease_numbers": 500}, now_ms, keep or Keep(), told)


def restored(file: Path, url: str, replace: bool = False, told: Callable = quiet) -> Restored:  # type: ignore[type-arg]
    return restore(file, url, replace, NINE + 1, told)


def tables(manifest: Manifest) -> dict[str, SavedTable]:
    """The tables as they were saved, without what a restore or a backup itself changes."""
    return {one.name: one for one in manifest.tables if one.name not in ("offices", "backups", "audit", "audit_head")}


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Addresses of databases that are not there yet, of the kind that is asked for."""
    server: PostgreSQL = request.getfixturevalue("postgresql")
    made: list[str] = []

    def address(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'other-{len(list(tmp_path.iterdir()))}' / 'motcua.sqlite'}"
        made.append(server.database())
        return made[-1]

    yield address
    for one_made in made:
        server.leave(one_made)


def test_an_office_grows_into_a_province_and_back(
    monday_data: Path, other: Callable[[str], str], tmp_path: Path
) -> None:
    """From SQLite to PostgreSQL and to SQLite again: every row of every table, and a month's report."""
    shutil.copy(monday_data / "motcua.sqlite", tmp_path / "motcua.sqlite")
    here = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    first = saved(here, tmp_path / "first.zip")
    assert first.manifest.rows > 1_000 and first.manifest.generations == {OFFICE: 1}
    month, now_ms = read_period("2026-09"), bounds(date(2026, 10, 5).isoformat(), VIET_NAM)[0]
    told = report(here, OFFICE, month, now_ms)
    places = [other("postgresql"), other("sqlite")]
    file = first.file
    for generation, place in enumerate(places, start=2):
        assert restored(file, place).kept is None
        there = Store(place)
        assert there.is_up_to_date()
        assert report(there, OFFICE, month, now_ms) == told
        again = saved(there, tmp_path / f"{generation}.zip")
        there.close()
        assert tables(again.manifest) == tables(first.manifest)
        assert again.manifest.generations == {OFFICE: generation}
        file = again.file
    here.close()


@pytest.mark.usefixtures("ready_tables")
def test_what_is_written_meanwhile_waits_for_nobody_and_is_not_in_it(
    store: Store, other: Callable[[str], str], tmp_path: Path
) -> None:
    buttons = Speaker("nut-1")

    def press() -> None:
        buttons.does(RatingGiven(score=5, scale=5, held_ms=80, up=1_000, at=NINE))
        receive(store, [Arrival(buttons.topic, buttons.batch())], NINE)

    press()
    wrote: list[str] = []

    def told(table: str, rows: int) -> None:
        if table not in wrote:
            wrote.append(table)
            press()

    made = saved(store, tmp_path / "b.zip", told=told)
    assert len(wrote) > 3
    assert {one.name: one.rows for one in made.manifest.tables}["events"] == 1
    place = other("sqlite")
    restored(made.file, place)
    there = Store(place)
    press()
    receive(there, [Arrival(buttons.topic, buttons.batch())], NINE)  # the device holds all of it still
    for one_store in (store, there):
        with one_store.reading() as connection:
            assert one(connection, EVENTS).n == len(wrote) + 2
    there.close()


@pytest.mark.usefixtures("ready_tables")
def test_what_was_there_is_kept_beside(store: Store, tmp_path: Path) -> None:
    VirtualDevice(store, "web", NINE)
    made = saved(store, tmp_path / "b.zip")
    with store.writing() as connection:
        run(connection, sql("UPDATE offices SET name = 'sau bản sao lưu'"))
    later = [VirtualDevice(store, "web", NINE).epoch for _ in range(3)]
    with pytest.raises(NotEmpty, match="expected no database, found one; --replace keeps it"):
        restored(made.file, store.url)
    with pytest.raises(InUse, match="expected a database that nobody uses"):
        restored(made.file, store.url, replace=True)
    store.close()
    done = restored(made.file, store.url, replace=True)
    assert done.kept is not None and done.awaited == {OFFICE: ["tp-1"]}
    with store.reading() as connection:
        assert [tuple(row) for row in every(connection, OFFICES)] == [(OFFICE, 2, NINE + 1)]
        assert one(connection, sql("SELECT name FROM offices")).name == "Phường Tân An"
    if store.is_postgresql:
        with store.reading() as connection:
            assert one(connection, sql(f"SELECT name FROM {done.kept}.offices")).name == "sau bản sao lưu"  # noqa: S608
    else:
        kept = Store(f"sqlite:///{done.kept}")
        with kept.reading() as connection:
            assert one(connection, sql("SELECT name FROM offices")).name == "sau bản sao lưu"
        kept.close()
    # A finish that a page recorded after the backup may be named by a press that a device still holds.
    assert VirtualDevice(store, "web", NINE).epoch == 1 + EPOCHS_AHEAD + 1 > max(later)


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    store: Store, other: Callable[[str], str], tmp_path: Path
) -> None:
    with store.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, OLDER)
    made = saved(store, tmp_path / "b.zip")
    assert made.manifest.schema == OLDER
    place = other("sqlite" if store.is_postgresql else "postgresql")
    restored(made.file, place)
    there = Store(place)
    assert there.is_up_to_date()
    with there.reading() as connection:
        assert [row.id for row in every(connection, OFFICES)] == [OFFICE]
    there.close()


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_keys_and_sessions_are_in_no_backup(store: Store, tmp_path: Path) -> None:
    store.keys.key(OFFICE, "2026-11-09", KEY, NINE * 2)
    with store.writing() as connection:
        run(connection, sql(PERSON))
        run(connection, sql(SESSION))
    made = saved(store, tmp_path / "b.zip")
    with zipfile.ZipFile(made.file) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
        names = archive.namelist()
    assert KEY.encode() not in inside and b"phien-nay" not in inside and b'"mai"' in inside
    assert not {"tables/sessions.jsonl", "tables/day_keys.jsonl", "tables/alembic_version.jsonl"} & {*names}
    assert made.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_old_ones_of_a_folder_go_and_nothing_else(store: Store, tmp_path: Path) -> None:
    assert age_s(store, NINE) == float("inf")
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "ghi-chú.txt").touch()
    (folder / "motcua-2026-01-01T00-00-00Z.zip.part").touch()
    for hours in range(3):
        made = saved(store, folder, Keep(days=1), NINE + hours * 3_600_000)
    assert {one.name for one in folder.iterdir()} == {"ghi-chú.txt", made.file.name}
    assert made.removed == ("motcua-2026-11-09T03-00-00Z.zip",)
    assert [one.file for one in look(folder)] == [made.file]
    assert age_s(store, NINE + 7_290_000) == 90.0
    with pytest.raises(BadBackup, match="expected a place for a new file"):
        saved(store, folder, now_ms=NINE + 2 * 3_600_000)


def damage(file: Path, how: str) -> None:
    whole = file.read_bytes()
    if how == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif how == "turned":
        middle = whole.index(b"tables/devices.jsonl") + 60
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :])
    else:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(file, "w") as archive:
            for name, text in members.items():
                if how == "fewer":
                    text = b"\n".join(text.split(b"\n")[1:]) if name == "tables/devices.jsonl" else text
                elif how == "forged":
                    text = text.replace(b"tp-1", b"tp-9") if name == "tables/devices.jsonl" else text
                if how != "missing" or name != "tables/devices.jsonl":
                    archive.writestr(name, text)


DAMAGES = {
    "cut": "expected a whole backup, found a file that is cut off",
    "turned": "devices.*: expected .*, found",
    "fewer": "devices: expected 5 rows, found 4",
    "missing": "tables/devices.jsonl: expected to be in it, found nothing",
    "forged": "devices: expected rows whose SHA-256 is",
}


@pytest.mark.usefixtures("ready_tables")
def test_a_damaged_file_changes_nothing(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    store = Store(sqlite_files.copy("office", open_office_at_nine, tmp_path))
    made = saved(store, tmp_path / "b.zip")
    store.close()
    before, whole = (tmp_path / "motcua.sqlite").read_bytes(), made.file.read_bytes()
    for how, said in DAMAGES.items():
        made.file.write_bytes(whole)
        damage(made.file, how)
        with pytest.raises(BadBackup, match=said), read(made.file) as reading:
            reading.check(quiet)
    with pytest.raises(BadBackup, match=said):
        restored(made.file, store.url, replace=True)
    assert (tmp_path / "motcua.sqlite").read_bytes() == before
    assert {one.name for one in tmp_path.iterdir()} == {"motcua.sqlite", "b.zip"}


@pytest.mark.usefixtures("ready_tables")
def test_a_row_that_only_the_other_kind_of_database_takes_is_said(
    sqlite_files: SqliteFiles, other: Callable[[str], str], tmp_path: Path
) -> None:
    store = Store(sqlite_files.copy("office", open_office_at_nine, tmp_path))
    with store.writing() as connection:
        run(connection, sql("UPDATE devices SET boot = 'hai' WHERE id = 'tp-1'"))
    place = other("postgresql")
    made = saved(store, tmp_path / "b.zip")
    store.close()
    with pytest.raises(DoesNotFit, match="devices: expected rows that this database takes, found one"):
        restored(made.file, place)
    there = Store(place)
    assert not there.is_up_to_date(), "nothing of it is left"
    there.close()


def killed(doing: Callable[[Callable[[str, int], None]], object]) -> None:
    """Do this in another process, which is killed in the middle of it."""

    def told(table: str, rows: int) -> None:
        if table == "devices":
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            doing(told)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.usefixtures("ready_tables")
def test_whoever_is_killed_leaves_what_was_there(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database("office", open_office_at_nine)
    store = Store(url)
    folder = tmp_path / "backups"
    folder.mkdir()
    store.close()
    killed(lambda told: saved(Store(url), folder, told=told))
    assert [one.suffix for one in folder.iterdir()] == [".part"] and look(folder) == []
    made = saved(store, folder)
    assert [one.name for one in folder.iterdir()] == [made.file.name]
    with store.writing() as connection:
        run(connection, sql("UPDATE offices SET name = 'sau bản sao lưu'"))
    store.close()
    killed(lambda told: restored(made.file, url, replace=True, told=told))
    with store.reading() as connection:
        assert one(connection, sql("SELECT name FROM offices")).name == "sau bản sao lưu"
    store.close()
    restored(made.file, url, replace=True)
    with store.reading() as connection:
        assert one(connection, sql("SELECT name FROM offices")).name == "Phường Tân An"
    store.close()


@pytest.mark.usefixtures("ready_tables")
def test_a_table_of_another_schema_is_refused(
    sqlite_files: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(sqlite_files.copy("office", open_office_at_nine, tmp_path))
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE of_somebody (id INTEGER PRIMARY KEY)")
    made = saved(store, tmp_path / "b.zip")
    store.close()
    with pytest.raises(BadBackup, match="of_somebody: expected the table as schema"):
        restored(made.file, store.url, replace=True)
    monkeypatch.setattr(restoring, "newest_revision", lambda: "0001")
    with pytest.raises(BadBackup, match="expected a schema up to 0001, found"):
        restored(made.file, store.url, replace=True)
