"""The linker: days that something happened in become visits, and open pages are told."""

import logging
import threading
import time
from collections.abc import Callable

from fleet import metrics
from fleet.clock import now_ms
from fleet.flows.count_ratings import count_rating_days
from fleet.flows.count_waits import count_days
from fleet.flows.examine import examine_marked
from fleet.flows.fold_device_days import fold_device_days
from fleet.flows.fold_waits import fold_days
from fleet.flows.link import Linked, LinkFailed, link_marked
from fleet.store.database import Store
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# Another process may have received; within this one the receiver wakes the linker at once.

ROUND = 64
# After so many days it looks again: today comes before what lies behind.

EXAMINE_EVERY_S = 2.0
# Whether children play with the buttons is known soon enough.


class Linker(Worker):
    """Links what is marked. `changed` is called with each office whose day has changed."""

    name = "linker"

    def __init__(self, store: Store, changed: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.woken = threading.Event()
        self.examine_due_s = 0.0

    def wake(self) -> None:
        """There is something to link; may be called from any thread."""
        self.woken.set()

    def stop(self) -> None:
        """End without waiting for the next look."""
        self.stopping.set()
        self.wake()
        super().stop()

    def round(self) -> None:
        """Link what is marked."""
        self.woken.wait(LOOK_EVERY_S)
        self.woken.clear()
        began_s = time.perf_counter()
        try:
            linked = link_marked(self.store, now_ms(), ROUND)
        except LinkFailed as failed:
            self.tell(failed.linked, began_s)
            raise
        self.tell(linked, began_s)
        if len(linked) == ROUND:
            self.wake()
        self.examine()

    def examine(self) -> None:
        """Examine the presses of days that were linked anew; not each time, so that linking never waits for it."""
        if time.monotonic() >= self.examine_due_s:
            self.examine_due_s = time.monotonic() + EXAMINE_EVERY_S
            count_days(self.store)
            fold_days(self.store, now_ms())
            count_rating_days(self.store, now_ms())
            fold_device_days(self.store, now_ms())
            for office in examine_marked(self.store):
                self.changed(office)

    def tell(self, linked: list[Linked], began_s: float) -> None:
        """Count what was linked, and say whose day changed."""
        if linked:
            metrics.LINK_S.observe((time.perf_counter() - began_s) / len(linked))
            metrics.LINKED.inc(len(linked))
        for one in linked:
            log.debug("linked %s %s: %d events read, %d rows changed", one.office, one.day, one.events, one.changed)
            self.changed(one.office)
