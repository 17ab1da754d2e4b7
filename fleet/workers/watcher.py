"""In a process that only serves pages: hears of the database, or sees in it, that another one changed something."""

import logging
import time
from collections.abc import Callable

from fleet import metrics
from fleet.clock import now_ms
from fleet.flows import watch
from fleet.store.database import Store
from fleet.store.ear import Deaf, Ear
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.05
# On SQLite. A person who looks on sees no delay; a look takes less than a millisecond.
HEARS_FOR_S = 0.25
# Then it looks whether it is to end.
DEAF_LOOK_EVERY_S = 0.5
# On PostgreSQL, where nothing is heard: looks of many processes would be most of what an idle server does.
LISTEN_AGAIN_S = 15.0
# Where it could not: each try holds looks up for as long as a server takes to answer.


class Watcher(Worker):
    """Calls `changed` with each office that somebody told of, or whose version is another."""

    name = "watcher"

    def __init__(self, store: Store, changed: Callable[[str], None]) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.versions: dict[str, int] = {}
        self.ear: Ear | None = None
        self.deaf = ""
        self.has_looked = False
        self.listen_due_s = 0.0

    def round(self) -> None:
        """Hear; and look, where nothing is heard or was until now."""
        for office in sorted(self.heard()):
            log.debug("pages of %s are told: somebody said so", office or "the devices")
            self.changed(office)
        if self.ear is None or not self.has_looked:
            self.look()

    def run(self) -> None:
        """The thread; it listens no longer than it lives."""
        try:
            super().run()
        finally:
            self.close()

    def heard(self) -> set[str]:
        """Of what somebody told something; waits a little for it."""
        if self.store.is_postgresql and self.ear is None and time.monotonic() >= self.listen_due_s:
            self.listen()
        if self.ear is None:
            self.stopping.wait(DEAF_LOOK_EVERY_S if self.store.is_postgresql else LOOK_EVERY_S)
            return set()
        try:
            return self.ear.heard(HEARS_FOR_S)
        except Deaf as deaf:
            self.close()
            self.grow_deaf(deaf)
            return set()

    def listen(self) -> None:
        """Begin to listen; what was changed before that is looked for at once, before anything that is heard."""
        try:
            self.ear = Ear(self.store.engine)
        except Deaf as deaf:
            self.listen_due_s = time.monotonic() + LISTEN_AGAIN_S
            self.grow_deaf(deaf)
            return
        log.info("listens to what other processes change")
        self.deaf, self.has_looked = "", False
        metrics.PAGES_HEAR.set(1)
        self.look()

    def grow_deaf(self, deaf: Deaf) -> None:
        """Nothing is heard for now; said once, for whoever runs this behind a pooler that lends no session."""
        if str(deaf) != self.deaf:
            log.warning("pages are looked after each %g s, for nothing is heard: %s", DEAF_LOOK_EVERY_S, deaf)
        self.deaf = str(deaf)
        metrics.PAGES_HEAR.set(0)

    def look(self) -> None:
        """Look at all versions. Whoever looks for the first time does not know what open pages have seen."""
        versions = watch.versions(self.store, now_ms())
        for office, version in versions.items():
            if self.versions.get(office) != version:
                log.debug("pages of %s are told: version %d", office or "the devices", version)
                self.changed(office)
        self.versions, self.has_looked = versions, True

    def close(self) -> None:
        """Listen no more."""
        if self.ear is not None:
            self.ear.close()
        self.ear = None
