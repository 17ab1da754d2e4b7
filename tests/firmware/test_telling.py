"""What a device says of itself is what the contract says; what it is told reaches the roles that asked for it."""

import json

from firmware import presenting, telling_roles, wishing
from firmware.clock import Clock
from firmware.running import bytecode
from protocols.message import decode
from protocols.presence import Alive, Health, Hello
from protocols.want import Want

NOW = 1_795_323_600_000


class Thing:
    """Anything with these attributes."""

    def __init__(self, **attributes):
        for name in attributes:
            setattr(self, name, attributes[name])


class SomeDevice(Thing):
    """What the three modules see of a device."""

    def __init__(self, **attributes):
        board = Thing(name="simulated", reset_reason="power", root="/tmp", hw=lambda: "e661", heap_free=lambda: 12_345)
        identity = Thing(device="b-1", epoch=None, boot=4, slot=None)
        outbox = Thing(waiting=lambda: 7)
        nothing = {
            "config": None,
            "leases": None,
            "rescue": None,
            "paper": None,
            "refused": None,
            "bounces": None,
            "reverted": None,
            "update": None,
        }
        clock = Clock(lambda: 500, lambda a, b: a - b)
        network = Thing(version=None, back=None)
        nothing |= {"wakes": None, "network": network}
        super().__init__(board=board, identity=identity, outbox=outbox, clock=clock, **nothing)
        self.said, self.on_state = {}, []
        Thing.__init__(self, **attributes)

    def say(self, name, message, qos):
        raw = json.dumps(message).encode() if type(message) is dict else message.to_bytes()
        self.said[name] = (raw, qos)


def test_a_birth_is_a_hello():
    device = SomeDevice()
    presenting.come(device, "5f")
    hello = decode(Hello, device.said["hello"][0])
    assert hello == Hello(
        firmware=presenting.VERSION,
        board="simulated",
        roles=[],
        boot=4,
        reset="power",
        nonce="5f",
        up=0,
        hw="e661",
        application={"sequence": 0, "mpy": bytecode()},
    )
    assert decode(Alive, device.said["alive"][0]) == Alive()
    config = Thing(roles=["printer"], version=9)
    device = SomeDevice(config=config, leases=Thing(ids=lambda: ["l/1"]), rescue="why")
    device.identity.epoch = 3
    presenting.say_hello(device, "5f")
    hello = decode(Hello, device.said["hello"][0])
    assert (hello.roles, hello.config, hello.leases, hello.rescue, hello.epoch) == (["printer"], 9, ["l/1"], "why", 3)


def test_health_is_told_with_what_is_known():
    device = SomeDevice()
    presenting.say_health(device, 12)
    raw, qos = device.said["health"]
    health = decode(Health, raw)
    assert (health.heap_free, health.outbox, health.loop_lag_ms, health.paper, qos) == (12_345, 7, 12, None, 0)
    assert "paper" not in json.loads(raw)
    device = SomeDevice(paper="low", refused={"key": "roles"}, bounces=bytes([1, 2]))
    presenting.say_health(device, 0)
    health = decode(Health, device.said["health"][0])
    assert (health.paper, health.refused, health.bounces) == ("low", {"key": "roles"}, [1, 2])


def test_an_end_is_told_as_one():
    assert decode(Alive, presenting.gone()) == Alive(gone=True)
    assert decode(Alive, presenting.leaving(SomeDevice(end_reason="config"))) == Alive(state="leaving")
    asleep = presenting.leaving(SomeDevice(end_reason="sleep", wakes=NOW))
    assert decode(Alive, asleep) == Alive(state="sleeping", wakes=NOW)


def test_a_wish_names_what_was_called_last():
    device = SomeDevice()
    wishing.wish(device, 8, "next", None, ("a", 12))
    wish = decode(Want, device.said["want"][0])
    assert (wish.id, wish.want, wish.not_after) == (8, "next", None)
    assert wish.called.number == 12 and wish.called.service == "a"


def tell(device, known=None, version=5, **state):
    known = {} if known is None else known
    telling_roles.tell(device, json.dumps(dict(state, version=version, now=NOW)).encode(), known)
    return known


def test_a_part_reaches_those_that_asked_for_it():
    seen = []
    device = SomeDevice()
    device.on_state = [
        ("armed", "rating_state.Armed", seen.append),
        ("day_key", "[reader_state.DayKey]", lambda keys: seen.append(list(keys))),
    ]
    key = {"day": "2026-11-22", "key": "5a", "since": 0, "expires": 1}
    assert tell(device, armed={"finish": "kp-1/1/1/1", "expires": 9}, day_key=[key], leases="anything") == {
        "armed": 5,
        "day_key": 5,
    }
    armed, keys = seen
    # Each is of a class that was loaded for it, and on a board that class is gone already.
    assert armed.to_dict() == {"finish": "kp-1/1/1/1", "expires": 9} and [one.to_dict() for one in keys] == [key]
    assert device.clock.at() == NOW
    assert tell(device, armed=None) == {} and len(seen) == 2


def test_an_older_part_is_left_aside_and_its_time_is_heard():
    seen = []
    device = SomeDevice(on_state=[("armed", "rating_state.Armed", seen.append)])
    known = {"armed": 5}
    tell(device, known, armed={"finish": "kp-1/1/1/1", "expires": 9})
    assert (known, seen, device.clock.at()) == ({"armed": 5}, [], NOW)


def test_a_state_that_was_overtaken_by_one_with_other_parts_is_told():
    seen = []
    device = SomeDevice(on_state=[("tone", "", seen.append), ("calls", "[]", lambda calls: seen.extend(calls))])
    known = tell(device, version=6, tone={"tone": "x"}, calls=[{"id": "b"}])
    tell(device, known, version=5, tone={"tone": "y"}, calls=[{"id": "a"}])
    # A tone is the newest; a call is news until the display knows it.
    assert seen == [{"tone": "x"}, {"id": "b"}, {"id": "a"}]


def test_a_part_that_can_not_be_read_spoils_no_other():
    seen = []
    device = SomeDevice(on_state=[("armed", "rating_state.Armed", seen.append), ("tone", "", seen.append)])
    for bad in ({"finish": 1}, [], [{"finish": "kp-1/1/1/1", "expires": 9}], "x", 7):
        assert tell(device, armed=bad, tone={"tone": "x"}) == {"armed": 5, "tone": 5}
    assert seen == [{"tone": "x"}] * 5
