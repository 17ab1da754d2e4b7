"""The purger: day keys, hashes and old data go when their time is over, whether anybody is at the office or not."""

import logging
import time
from collections.abc import Mapping
from pathlib import Path

from fleet import metrics
from fleet.clock import now_ms
from fleet.domain.retention import DAY_MS, Kept
from fleet.flows.archive_due import Archives, archives_of
from fleet.flows.check_up import last_purge_ms
from fleet.flows.purge import purge
from fleet.store.database import Store
from fleet.workers.timekeeper import OwnClock
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

EVERY_S = 3600.0
# A key lives for a day after its day; it may live an hour longer.
PAUSE_S = 0.02
# After each transaction: whoever waits to write comes first.
LOOK_EVERY_S = 60.0
AWAY_MS = 2 * 86_400_000
# A fleet that was off for so long, by a clock that nobody could watch meanwhile, deletes nothing in its first hour.


class Purger(Worker):
    """Purges at its start and then each hour. Stops between two transactions."""

    name = "purger"
    hung_after_s = 4 * EVERY_S

    def __init__(self, store: Store, keep_days: Mapping[Kept, int], archive: Path | None = None) -> None:
        super().__init__()
        self.store = store
        self.keep_days = keep_days
        self.archive = archive
        self.due_s = 0.0
        self.clock: OwnClock | None = None

    def round(self) -> None:
        """Purge if it is time, and if that can be believed: what is deleted is gone."""
        self.clock = self.clock or self.begun()
        if self.clock.is_believed() and time.monotonic() >= self.due_s:
            self.purge()
        self.stopping.wait(LOOK_EVERY_S)

    def begun(self) -> OwnClock:
        """The clock, as far as it can be believed at the start."""
        purged_ms = last_purge_ms(self.store)
        if purged_ms is None or now_ms() - purged_ms <= AWAY_MS:
            return OwnClock()
        log.warning(
            "nothing was deleted for %d days, and nothing is within this hour", (now_ms() - purged_ms) // DAY_MS
        )
        return OwnClock(purged_ms)

    def purge(self) -> None:
        """Do it, and say what it was."""
        archives = archives_of(self.archive, self.keep_days)
        done = purge(self.store, self.keep_days, now_ms(), lambda: self.stopping.wait(PAUSE_S), archives)
        metrics.PURGED.set_to_current_time()
        self.due_s = time.monotonic() + EVERY_S
        for what, n in done.items():
            metrics.FORGOTTEN.labels(what).inc(n)
        if any(done.values()):
            log.info("forgot %s", ", ".join(f"{n} {what}" for what, n in done.items() if n))
        if archives is not None:
            tell(archives)


def tell(archives: Archives) -> None:
    """What was archived, and what was not deleted since it could not be."""
    for one in archives.made.written:
        log.info("archived %d rows in %s", one.rows, one.file)
    for problem in archives.problems:
        log.warning("archives: %s", problem)
