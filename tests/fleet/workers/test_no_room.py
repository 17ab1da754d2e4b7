"""The disk is full while devices send: nothing is receipted, nobody is to blame, and all goes on when there is room."""

import threading
import time

import pytest
from sqlalchemy import Connection, event

from fleet.clock import now_ms
from fleet.store.database import Store
from fleet.store.rows import sql
from fleet.workers import worker
from protocols import events
from protocols.batches import Receipt
from protocols.presence import Welcome
from tests.fleet.workers.house import House, counted
from tests.fleet.workers.played_device import SOON_S, PlayedDevice

ALL_THE_ROOM = 1 << 30
ASIDE = "SELECT reason FROM unreadable"
FAILED = "motcua_receive_store_failed_total"
TRIED = 7
# Beyond twice the three after which each message is stored alone.
FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100';
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_room()"""
# As it is found on a real disk: the next page of a large table has no room, a small table still has some.


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_FAILURE_S", 0.02)


class Disk:
    """Where this store's database lies; full, or with room."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.is_full = False
        if not store.is_postgresql:
            event.listen(store.engine, "begin", self.begin)

    def begin(self, connection: Connection) -> None:
        """SQLite: no page is added to the file while it is full."""
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if self.is_full else ALL_THE_ROOM}")

    def fill(self, is_full: bool) -> None:
        """From now on."""
        self.is_full = is_full
        if self.store.is_postgresql:
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


def test_a_full_disk_delays_the_receipt_and_blames_no_event(house: House) -> None:
    own = Store(house.store.url)
    disk = Disk(own)
    house.receiver(store=own)
    house.sender()
    buttons = house.device("nut-1").come().born()
    buttons.told(Welcome)
    disk.fill(True)
    until_full(buttons)
    last = buttons.speaker.next - 1
    told = receipted(buttons)
    stored = [seq for (seq,) in house.rows("SELECT seq FROM events WHERE device = 'nut-1'")]
    assert last not in stored
    assert told is None or told.through in stored
    assert house.rows(ASIDE) == []
    disk.fill(False)
    while told is None or told.through < last:
        told = buttons.told(Receipt)
        assert told.refused == []
    house.wait_for_rows("SELECT COUNT(*) FROM events WHERE device = 'nut-1'", [(buttons.speaker.next,)])
    own.close()
