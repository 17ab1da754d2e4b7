"""The fleet's connection to the broker: what it says of trouble, and how much it holds."""

import logging
import threading
import time
from functools import partial
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from fleet.laptop.broker import free_port
from fleet.settings import Settings
from fleet.workers import broker as module
from fleet.workers.broker import Broker
from protocols.topics import up
from tests.fleet.office import NewDatabase
from tests.fleet.workers.house import House
from tests.fleet.workers.played_device import SOON_S
from tests.sqlite_files import SqliteFiles

ROOM = 3
EVENTS = [("mc/1/+/up/events", 1)]


@pytest.fixture
def new_database(sqlite_files: SqliteFiles, tmp_path: Path) -> NewDatabase:
    """What is tested here is the broker: one kind of database will do."""
    return partial(sqlite_files.copy, to=tmp_path)


def test_a_broker_that_is_not_there_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_MIN_S", 0.01)
    monkeypatch.setattr(module, "RETURN_MAX_S", 0.01)
    port = free_port()
    broker = Broker(Settings(data=tmp_path, broker_host="127.0.0.1", broker_port=port), "receiver", EVENTS)
    tried = threading.Semaphore(0)
    say = broker.client.on_connect_fail
    assert say is not None

    def failed(client: object, data: object) -> None:
        say(client, data)  # type: ignore[call-arg, arg-type]
        tried.release()

    broker.client.on_connect_fail = failed  # type: ignore[assignment]
    with caplog.at_level(logging.INFO, logger=module.__name__):
        broker.start()
        for _ in range(4):
            assert tried.acquire(timeout=SOON_S), "it does not try again"
        broker.stop()
    said = [record.getMessage() for record in caplog.records if record.name == module.__name__]
    assert said == [f"receiver: no broker at 127.0.0.1:{port} ([Errno 111] Connection refused); trying again"]


def test_a_lost_and_found_broker_is_said_each_time(caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker(Settings(), "sender", [])
    refused, lost, fine = (
        module.ReasonCode(packet, name)  # type: ignore[no-untyped-call]
        for packet, name in (
            (module.PacketTypes.CONNACK, "Not authorized"),
            (module.PacketTypes.DISCONNECT, "Unspecified error"),
            (module.PacketTypes.CONNACK, "Success"),
        )
    )
    with caplog.at_level(logging.INFO, logger=module.__name__):
        for _ in range(2):
            for _ in range(3):
                broker.connected(broker.client, None, None, refused, None)
                broker.disconnected(broker.client, None, None, lost, None)
            broker.connected(broker.client, None, None, fine, None)
            broker.disconnected(broker.client, None, None, lost, None)
    assert [record.getMessage() for record in caplog.records] == 2 * [
        "sender: the broker refuses us: Not authorized",
        "sender: connected to the broker",
        "sender: lost the broker (Unspecified error); trying again",
    ]


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_no_more_is_read_than_there_is_room_for_and_it_can_be_left_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    monkeypatch.setattr(module, "ARRIVED_AT_MOST", ROOM)
    broker = Broker(house.settings.model_copy(update={"broker_protocol": protocol}), "receiver", EVENTS)
    subscribed, began = threading.Event(), threading.Semaphore(0)
    broker.client.on_subscribe = lambda *_: subscribed.set()
    took = broker.took

    def began_to_take(*message: object) -> None:
        began.release()
        took(*message)  # type: ignore[arg-type]

    broker.client.on_message = began_to_take
    broker.start()
    assert subscribed.wait(SOON_S)
    device = house.device("nut-1").come()

    def five_come() -> None:
        for number in range(5):
            device.client.publish(up("nut-1", "events"), b"%d" % number, qos=1)
        for _ in range(ROOM + 1):
            assert began.acquire(timeout=SOON_S)
        assert broker.arrived.qsize() == ROOM, "the next one waits at the door"

    five_come()
    taken = broker.take(ROOM, SOON_S)
    while len(taken) < 5:
        more = broker.take(ROOM, SOON_S)
        assert more, "it stopped reading for good"
        taken += more
    assert [int(message.payload) for message in taken] == [0, 1, 2, 3, 4]
    assert began.acquire(timeout=SOON_S), "the fifth of them"
    five_come()
    left = threading.Thread(target=broker.stop, daemon=True)
    left.start()
    left.join(SOON_S)
    assert not left.is_alive(), "stop() waits for somebody who waits for room"


def test_a_number_of_an_earlier_connection_acknowledges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broker, earlier, later = Broker(Settings(), "sender", EVENTS), mqtt.MQTTMessage(7), mqtt.MQTTMessage(7)
    acknowledged: list[tuple[int, int]] = []
    monkeypatch.setattr(broker.client, "ack", lambda mid, qos: acknowledged.append((mid, qos)))
    earlier.timestamp = time.monotonic()
    fine = module.ReasonCode(module.PacketTypes.CONNACK, "Success")  # type: ignore[no-untyped-call]
    broker.connected(broker.client, None, None, fine, None)
    later.timestamp = time.monotonic()
    broker.acknowledge([earlier])
    assert acknowledged == []
    broker.acknowledge([later])
    assert acknowledged == [(7, 0)]
