"""Two receivers and two linkers with PostgreSQL, one of each killed every ten seconds, while a crowd says what it says.

`python -m tests.bench receivers`: MINUTES (2), DEVICES (1,000), EVERY_S (10), SPEED (60: an hour takes a minute), SEED,
and FOLDER, which stays then. In the end everything that was said is there once, each day is what a single linker
makes of its events, and the sums of waits, which linkers keep by adding and taking away, are those of the visits.
"""

import asyncio
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fleet.clock import now_ms
from fleet.crowd.gathering import Gathering
from fleet.crowd.latency import quantile_ms
from fleet.crowd.seen import Seen
from fleet.crowd.wish import Wish
from fleet.domain.crowd import Verdict, office_id, offices
from fleet.domain.office_rhythm import moment_of
from fleet.flows.crowd_compared import compare, compare_days, is_linked
from fleet.flows.crowd_said import Run, begin
from fleet.flows.enrol_crowd import enrol_crowd
from fleet.store.database import Store
from tests.bench.figures import figure, progress
from tests.bench.soak.house import SoakHouse, a_soak_house
from tests.bench.soak.soaking import until
from tests.fleet.recounted import waits_are_recounted

PROCESSES = ("receive-1", "receive-2", "link-1", "link-2", "send")
MINUTES, DEVICES, EVERY_S, SPEED, VISITS = 2.0, 1_000, 10.0, 60.0, 150.0
WITHIN_S = 900.0
MONDAY = moment_of("mon-07:45")


@dataclass(frozen=True)
class Trial:
    """What kind of run. It goes on until each kind was killed `kills` times, and then until `enough` events were said.

    A process that is killed every few seconds never comes to anything, so nothing is waited for meanwhile.
    """

    seconds: float = MINUTES * 60
    devices: int = DEVICES
    every_s: float = EVERY_S
    speed: float = SPEED
    seed: int = 0
    enough: int = 1
    kills: int = 1


@dataclass
class Outcome:
    """What came of it. `cpu_s` is of those who were never killed, `crowd` what it saw itself."""

    verdict: Verdict = field(default_factory=Verdict)
    kills: Counter[str] = field(default_factory=Counter)
    died: list[str] = field(default_factory=list)
    crowd: Seen = field(default_factory=Seen)
    drained_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)


def trial_of(environment: Mapping[str, str]) -> Trial:
    """What was asked for by variables; what is empty was not."""

    def value(name: str, otherwise: float) -> float:
        return float(environment.get(name) or otherwise)

    return Trial(
        seconds=value("MINUTES", MINUTES) * 60,
        devices=int(value("DEVICES", DEVICES)),
        every_s=value("EVERY_S", EVERY_S),
        speed=value("SPEED", SPEED),
        seed=int(value("SEED", random.randrange(1_000_000))),
    )


def run() -> None:
    """Print the figures; 1 if anything is not as it was said."""
    trial, kept = trial_of(os.environ), os.environ.get("FOLDER")
    logging.getLogger("fleet").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="receivers-") as folder:
        done = asyncio.run(killed(Path(kept or folder), trial))
    what = {"devices": trial.devices, "seed": trial.seed, "kills": dict(sorted(done.kills.items()))}
    for name, value in done.verdict.counts().items():
        figure(f"receivers_{name}", value, "events", done.verdict.said, **what)
    p50, p99 = (quantile_ms(done.crowd.latency, share) or 0.0 for share in (0.5, 0.99))
    figure("receivers_receipt_p50_ms", p50, "ms", done.crowd.stored, resent=done.crowd.resent)
    figure("receivers_receipt_p99_ms", p99, "ms", done.crowd.stored, crowd_cpu_s=done.crowd.cpu_s)
    figure("receivers_drained_s", done.drained_s, "s", 1, cpu_s=done.cpu_s)
    if not done.verdict.is_clean or done.died:
        print(*done.verdict.examples, *done.died, sep="\n", file=sys.stderr)
        sys.exit(1)


async def killed(folder: Path, trial: Trial) -> Outcome:
    """The whole of it."""
    done = Outcome()
    async with a_soak_house(folder, "postgresql", PROCESSES) as house:
        key = enrol_crowd(house.store, folder, trial.devices, now_ms())
        truth = folder / "truth"
        begin(truth, Run(trial.devices, trial.seed, now_ms()))
        await house.start()
        brokers = (("127.0.0.1", house.fleet.broker.devices_port),)
        wish = Wish(0, trial.devices, brokers, key, str(truth), trial.seconds, seed=trial.seed, times=trial.speed)
        crowd = Gathering(more(wish).shared(1))
        try:
            await crowd.start()
            await load(house, crowd, trial, done)
            began_s = time.monotonic()
            await crowd.drain(WITHIN_S, lambda seen: tell("all is well now", seen))
            await until("the linkers have linked all", lambda: is_linked(house.store), WITHIN_S)
            done.drained_s = time.monotonic() - began_s
        finally:
            await crowd.stop()
        done.crowd, done.died = crowd.all, house.died
        done.cpu_s = house.fleet.cpu_s()
        done.verdict = await asyncio.to_thread(compare, house.store, truth)
        await asyncio.to_thread(compare_days, house.store, done.verdict, now_ms())
        await asyncio.to_thread(compare_sums, house.store, done.verdict, offices(trial.devices))
    return done


def more(wish: Wish) -> Wish:
    """The people of a Monday morning; devices come as fast as they may."""
    return Wish(**{**vars(wish), "begins_min": MONDAY, "visits": VISITS, "a_second": 500.0})


async def load(house: SoakHouse, crowd: Gathering, trial: Trial, done: Outcome) -> None:
    """Everybody works, and one of each is killed again and again; what came to nothing by that is done in the end."""
    await until("all devices are welcome", lambda: crowd.all.online >= trial.devices, WITHIN_S)
    await until("somebody speaks", lambda: crowd.all.said, WITHIN_S)
    killing = asyncio.create_task(kill(house, trial, done.kills))
    try:
        await crowd.last(trial.seconds, lambda seen: tell(f"{done.kills.total()} kills", seen))
        await until("enough was killed", lambda: min(done.kills[one] for one in KINDS) >= trial.kills, WITHIN_S)
    finally:
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
    await until("enough was said", lambda: crowd.all.stored >= trial.enough, WITHIN_S)
    await until("somebody was called", lambda: crowd.all.called, WITHIN_S)


KINDS = ("receive", "link")


async def kill(house: SoakHouse, trial: Trial, kills: Counter[str]) -> None:
    """A receiver, and half a turn later a linker, in turn the first and the second; one that is not there is left."""
    dice, turn = random.Random(trial.seed), 0
    while True:
        turn += 1
        for kind in KINDS:
            await asyncio.sleep(trial.every_s / len(KINDS) * dice.uniform(0.8, 1.2))
            name = f"{kind}-{turn % 2 + 1}"
            process = house.fleet.processes.get(name)
            if process is not None and process.returncode is None:
                house.signal(name, signal.SIGKILL)
                kills[kind] += 1


def compare_sums(store: Store, verdict: Verdict, count: int) -> None:
    """The sums of waits of so many offices are those of their visits."""
    for office in map(office_id, range(count)):
        try:
            waits_are_recounted(store, office)
        except AssertionError:
            verdict.found("differs", f"{office}: the sums of its waits are not those of its visits")


def tell(what: str, seen: Seen) -> None:
    """Where we are."""
    progress(f"receivers: {what}, {seen.online} on line, {seen.said} events, {seen.waiting} wait for a receipt")
