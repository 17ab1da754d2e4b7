"""The receiver's own connection to the broker, on a real one: it comes back, waits, and acknowledges what it had."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from fleet.laptop.broker import free_port
from fleet.mqtt_packets import Came
from fleet.settings import Settings
from fleet.workers import line as module
from fleet.workers.line import Line
from protocols.presence import Alive
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


@pytest.fixture(params=["5", "3.1.1"])
def line(house: House, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Connected; it tries again soon."""
    monkeypatch.setattr(module, "RETURN_MIN_S", 0.01)
    line = Line(house.settings.model_copy(update={"broker_protocol": request.param}), "receiver", EVENTS)
    line.start()
    assert line.subscribed.wait(SOON_S)
    yield line
    line.stop()


def wait(until: Callable[[], object], what: str) -> None:
    """Another thread brings it about."""
    end_s = time.monotonic() + SOON_S
    while not until():
        assert time.monotonic() < end_s, f"expected {what}"
        threading.Event().wait(0.01)


def numbers(taken: list[Came]) -> list[int]:
    return [int(one.payload) for one in taken]


def lose(line: Line) -> None:
    """The network tears the connection, and it comes back."""
    before, writer = line.connections, line.writer
    assert writer is not None
    line.soon(writer.transport.abort)
    wait(lambda: line.connections > before and line.subscribed.is_set(), "a new connection")


def test_a_broker_that_is_not_there_is_said_once_and_can_be_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETURN_MIN_S", 0.01)
    monkeypatch.setattr(module, "RETURN_MAX_S", 0.01)
    port, tries = free_port(), threading.Semaphore(0)
    line = Line(Settings(data=tmp_path, broker_host="127.0.0.1", broker_port=port), "receiver", EVENTS)
    say = line.lost

    def lost(problem: str) -> None:
        say(problem)
        tries.release()

    monkeypatch.setattr(line, "lost", lost)
    with caplog.at_level(logging.INFO, logger=module.__name__):
        line.start()
        for _ in range(4):
            assert tries.acquire(timeout=SOON_S), "it does not try again"
        line.stop()
    (said,) = [record.getMessage() for record in caplog.records if record.name == module.__name__]
    assert said.startswith(f"receiver: no broker at 127.0.0.1:{port} (") and "[Errno 111]" in said
    assert line.trouble in said


def test_a_wrong_password_is_said_in_words(house: House, caplog: pytest.LogCaptureFixture) -> None:
    line = Line(house.settings.model_copy(update={"broker_password": "wrong"}), "receiver", EVENTS)
    line.start()
    wait(lambda: line.trouble, "a complaint")
    line.stop()
    assert line.trouble == "the broker refuses us: Not authorized" and not line.is_up


def test_what_was_not_acknowledged_comes_again_and_is_acknowledged_where_it_came(house: House, line: Line) -> None:
    """On a new connection the numbers of messages mean others: an old one's acknowledgement would lose a new one."""
    device = house.device("nut-1").come()
    device.client.publish(up("nut-1", "events"), b"0", qos=1)
    wait(lambda: line.waiting, "a message")
    old = line.take(10, SOON_S)
    lose(line)
    device.client.publish(up("nut-1", "events"), b"1", qos=1)
    wait(lambda: line.waiting, "a message")
    new = line.take(10, SOON_S)
    assert (numbers(old), numbers(new)) == ([0], [1]) and old[0].mid == new[0].mid
    written: list[bytes] = []
    real = line.write
    line.write = lambda data, connection: (written.append(data), real(data, connection))[1]  # type: ignore[method-assign]
    line.acknowledge(old)
    line.acknowledge(new)
    wait(lambda: written, "an acknowledgement")
    assert written == [b"\x40\x02" + new[0].mid.to_bytes(2, "big")]


def test_no_more_is_read_than_there_is_room_for(house: House, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ARRIVED_AT_MOST", ROOM)
    monkeypatch.setattr(module, "PIECE_BYTES", 64)
    device = house.device("nut-1").come()
    for number in range(40):
        device.client.publish(up("nut-1", "events"), b"%d" % number, qos=1).wait_for_publish(SOON_S)
    wait(lambda: line.waiting >= ROOM and not line.read_on.is_set(), "that it reads no further")
    assert line.waiting < 40
    taken: list[Came] = []
    while len(taken) < 40:
        more = line.take(ROOM, SOON_S)
        assert more, "it stopped reading for good"
        line.acknowledge(more)
        taken += more
    assert numbers(taken) == list(range(40))


def test_it_can_be_left_while_it_waits_for_room(house: House, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ARRIVED_AT_MOST", 1)
    house.device("nut-1").come().client.publish(up("nut-1", "events"), b"0", qos=1)
    wait(lambda: line.waiting and not line.read_on.is_set(), "that it reads no further")
    line.stop()
    assert not line.thread.is_alive()


def test_what_was_said_while_the_broker_was_away_is_said_when_it_is_back(house: House, line: Line) -> None:
    device = house.device("nut-1").come()
    writer = line.writer
    assert writer is not None
    line.soon(writer.transport.abort)
    line.tell("nut-1", "state", Alive(state="sleeping"), qos=1)
    assert device.queue_of("state").get(timeout=SOON_S).payload == Alive(state="sleeping").to_bytes()
    wait(lambda: not line.flying and not line.unsaid, "that it was acknowledged")
