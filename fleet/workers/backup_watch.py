"""The watch over backups: looks each hour whether the last good one is too old."""

import logging

from fleet.clock import now_ms
from fleet.flows.watch_backups import look
from fleet.store.database import Store
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0


class BackupWatch(Worker):
    """Any number of these may look: people are told once."""

    name = "backup watch"

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def round(self) -> None:
        """Look, then rest."""
        if look(self.store, now_ms()):
            log.warning("the last good backup is too old, or there is none; people are written so")
        self.stopping.wait(LOOK_EVERY_S)
