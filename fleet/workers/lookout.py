"""The lookout: looks at offices where something was linked or time has passed, raises alerts, lets rollouts go on."""

import time
from collections.abc import Callable

from fleet import metrics
from fleet.clock import now_ms
from fleet.flows.backup import age_s
from fleet.flows.changes import DEVICES
from fleet.flows.look_out import Lookout as Looks
from fleet.flows.roll_out import RollOut
from fleet.flows.watch_fleet import watch_fleet
from fleet.store.database import Store
from fleet.workers.timekeeper import OwnClock
from fleet.workers.worker import Worker

LOOK_EVERY_S = 1.0
FLEET_EVERY_S = 5.0
# It is read of all devices; a broker that is gone is gone for longer.
ROLLOUTS_EVERY_S = 2.0


class Lookout(Worker):
    """Any number of these may run: who writes first holds. `changed` is called with each office that has others now."""

    name = "lookout"

    def __init__(self, store: Store, changed: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.looks = Looks(store)
        self.rollouts = RollOut(store)
        self.clock = OwnClock()
        self.fleet_due_s = self.rollouts_due_s = 0.0

    def round(self) -> None:
        """Look at the fleet as a whole, let rollouts go on, then look where it is due."""
        if time.monotonic() >= self.fleet_due_s:
            self.fleet_due_s = time.monotonic() + FLEET_EVERY_S
            if watch_fleet(self.store, now_ms()):
                self.changed(DEVICES)
            metrics.BACKUP_AGE.set(age_s(self.store, now_ms()))
        if time.monotonic() >= self.rollouts_due_s:
            self.rollouts_due_s = time.monotonic() + ROLLOUTS_EVERY_S
            if self.clock.is_believed() and self.rollouts.go_on_safely(now_ms()):
                self.changed(DEVICES)
        for office in self.looks.look_due(now_ms()):
            self.changed(office)
        self.stopping.wait(LOOK_EVERY_S)
