"""Several receivers on one PostgreSQL: what an event costs each, all of them together, and the database.

The messages are those of very many devices of many offices, so that two receivers seldom have the same one in hand: a
device waits for its receipt, while one that floods is stored by one receiver after the other.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from typing import Any

from fleet.domain.crowd import stands
from fleet.flows.enrol_crowd import enrol_crowd
from tests.bench.figures import figure, middle, progress
from tests.bench.receiving.house import House
from tests.bench.receiving.messages import last_of
from tests.bench.receiving.takers import Receiving
from tests.bench.receiving.usage import spent_us

DB = "postgresql"
RECEIVERS = (1, 2, 3)
MESSAGES, PER_MESSAGE = 12_000, 1
DEVICES = 601
# Ten to an office. An odd number, so that a device's messages fall to each of two receivers.
SEED = 1


def measure(house: House, rounds: int) -> None:
    """Print the figures; the numbers of receivers in turn."""
    devices = enrolled(house)
    found: dict[int, list[dict[str, Any]]] = {n: [] for n in RECEIVERS}
    for number in range(rounds):
        for n in RECEIVERS:
            progress(f"receive: {n} receivers, round {number + 1} of {rounds}")
            found[n].append(flooded(house, n, devices))
    for n, rounds_of in found.items():
        fields = {"db": DB, "receivers": n}
        middle("receivers_events_per_s", [one["events_per_s"] for one in rounds_of], "events/s", **fields)
        middle(
            "receivers_cpu_us", [one["cpu_us"] for one in rounds_of], "µs/event", **fields, each=rounds_of[0]["each"]
        )
        middle("receivers_database_us", [one["database_us"] for one in rounds_of], "µs/event", **fields)
        alone = [one["cpu_us"] for one in found[1]]
        ratios = [one["cpu_us"] / other for one, other in zip(rounds_of, alone, strict=True)]
        middle("receivers_cpu_ratio", ratios, "ratio", **fields)
        for name in ("lost", "doubled"):
            figure(f"receivers_{name}", sum(one[name] for one in rounds_of), "events", rounds, **fields)


def enrolled(house: House) -> list[str]:
    """The devices, in the order in which they speak."""
    progress(f"receive: {DEVICES} devices are enrolled")
    for store in house.stores.values():
        enrol_crowd(store, house.folder / "crowd", DEVICES, 0)
    devices = [one.id for one in stands(0, DEVICES)]
    Random(SEED).shuffle(devices)
    house.new_boot(devices)  # with an epoch of each
    return devices


def flooded(house: House, n: int, devices: Sequence[str]) -> dict[str, Any]:
    """So many receivers take a flood."""
    with ExitStack() as stack:
        receivers = [Receiving(house, DB, number) for number in range(1, n + 1)]
        for one in receivers:
            stack.callback(one.stop)
        for one in receivers:
            one.await_ready()
        boot = house.new_boot(devices)
        house.load.prepare(boot, MESSAGES, PER_MESSAGE, devices)
        before, database = [one.cpu_us() for one in receivers], house.database_ns(DB)
        began_s = time.perf_counter()
        house.load.flood()
        receivers[0].await_each(boot, MESSAGES, last_of(MESSAGES, PER_MESSAGE, devices))
        took_s = time.perf_counter() - began_s
        house.load.answer()
        spent = [one.cpu_us() - its for one, its in zip(receivers, before, strict=True)]
        database_us = spent_us(database, house.database_ns(DB))
    events = MESSAGES * PER_MESSAGE
    rows, different = house.counted(DB, boot)
    return {
        "events_per_s": events / took_s,
        "cpu_us": sum(spent) / events,
        "each": [round(one / events, 1) for one in spent],
        "database_us": database_us / events,
        "lost": events - different,
        "doubled": rows - different,
    }
