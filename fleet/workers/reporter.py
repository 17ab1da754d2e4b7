"""The reporter: reports of periods that are over and have settled are written as letters, one after another."""

import logging
from collections.abc import Callable

from fleet.clock import now_ms
from fleet.flows import schedule_reports
from fleet.store.database import Store
from fleet.workers.timekeeper import OwnClock
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0


class Reporter(Worker):
    """Looks each minute. Any number of these may run: a period is written by one of them."""

    name = "reporter"
    hung_after_s = 3600.0  # thousands of offices have their month on one morning

    def __init__(self, store: Store, clock: Callable[[], int] = now_ms, look_s: float = LOOK_EVERY_S) -> None:
        super().__init__()
        self.store = store
        self.clock = clock
        self.look_s = look_s
        self.own_clock = OwnClock()

    def round(self) -> None:
        """Write what is due: of each schedule one period, so that an outage of one keeps no other waiting.

        Not while the clock is in doubt: a period is written once, and half of it would be for good.
        """
        wrote = False
        for one in schedule_reports.schedules(self.store) if self.own_clock.is_believed() else ():
            if self.stopping.is_set():
                return
            try:
                period = schedule_reports.due(self.store, one, self.clock())
                if period is not None and schedule_reports.send(self.store, one, period, self.clock()):
                    wrote = True
                    log.info("reporter: report %d of %s is written", one.id, period)
            except Exception:
                log.exception("reporter: report %d could not be made, and is tried again", one.id)
        if not wrote:
            self.stopping.wait(self.look_s)
