"""The core conversation through amqtt, which forgets messages: devices repeat until they are answered."""

import json
import queue
import time
from collections.abc import Callable
from typing import TypeVar

from fleet.flows.enrol import FLEET_USER, revoke
from protocols import events
from protocols.commands import Want
from protocols.presence import Alive, Hello, Welcome
from protocols.state import Show
from tests.fleet.office import hello
from tests.fleet.workers.house import FLEET_PASSWORD, House, now_ms
from tests.fleet.workers.played_device import AGAIN_S, SOON_S, PlayedDevice

T = TypeVar("T")


def until_answered(say: Callable[[], object], answer: Callable[[], T]) -> T:
    """Say it again until there is an answer, as the firmware does."""
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        say()
        try:
            return answer()
        except queue.Empty:
            continue
    raise AssertionError("no answer")


def born(house: House, device: str) -> PlayedDevice:
    """A device that has come and was welcomed."""
    played = house.device(device).come()
    birth: Hello = hello()
    until_answered(lambda: played.say("hello", birth, retain=True), lambda: played.told(Welcome, AGAIN_S))
    return played


def test_from_a_birth_to_the_next_number(small_house: House) -> None:
    printer, keypad, buttons = (born(small_house, device) for device in ("tp-1", "q-1", "nut-1"))
    for number in range(1, 6):
        printer.speaker.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=number, at=now_ms()))
    assert printer.deliver().through == 4
    small_house.wait_for_rows("SELECT COUNT(*) FROM tickets WHERE state = 'waiting'", [(5,)])

    def shown() -> Show:
        while True:
            state = keypad.told_raw("state", AGAIN_S)
            show = json.loads(state.payload).get("show")
            if show is not None and show.get("want") is not None:  # what it is shown unasked is who has signed in
                return Show.from_dict(show)

    show = until_answered(lambda: keypad.say("want", Want(id=4, want="next")), shown)
    assert (show.number, show.label, show.want) == (1, "A001", 4)
    keypad.speaker.does(events.NumberCalled(service="ho-tich", number=1, up=10, at=now_ms()))
    keypad.speaker.does(events.VisitFinished(up=20, at=now_ms()))
    assert keypad.deliver().through == 1
    buttons.speaker.does(events.RatingGiven(score=5, scale=5, up=30, at=now_ms()))
    assert buttons.deliver().through == 0
    stored = small_house.rows("SELECT kind, COUNT(*) FROM events WHERE device NOT LIKE 'srv%' GROUP BY kind ORDER BY 1")
    assert stored == [("call", 1), ("finish", 1), ("rating", 1), ("ticket", 5)]


def test_a_killed_device_is_lost(small_house: House) -> None:
    keypad = born(small_house, "q-1")
    until_answered(
        lambda: keypad.say("alive", Alive(), retain=True),
        lambda: small_house.changed.get(timeout=AGAIN_S),
    )
    keypad.kill()
    small_house.wait_for_rows("SELECT presence FROM devices WHERE id = 'q-1'", [("lost",)])


def test_whom_it_does_not_know_is_refused(small_house: House) -> None:
    for device, password in (("q-1", "wrong"), ("stranger", "x"), ("q-1", None)):
        stranger = PlayedDevice(device, password, small_house.broker.devices_port, modern=False)
        small_house.played.append(stranger)
        assert stranger.connect().is_failure, (device, password)


def test_a_device_under_the_client_id_of_another_is_refused(small_house: House) -> None:
    assert small_house.device("q-2", client_id="q-1").connect().is_failure


def test_a_last_will_on_a_topic_of_another_is_refused(small_house: House) -> None:
    """amqtt itself publishes any will without asking who may speak there."""
    attacker = small_house.device("q-2", will=("mc/1/q-1/down/state", b"forged"))
    assert attacker.connect().is_failure


def test_a_device_may_not_listen_to_others(small_house: House) -> None:
    keypad = small_house.device("q-1").come()
    for topics in ("#", "mc/1/q-2/down/#", "mc/1/+/down/state", "mc/1/q-1/up/#", "mc/1/+/up/events"):
        assert keypad.subscribe(topics).is_failure, topics


def test_what_a_device_says_elsewhere_reaches_nobody(small_house: House) -> None:
    """MQTT 3.1.1 has no word for it: the broker takes the message and drops it."""
    keypad, other = born(small_house, "q-1"), born(small_house, "q-2")
    fleet = small_house.device(FLEET_USER, FLEET_PASSWORD, will=("mc/1/x/up/alive", b""))
    fleet.connect()
    fleet.subscribe("mc/1/#")
    while not fleet.overheard.empty():
        fleet.overheard.get()
    for topic in ("mc/1/q-2/up/events", "mc/1/q-2/down/command", "mc/1/q-1/down/state", "elsewhere"):
        keypad.publish(topic, b"forged")
    keypad.say("want", Want(id=1, want="next"))
    while (heard := fleet.overheard.get(timeout=SOON_S)).topic != "mc/1/q-1/up/want":
        assert heard.payload != b"forged"
    assert other.nothing("command")


def test_a_revoked_device_is_cut_off_and_not_let_in_again(small_house: House) -> None:
    keypad, other = small_house.device("q-1").come(), small_house.device("q-2").come()
    small_house.doorkeeper()
    revoke(small_house.store, "q-1", now_ms())
    keypad.gone.get(timeout=SOON_S)
    assert small_house.device("q-1").connect().is_failure
    other.say("want", Want(id=1, want="next"))
    assert other.gone.empty()
