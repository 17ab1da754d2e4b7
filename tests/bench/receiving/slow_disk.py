"""The receiver where a commit takes 20 ms, beside the same where it takes what the disk takes: does it batch enough?

On SQLite a preloaded library holds each synchronisation; on PostgreSQL its own `commit_delay` does.
"""

import shutil
import subprocess
import time
from pathlib import Path

from sqlalchemy import make_url

from tests.bench.figures import middle, progress
from tests.bench.receiving.house import House
from tests.bench.receiving.takers import Receiving

HELD_MS = 20
MESSAGES = 8_000
SOURCE = Path(__file__).parent / "slow_sync.c"


def measure(house: House, db: str, rounds: int) -> None:
    """Print the ratio; the two in turn."""
    if db == "sqlite" and shutil.which("cc") is None:
        return
    held, free = [], []
    for number in range(rounds):
        progress(f"receive: slow disk, {db}, round {number + 1} of {rounds}")
        free.append(rate(house, db, 0))
        held.append(rate(house, db, HELD_MS))
    fields = {"db": db, "held_ms": HELD_MS}
    middle("receive_slow_disk_events_per_s", held, "events/s", **fields)
    ratios = [one / other for one, other in zip(held, free, strict=True)]
    middle("receive_slow_disk_ratio", ratios, "ratio", **fields)


def rate(house: House, db: str, held_ms: int) -> float:
    """Events a second of a live flood, one a message."""
    receiver = Receiving(house, db, more=slowed(house, db, held_ms))
    try:
        receiver.await_ready()
        boot = house.new_boot()
        house.load.prepare(boot, MESSAGES, 1)
        began_s = time.perf_counter()
        house.load.flood()
        receiver.await_all(boot, MESSAGES, 1)
        took_s = time.perf_counter() - began_s
        house.load.answer()
    finally:
        receiver.stop()
    return MESSAGES / took_s


def slowed(house: House, db: str, held_ms: int) -> dict[str, str]:
    """What the next receiver is started with; PostgreSQL itself is told, for the connections that come."""
    if db == "sqlite":
        return {"LD_PRELOAD": str(compiled(house.folder)), "HELD_MS": str(held_ms)} if held_ms else {}
    assert house.server is not None
    name = make_url(house.stores[db].url).database
    house.server.do(f"ALTER DATABASE {name} SET commit_delay = {held_ms * 1000}")
    house.server.do(f"ALTER DATABASE {name} SET commit_siblings = 0")
    return {}


def compiled(folder: Path) -> Path:
    """The library."""
    library = folder / "slow_sync.so"
    if not library.exists():
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library
