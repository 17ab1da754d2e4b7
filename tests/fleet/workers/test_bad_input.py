"""Whatever a device says, on any topic: it is counted, and the next good message is handled."""

import json

import pytest
from prometheus_client import REGISTRY

from fleet.flows.keep_unread import PACKET_AT_MOST_BYTES
from fleet.workers import receiver as module
from fleet.workers.worker import Worker
from protocols import events
from protocols.batches import Receipt
from protocols.commands import Reply, Want
from protocols.message import BIGGEST, to_json
from protocols.presence import Alive, Health, Welcome
from tests.fleet.office import hello
from tests.fleet.workers.house import House, now_ms
from tests.fleet.workers.played_device import PlayedDevice

MIB = 1 << 20
NO_MATCHING_SUBSCRIBERS = 16

NO_OBJECT = [b"\xff\xfe\x00\x80", b"[1]", b'{"a":' * 2_000, b'"text"', b"{", b"x" * MIB]
NOTHING_NEEDED = [b"{}", b'{"up":NaN}', b'{"up":"\\ud800"}', to_json({"text": "x" * MIB})]
# Objects without a field that is needed; only `alive` needs none.
GOOD = {
    "hello": hello(boot=1, epoch=1, nonce="good").to_dict(),
    "alive": Alive(state="sleeping").to_dict(),
    "want": Want(id=9, want="next").to_dict(),
    "reply": Reply(id="c", ok=True).to_dict(),
    "health": Health(up=77, heap_free=1).to_dict(),
}
LARGE = {"version": 1, "reason": "x" * PACKET_AT_MOST_BYTES}
WRONG = {
    "hello": [
        {"boot": "1"},
        {"boot": -1},
        {"boot": BIGGEST + 1},
        {"roles": "printer"},
        {"epoch": 0},
        {"nonce": "n" * 33},
        {"leases": [1]},
        {"reverted": LARGE},
    ],
    "alive": [{"gone": "yes"}, {"state": "asleep"}, {"wakes": 1.5}],
    "want": [{"want": "coffee"}, {"id": True}, {"not_after": "soon"}, {"service": "x\0"}],
    "reply": [{"ok": 1}, {"id": 5}, {"result": []}, {"reason": "r" * 201}],
    "health": [{"rssi": 5}, {"up": None}, {"heap_free": 1e3}, {"paper": "wet"}, {"refused": LARGE}],
}


def unreadable() -> float:
    """How many messages this process could not read."""
    (family,) = [one for one in REGISTRY.collect() if one.name == "motcua_unreadable"]
    return sum(sample.value for sample in family.samples if sample.name.endswith("_total"))


def at_work_still(house: House) -> list[Worker]:
    return [worker for worker in house.workers if not worker.thread.is_alive()]


@pytest.fixture
def keypad(at_work: House, monkeypatch: pytest.MonkeyPatch) -> PlayedDevice:
    """A keypad that was welcomed; what it reports of its health is written at once."""
    monkeypatch.setattr(module, "HEALTH_EVERY_S", 0)
    keypad = at_work.device("q-1").come().born()
    keypad.told(Welcome)
    keypad.told_state()
    return keypad


def handled(house: House, keypad: PlayedDevice, name: str) -> None:
    """A good message on this topic, with a field that nobody knows, has its effect."""
    good = to_json({**GOOD[name], "colour": "unknown", "later": {"more": [1]}})
    keypad.say(name, good)
    if name == "hello":
        while keypad.told(Welcome).nonce != "good":
            pass
    elif name == "alive":
        house.wait_for_rows("SELECT presence FROM devices WHERE id = 'q-1'", [("sleeping",)])
    elif name == "health":
        house.wait_for_rows("SELECT health FROM devices WHERE id = 'q-1'", [('{"up": 77, "heap_free": 1}',)])
    else:
        keypad.say("want", Want(id=11, want="next"))
        while keypad.shown().want != 11:
            pass


@pytest.mark.parametrize("name", GOOD)
def test_what_is_no_message_is_counted_and_the_next_good_one_is_handled(
    at_work: House, keypad: PlayedDevice, name: str
) -> None:
    bad = NO_OBJECT + [to_json({**GOOD[name], **wrong}) for wrong in WRONG[name]]
    bad += [] if name == "alive" else NOTHING_NEEDED
    before = unreadable()
    for payload in bad:
        keypad.say(name, payload)
    handled(at_work, keypad, name)
    assert unreadable() - before == len(bad)
    at_work.wait_for_rows("SELECT topic, COUNT(*) FROM unreadable GROUP BY topic", [(f"mc/1/q-1/up/{name}", len(bad))])
    assert at_work_still(at_work) == []


def batch(**header: object) -> bytes:
    return json.dumps(
        {"v": 1, "epoch": 1, "boot": 1, "oldest": 0, "events": [{"seq": 0, "kind": "boot"}], **header}
    ).encode()


BAD_BATCHES = [
    *NO_OBJECT,
    *NOTHING_NEEDED,
    b"",
    batch(v=2),
    batch(epoch=2),
    batch(epoch="1"),
    batch(boot=BIGGEST + 1),
    batch(events=[]),
    batch(events=[{"kind": "boot"}]),
    batch(events={"seq": 1}),
]
BAD_EVENTS = [
    {"kind": "coffee", "up": 1},
    {"kind": "rating", "score": 9, "scale": 5, "up": 1},
    {"kind": "rating", "score": 4, "scale": 5, "up": 1, "at": BIGGEST},
    {"kind": "rating", "score": 4, "scale": 5, "up": BIGGEST},
    {"kind": "assigned", "service": "s", "number": 1, "counter": "quay-1", "up": 1},
]


def test_a_bad_batch_is_kept_and_the_next_good_one_is_receipted(at_work: House, keypad: PlayedDevice) -> None:
    before = unreadable()
    for payload in BAD_BATCHES:
        keypad.say("events", payload)
    keypad.speaker.does(events.Booted(reason="power", up=1))
    assert keypad.deliver().through == 0
    assert unreadable() - before == len(BAD_BATCHES)
    assert at_work.rows("SELECT COUNT(*), MAX(length) FROM unreadable") == [(len(BAD_BATCHES), MIB + 11)]
    assert at_work_still(at_work) == []


def test_a_bad_event_is_kept_and_receipted_with_the_good_ones(at_work: House, keypad: PlayedDevice) -> None:
    """An event of the year 287396 once stopped every receiver that took it: no calendar goes so far."""
    before = unreadable()
    good = {"kind": "boot", "reason": "power", "up": 1, "at": now_ms()}
    listed = [{**event, "seq": seq} for seq, event in enumerate([*BAD_EVENTS, good])]
    keypad.say("events", batch(events=listed))
    assert keypad.told(Receipt).through == len(BAD_EVENTS)
    assert unreadable() - before == len(BAD_EVENTS)
    assert at_work.rows("SELECT COUNT(*) FROM events WHERE reason IS NOT NULL") == [(len(BAD_EVENTS),)]
    assert at_work_still(at_work) == []


@pytest.mark.parametrize("name", ["want", "reply", "health"])
def test_an_empty_message_is_none(at_work: House, keypad: PlayedDevice, name: str) -> None:
    before = unreadable()
    keypad.say(name, b"")
    handled(at_work, keypad, name)
    assert unreadable() - before == 1


@pytest.mark.parametrize("name", ["hello", "alive"])
def test_an_empty_birth_or_presence_only_takes_the_retained_one_away(
    at_work: House, keypad: PlayedDevice, name: str
) -> None:
    before = unreadable()
    keypad.say(name, b"", retain=True)
    handled(at_work, keypad, name)
    assert unreadable() == before


@pytest.mark.parametrize("name", ["coffee", "events/more", "HELLO", "file"])
def test_nobody_listens_to_a_name_that_is_not_in_the_contract(at_work: House, keypad: PlayedDevice, name: str) -> None:
    """The broker itself drops it: it costs the fleet nothing. (`file` is in the contract, and not served yet.)"""
    assert keypad.say(name, b"{}").value == NO_MATCHING_SUBSCRIBERS
    handled(at_work, keypad, "hello")
    assert at_work_still(at_work) == []
