"""Days of devices are added up when they are over, and again when something comes late."""

from datetime import UTC, datetime

from fleet.domain.device_days import DaySum
from fleet.flows.fold_device_days import GRACE_MS, fold_device_days
from fleet.flows.presence import seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import device_days
from fleet.store.database import Store
from fleet.store.device_days import DayRow
from protocols import events
from protocols.presence import Alive
from tests.fleet.office import DAY, NINE, Speaker

HOUR = 3_600_000
EIGHT = NINE - HOUR
NEXT = NINE + 15 * HOUR
FOLDING = NEXT + GRACE_MS + 1


def boot(store: Store, speaker: Speaker, reason: str, at_ms: int, now_ms: int) -> None:
    what = speaker.does(events.Booted(reason=reason, firmware="0.1", up=1, at=at_ms))
    receive(store, [Arrival(speaker.topic, speaker.batch(what, oldest=0))], now_ms)


def rows(store: Store, device: str = "q-1") -> list[DayRow]:
    with store.reading() as connection:
        return device_days.days_of(connection, device, "")


def folded(store: Store, now_ms: int) -> list[DayRow]:
    while fold_device_days(store, now_ms):
        pass
    return rows(store)


def test_a_day_is_added_up_when_it_is_over(store: Store) -> None:
    assert datetime.fromtimestamp(NINE / 1000, UTC).hour == 2
    seen(store, "q-1", Alive(), EIGHT)
    seen(store, "q-1", Alive(gone=True), NINE)
    seen(store, "q-1", Alive(), NINE + HOUR)
    assert folded(store, NEXT) == []
    (row,) = folded(store, FOLDING)
    assert (row.device, row.day) == ("q-1", DAY)
    # Open from 7:30 to 11:30 and from 13:30 to 17:00; known from 8:00 on, away from 9:00 to 10:00.
    assert (row.sums.connected_ms, row.sums.expected_ms) == (6 * HOUR, 7 * HOUR)
    assert row.sums.hours == 15
    assert folded(store, FOLDING) == [row]
    _, still_there = folded(store, FOLDING + 24 * HOUR)
    assert (still_there.sums.connected, still_there.sums.hours) == (1.0, 24)


def test_what_comes_late_changes_the_day_as_if_it_had_come_in_time(store: Store) -> None:
    late, in_time = Speaker("q-1"), Speaker("q-2")
    for device in ("q-1", "q-2"):
        seen(store, device, Alive(), EIGHT)
    boot(store, in_time, "watchdog", NINE + 2 * HOUR, NINE + 2 * HOUR)
    before = folded(store, FOLDING + 24 * HOUR)
    assert [one.sums.crashes for one in before] == [0, 0]
    boot(store, late, "watchdog", NINE + 2 * HOUR, FOLDING + 24 * HOUR)
    after = folded(store, FOLDING + 24 * HOUR)
    assert [one.sums.crashes for one in after] == [1, 0]
    assert [one.sums for one in after] == [one.sums for one in rows(store, "q-2")]
    boot(store, Speaker("q-1"), "watchdog", NINE + 2 * HOUR, FOLDING + 24 * HOUR)
    assert folded(store, FOLDING + 24 * HOUR) == after, "a repetition is nothing new"


def test_a_version_is_added_up_over_devices(store: Store) -> None:
    for device in ("q-1", "q-2"):
        boot(store, Speaker(device), "power", EIGHT, EIGHT)
        seen(store, device, Alive(), EIGHT)
    folded(store, FOLDING)
    with store.reading() as connection:
        found = {(firmware, device): sums for firmware, _, device, sums in device_days.by_firmware(connection, DAY)}
    assert set(found) == {("0.1", "q-1"), ("0.1", "q-2")}
    assert all(sums == DaySum(**{**vars(sums), "reasons": ()}) and sums.switched_on == 1 for sums in found.values())
