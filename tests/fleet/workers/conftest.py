"""Houses with a real broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet import clock
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.laptop.stand_in import StandInBroker
from fleet.workers import receiver, sender, supplier
from tests.fleet.moved_clock import MovedClock
from tests.fleet.office import NewDatabase, migrated
from tests.fleet.workers.house import House, Loop, two_ports


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """Where brokers are watched. One for all: a child of a thread that ends would end with it."""
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture(autouse=True)
def workers_look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle worker looks at its flag to stop this often; nothing else depends on it."""
    for worker in (receiver, sender, supplier):
        monkeypatch.setattr(worker, "WAIT_S", 0.02)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The clock of all that runs in this process."""
    moved = MovedClock()
    monkeypatch.setattr(clock, "time", moved)
    return moved


@pytest.fixture
def house(tmp_path: Path, loop: Loop, new_database: NewDatabase) -> Iterator[House]:
    """The small office on a private Mosquitto; no worker is at work yet."""
    broker = Mosquitto(tmp_path / "broker", *two_ports())
    house = House(tmp_path, broker, loop, new_database("empty", migrated))
    yield house
    house.close()


@pytest.fixture
def at_work(house: House) -> House:
    """The small office on a private Mosquitto, with a receiver, a sender and a linker."""
    return house.all_workers()


@pytest.fixture
def small_house(tmp_path: Path, loop: Loop) -> Iterator[House]:
    """The small office on amqtt, with its workers."""
    port = free_port()
    house = House(tmp_path, StandInBroker(tmp_path / "broker", port, port), loop)
    yield house.all_workers()
    house.close()
