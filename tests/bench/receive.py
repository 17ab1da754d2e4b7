"""The receiver: how fast, how soon, at what price, and what a killed one loses; each beside a reference of the run.

What is measured is `motcua receive` in a process of its own, behind a real Mosquitto, on SQLite with full
synchronisation and on a PostgreSQL that does everything it does to outlive a power cut (`db`). ROUNDS (5) of each that
is compared; PARTS and DATABASES say which, if not all.

`rates`: floods, live and of a backlog, beside subscribers that acknowledge and do nothing (paho; our own line; one in
C, if there is a compiler) and beside a bare insert of the same rows. `latency`: from when an event is due to its
receipt, at parts of that rate. `several`: two and three receivers. `slow_disk`: commits of 20 ms. `kills`: kill -9.
"""

import os

from tests.bench.receiving import kills, latency, rates, several, slow_disk
from tests.bench.receiving.house import House, open_house

PARTS = ("rates", "latency", "several", "slow_disk", "kills")
DATABASES = ("sqlite", "postgresql")
RATE_HZ = 10_000.0
# For latency, where no rates were measured before.


def run() -> None:
    """Measure, and print the figures."""
    rounds = int(os.environ.get("ROUNDS", "5"))
    with open_house(chosen("DATABASES", DATABASES)) as house:
        measure(house, chosen("PARTS", PARTS), rounds)


def measure(house: House, parts: tuple[str, ...], rounds: int) -> None:
    """These parts on all databases of the house."""
    most_hz = rates.measure(house, rounds) if "rates" in parts else dict.fromkeys(house.stores, RATE_HZ)
    for db in house.stores:
        if "latency" in parts:
            latency.measure(house, db, most_hz[db], rounds)
        if "several" in parts and db == several.DB:
            several.measure(house, rounds)
        if "slow_disk" in parts:
            slow_disk.measure(house, db, rounds)
        if "kills" in parts:
            kills.measure(house, db)


def chosen(name: str, among: tuple[str, ...]) -> tuple[str, ...]:
    """What the environment names of these, or all of them."""
    wanted = os.environ.get(name, "").split() or among
    strangers = set(wanted) - set(among)
    if strangers:
        raise SystemExit(f"{name}: expected some of {' '.join(among)}, found {' '.join(sorted(strangers))}")
    return tuple(one for one in among if one in wanted)
