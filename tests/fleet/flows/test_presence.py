"""A device is born, seen, lost, and says how it is."""

import json

import pytest

from fleet.flows.enrol import revoke
from fleet.flows.link import link_marked
from fleet.flows.presence import healthy, seen, welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import devices_now
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from protocols.message import ProtocolError
from protocols.presence import Alive, Health
from tests.fleet.office import DAY, NINE, OFFICE, Speaker, hello

MIN = 60_000


def now_of(store: Store, device: str = "q-1") -> tuple[str, int | None, int | None]:
    one = next(one for one in devices_now(store, NINE) if one.id == device)
    return one.presence, one.last_seen_ms, one.boot


def test_the_same_birth_heard_twice_is_one_birth(store: Store) -> None:
    first = welcome(store, "q-1", hello(nonce="fresh"), NINE)
    again = welcome(store, "q-1", hello(nonce="fresh"), NINE + MIN, retained=True)
    assert (first.epoch, again.epoch) == (2, 2)
    assert again.now == NINE + MIN


def test_another_birth_without_an_epoch_is_a_loss_of_storage(store: Store) -> None:
    assert [welcome(store, "q-1", hello(nonce=nonce), NINE).epoch for nonce in ("a", "b", "c")] == [2, 3, 4]


def test_an_epoch_that_was_issued_is_kept(store: Store) -> None:
    welcome(store, "q-1", hello(nonce="second"), NINE)
    assert welcome(store, "q-1", hello(epoch=1, nonce="x"), NINE).epoch == 1


@pytest.mark.parametrize("epoch", [0, 102, 9_999])
def test_an_epoch_that_was_never_issued_is_refused(store: Store, epoch: int) -> None:
    with pytest.raises(ProtocolError, match=f"issued .1 to 1., found {epoch}"):
        welcome(store, "q-1", hello(epoch=epoch), NINE)


@pytest.mark.parametrize("device", ["stranger", "q-2"])
def test_who_is_not_enrolled_or_revoked_is_not_welcomed(store: Store, device: str) -> None:
    revoke(store, "q-2", NINE)
    with pytest.raises(ProtocolError, match="an enrolled device that is not revoked"):
        welcome(store, device, hello(), NINE)


def test_the_uptime_of_a_birth_says_when_things_happened_before_it(store: Store) -> None:
    keypad = Speaker("q-1", boot=2)
    keypad.does(events.Paused(up=MIN))
    receive(store, [Arrival(keypad.topic, keypad.batch())], NINE)
    welcome(store, "q-1", hello(epoch=1, boot=2, up_ms=10 * MIN, nonce="n2"), NINE)
    with store.reading() as connection:
        found = every(connection, sql("SELECT happened_ms, timing FROM events"))
    assert [tuple(row) for row in found] == [(NINE - 9 * MIN, "anchor")]
    assert [(one.office, one.day) for one in link_marked(store, NINE)] == [(OFFICE, DAY)]


@pytest.mark.parametrize(
    ("alive", "presence"),
    [(Alive(), "online"), (Alive(state="sleeping", wakes=1), "sleeping"), (Alive(state="leaving"), "leaving")],
)
def test_what_a_device_says_of_its_presence_is_seen(store: Store, alive: Alive, presence: str) -> None:
    assert seen(store, "q-1", alive, NINE + MIN) == OFFICE
    assert now_of(store)[:2] == (presence, NINE + MIN)


def test_a_last_will_is_no_sign_of_life(store: Store) -> None:
    seen(store, "q-1", Alive(), NINE)
    assert seen(store, "q-1", Alive(gone=True), NINE + MIN) == OFFICE
    assert now_of(store)[:2] == ("lost", NINE)


def test_what_the_broker_kept_tells_nothing_new_and_changes_nothing(store: Store) -> None:
    seen(store, "q-1", Alive(), NINE)
    assert seen(store, "q-1", Alive(), NINE + MIN, retained=True) is None
    welcome(store, "q-1", hello(), NINE + MIN, retained=True)
    assert now_of(store)[:2] == ("online", NINE)


def test_what_the_broker_kept_while_the_fleet_was_away_is_news(store: Store) -> None:
    seen(store, "q-1", Alive(), NINE)
    assert seen(store, "q-1", Alive(gone=True), NINE + MIN, retained=True) == OFFICE
    welcome(store, "q-1", hello(boot=9, epoch=1, nonce="unheard"), NINE + MIN, retained=True)
    assert now_of(store) == ("lost", NINE + MIN, 9)


def test_the_presence_of_a_stranger_is_nobodys(store: Store) -> None:
    assert seen(store, "stranger", Alive(), NINE) is None


def test_health_is_written_for_all_at_once(store: Store) -> None:
    told = {"q-1": Health(up=5, heap_free=70_000, outbox=3), "tp-1": Health(up=6, heap_free=1)}
    healthy(store, {device: (health, NINE + MIN) for device, health in told.items()}, NINE + MIN)
    found = {one.id: one for one in devices_now(store, NINE)}
    assert (found["q-1"].outbox, found["q-1"].heap_free, found["q-1"].last_seen_ms) == (3, 70_000, NINE + MIN)
    assert (found["tp-1"].outbox, found["tp-1"].heap_free) == (0, 1)
    assert found["q-2"].outbox is None
    with store.reading() as connection:
        (row,) = every(connection, sql("SELECT health FROM devices WHERE id = 'q-1'"))
    assert json.loads(row.health) == {"up": 5, "heap_free": 70_000, "outbox": 3}


def test_nothing_is_kept_of_the_health_of_a_device_that_is_revoked(store: Store) -> None:
    revoke(store, "q-1", NINE)
    healthy(store, {"q-1": (Health(up=5, heap_free=1, outbox=3), NINE + MIN)}, NINE + MIN)
    (found,) = [one for one in devices_now(store, NINE) if one.id == "q-1"]
    assert (found.outbox, found.last_seen_ms) == (None, NINE)


def test_each_health_anchors_its_boot_once_more(store: Store) -> None:
    """The first message of a boot lay on the way for three minutes; the clockless event is timed by the next one."""
    welcome(store, "nut-1", hello(boot=2, epoch=1, up_ms=0), NINE + 3 * MIN)
    nut = Speaker("nut-1", boot=2)
    nut.does(events.RatingGiven(score=4, scale=5, up=30_000))
    receive(store, [Arrival(nut.topic, nut.batch())], NINE + 4 * MIN)
    healthy(store, {"nut-1": (Health(up=5 * MIN, heap_free=1), NINE + 5 * MIN)}, NINE + 5 * MIN)
    with store.reading() as connection:
        (row,) = every(connection, sql("SELECT happened_ms FROM events WHERE device = 'nut-1'"))
    assert row.happened_ms == NINE + 30_000


def test_of_many_healths_each_anchors_the_boot_of_its_own_device(store: Store) -> None:
    """One boot began three minutes before what its first message let believe, the other just then."""
    speakers = []
    for device, late_ms in (("nut-1", 3 * MIN), ("q-1", 0)):
        welcome(store, device, hello(boot=2, epoch=1, up_ms=0), NINE + late_ms)
        speakers.append(Speaker(device, boot=2))
        speakers[-1].does(events.RatingGiven(score=4, scale=5, up=30_000))
    receive(store, [Arrival(one.topic, one.batch()) for one in speakers], NINE + 4 * MIN)
    told = {device: (Health(up=5 * MIN, heap_free=1), NINE + 5 * MIN) for device in ("nut-1", "q-1", "nobody")}
    healthy(store, told, NINE + 5 * MIN)
    with store.reading() as connection:
        rows = every(connection, sql("SELECT device, happened_ms FROM events ORDER BY device"))
    assert [tuple(row) for row in rows] == [("nut-1", NINE + 30_000), ("q-1", NINE + 30_000)]


def test_an_uptime_beyond_any_device_anchors_nothing(store: Store) -> None:
    with pytest.raises(ProtocolError, match=r"hello\.up"):
        welcome(store, "nut-1", hello(boot=2, epoch=1, up_ms=1 << 52), NINE)
    healthy(store, {"nut-1": (Health(up=1 << 52, heap_free=1), NINE)}, NINE)
    nut = Speaker("nut-1")
    nut.does(events.RatingGiven(score=4, scale=5, up=30_000))
    assert receive(store, [Arrival(nut.topic, nut.batch())], NINE).new == {"rating": 1}
