"""A welcome: what the sender does for each device that says hello, as thirty offices do at once after a broker's death.

DATABASE (`sqlite` or `postgresql`).
"""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import Mock

import paho.mqtt.client as mqtt
from sqlalchemy import event

from fleet.clock import now_ms
from fleet.flows.set_up_office import set_up_office
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.sender import Sender
from protocols.presence import Hello
from tests.bench.figures import figure, progress
from tests.bench.soak.house import SoakHouse
from tests.bench.soak.office import plan
from tests.fleet.office import with_tables
from tests.postgresql import PostgreSQL

OFFICES, WAVES = 30, 5
HOUR_MS = 3_600_000


def run() -> None:
    """Processor time of the sender, statements and commits of one welcome."""
    database = os.environ.get("DATABASE") or "sqlite"
    server = PostgreSQL(durable=True).start() if database == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            address = with_tables(Path(folder)) if server is None else SoakHouse.prepared(server)
            store = Store(address)
            measure(store, Settings(data=Path(folder)), database)
            store.close()
    finally:
        if server is not None:
            server.stop()


def measure(store: Store, settings: Settings, database: str) -> None:
    """All come once, and then in waves."""
    for number in range(OFFICES):
        set_up_office(store, plan(f"xa-{number:02d}"), now_ms() - HOUR_MS)
    devices = [one for number in range(OFFICES) for one in plan(f"xa-{number:02d}").devices]
    sender = Sender(store, settings)
    sender.broker.tell = Mock()  # type: ignore[method-assign]
    for device in devices:
        sender.born(device.id, hello(0, None), said())
    spent, asked = [], Counter[str]()
    for wave in range(1, WAVES + 1):
        progress(f"welcome: wave {wave} of {WAVES}")
        began_s = time.process_time()
        with counting(store, asked):
            for device in devices:
                sender.born(device.id, hello(wave, 1), said())
        spent.append((time.process_time() - began_s) / len(devices))
    told = {"database": database, "devices": len(devices)}
    figure("welcome_cpu_ms", median(spent) * 1000, "ms", WAVES, **told)
    for what, n in sorted(asked.items()):
        figure(f"welcome_{what}", n / WAVES / len(devices), what, WAVES, **told)


@contextmanager
def counting(store: Store, asked: Counter[str]) -> Iterator[None]:
    """Count statements and commits of both databases."""

    def statement(*_: Any) -> None:
        asked["statements"] += 1

    def commit(*_: Any) -> None:
        asked["commits"] += 1

    engines = store.engine, store.key_engine
    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
    yield
    for engine in engines:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def hello(wave: int, epoch: int | None) -> Hello:
    """As a device says it that was cut off."""
    nonce, up = f"n{wave}", wave * 60_000
    return Hello(firmware="0.9", board="simulated", roles=[], epoch=epoch, boot=1, nonce=nonce, up=up, config=1)


def said() -> mqtt.MQTTMessage:
    """A message that just came."""
    message = mqtt.MQTTMessage()
    message.timestamp = time.monotonic()
    return message
