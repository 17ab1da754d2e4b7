"""What a connection to the broker says of itself: in the log, as a metric, and in `trouble`."""

import logging

from fleet import metrics
from fleet.broker_client import broker_host
from fleet.settings import Settings


class Reaching:
    """`trouble` says what is wrong while it is not up; the same again and again is logged once."""

    def __init__(self, settings: Settings, worker: str) -> None:
        self.settings = settings
        self.worker = worker
        self.is_up = False
        self.trouble = ""
        self.log = logging.getLogger(type(self).__module__)

    def came_up(self) -> None:
        """The broker takes us."""
        self.is_up, self.trouble = True, ""
        self.log.info("%s: connected to the broker", self.worker)
        metrics.BROKER_UP.labels(self.worker).set(1)

    def was_lost(self, problem: object) -> None:
        """It was up, and nobody ended it on purpose."""
        metrics.BROKER_LOST.labels(self.worker).inc()
        self.complain(f"lost the broker ({problem}); trying again")

    def found_nobody(self, problem: object) -> None:
        """There was no connection at all."""
        where = f"{broker_host(self.settings)}:{self.settings.broker_port}"
        self.complain(f"no broker at {where} ({problem}); trying again")

    def complain(self, trouble: str) -> None:
        """Log what is wrong with the connection."""
        if trouble != self.trouble:
            self.trouble = trouble
            self.log.warning("%s: %s", self.worker, trouble)
