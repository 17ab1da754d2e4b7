"""Estimates of waits: how long a queue of a hundred takes, and how good they are on the days that were fixed for it."""

import os
import time

import numpy as np

from fleet.domain.estimating import play
from fleet.domain.queue_moment import Ahead, Coming, Counter, QueueNow
from fleet.domain.service_times import ServiceTimes
from fleet.flows.backtest import backtest_scenarios, pooled
from tests.bench.figures import figure, percentile, progress

PEOPLE = 100
ROUNDS = 60
SERVICES = ("chung-thuc", "ho-tich", "dat-dai")
MEAN_MIN = (5.0, 11.0, 22.0)
DAYS = 40


def run() -> None:
    """The time, then the judge's scenarios (BENCH_DAYS=n: fewer days of each)."""
    measure("pooled", queue_of_hundred(helping=False))
    measure("skills", queue_of_hundred(helping=True))
    days = int(os.environ.get("BENCH_DAYS", DAYS))
    progress(f"estimate: {days} days of each scenario")
    verdicts = backtest_scenarios(days, told=lambda one: progress(f"estimate: {one.name} with seed {one.seed}"))
    for one in pooled(verdicts):
        figure("estimate_error_ratio", one.ratio, "ratio", one.people, scenario=one.name, best=one.best)
        strict = {"best": one.strictest, "reading": "people at the counters counted, too"}
        figure("estimate_error_ratio", one.strictest_ratio, "ratio", one.people, scenario=one.name, **strict)
        figure("estimate_coverage", one.covered, "share", one.people, scenario=one.name, nominal=0.8)


def measure(counters: str, queue: QueueNow) -> None:
    """The median and the slow end of many rounds; and the same for the processor, which other programs do not slow."""
    random = np.random.default_rng(1)
    sample = {
        one: random.lognormal(np.log(mean) - 0.25, 0.7, 2_000).tolist()
        for one, mean in zip(SERVICES, MEAN_MIN, strict=True)
    }
    times = ServiceTimes(SERVICES, sample)
    walls, cpus = [], []
    for one in range(ROUNDS + 5):
        chance = np.random.default_rng(one)
        began, began_cpu = time.perf_counter(), time.process_time()
        played = play(queue, times, chance)
        took = time.perf_counter() - began, time.process_time() - began_cpu
        assert all(told is not None for told in played.waiting)
        if one >= 5:
            walls.append(took[0] * 1000)
            cpus.append(took[1] * 1000)
    shape = {"people": PEOPLE, "counters": len(queue.counters), "kind": counters}
    figure("estimate_ms", percentile(walls, 0.5), "ms", ROUNDS, p99=round(percentile(walls, 0.99), 2), **shape)
    figure("estimate_cpu_ms", percentile(cpus, 0.5), "ms", ROUNDS, **shape)


def queue_of_hundred(helping: bool) -> QueueNow:
    """A hundred who wait, every twelfth in a class, at five counters; `helping`: each for one service, and helps."""
    counters = []
    for one in range(5):
        own, other = SERVICES[one % 3], SERVICES[(one + 1) % 3]
        calls, helps = ((own,), (other,)) if helping else (SERVICES, ())
        counters.append(Counter(calls, helps, busy=True, serving=own, elapsed_min=4.0))
    return QueueNow(
        tuple(Ahead(SERVICES[one % 3], -3.0 if one % 12 == 0 else None) for one in range(PEOPLE)),
        tuple(counters),
        tuple(Coming(one, (0.02,) * 24, 10.0) for one in SERVICES),
    )
