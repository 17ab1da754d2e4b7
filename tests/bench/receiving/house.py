"""What all receivers are measured in: one Mosquitto, an office in a store of each kind, and a publisher."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.flows.presence import welcome
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.store.database import Store
from fleet.store.rows import every, one, sql
from tests.bench.receiving.load import Load
from tests.bench.receiving.messages import DEVICES, EPOCH
from tests.bench.receiving.usage import family_ns
from tests.fleet.office import hello, open_office
from tests.postgresql import PostgreSQL

PASSWORD = "fleet"
LONGEST_S = 600.0
LOOK_S = 0.01
COVERED = sql("SELECT device, covered FROM boots WHERE epoch = :epoch AND boot = :boot")
COUNTED = sql("""
    SELECT COUNT(*) AS rows, COUNT(DISTINCT device || '/' || up_ms) AS events FROM events
    WHERE epoch = :epoch AND boot = :boot""")


@dataclass
class House:
    """`stores` by kind of database: sqlite, postgresql."""

    folder: Path
    broker: Mosquitto
    stores: Mapping[str, Store]
    server: PostgreSQL | None
    load: Load
    boots: int = 0

    def new_boot(self, devices: Sequence[str] = DEVICES) -> int:
        """These devices start anew, and every store has welcomed them."""
        self.boots += 1
        for store in self.stores.values():
            for device in devices:
                welcome(store, device, hello(boot=self.boots, epoch=EPOCH), int(time.time() * 1000))
        return self.boots

    def has(self, db: str, boot: int, last: Mapping[str, int]) -> bool:
        """Whether everything up to these numbers is committed, as the receipts say it."""
        with self.stores[db].reading() as connection:
            rows = every(connection, COVERED, epoch=EPOCH, boot=boot)
        covered = {row.device: json.loads(row.covered) for row in rows}
        return all(n < 0 or [first for first in covered.get(device, []) if first[1] >= n] for device, n in last.items())

    def counted(self, db: str, boot: int) -> tuple[int, int]:
        """(rows, different events) of a boot; each event has a number of its own in what it says, too."""
        with self.stores[db].reading() as connection:
            row = one(connection, COUNTED, epoch=EPOCH, boot=boot)
        return row.rows, row.events

    def database_ns(self, db: str) -> dict[int, int]:
        """What PostgreSQL's own processes have used; SQLite has none."""
        if db != "postgresql" or self.server is None or self.server.process is None:
            return {}
        return family_ns(self.server.process.pid)


@contextmanager
def open_house(databases: tuple[str, ...]) -> Iterator[House]:
    """The house, from its broker's start to its end; PostgreSQL does all that it does to outlive a power cut."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        folder = Path(name)
        server = PostgreSQL(durable=True).start() if "postgresql" in databases else None
        stores = {db: open_office(folder / db, 0, address(server, db))[0] for db in databases}
        broker = Mosquitto(folder / "broker", free_port(), free_port())
        with asyncio.Runner() as runner:
            runner.run(broker.start(broker_passwords(next(iter(stores.values())), PASSWORD)))
            load = Load(broker.fleet_port, FLEET_USER, PASSWORD)
            house = House(folder, broker, stores, server, load)
            try:
                give_epoch(house)
                yield house
            finally:
                load.stop()
                runner.run(broker.stop())
                for store in stores.values():
                    store.close()
                if server is not None:
                    server.stop()


def address(server: PostgreSQL | None, db: str) -> str:
    """Of a new database, if it is PostgreSQL's."""
    return server.database() if server is not None and db == "postgresql" else ""


def give_epoch(house: House) -> None:
    """The devices say hello for the first time."""
    for store in house.stores.values():
        for device in DEVICES:
            welcome(store, device, hello(boot=house.boots), int(time.time() * 1000))


def wait_for(done: Callable[[], bool], what: str, within_s: float = LONGEST_S) -> None:
    """Until it is so. Raises AssertionError."""
    end_s = time.monotonic() + within_s
    while not done():
        if time.monotonic() > end_s:
            raise AssertionError(f"expected {what} within {within_s:.0f} s")
        time.sleep(LOOK_S)
