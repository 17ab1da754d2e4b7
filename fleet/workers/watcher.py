"""In a process that only serves pages: sees in the store that another process has linked something."""

import logging
from collections.abc import Callable

from fleet.clock import now_ms
from fleet.flows import watch
from fleet.store.database import Store
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.05
# A person who looks on sees no delay; a look takes less than a millisecond.


class Watcher(Worker):
    """Calls `changed` with each office whose version has risen."""

    name = "watcher"

    def __init__(self, store: Store, changed: Callable[[str], None]) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.versions: dict[str, int] = {}

    def round(self) -> None:
        """Look once."""
        self.stopping.wait(LOOK_EVERY_S)
        versions = watch.versions(self.store, now_ms())
        for office, version in versions.items():
            if self.versions.get(office, version) != version:
                log.debug("pages of %s are told: version %d", office or "the devices", version)
                self.changed(office)
        self.versions = versions
