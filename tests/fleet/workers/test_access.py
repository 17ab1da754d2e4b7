"""Who may connect, speak and listen at the private Mosquitto: refusals of the real broker."""

import queue
from functools import partial
from pathlib import Path

import pytest

from fleet.flows.enrol import FLEET_USER, broker_passwords, enrol, renew_password, revoke
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from protocols.presence import Alive, Welcome
from tests.fleet.office import OFFICE, NewDatabase
from tests.fleet.workers.house import FLEET_PASSWORD, House, Loop, counted, now_ms
from tests.fleet.workers.played_device import PlayedDevice
from tests.sqlite_files import SqliteFiles

NOT_AUTHORIZED = 0x87
GOOD_WISH = b'{"id":1,"want":"next"}'


@pytest.fixture
def new_database(sqlite_files: SqliteFiles, tmp_path: Path) -> NewDatabase:
    """What is tested here is the broker: one kind of database will do."""
    return partial(sqlite_files.copy, to=tmp_path)


@pytest.fixture
def fleet(house: House) -> PlayedDevice:
    """The fleet's own user, listening to all that devices say."""
    fleet = house.device(FLEET_USER, FLEET_PASSWORD, port=house.broker.fleet_port, will=("mc/1/x/up/alive", b""))
    fleet.connect()
    assert not fleet.subscribe("mc/1/+/up/#").is_failure
    return fleet


@pytest.mark.parametrize(
    "topic",
    [
        "mc/1/q-2/up/events",
        "mc/1/q-2/up/hello",
        "mc/1/q-2/up/want",
        "mc/1/q-2/down/state",
        "mc/1/q-1/down/state",
        "mc/1/q-1/down/receipt",
        "mc/1/q-1",
        "mc/2/q-1/up/events",
        "elsewhere",
    ],
)
def test_a_device_may_speak_on_its_own_topics_only(house: House, fleet: PlayedDevice, topic: str) -> None:
    keypad, other = house.device("q-1").come(), house.device("q-2").come()
    assert keypad.publish(topic, GOOD_WISH).value == NOT_AUTHORIZED
    assert not keypad.say("want", GOOD_WISH).is_failure
    assert fleet.overheard.get(timeout=30).topic == "mc/1/q-1/up/want", "the first thing that the fleet hears"
    fleet.publish("mc/1/q-1/down/state", b"1")
    fleet.publish("mc/1/q-2/down/state", b"1")
    assert keypad.told_raw("state").payload == b"1"
    assert other.told_raw("state").payload == b"1", "the first thing that the others hear"


@pytest.mark.parametrize(
    "topics", ["#", "+/+/+/+/+", "mc/1/q-2/down/#", "mc/1/+/down/state", "mc/1/+/up/#", "mc/1/q-1/up/#", "$SYS/#"]
)
def test_a_device_hears_what_it_is_told_and_nothing_else(house: House, fleet: PlayedDevice, topics: str) -> None:
    """Mosquitto grants such a subscription, and then delivers nothing of it."""
    keypad = house.device("q-1").come()
    other = house.device("q-2").come()
    keypad.subscribe(topics)
    other.say("want", GOOD_WISH)
    keypad.say("want", GOOD_WISH)
    for device in ("q-2", "q-1"):
        fleet.publish(f"mc/1/{device}/down/state", device.encode())
    fleet.publish("mc/1/q-1/down/command", b"the last")
    assert other.told_raw("state").payload == b"q-2"
    assert keypad.told_raw("state").payload == b"q-1"
    assert keypad.told_raw("command").payload == b"the last"
    assert keypad.overheard.empty(), "all that came before the last had come by then"


def test_a_wrong_password_is_refused(house: House) -> None:
    assert house.device("q-1", "wrong").connect().value == NOT_AUTHORIZED


def test_the_password_of_another_device_is_refused(house: House) -> None:
    assert house.device("q-1", house.passwords["q-2"]).connect().value == NOT_AUTHORIZED


def test_an_unknown_user_is_refused(house: House) -> None:
    assert house.device("stranger", "anything").connect().value == NOT_AUTHORIZED


def test_anonymous_is_refused_at_both_doors(house: House) -> None:
    for port in (house.broker.devices_port, house.broker.fleet_port):
        nobody = PlayedDevice("nobody", None, port)
        house.played.append(nobody)
        assert nobody.connect().is_failure


def test_a_device_cannot_push_another_off_by_connecting_with_its_client_id(house: House, fleet: PlayedDevice) -> None:
    victim = house.device("q-1").come()
    attacker = house.device("q-2", client_id="q-1").come()
    assert not victim.say("alive", Alive()).is_failure
    assert fleet.overheard.get(timeout=30).payload == Alive().to_bytes(), "no last will came before it"
    assert victim.gone.empty()
    attacker.say("want", GOOD_WISH)
    assert fleet.overheard.get(timeout=30).topic == "mc/1/q-2/up/want", "it is who it is"


def test_a_device_has_no_business_at_the_door_of_the_fleet(house: House) -> None:
    """There the client id is free to choose, so a device could push another off."""
    victim = house.device("q-1").come()
    attacker = house.device("q-2", client_id="q-1", port=house.broker.fleet_port)
    assert attacker.connect().value == NOT_AUTHORIZED
    assert not victim.say("alive", Alive()).is_failure
    assert victim.gone.empty()


def test_the_fleet_has_no_business_at_the_door_of_the_devices(house: House) -> None:
    assert house.device(FLEET_USER, FLEET_PASSWORD).connect().value == NOT_AUTHORIZED


def test_a_last_will_on_a_topic_of_another_is_never_published(house: House, fleet: PlayedDevice) -> None:
    forged = ("mc/1/q-1/up/alive", Alive(gone=True).to_bytes())
    house.device("q-2", will=forged).come().kill()
    house.device("q-2").come().say("want", GOOD_WISH)  # its old session is over by now
    assert fleet.overheard.get(timeout=30).topic == "mc/1/q-2/up/want"


def test_two_workers_of_the_fleet_stand_side_by_side(house: House) -> None:
    first, second = house.receiver(), house.sender()
    house.device("q-1").come().born().told(Welcome)
    assert first.broker.is_up and second.broker.is_up
    assert counted("motcua_broker_connected", worker="receiver") == 1


def test_a_revoked_device_is_cut_off_at_once_and_not_let_in_again(house: House) -> None:
    keypad = house.device("q-1").come()
    house.doorkeeper()
    revoke(house.store, "q-1", now_ms())
    keypad.gone.get(timeout=30)
    assert house.device("q-1").connect().value == NOT_AUTHORIZED
    house.device("q-2").come()


def test_a_new_device_and_a_new_password_are_known_after_a_refresh(house: House) -> None:
    old = house.passwords["q-1"]
    house.passwords["q-1"] = renew_password(house.store, "q-1")
    house.passwords["nut-9"] = enrol(house.store, "nut-9", ["rating"], OFFICE, "quay-1", now_ms())
    witness = house.device("q-2").come()
    revoke(house.store, "q-2", now_ms())
    doorkeeper = house.doorkeeper()
    witness.gone.get(timeout=30)  # so the broker has read its list
    doorkeeper.stop()  # and whoever had another password is cut off
    house.device("nut-9").come()
    house.device("q-1").come()
    assert house.device("q-1", old).connect().value == NOT_AUTHORIZED


def test_a_broker_that_comes_back_on_other_ports_still_gives_what_it_kept(house: House, loop: Loop) -> None:
    """Its next start may find the ports taken; the births that it keeps came in through the old ones."""
    house.device("q-1").come().born(nonce="before")
    loop.do(house.broker.stop())
    house.broker = Mosquitto(house.broker.directory, free_port(), free_port())
    loop.do(house.broker.start(broker_passwords(house.store, FLEET_PASSWORD)))
    watching = house.device("q-1", will=("mc/1/q-1/up/alive", b'{"gone":true}')).come()
    house.sender()
    assert watching.told(Welcome).nonce == "before"


def test_what_the_fleet_says_to_one_is_heard_by_no_other(house: House, fleet: PlayedDevice) -> None:
    keypad, other = house.device("q-1").come(), house.device("q-2").come()
    fleet.publish("mc/1/q-1/down/state", b"x")
    assert keypad.told_raw("state").payload == b"x"
    fleet.publish("mc/1/q-2/down/state", b"y")
    assert other.told_raw("state").payload == b"y"
    with pytest.raises(queue.Empty):
        other.told_raw("state", within_s=0)
