"""The broker is away: workers say so, wait for it, and come back by themselves; then everything comes, once."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.flows.enrol import broker_passwords
from fleet.workers import broker
from fleet.workers.fitness import Fitness
from protocols import events
from protocols.presence import Welcome
from tests.fleet.office import NewDatabase
from tests.fleet.workers.house import FLEET_PASSWORD, House, counted
from tests.fleet.workers.played_device import SOON_S
from tests.sqlite_files import SqliteFiles

NAMES = ("receiver", "sender", "supplier")


@pytest.fixture
def new_database(sqlite_files: SqliteFiles, tmp_path: Path) -> NewDatabase:
    """What is tested here is the broker: one kind of database will do."""
    return partial(sqlite_files.copy, to=tmp_path)


def until(look: Callable[[], object]) -> None:
    """Another thread makes it so."""
    end_s = time.monotonic() + SOON_S
    while not look():
        assert time.monotonic() < end_s
        threading.Event().wait(0.02)


def test_workers_say_that_it_is_away_and_come_back_by_themselves(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for least_or_most in ("RETURN_MIN_S", "RETURN_MAX_S"):
        monkeypatch.setattr(broker, least_or_most, 0.1)
    fitness = Fitness("send", house.store, [house.receiver(), house.sender(), house.supplier()])
    buttons = house.device("nut-1").come().born()
    buttons.told(Welcome)
    house.loop.do(house.broker.stop())
    until(lambda: all(one.found for one in fitness.parts() if one.name in NAMES))
    for one in fitness.parts():
        away = one.found.startswith(("lost the broker", "no broker at"))
        assert away is (one.name in NAMES), one
    assert counted("motcua_ready") == 0
    assert [counted("motcua_broker_connected", worker=one) for one in NAMES] == [0, 0, 0]
    said = [buttons.speaker.does(events.RatingGiven(score=4, scale=5, up=n, at=now_ms())) for n in range(1, 9)]
    house.loop.do(house.broker.start(broker_passwords(house.store, FLEET_PASSWORD)))
    until(lambda: not any(one.found for one in fitness.parts()))
    assert counted("motcua_ready") == 1
    again = house.device("nut-1")
    again.speaker = buttons.speaker
    again.come().deliver()
    assert [seq for (seq,) in house.rows("SELECT seq FROM events WHERE device = 'nut-1' ORDER BY happened_ms")] == said
