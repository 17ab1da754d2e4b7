"""A worker is a thread that does one round after another until it is told to stop."""

import logging
import threading
import time
from abc import ABC, abstractmethod

from fleet import metrics

log = logging.getLogger(__name__)

AFTER_FAILURE_S = 1.0
HUNG_AFTER_S = 300.0
# The longest rounds wait for a database that is away: half a minute for a lock, and some minutes for many days.


class Worker(ABC):
    """Runs `round` again and again; an exception is logged and the next round tries again."""

    name: str
    hung_after_s = HUNG_AFTER_S

    def __init__(self) -> None:
        self.round_began_s = time.monotonic()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name=self.name, daemon=True)

    @abstractmethod
    def round(self) -> None:
        """One piece of work; waits a little for it, never long."""

    def trouble(self) -> str:
        """What it lacks to do its work, in a sentence; empty: nothing."""
        return ""

    def is_hung(self) -> bool:
        """Whether its thread has ended untold, or a round takes longer than any should."""
        if self.stopping.is_set():
            return False
        return not self.thread.is_alive() or time.monotonic() - self.round_began_s > self.hung_after_s

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self.stopping.set()
        self.thread.join()

    def run(self) -> None:
        """The thread."""
        while not self.stopping.is_set():
            self.round_began_s = time.monotonic()
            try:
                self.round()
                metrics.ROUNDS.labels(self.name).inc()
            except Exception:
                metrics.ROUNDS_FAILED.labels(self.name).inc()
                log.exception("%s: failed, and tries again", self.name)
                self.stopping.wait(AFTER_FAILURE_S)
