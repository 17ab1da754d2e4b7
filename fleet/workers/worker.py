"""A worker is a thread that does one round after another until it is told to stop."""

import logging
import threading
from abc import ABC, abstractmethod

log = logging.getLogger(__name__)

AFTER_FAILURE_S = 1.0


class Worker(ABC):
    """Runs `round` again and again; an exception is logged and the next round tries again."""

    name: str

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name=self.name, daemon=True)

    @abstractmethod
    def round(self) -> None:
        """One piece of work; waits a little for it, never long."""

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
            try:
                self.round()
            except Exception:
                log.exception("%s: failed, and tries again", self.name)
                self.stopping.wait(AFTER_FAILURE_S)
