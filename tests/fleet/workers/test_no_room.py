"""The disk is full while devices send: nothing is receipted, nobody is to blame, and all goes on when there is room."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from fleet.clock import now_ms
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.store.database import Store
from fleet.store.rows import sql
from fleet.workers import worker
from protocols import events
from protocols.batches import Receipt
from protocols.presence import Welcome
from tests.fleet.office import NewDatabase, migrated
from tests.fleet.workers.house import House, Loop, counted, two_ports
from tests.fleet.workers.played_device import SOON_S, PlayedDevice
from tests.postgresql import PostgreSQL
from tests.small_disk import SmallDisk, small_disk

ALL_THE_ROOM = 1 << 30
N_ASIDE = "SELECT COUNT(*) FROM unreadable"
FAILED = "motcua_receive_store_failed_total"
TRIED = 7
# Beyond twice the three after which each message is stored alone.
FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100';
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_room()"""
# In the words of a real disk, where we have none: the next page of a large table has no room, a small one has some.


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_FAILURE_S", 0.02)


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[SmallDisk | None]:
    """A disk for PostgreSQL's tables that can really be full, where we may have one."""
    if request.node.callspec.params["new_database"] == "sqlite":
        yield None
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with small_disk(server.folder / "small", server.account.get("user", os.geteuid())) as small:
        yield small


@pytest.fixture
def new_database(
    request: pytest.FixtureRequest, disk: SmallDisk | None, new_database: NewDatabase
) -> Iterator[NewDatabase]:
    """The same; on that disk."""
    if disk is None:
        yield new_database
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.tablespace(disk.folder) as there:
        new_database("empty", migrated)
        yield lambda name, _: server.database(name, lies_at=there)


@pytest.fixture
def own_server() -> Iterator[tuple[PostgreSQL, SmallDisk | None]]:
    """A server of our own whose log of what it writes lies on a disk of its own, where we may have one."""
    server = PostgreSQL()
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.fill_folder()
        logs, made, owner = server.data / "pg_wal", server.data / "made", server.account.get("user", os.geteuid())
        logs.rename(made)
        small = stack.enter_context(small_disk(logs, owner))
        for one in made.iterdir():
            shutil.copytree(one, logs / one.name) if one.is_dir() else shutil.copy(one, logs / one.name)
        for one in logs.rglob("*"):
            os.chown(one, owner, -1)
        server.port = free_port()
        server.launch()
        yield server, small
        server.halt()


class Disk:
    """Where this store's database lies; full, or with room."""

    def __init__(self, store: Store, small: SmallDisk | None) -> None:
        self.store = store
        self.small = small
        self.is_full = False
        if not store.is_postgresql:
            event.listen(store.engine, "begin", self.begin)

    def begin(self, connection: Connection) -> None:
        """SQLite: no page is added to the file while it is full."""
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if self.is_full else ALL_THE_ROOM}")

    def fill(self, is_full: bool) -> None:
        """From now on."""
        self.is_full = is_full
        if self.small is not None:
            self.small.fill(is_full)
        elif self.store.is_postgresql:
            with self.store.writing() as connection:
                connection.execute(sql(FULL if is_full else "DROP FUNCTION no_room CASCADE"))


def until_full(buttons: PlayedDevice) -> None:
    """One event a message, as a device sends what was not receipted: a page may have room for a few."""
    since, end_s = counted(FAILED), time.monotonic() + SOON_S
    while counted(FAILED) < since + TRIED:
        assert time.monotonic() < end_s, "the disk never was full"
        seq = buttons.speaker.does(events.RatingGiven(score=4, scale=5, up=10, at=now_ms()))
        buttons.say("events", buttons.speaker.batch(seq, oldest=seq))
        threading.Event().wait(0.02)


def receipted(buttons: PlayedDevice) -> Receipt | None:
    last = None
    while not buttons.nothing("receipt"):
        last = buttons.told(Receipt)
        assert last.refused == [], "its device would put the event aside, for ever"
    return last


def test_a_full_disk_delays_the_receipt_and_blames_no_event(house: House, disk: SmallDisk | None) -> None:
    own = Store(house.store.url)
    where = Disk(own, disk)
    house.receiver(store=own)
    house.sender()
    buttons = house.device("nut-1").come().born()
    buttons.told(Welcome)
    buttons.say("events", b"no batch")
    house.wait_for_rows(N_ASIDE, [(1,)])  # whatever is put aside finds room beside it
    where.fill(True)
    until_full(buttons)
    last = buttons.speaker.next - 1
    told = receipted(buttons)
    stored = [seq for (seq,) in house.rows("SELECT seq FROM events WHERE device = 'nut-1'")]
    assert last not in stored
    assert told is None or told.through in stored
    assert house.rows(N_ASIDE) == [(1,)]
    where.fill(False)
    while told is None or told.through < last:
        told = buttons.told(Receipt)
        assert told.refused == []
    house.wait_for_rows("SELECT COUNT(*) FROM events WHERE device = 'nut-1'", [(buttons.speaker.next,)])
    own.close()


def test_a_server_that_ends_for_want_of_room_is_waited_for(
    tmp_path: Path, loop: Loop, own_server: tuple[PostgreSQL, SmallDisk | None]
) -> None:
    """PostgreSQL that cannot write its log ends at once, and is started by a person when there is room."""
    server, small = own_server
    broker = Mosquitto(tmp_path / "broker", *two_ports())
    with closing(House(tmp_path, broker, loop, server.copy("empty", migrated))) as house:
        house.receiver()
        house.sender()
        buttons = house.device("nut-1").come().born()
        buttons.told(Welcome)
        buttons.did(events.RatingGiven(score=4, scale=5, up=10, at=now_ms()))
        end(server, small)
        until_full(buttons)
        assert receipted(buttons) is None
        if small is not None:
            small.fill(False)
        server.launch()
        last, told = buttons.speaker.next - 1, None
        while told is None or told.through < last:
            told = buttons.told(Receipt)
            assert told.refused == []
        house.wait_for_rows("SELECT COUNT(*) FROM events WHERE device = 'nut-1'", [(buttons.speaker.next,)])
        assert house.rows(N_ASIDE) == [(0,)]


def end(server: PostgreSQL, small: SmallDisk | None) -> None:
    """Its log finds no room, and so it ends."""
    assert server.process is not None
    if small is None:
        server.halt()
        return
    small.fill(True)
    with suppress(OperationalError):
        while server.process.poll() is None:
            server.do("SELECT pg_switch_wal()")
            server.do("CREATE TABLE IF NOT EXISTS something (x INT)")
    assert server.process.wait(SOON_S) != 0
