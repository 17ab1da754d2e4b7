"""The purger: day keys, hashes and old data go when their time is over, whether anybody is at the office or not."""

import logging
import time
from collections.abc import Mapping

from fleet import metrics
from fleet.clock import now_ms
from fleet.domain.retention import Kept
from fleet.flows.purge import purge
from fleet.store.database import Store
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

EVERY_S = 3600.0
# A key lives for a day after its day; it may live an hour longer.
PAUSE_S = 0.02
# After each transaction: whoever waits to write comes first.


class Purger(Worker):
    """Purges at its start and then each hour. Stops between two transactions."""

    name = "purger"
    hung_after_s = 4 * EVERY_S

    def __init__(self, store: Store, keep_days: Mapping[Kept, int]) -> None:
        super().__init__()
        self.store = store
        self.keep_days = keep_days
        self.due_s = 0.0

    def round(self) -> None:
        """Purge if it is time."""
        if time.monotonic() >= self.due_s:
            done = purge(self.store, self.keep_days, now_ms(), lambda: self.stopping.wait(PAUSE_S))
            metrics.PURGED.set_to_current_time()
            self.due_s = time.monotonic() + EVERY_S
            for what, n in done.items():
                metrics.FORGOTTEN.labels(what).inc(n)
            if any(done.values()):
                log.info("forgot %s", ", ".join(f"{n} {what}" for what, n in done.items() if n))
        self.stopping.wait(max(0.0, self.due_s - time.monotonic()))
