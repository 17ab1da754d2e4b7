"""With the log at `debug` an event can be followed by its identity: from its device through its day to the pages."""

import logging
import threading

import pytest

from fleet.workers.watcher import Watcher
from protocols import events
from protocols.presence import Welcome
from tests.fleet.workers.house import House, now_ms
from tests.fleet.workers.played_device import SOON_S

STORED = "stored tp-1/1/1/0; to be linked: tan-an "


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_an_event_is_followed_to_the_pages(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "fleet.workers")
    told = threading.Event()

    def changed(_: str) -> None:
        """Pages may have been told of another day before."""
        said = [record.getMessage() for record in caplog.records]
        days = [line.removeprefix(STORED) for line in said if line.startswith(STORED)]
        if any(line.startswith(f"linked tan-an {day}: ") for line in said for day in days):
            assert any(line.startswith("pages of tan-an are told: version ") for line in said)
            told.set()

    house.all_workers()
    watcher = Watcher(house.store, changed)
    watcher.round()
    house.start(watcher)
    printer = house.device("tp-1").come().born()
    printer.told(Welcome)
    printer.did(events.TicketTaken(service="ho-tich", number=1, lease="l", up=1, at=now_ms()))
    assert told.wait(SOON_S)
