"""Events arrive: once each, receipted when committed, and nothing stops the queue."""

import json
import threading
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from fleet.domain.coverage import Stretch
from fleet.flows import receive as flow
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Received
from fleet.store import inbox
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from tests.examples import examples
from tests.fleet.office import DAY, NINE, OFFICE, Speaker, hello

EVENTS = sql(
    "SELECT device, seq, kind, reason, happened_ms, timing FROM events WHERE device NOT LIKE 'srv%' ORDER BY seq"
)
UNREADABLE = sql("SELECT device, reason, length FROM unreadable ORDER BY id")


def press(at: int | None = None, up: int = 10, score: int = 4) -> events.Event:
    return events.RatingGiven(score=score, scale=5, up=up, at=at)


def arrive(store: Store, speaker: Speaker, *payloads: bytes) -> Received:
    return receive(store, [Arrival(speaker.topic, payload) for payload in payloads], NINE + 1_000)


def rows(store: Store, statement: object = EVENTS) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in every(connection, statement)]  # type: ignore[arg-type]


def test_a_batch_is_stored_and_receipted(store: Store) -> None:
    nut = Speaker("nut-1")
    for at in (NINE, NINE + 5):
        nut.does(press(at))
    received = arrive(store, nut, nut.batch())
    assert [(device, one.through, one.now) for device, one in received.receipts] == [("nut-1", 1, NINE + 1_000)]
    assert received.new == {"rating": 2}
    assert received.windows == {(OFFICE, DAY)}
    assert [row[4] for row in rows(store)] == [NINE, NINE + 5]


def test_telling_twice_changes_nothing(store: Store) -> None:
    nut = Speaker("nut-1")
    nut.does(press(NINE))
    first = arrive(store, nut, nut.batch())
    again = arrive(store, nut, nut.batch(), nut.batch())
    assert len(rows(store)) == 1
    assert (again.new, again.repeated, again.collisions) == ({}, 2, 0)
    assert [one.through for _, one in again.receipts] == [first.receipts[0][1].through]


def test_a_device_that_goes_back_behind_what_it_called_its_oldest_is_not_believed(store: Store) -> None:
    nut, twin = Speaker("nut-1"), Speaker("nut-1")
    for speaker, score in ((nut, 4), (twin, 1)):
        for seq in range(3):
            speaker.does(press(NINE + seq, score=score if seq == 1 else 5))
    received = arrive(store, nut, nut.batch(0, 1, oldest=1_000_000))
    assert (received.new, [one.through for _, one in received.receipts]) == ({"rating": 2}, [999_999])
    received = arrive(store, twin, twin.batch(0, 1, 2, oldest=0))
    assert (received.new, received.repeated, received.collisions) == ({"rating": 1}, 1, 1)
    assert [one.through for _, one in received.receipts] == [2]
    assert [row[1] for row in rows(store)] == [0, 1, 2]
    assert received.windows == {(OFFICE, DAY)}


def test_a_repetition_with_fields_in_another_order_is_the_same_event(store: Store) -> None:
    nut = Speaker("nut-1")
    nut.does(press(NINE))
    data = json.loads(nut.batch())
    turned = json.dumps({name: data[name] for name in reversed(data)}).encode()
    assert arrive(store, nut, nut.batch(), turned).collisions == 0


def test_another_event_under_a_taken_identity_is_kept_as_a_collision(store: Store) -> None:
    nut, twin = Speaker("nut-1"), Speaker("nut-1")
    nut.does(press(NINE, score=5))
    twin.does(press(NINE, score=1))
    arrive(store, nut, nut.batch())
    received = arrive(store, twin, twin.batch())
    assert received.collisions == 1
    kept = rows(store, sql("SELECT device, seq, body FROM collisions"))
    assert [(row[0], row[1], json.loads(str(row[2]))["score"]) for row in kept] == [("nut-1", 0, 1)]
    assert received.receipts[0][1].through == 0, "the device may forget: both are stored"


BAD_MESSAGES = {
    "not JSON": (b"\xff\xfe\x00", "a JSON object in UTF-8"),
    "JSON of another kind": (b"[1,2]", "a JSON object"),
    "nested too deep": (b'{"a":' * 4_000, "at most"),
    "1 MiB": (b"x" * (1 << 20), "at most 8192 bytes"),
    "no header": (b'{"events":[{"seq":1}]}', "batch.epoch"),
    "a header of the wrong type": (b'{"v":1,"epoch":"1","boot":1,"oldest":0,"events":[{"seq":0}]}', "batch.epoch"),
    "another version": (b'{"v":2,"epoch":1,"boot":1,"oldest":0,"events":[{"seq":0}]}', "batch.v"),
    "no events": (b'{"v":1,"epoch":1,"boot":1,"oldest":0,"events":[]}', "batch.events"),
    "an event without a number": (b'{"v":1,"epoch":1,"boot":1,"oldest":0,"events":[{"kind":"boot"}]}', "seq"),
    "one number for two events": (
        b'{"v":1,"epoch":1,"boot":1,"oldest":0,"events":[{"seq":0,"kind":"a"},{"seq":0,"kind":"b"}]}',
        "each number once",
    ),
    "an epoch that was never issued": (b'{"v":1,"epoch":9,"boot":1,"oldest":0,"events":[{"seq":0}]}', "epoch"),
    "numbers beyond any column": (b'{"v":1,"epoch":1,"boot":9999999999999999999,"oldest":0,"events":[]}', "boot"),
}


@pytest.mark.parametrize(("payload", "reason"), BAD_MESSAGES.values(), ids=BAD_MESSAGES)
def test_a_bad_message_is_kept_with_its_reason_and_the_next_good_one_is_stored(
    store: Store, payload: bytes, reason: str
) -> None:
    nut = Speaker("nut-1")
    nut.does(press(NINE))
    received = arrive(store, nut, payload, nut.batch())
    assert sum(received.unreadable.values()) == 1
    assert [one.through for _, one in received.receipts] == [0]
    ((device, said, length),) = rows(store, UNREADABLE)
    assert device == "nut-1"
    assert reason in str(said)
    assert length == len(payload)
    with store.reading() as connection:
        ((_, _, _, raw, _, _),) = inbox.last_unreadable(connection, 5)
    assert len(raw) <= inbox.RAW_KEPT_BYTES


@pytest.mark.parametrize("topic", ["mc/1/stranger/up/events", "mc/1/UPPER/up/events", "mc/2/nut-1/up/events", "x"])
def test_a_message_of_a_stranger_is_kept_and_not_receipted(store: Store, topic: str) -> None:
    nut = Speaker("nut-1")
    nut.does(press(NINE))
    received = receive(store, [Arrival(topic, nut.batch())], NINE)
    assert received.receipts == []
    assert rows(store) == []
    assert len(rows(store, UNREADABLE)) == 1


BAD_EVENTS = {
    "an unknown kind": {"kind": "coffee", "up": 1},
    "no kind": {"up": 1},
    "a wrong type": {"kind": "rating", "score": "5", "scale": 5, "up": 1},
    "a score off the scale": {"kind": "rating", "score": 6, "scale": 5, "up": 1},
    "a number that no column takes": {"kind": "rating", "score": 5, "scale": 5, "up": 1, "at": 1 << 70},
    "half a surrogate pair": {"kind": "fault", "part": "p", "reason": "\ud800", "up": 1},
    "a zero byte": {"kind": "fault", "part": "p", "reason": "\0", "up": 1},
    "what only the fleet may say": {"kind": "assigned", "service": "s", "number": 1, "counter": "quay-1", "up": 1},
}


@pytest.mark.parametrize("bad", BAD_EVENTS.values(), ids=BAD_EVENTS)
def test_a_bad_event_in_a_good_batch_is_kept_under_its_identity_and_receipted(
    store: Store, bad: dict[str, object]
) -> None:
    good = {"kind": "rating", "score": 5, "scale": 5, "up": 1, "at": NINE}
    listed = [{"seq": 0, **good}, {"seq": 1, **bad}, {"seq": 2, **good}]
    payload = json.dumps({"v": 1, "epoch": 1, "boot": 1, "oldest": 0, "events": listed}).encode()
    received = arrive(store, Speaker("nut-1"), payload)
    assert received.receipts[0][1].through == 2
    found = rows(store)
    assert [row[2] for row in found] == ["rating", None, "rating"]
    assert found[1][3], "the reason is kept"
    assert received.unreadable == {"event": 1}


def test_only_the_last_unreadable_messages_are_kept(store: Store) -> None:
    for _ in range(5):
        receive(store, [Arrival("x", b"")] * 3, NINE, unreadable_kept=4)
    assert len(rows(store, UNREADABLE)) == 4


def test_a_finish_arms_the_counter_where_the_keypad_stood(store: Store) -> None:
    keypad = Speaker("q-2")
    keypad.does(events.VisitFinished(up=5, at=NINE))
    (finished,) = arrive(store, keypad, keypad.batch()).finished
    assert (finished.counter, finished.finish) == ("quay-2", "q-2/1/1/0")
    assert arrive(store, keypad, keypad.batch()).finished == [], "a repetition does not arm again"


def test_a_revoked_device_is_not_heard(store: Store) -> None:
    from fleet.flows.enrol import revoke

    nut = Speaker("nut-1")
    nut.does(press(NINE))
    revoke(store, "nut-1", NINE)
    assert arrive(store, nut, nut.batch()).receipts == []


def test_events_of_a_boot_without_clock_are_timed_by_its_anchor(store: Store) -> None:
    nut = Speaker("nut-1", boot=2)
    nut.does(press(None, up=4_000))
    welcome(store, "nut-1", hello(boot=2, epoch=1, up_ms=10_000), NINE + 60_000)
    arrive(store, nut, nut.batch())
    assert [(row[4], row[5]) for row in rows(store)] == [(NINE + 54_000, "anchor")]


def test_events_of_a_boot_that_never_told_its_time_are_estimated_between_its_neighbours(store: Store) -> None:
    """The same estimate whichever of the three boots is heard of first."""
    results = set()
    for device, order in (("nut-1", (1, 2, 3)), ("nut-2", (3, 2, 1))):
        lives = {boot: Speaker(device, boot=boot) for boot in (1, 2, 3)}
        lives[1].does(press(NINE + 1_000, up=1_000))
        lives[2].does(press(None, up=2_000))
        lives[2].does(press(None, up=7_000))
        lives[3].does(press(NINE + 90_000, up=30_000))
        for boot in order:
            if boot == 3:
                welcome(store, device, hello(boot=3, epoch=1, up_ms=20_000), NINE + 80_000)
            arrive(store, lives[boot], lives[boot].batch())
        results.add(tuple(sorted(row[4:] for row in rows(store) if row[0] == device)))
    (found,) = results
    assert list(found) == [
        (NINE + 1_000, "device"),
        (NINE + 55_000, "estimated"),
        (NINE + 60_000, "estimated"),
        (NINE + 90_000, "device"),
    ]


ORDER = st.permutations(range(8))


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ORDER, st.lists(st.integers(1, 7), max_size=3), st.randoms())
def test_any_order_any_repetition_and_any_batches_store_each_event_once(
    store: Store, order: list[int], cuts: list[int], chance: object
) -> None:
    with store.writing() as connection:
        connection.execute(sql("DELETE FROM events"))
        connection.execute(sql("DELETE FROM boots"))
    nut = Speaker("nut-1")
    for number in range(8):
        nut.does(press(NINE + number))
    edges = sorted({0, 8, *cuts})
    batches = [nut.batch(*range(first, last)) for first, last in pairwise(edges)]
    batches = [batches[number % len(batches)] for number in order]
    upto = -1
    for payload in [*batches, *batches[:2]]:
        upto = max(upto, arrive(store, nut, payload).receipts[0][1].through)
    assert [row[1] for row in rows(store)] == list(range(8))
    assert upto == 7


def test_two_receivers_one_stalled_never_receipt_what_is_not_committed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One receiver stops between storing and committing: neither its receipt nor the other's may cover its events."""
    nut = Speaker("nut-1")
    for number in range(6):
        nut.does(press(NINE + number))
    other = Store(store.url)
    stored, go_on = threading.Event(), threading.Event()
    results: dict[str, Received] = {}
    real = inbox.save_covered

    def stall(connection: Connection, covered: Mapping[inbox.Life, Sequence[Stretch]]) -> None:
        real(connection, covered)
        if threading.current_thread().name == "stalled":
            stored.set()
            assert go_on.wait(60)
            raise RuntimeError("the stalled receiver dies before its commit")

    monkeypatch.setattr(flow.inbox, "save_covered", stall)

    def stalled() -> None:
        with pytest.raises(RuntimeError):
            results["stalled"] = arrive(store, nut, nut.batch(0, 1, 2))

    def quick() -> None:
        results["quick"] = receive(other, [Arrival(nut.topic, nut.batch(3, 4, 5))], NINE)

    first = threading.Thread(target=stalled, name="stalled")
    first.start()
    assert stored.wait(60)
    second = threading.Thread(target=quick)
    second.start()
    assert "quick" not in results
    go_on.set()
    first.join(60)
    second.join(60)
    assert "stalled" not in results, "no receipt came of it"
    assert results["quick"].receipts[0][1].through == -1, "0 to 2 are held by the device and stored nowhere"
    assert [row[1] for row in rows(store)] == [3, 4, 5]
    assert arrive(store, nut, nut.batch(0, 1, 2)).receipts[0][1].through == 5
    other.close()


def test_a_hello_that_the_broker_kept_anchors_nothing(store: Store) -> None:
    """A device boots while the fleet is away; what the broker says later must not shift its clock."""
    keypad = Speaker("q-1", boot=2)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=60_000, at=NINE + 60_000))
    welcome(store, "q-1", hello(boot=2, epoch=1, up_ms=0, nonce="n2"), NINE + 180_000, retained=True)
    arrive(store, keypad, keypad.batch())
    assert [(row[4], row[5]) for row in rows(store)] == [(NINE + 60_000, "device")]


def test_a_late_anchor_does_not_overrule_a_device_that_says_it_was_earlier(store: Store) -> None:
    keypad = Speaker("q-1", boot=2)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=60_000, at=NINE + 60_000))
    welcome(store, "q-1", hello(boot=2, epoch=1, up_ms=0), NINE + 180_000)
    arrive(store, keypad, keypad.batch())
    assert [row[4] for row in rows(store)] == [NINE + 60_000]


def test_an_anchor_and_an_event_tell_the_same_in_either_order(store: Store) -> None:
    told = set()
    for device, first in (("nut-1", "event"), ("nut-2", "anchor")):
        nut = Speaker(device, boot=2)
        nut.does(press(NINE + 9_000_000, up=5_000))  # its clock is hours ahead
        nut.does(press(None, up=7_000))
        for what in (first, "anchor" if first == "event" else "event"):
            if what == "event":
                arrive(store, nut, nut.batch())
            else:
                welcome(store, device, hello(boot=2, epoch=1, up_ms=1_000), NINE + 1_000)
        told.add(tuple(row[4:] for row in rows(store) if row[0] == device))
    assert told == {((NINE + 5_000, "anchor"), (NINE + 7_000, "anchor"))}


def test_an_event_with_a_clock_tells_the_time_of_its_whole_boot(store: Store) -> None:
    nut = Speaker("nut-1", boot=2)
    nut.does(press(None, up=1_000))
    nut.does(press(NINE + 4_000, up=4_000))
    arrive(store, nut, nut.batch())
    assert [(row[4], row[5]) for row in rows(store)] == [(NINE + 1_000, "anchor"), (NINE + 4_000, "device")]


CARD = "079123456789|NGUYEN VAN A|01011980"


@pytest.mark.parametrize(
    "scan",
    [
        {"what": "citizen", "code": CARD},
        {"what": "dossier", "code": CARD},
        {"what": "ticket", "code": CARD},
        {"what": "unknown", "code": CARD},
        {"what": "dossier", "code": CARD * 9},
    ],
)
def test_what_was_held_before_a_reader_is_not_kept_whoever_sends_it(store: Store, scan: dict[str, str]) -> None:
    listed = [{"seq": 0, "kind": "scan", "up": 1, "at": NINE, **scan}]
    payload = json.dumps({"v": 1, "epoch": 1, "boot": 1, "oldest": 0, "events": listed}).encode()
    received = arrive(store, Speaker("q-1"), payload)
    assert received.unreadable == {"event": 1}
    assert received.receipts[0][1].through == 0
    assert "NGUYEN" not in str(rows(store, sql("SELECT body, reason FROM events")))


def test_a_collision_is_kept_once_however_often_it_comes(store: Store) -> None:
    nut, twin = Speaker("nut-1"), Speaker("nut-1")
    nut.does(press(NINE, score=5))
    twin.does(press(NINE, score=1))
    arrive(store, nut, nut.batch())
    for _ in range(3):
        arrive(store, twin, twin.batch())
    assert len(rows(store, sql("SELECT id FROM collisions"))) == 1


def test_a_fleet_that_was_restored_believes_a_device_that_knows_a_later_epoch(store: Store) -> None:
    assert welcome(store, "nut-1", hello(boot=9, epoch=4), NINE).epoch == 4
    nut = Speaker("nut-1", epoch=4, boot=9)
    nut.does(press(NINE))
    assert arrive(store, nut, nut.batch()).receipts[0][1].through == 0
    assert welcome(store, "nut-1", hello(boot=1, nonce="lost"), NINE).epoch == 5, "no epoch is issued twice"
