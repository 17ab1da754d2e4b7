"""A device with a right secret of its own attacks the others, at each kind of door of a province's real Mosquitto.

What counts is what arrives: MQTT 3.1.1, which the attacker speaks, has no word for a refusal.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from fleet.workers.doorkeeper import Doorkeeper
from fleet.workers.receiver import shared_by
from protocols.contract import CHANNELS
from protocols.topics import down, up
from tests.fleet.provisioning.province import SOON_S, Listed, Province, credential_of, let_in, running
from tests.fleet.workers.played_device import PlayedDevice

DEVICES = [f"d-{number:02}" for number in range(80)]
DOORS = [(way, door) for way in ("files", "dynsec") for door in ("password", "psk")]
TOO_LARGE = 3 << 20
SPOKEN = [channel.name for channel in CHANNELS if channel.direction == "up"]
TOLD = [channel.name for channel in CHANNELS if channel.direction == "down"]
INTRUDER = {"command": "createClient", "username": "intruder", "password": "intruder", "textname": "x"}


@dataclass
class Scene:
    """A door of a broker, its registry, and people who leave at the end of the test."""

    province: Province
    registry: Listed
    door: str
    names: Iterator[str]
    stack: ExitStack

    def name(self) -> str:
        """A device that no other test has."""
        return next(self.names)

    def device(self, name: str, door: str = "", **more: object) -> PlayedDevice:
        """This one with its own secret, not connected yet."""
        played = self.province.device(name, door or self.door, **more)
        self.stack.callback(played.leave)
        return played

    def fleet(self, *topics: str) -> PlayedDevice:
        """The fleet's account, listening to these."""
        fleet = self.province.fleet()
        self.stack.callback(fleet.leave)
        for topic in topics:
            assert not fleet.subscribe(topic).is_failure, topic
        return fleet

    def pair(self) -> tuple[PlayedDevice, PlayedDevice]:
        """A victim and an attacker, both connected."""
        victim, attacker = self.name(), self.name()
        return self.device(victim).come(), self.device(attacker, modern=False).come()


@pytest.fixture(scope="module")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Province, Listed]]]:
    """One broker of each kind for all, and a doorkeeper as `motcua send` has one."""
    with ExitStack() as stack:
        found = {}
        for way in ("files", "dynsec"):
            province = stack.enter_context(running(tmp_path_factory.mktemp("province"), way))
            registry = Listed(*DEVICES)
            keeper = Doorkeeper(registry, province.access())
            keeper.start()
            stack.callback(keeper.stop)
            found[way] = province, registry
        for way, (province, _) in found.items():
            wait_for(province, DEVICES[-1], way)
        yield found


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    return iter(DEVICES)


@pytest.fixture(params=DOORS, ids="-".join)
def scene(
    request: pytest.FixtureRequest, provinces: dict[str, tuple[Province, Listed]], names: Iterator[str]
) -> Iterator[Scene]:
    way, door = request.param
    province, registry = provinces[way]
    with ExitStack() as stack:
        yield Scene(province, registry, door, names, stack)


def wait_for(province: Province, device: str, why: str) -> None:
    """Until the broker lets this device in: it says nowhere that it has read its list."""
    deadline = time.monotonic() + SOON_S
    while not let_in(province.device(device, "password")):
        assert time.monotonic() < deadline, f"{device} is not let in ({why})"


def heard(device: PlayedDevice) -> list[str]:
    """The topics of all that has come and was not looked at."""
    queues = [*device.told_bytes.values(), device.overheard]
    return [one.get().topic for one in queues for _ in range(one.qsize())]


def test_it_speaks_for_nobody_else_and_plants_nothing(scene: Scene) -> None:
    victim, attacker = scene.pair()
    fleet = scene.fleet(f"mc/1/{victim.id}/#", f"mc/1/{attacker.id}/#")
    forged = [f"mc/1/{victim.id}/{channel.direction}/{channel.name}" for channel in CHANNELS]
    forged += [down(attacker.id, name) for name in TOLD]
    for topic in [*forged, f"mc/1/{victim.id}", "mc/1", "$SYS/broker/version", "elsewhere"]:
        attacker.publish(topic, b"forged", retain=True)
    attacker.publish("$CONTROL/dynamic-security/v1", json.dumps({"commands": [INTRUDER]}).encode())
    attacker.say("want", b"the last")
    assert fleet.overheard.get(timeout=SOON_S).topic == up(attacker.id, "want"), "the first thing that the fleet hears"
    again = scene.device(victim.id).come()  # whoever subscribes anew is given what is retained
    fleet.publish(down(victim.id, "command"), b"the last")
    assert again.told_raw("command").payload == b"the last"
    assert heard(again) == [] and heard(victim) == []
    intruder = replace(credential_of("intruder"), password="intruder")
    assert not let_in(scene.device("intruder", "password", one=intruder))


def test_its_last_will_is_its_own(scene: Scene) -> None:
    """Each connection takes the one before over, whose will is due then."""
    victim, attacker = scene.device(scene.name()).come(), scene.name()
    fleet = scene.fleet(f"mc/1/{victim.id}/#", up(attacker, "want"))
    some = CHANNELS if scene.door == "password" else CHANNELS[::5]  # a process each; the rules are the same
    for channel in some:
        forged = (f"mc/1/{victim.id}/{channel.direction}/{channel.name}", b"forged")
        assert not scene.device(attacker, modern=False, will=forged).connect().is_failure
    scene.device(attacker, modern=False).come().say("want", b"the last")
    assert fleet.overheard.get(timeout=SOON_S).topic == up(attacker, "want")
    fleet.publish(down(victim.id, "command"), b"the last")
    assert victim.told_raw("command").payload == b"the last"
    assert heard(victim) == []


def test_it_hears_nothing_of_others(scene: Scene) -> None:
    victim, attacker = scene.pair()
    fleet = scene.fleet(f"mc/1/{victim.id}/up/#")

    def all_speak() -> None:
        for name in SPOKEN:
            victim.publish(up(victim.id, name), b"secret", retain=True)
        for name in TOLD:
            fleet.publish(down(victim.id, name), b"secret", retain=True)

    all_speak()
    theirs = [f"mc/1/{victim.id}/{channel.direction}/{channel.name}" for channel in CHANNELS]
    wide = ["#", "+/#", "mc/#", "mc/1/#", "mc/1/+/#", "+/+/+/+/+", "$SYS/#", "$CONTROL/#", "$CONTROL/+/+/+"]
    wide += [f"mc/1/{end}" for end in ("+/up/#", "+/down/#", "+/up/events", "+/down/state", f"{victim.id}/#")]
    wide += [f"$share/{group}/{end}" for group in ("fleet", "x") for end in ("#", "mc/1/+/up/#", theirs[0], theirs[-1])]
    for topic in [*theirs, *wide, up(attacker.id, "#")]:
        attacker.subscribe(topic)
    all_speak()
    attacker.say("want", b"what it says itself")
    fleet.publish(down(attacker.id, "command"), b"the last")
    assert attacker.told_raw("command").payload == b"the last"
    assert attacker.overheard.empty(), "all that came before the last had come by then"
    for name in 2 * TOLD:
        assert victim.told_raw(name).payload == b"secret"
    said = [fleet.overheard.get(timeout=SOON_S).topic for _ in 2 * SPOKEN]
    assert sorted(said) == sorted(up(victim.id, name) for name in 2 * SPOKEN)


def test_it_cannot_flood_the_fleet_with_one_message(scene: Scene) -> None:
    attacker = scene.device(scene.name()).come()
    fleet = scene.fleet(f"mc/1/{attacker.id}/#")
    attacker.client.publish(up(attacker.id, "want"), bytes(TOO_LARGE), qos=1, retain=True)
    attacker.gone.get(timeout=SOON_S)
    scene.device(attacker.id).come().say("want", b"the last")
    said = [fleet.overheard.get(timeout=SOON_S) for _ in range(2)]
    assert [(one.topic, one.payload) for one in said if one.topic == up(attacker.id, "want")] == [
        (up(attacker.id, "want"), b"the last")
    ], said


def test_it_takes_nothing_out_of_the_share_of_the_receivers(scene: Scene) -> None:
    """Mosquitto 2.0 lets it into a shared subscription, and what falls to it there nobody gets."""
    victim, attacker = scene.pair()
    share = shared_by(scene.province.settings)
    for group in ("fleet", "fleet-", f"fleet-{32 * '0'}", "+", scene.province.settings.broker_user):
        attacker.client.subscribe(f"$share/{group}/mc/1/+/up/events", 1)
    attacker.subscribe(up(attacker.id, "#"))
    first, second = (scene.fleet(f"{share}/mc/1/+/up/events") for _ in range(2))
    second.overheard = first.overheard
    for number in range(20):
        victim.say("events", b"number %d" % number)
    came: set[bytes] = set()
    while len(came) < 20:
        message = first.overheard.get(timeout=SOON_S)
        came |= {message.payload} if message.topic == up(victim.id, "events") else set()
    assert attacker.overheard.empty()


def test_it_cannot_push_another_off_by_its_client_id(scene: Scene) -> None:
    victim = scene.device(scene.name()).come()
    fleet = scene.fleet(f"mc/1/{victim.id}/#")
    attacker = scene.name()
    forged = scene.device(attacker, client_id=victim.id)
    if scene.door == "psk":
        forged.client.username_pw_set(victim.id, credential_of(attacker).password)  # the identity goes before it
    assert let_in(forged), "as who it is, and not as who it says"
    assert not let_in(scene.device(attacker, "fleet", client_id=victim.id)), "the fleet's door knows no device"
    victim.say("want", b"still here")
    assert fleet.overheard.get(timeout=SOON_S).topic == up(victim.id, "want"), "no last will came before it"
    assert victim.gone.empty()


def test_who_does_not_know_the_secret_is_refused(scene: Scene) -> None:
    device, other = scene.name(), scene.name()
    wrong = credential_of(device, slot=9)
    strangers = {
        "a wrong secret": wrong,
        "the secret of another": replace(credential_of(other), device=device),
        "a device that is in no list": replace(credential_of(device), device="stranger"),
    }
    for why, one in strangers.items():
        assert not let_in(scene.province.device(one.device, scene.door, one)), why
    nobody = scene.device(device, "password", one=replace(wrong, password=None))
    assert not let_in(nobody), "without a word"
    nameless = scene.device(device, "password")
    nameless.client.username_pw_set(None)
    assert not let_in(nameless), "without a name"
    assert let_in(scene.device(device)), "with its own"


def test_a_revoked_device_is_cut_off_and_cannot_come_back(scene: Scene) -> None:
    device, witness = scene.device(scene.name()).come(), scene.device(scene.name()).come()
    fleet = scene.fleet(up(witness.id, "want"))
    scene.registry.revoke(device.id)
    device.gone.get(timeout=SOON_S)
    assert not let_in(scene.device(device.id))
    witness.say("want", b"still here")
    assert fleet.overheard.get(timeout=SOON_S).payload == b"still here"
    assert witness.gone.empty()


def test_a_device_with_a_new_secret_must_use_it(scene: Scene) -> None:
    device, witness = scene.device(scene.name()).come(), scene.device(scene.name()).come()
    scene.registry.enrol(device.id, slot=1)
    device.gone.get(timeout=SOON_S)
    assert not let_in(scene.device(device.id)), "the old one"
    assert let_in(scene.device(device.id, one=credential_of(device.id, slot=1)))
    assert witness.gone.empty()
