"""A process that runs until it is told to stop, and meanwhile tells those who watch it how it is."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from fleet.commands.shared import Refused
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.fitness import Fitness, Look, measure_disk
from fleet.workers.systemd import Watchdog, notify
from fleet.workers.timekeeper import Timekeeper
from fleet.workers.watch_port import WatchPort
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)


@contextmanager
def watched(
    process: str,
    settings: Settings,
    store: Store,
    workers: Sequence[Worker],
    more: dict[str, Look] | None = None,
    begun: bool = True,
) -> Iterator[None]:
    """Its port is open, and systemd knows that it has begun, unless it says so itself later. Raises Refused."""
    fitness = Fitness(process, store, workers, more)
    with ExitStack() as stack:
        if settings.watch_port:
            open_port(stack, settings, fitness, store)
        for beside in (Watchdog(fitness), Timekeeper()):
            beside.start()
            stack.callback(beside.stop)
        if begun:
            has_begun()
        stack.callback(notify, "STOPPING=1")
        yield


def has_begun() -> None:
    """It does its work from now on."""
    notify("READY=1")


def open_port(stack: ExitStack, settings: Settings, fitness: Fitness, store: Store) -> None:
    """The port of the settings."""
    from fleet.flows.measure import Measure  # an eighth of what a receiver loads

    measure = Measure(store)

    def all_of_it() -> None:
        if settings.data.exists():
            measure_disk(settings.data)
        measure()

    try:
        port = WatchPort(settings.watch_host, settings.watch_port, fitness, all_of_it)
    except OSError as problem:
        where = f"{settings.watch_host}:{settings.watch_port}"
        why = (problem.strerror or "no such host").lower()
        raise Refused(f"MOTCUA_WATCH_PORT: expected a free port, found {where}: {why}") from None
    stack.callback(port.close)
    log.info("%s: tells how it is at http://%s:%d/health/ready", fitness.process, settings.watch_host, port.port)
