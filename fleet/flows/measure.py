"""What the metrics tell of the fleet as a whole; each process that is asked for it reads the same of the database."""

import threading

from fleet import metrics
from fleet.clock import now_ms
from fleet.domain.link_lag import LinkLag
from fleet.flows import alerts, mails, see_rollouts, watch_certificates, watch_fleet
from fleet.store import devices, windows
from fleet.store.database import Store

PRESENCES = ("online", "sleeping", "leaving", "lost", "never")


class Measure:
    """Called before the metrics are told; one at a time, whoever asks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lag = LinkLag()
        self.alone = threading.Lock()

    def __call__(self) -> None:
        """Read everything anew."""
        with self.alone:
            for part in (alerts, watch_fleet, see_rollouts, mails):
                part.measure(self.store)
            watch_certificates.measure(self.store, now_ms())
            measure_devices(self.store)
            self.measure_linking(now_ms())

    def measure_linking(self, at_ms: int) -> None:
        """How much waits to be linked, and how long it has."""
        with self.store.reading() as connection:
            waiting = windows.waiting(connection)
        metrics.LINK_WAITING.set(len(waiting))
        metrics.LINK_LAG_S.set(self.lag.seen(waiting, at_ms))


def measure_devices(store: Store) -> None:
    """How many devices are connected, and how much they hold."""
    with store.reading() as connection:
        found = devices.connected(connection)
    for presence in PRESENCES:
        metrics.DEVICES.labels(presence).set(found.get(presence, (0, 0))[0])
    metrics.OUTBOX.set(sum(outbox for _, outbox in found.values()))
