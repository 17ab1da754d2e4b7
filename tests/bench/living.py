"""What one device, one visit and one event cost each process of a province, while a crowd lives at its own pace.

`python -m tests.bench living`: PostgreSQL with fsync, Mosquitto, receiver, linker and sender as processes; DEVICES
(300), MINUTES (4), SPEED (5: people live so many times as fast). First the devices come on a Saturday, and nobody is
there; then they come again on a Monday morning. Processor time, of which nothing is waited for, so it stands on a
machine that does other things, too; but there a second of it gets less done.
"""

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from fleet.clock import now_ms
from fleet.crowd.gathering import Gathering
from fleet.crowd.wish import Wish
from fleet.domain.office_rhythm import moment_of
from fleet.flows.crowd_compared import compare
from fleet.flows.crowd_said import Run, begin
from fleet.flows.enrol_crowd import enrol_crowd
from tests.bench.figures import figure, progress
from tests.bench.fleet_processes import cpu_s
from tests.bench.soak.house import SoakHouse, a_soak_house
from tests.bench.soak.soaking import until
from tests.postgresql import PostgreSQL

PROCESSES = ("receive", "link", "send")
DEVICES, MINUTES, SPEED = 300, 4.0, 5.0
SATURDAY, MONDAY = moment_of("sat-10:00"), moment_of("mon-08:00")
WITHIN_S = 1_800.0
LOG = text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
FLUSHES = text("SELECT wal_sync FROM pg_stat_wal")

Spent = Mapping[str, float]


@dataclass(frozen=True)
class Lived:
    """What was spent while the devices came, and then in so many seconds in which so many events were said."""

    coming: Spent
    there: Spent
    seconds: float
    events: int


def run() -> None:
    """Print the figures."""
    logging.getLogger("fleet").setLevel(logging.CRITICAL)
    devices = int(os.environ.get("DEVICES") or DEVICES)
    seconds = float(os.environ.get("MINUTES") or MINUTES) * 60
    with tempfile.TemporaryDirectory(prefix="living-") as folder:
        idle, monday = asyncio.run(both(Path(folder), devices, seconds))
    told = {"devices": devices, "speed": speed()}
    for name in idle.there:
        unit = "bytes" if name == "log" else "flushes" if name == "flushes" else "ms"
        scale = 1.0 if name in ("log", "flushes") else 1_000
        resting = idle.there[name] / idle.seconds
        figure(f"living_comes_{name}", monday.coming[name] / devices * scale, unit, devices, **told)
        figure(f"living_idle_{name}", resting / devices * scale, f"{unit} a second", devices, **told)
        of_events = monday.there[name] - resting * monday.seconds
        figure(f"living_event_{name}", of_events / max(1, monday.events) * scale, unit, monday.events, **told)


def speed() -> float:
    """How fast people live."""
    return float(os.environ.get("SPEED") or SPEED)


async def both(folder: Path, devices: int, seconds: float) -> tuple[Lived, Lived]:
    """A Saturday and a Monday of the same devices."""
    async with a_soak_house(folder, "postgresql", PROCESSES) as house:
        key = enrol_crowd(house.store, folder, devices, now_ms())
        await house.start()
        lived = [await live(house, key, devices, begins, seconds) for begins in (SATURDAY, MONDAY)]
    return lived[0], lived[1]


async def live(house: SoakHouse, key: str, devices: int, begins_min: float, seconds: float) -> Lived:
    """From the first connection until all is stored. Everything that was said is there then."""
    truth = house.folder / f"said-{begins_min:.0f}"
    begin(truth, Run(devices, 1, now_ms()))
    brokers = (("127.0.0.1", house.fleet.broker.devices_port),)
    wish = Wish(0, devices, brokers, key, str(truth), seconds, times=speed(), begins_min=begins_min)
    crowd = Gathering(wish.shared(1))
    try:
        before = spent(house)
        await crowd.start()
        await until("all devices are welcome", lambda: crowd.all.online >= devices, WITHIN_S)
        came, said, began_s = spent(house), crowd.all.said, time.monotonic()
        await crowd.last(seconds, lambda seen: progress(f"living: {seen.online} on line, {seen.said} events"))
        stayed, events, lasted_s = spent(house), crowd.all.said - said, time.monotonic() - began_s
        await crowd.drain(WITHIN_S, lambda _: None)
    finally:
        await crowd.stop()
    verdict = await asyncio.to_thread(compare, house.store, truth)
    if verdict.lost or verdict.doubled:
        raise SystemExit("\n".join(verdict.examples))
    return Lived(less(came, before), less(stayed, came), lasted_s, events)


def spent(house: SoakHouse) -> Spent:
    """Seconds of processor so far of each, what the database wrote into its log, and how often it flushed it."""
    assert isinstance(house.server, PostgreSQL)  # the house has one
    with house.server.engine.connect() as connection:
        log, flushes = (float(connection.execute(one).scalar_one()) for one in (LOG, FLUSHES))
    return {**house.fleet.cpu_s(), "database": database_cpu_s(house.server), "log": log, "flushes": flushes}


def database_cpu_s(server: PostgreSQL) -> float:
    """Of the server and of all that it started; of those that have ended as far as they were waited for."""
    assert server.process is not None  # it runs
    first = server.process.pid
    fields = Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()
    ended_s = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    started = map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())
    return ended_s + sum(cpu_s(one) for one in (first, *started))


def less(later: Spent, earlier: Spent) -> Spent:
    """The difference."""
    return {name: later[name] - earlier.get(name, 0.0) for name in later}
