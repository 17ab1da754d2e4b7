"""What a device answers when it is asked how it is: what the contract says, in little room."""

import json

from firmware import reporting
from firmware.clock import Clock
from firmware.device import Device
from firmware.flash_files import write_json
from protocols.message import to_json
from protocols.reports import ClockHeard, LogPage, Snapshot
from tests.firmware.fresh_flash import fresh_flash

NOW = 1_795_323_600_000


class Thing:
    """Anything with these attributes."""

    def __init__(self, **attributes):
        for name in attributes:
            setattr(self, name, attributes[name])


class Board:
    """A board whose second role lost its pins to the first. What it keeps are files in `root`."""

    def __init__(self):
        self.root = fresh_flash()

    def region(self, name):
        return None

    def heap_free(self):
        return 12_345

    def names(self):
        return ["score_%d" % number for number in range(1, 200)]

    def check(self, role):
        if role == "keypad":
            raise ValueError("score_1 and key_next both want pin 4; /pins.json can move one")


class SomeDevice(Thing):
    """What a report sees of a device."""

    def __init__(self, **attributes):
        place = Thing(boot=6, seq=118)
        outbox = Thing(waiting=lambda: 7, tails=(Thing(copy=lambda: None),) * 2, first=lambda places, after: place)
        network = Thing(host="10.0.0.2", port=8883, protocol=5, tls=Thing(kind="psk"), wifi=Thing(ssid="MOT CUA"))
        config = Thing(version=9, roles=["rating", "keypad", "printer"])
        Thing.__init__(
            self,
            board=Board(),
            identity=Thing(device="b-1", password="very secret"),
            outbox=outbox,
            clock=Clock(lambda: 500, lambda a, b: a - b),
            network=network,
            config=config,
            leases=Thing(ids=lambda: ["l/1"]),
            printer=Thing(busy=False),
            paper="low",
            refused={"key": "scale", "found": "x" * 100},
            rescue=None,
            trial=None,
            update=None,
            lines=[0, b""],
            said=[],
        )
        Thing.__init__(self, **attributes)

    def say(self, name, message, qos):
        self.said.append((name, message, qos))


def asked(device, verb, **arguments):
    assert reporting.why_not(verb, arguments) == ""
    reporting.answer(device, "c-1", verb, arguments)
    name, message, qos = device.said.pop()
    assert (name, qos, message["id"], message["ok"]) == ("reply", 1, "c-1", True)
    assert len(to_json(message)) <= 1024
    return json.loads(json.dumps(message["result"]))


def test_a_snapshot_is_what_the_contract_says_and_holds_no_secret():
    kept = {"device": "b-1", "keys": {"b": "b secret", "a": "a secret"}, "use": "b"}
    device = SomeDevice()
    write_json(device.board.root + "/identity.json", kept)
    said = asked(device, "snapshot")
    assert "secret" not in json.dumps(said)
    snapshot = Snapshot.from_dict(said)
    assert (snapshot.heap_free, snapshot.outbox, snapshot.oldest) == (12_345, 7, [6, 118])
    assert (snapshot.config, snapshot.leases, snapshot.slots) == (9, ["l/1"], ["a", "b"])
    assert snapshot.network == {"host": "10.0.0.2", "port": 8883, "protocol": 5, "tls": "psk", "ssid": "MOT CUA"}
    assert snapshot.parts == {
        "rating": "runs",
        "keypad": "score_1 and key_next both want pin 4; /pins.json can move one",
        "printer": "paper low",
    }
    assert 0 < len(snapshot.wires) < 199, "two hundred lines are more than an answer takes"


def test_a_new_device_knows_little_and_says_only_that():
    device = SomeDevice(config=None, leases=None, refused=None, printer=None)
    device.identity = Thing(device="b-1", password="pw")
    device.network = Thing(host="h", port=1, protocol=4, tls=None, wifi=None)
    device.outbox = Thing(waiting=lambda: 0)
    snapshot = Snapshot.from_dict(asked(device, "snapshot"))
    assert (snapshot.oldest, snapshot.config, snapshot.leases, snapshot.slots, snapshot.parts) == (
        None,
        None,
        [],
        [],
        {},
    )


def note(device, text):
    """What a device does with a line."""
    device.clock = Clock(lambda: 500, lambda a, b: a - b)
    Device.log(device, text)


def test_the_last_lines_are_kept_and_read_page_by_page():
    device = SomeDevice()
    for number in range(100):
        note(device, "link: không nối được lần %d" % number)
    assert len(device.lines[1]) <= 448
    page = LogPage.from_dict(asked(device, "log"))
    assert page.next is None and page.lines[-1] == "0 link: không nối được lần 99"
    assert 8 < len(page.lines) < 20 and all(["0 link: không nối được lần" in one for one in page.lines])
    last = LogPage.from_dict(asked(device, "log", **{"from": device.lines[0] - 3}))
    assert (last.first, last.lines, last.next) == (device.lines[0], [], None)
    assert LogPage.from_dict(asked(device, "log", **{"from": page.first})) == page
    beyond = LogPage.from_dict(asked(device, "log", **{"from": device.lines[0] + 99}))
    assert (beyond.first, beyond.lines, beyond.next) == (device.lines[0], [], None)


def test_many_short_lines_come_in_pages_and_none_is_missed():
    device = SomeDevice()
    for number in range(200):
        note(device, str(number))
    seen, start, pages = [], 0, 0
    while start is not None:
        page = LogPage.from_dict(asked(device, "log", **{"from": start}))
        seen += page.lines
        start, pages = page.next, pages + 1
    assert pages > 1 and seen == ["0 %d" % number for number in range(200 - len(seen), 200)]


def test_a_long_line_is_cut_between_letters():
    device = SomeDevice()
    note(device, "ế" * 500)
    assert device.lines[1].decode() == "0 " + "ế" * 90 + "\n"
    for _ in range(3):
        note(device, "ế" * 500)
    assert LogPage.from_dict(asked(device, "log")).lines == ["0 " + "ế" * 90]


def test_the_clock_follows_the_fleet_at_once_and_says_how_far_it_was_off():
    device = SomeDevice()
    assert ClockHeard.from_dict(asked(device, "clock", now=NOW)).offset_ms is None
    assert device.clock.at() == NOW
    assert ClockHeard.from_dict(asked(device, "clock", now=NOW + 90_000)).offset_ms == 90_000
    assert device.clock.at() == NOW + 90_000
    assert ClockHeard.from_dict(asked(device, "clock", now=NOW - 90_000)).offset_ms == -180_000
    assert device.clock.at() == NOW - 90_000
    asked(device, "clock", now=NOW - 90_400)
    assert device.clock.at() == NOW - 90_000, "that one came late"


def test_what_can_not_be_answered_is_refused():
    for verb, arguments in (
        ("clock", {}),
        ("clock", {"now": "noon"}),
        ("clock", {"now": -1}),
        ("log", {"from": -1}),
        ("log", {"from": "1"}),
        ("log", {"from": None}),
    ):
        assert reporting.why_not(verb, arguments) == "bad_arguments", (verb, arguments)
