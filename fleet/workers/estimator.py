"""The estimator: how long people wait is said anew when something was linked; days that are over are learned from."""

import time
from collections.abc import Callable

from fleet.clock import now_ms
from fleet.flows.estimate import Estimator as Estimates
from fleet.flows.teach import teach_due
from fleet.store.database import Store
from fleet.workers.worker import Worker

LOOK_EVERY_S = 0.5
TEACH_EVERY_S = 60.0
# A day is learned from within some minutes after midnight, or after something of it came late.


class Estimator(Worker):
    """Any number of these may run: an office is one's at a time. `changed` is called with each that tells others."""

    name = "estimator"

    def __init__(self, store: Store, changed: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.estimates = Estimates(store)
        self.teach_due_s = 0.0

    def round(self) -> None:
        """Estimate where it is due; now and then, learn."""
        for office in self.estimates.estimate_due(now_ms()):
            self.changed(office)
        if time.monotonic() >= self.teach_due_s:
            more = teach_due(self.store, now_ms())
            self.teach_due_s = time.monotonic() + (0.0 if more else TEACH_EVERY_S)
        self.stopping.wait(LOOK_EVERY_S)
