"""The purger does its round by itself, says what it did, and ends between two steps when it is told."""

import logging
import threading

import pytest

from fleet.domain.retention import Kept
from fleet.domain.wall_clock import BELIEVED_AFTER_MS
from fleet.store.database import Store
from fleet.workers import purger
from fleet.workers.purger import Purger
from tests.fleet.flows.test_purge import a_day, counts
from tests.fleet.moved_clock import MovedClock
from tests.fleet.office import NINE

KEEP = dict.fromkeys(Kept, 30)
LONG_AFTER = 1_900_000_000_000
DAY_MS = 86_400_000


class Told(logging.Handler):
    """Hears what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.heard = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.heard.set()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    handler = Told()
    monkeypatch.setattr(purger.log, "handlers", [handler])
    monkeypatch.setattr(purger.log, "level", logging.INFO)
    monkeypatch.setattr(purger, "now_ms", lambda: LONG_AFTER)
    monkeypatch.setattr(purger, "PAUSE_S", 0.0)
    return handler


def test_what_is_over_goes_without_anybody_asking(store: Store, told: Told) -> None:
    a_day(store, "aa")
    worker = Purger(store, KEEP)
    worker.start()
    assert told.heard.wait(60)
    worker.stop()
    assert counts(store)["events"] == 0
    assert told.lines == ["forgot 31 holder hashes, 35 events"]


def test_it_ends_when_it_is_told_even_if_there_is_more_to_do(store: Store, told: Told) -> None:
    a_day(store, "aa")
    worker = Purger(store, KEEP)
    worker.stopping.set()
    worker.round()
    assert counts(store)["events"] > 0


@pytest.mark.parametrize("starts_anew", [False, True], ids=["the same process", "a new one"])
def test_a_clock_that_leapt_a_year_deletes_nothing_before_somebody_could_notice(
    store: Store, moved: MovedClock, monkeypatch: pytest.MonkeyPatch, starts_anew: bool
) -> None:
    monkeypatch.setattr(purger, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(purger, "PAUSE_S", 0.0)
    monkeypatch.setattr(purger, "EVERY_S", 0.0)
    a_day(store, "aa")
    moved.show(NINE + DAY_MS)
    worker = Purger(store, KEEP)
    worker.round()
    kept = counts(store)["events"]
    moved.ahead_ms += 365 * DAY_MS
    worker = Purger(store, KEEP) if starts_anew else worker
    for _ in range(2):
        worker.round()
        assert counts(store)["events"] == kept > 0
        moved.passed_ms += BELIEVED_AFTER_MS // 2
    moved.passed_ms += 1
    worker.round()
    assert counts(store)["events"] == 0
