"""The small office on a real broker, with the fleet's real workers as a test starts them."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

from fleet.clock import now_ms
from fleet.flows.enrol import FLEET_USER, SALT_BYTES, broker_passwords
from fleet.flows.may_connect import Registry
from fleet.laptop.broker import PrivateBroker, free_port
from fleet.laptop.opening import access_to
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.rows import every, sql
from fleet.workers.broker_worker import BrokerWorker
from fleet.workers.doorkeeper import Doorkeeper
from fleet.workers.line import Line
from fleet.workers.linker import Linker
from fleet.workers.receiver import Receiver
from fleet.workers.sender import Sender
from fleet.workers.supplier import Supplier
from fleet.workers.worker import Worker
from tests.fleet.office import hang_screens, open_office
from tests.fleet.workers.played_device import SOON_S, PlayedDevice

FLEET_PASSWORD = "the fleet's own"
HOUR_MS = 3_600_000


class Loop:
    """An event loop in a thread: the private broker is watched there while a test speaks to it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do this there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(2 * SOON_S)

    def stop(self) -> None:
        """End the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class House:
    """A store with the small office, a broker that knows its devices, and workers."""

    def __init__(self, folder: Path, broker: PrivateBroker, loop: Loop, database: str = "") -> None:
        self.folder = folder
        self.broker = broker
        self.loop = loop
        self.store, self.passwords = open_office(folder, now_ms() - HOUR_MS, database)
        self.passwords |= hang_screens(self.store, now_ms() - HOUR_MS)
        self.changed: queue.Queue[str] = queue.Queue()
        self.workers: list[Worker] = []
        self.played: list[PlayedDevice] = []
        loop.do(broker.start(broker_passwords(self.store, FLEET_PASSWORD)))

    @property
    def settings(self) -> Settings:
        """As an operator would set them for this broker."""
        return Settings(
            data=self.folder,
            database=self.store.url,
            broker_host="127.0.0.1",
            broker_port=self.broker.fleet_port,
            broker_user=FLEET_USER,
            broker_password=FLEET_PASSWORD,
            broker_protocol="5" if self.broker.protocol == "5" else "3.1.1",
        )

    def start(self, worker: Worker) -> None:
        """Start a worker, and wait until the broker has taken its subscriptions."""
        self.workers.append(worker)
        subscribed = threading.Event()
        if isinstance(worker, BrokerWorker) and isinstance(worker.broker, Line):
            subscribed = worker.broker.subscribed
        elif isinstance(worker, BrokerWorker):
            worker.broker.client.on_subscribe = lambda *_: subscribed.set()
        else:
            subscribed.set()
        worker.start()
        assert subscribed.wait(SOON_S), f"the {worker.name} was not let in"

    def receiver(self, store: Store | None = None, woken: Callable[[], None] = lambda: None, **told: Any) -> Receiver:
        """A receiver at work."""
        receiver = Receiver(store or self.store, self.settings.model_copy(update=told), woken)
        self.start(receiver)
        return receiver

    def sender(self, **told: Any) -> Sender:
        """A sender at work."""
        sender = Sender(self.store, self.settings.model_copy(update=told), self.changed.put)
        self.start(sender)
        return sender

    def supplier(self, **told: Any) -> Supplier:
        """A supplier at work."""
        supplier = Supplier(self.store, self.settings.model_copy(update=told))
        self.start(supplier)
        return supplier

    def doorkeeper(self) -> Doorkeeper:
        """A doorkeeper at work, as `motcua run` has one."""
        salt = bytes(SALT_BYTES)
        doorkeeper = Doorkeeper(Registry(self.store), access_to(self.broker, self.settings, salt), look_s=0.05)
        self.start(doorkeeper)
        return doorkeeper

    def all_workers(self) -> "House":
        """A linker, a receiver and a sender at work."""
        linker = Linker(self.store, self.changed.put)
        self.start(linker)
        self.receiver(woken=linker.wake)
        self.sender()
        return self

    def device(self, device: str, password: str | None = None, **more: Any) -> PlayedDevice:
        """One of the office's devices, or somebody who says so; not connected yet."""
        more = {"port": self.broker.devices_port, "modern": self.broker.protocol == "5", **more}
        played = PlayedDevice(device, password or self.passwords.get(device, ""), **more)
        self.played.append(played)
        return played

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What stands in the store."""
        with self.store.reading() as connection:
            return [tuple(row) for row in every(connection, sql(statement), **values)]

    def wait_for_rows(self, statement: str, wanted: Any, **values: Any) -> None:
        """Wait until the store says so: another process could have written it, so it can only be looked at."""
        deadline = time.monotonic() + SOON_S
        while (found := self.rows(statement, **values)) != wanted:
            assert time.monotonic() < deadline, f"awaited {wanted}, found {found}"
            threading.Event().wait(0.02)

    def close(self) -> None:
        """Everything that was started ends, the devices first."""
        try:
            for device in self.played:
                device.leave()
            for worker in self.workers:
                worker.stopping.set()
            for worker in reversed(self.workers):
                worker.stop()
        finally:
            self.loop.do(self.broker.stop())
            self.store.close()


def counted(name: str, **labels: str) -> float:
    """What a counter of this process stands at."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def two_ports() -> tuple[int, int]:
    """Ports for a broker's two doors."""
    return free_port(), free_port()
