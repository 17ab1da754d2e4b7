"""Estimates are judged on days that are over: those of the fixed scenarios, and those of an office."""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.resources import files
from os import cpu_count

import numpy as np

from fleet.domain.backtesting import Judged, judge
from fleet.domain.estimate_scores import DayScore, together
from fleet.domain.known_days import known
from fleet.domain.promises import best_rival
from fleet.domain.rivals import NAMED
from fleet.domain.waiting_scenarios import Judge, Scenario, make_day, read_judge
from fleet.flows.lived import lived_day
from fleet.store import estimates, places
from fleet.store.database import Store

SCENARIOS = "waiting_scenarios.json"
LEARNED_SHARE = 0.5
LEAST_DAYS = 4
OWN_SEED = 1
# Of the tries. Days are made with the judge's seeds.


class NotJudged(ValueError):
    """There is nothing to judge by; the text says what is missing."""


@dataclass(frozen=True)
class Verdict:
    """How estimates did: in a scenario with one of its seeds, or at an office."""

    name: str
    seed: int | None
    judged: Judged

    @property
    def best(self) -> str:
        """Which of the simple estimators was least wrong."""
        return best_rival({name: self.judged.rivals[name] for name in NAMED}) or ""

    @property
    def ratio(self) -> float:
        """Our mean error, as a share of that of the best simple estimator."""
        return self.judged.ours.error_min / self.judged.rivals[self.best].error_min

    @property
    def strictest_ratio(self) -> float:
        """The same beside the best of all their readings."""
        return self.judged.ours.error_min / self.strictest_min

    @property
    def floor_ratio(self) -> float | None:
        """The same of somebody who knew how the days are made."""
        return None if self.judged.floor is None else self.judged.floor.error_min / self.strictest_min

    @property
    def strictest_min(self) -> float:
        """The mean error of the best reading of a simple estimator."""
        return min(one.error_min for one in self.judged.rivals.values())


def read_scenarios() -> Judge:
    """The scenarios, which were fixed before any estimator was written."""
    return read_judge(json.loads(files("fleet.flows").joinpath(SCENARIOS).read_text(encoding="utf-8")))


def backtest_scenarios(
    days: int | None = None,
    names: list[str] | None = None,
    overtime: bool = False,
    told: Callable[[Verdict], None] = lambda _: None,
    floor: bool = False,
) -> list[Verdict]:
    """Be judged by so many days of each scenario and seed. Raises NotJudged for a scenario that there is not.

    `floor`: so is somebody who knows how the days are made.
    """
    judge_by = read_scenarios()
    known = [one.name for one in judge_by.scenarios]
    for name in names or []:
        if name not in known:
            raise NotJudged(f"scenario: expected one of {', '.join(known)}, found {name!r}")
    wanted = replace(judge_by, test_days=judge_by.test_days if days is None else days)
    work = [
        (one, seed, wanted.train_days, wanted.test_days, overtime, floor)
        for one in wanted.scenarios
        if not names or one.name in names
        for seed in wanted.seeds
    ]
    found = []
    with ProcessPoolExecutor(min(len(work), cpu_count() or 1)) as pool:
        for verdict in pool.map(judge_scenario, work):
            found.append(verdict)
            told(verdict)
    return found


def judge_scenario(work: tuple[Scenario, int, int, int, bool, bool]) -> Verdict:
    """One scenario with one seed."""
    scenario, seed, train, test, overtime, floor = work
    chance = np.random.default_rng(seed)
    days = [make_day(scenario, chance, overtime) for _ in range(train + test)]
    made = known(scenario) if floor else None
    judged = judge(days[:train], days[train:], scenario.services, np.random.default_rng(OWN_SEED), made)
    if judged is None:
        raise NotJudged(f"{scenario.name}: in {test} days nobody waited")
    return Verdict(scenario.name, seed, judged)


def backtest_office(store: Store, office: str, days: int) -> Verdict:
    """Be judged by the last days of an office, half of which are learned from. Raises NotJudged."""
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None:
            raise NotJudged(f"there is no office {office!r}")
        found = estimates.linked_days(connection, office, days)
        if len(found) < LEAST_DAYS:
            raise NotJudged(f"{office}: expected at least {LEAST_DAYS} days with visits, found {len(found)}")
        lived = [lived_day(connection, place, day) for day in found]
        services = [one.id for one in places.services(connection, office)]
    learned = int(len(lived) * LEARNED_SHARE)
    judged = judge(lived[:learned], lived[learned:], services, np.random.default_rng(OWN_SEED))
    if judged is None:
        raise NotJudged(f"{office}: nobody waited on the last {len(lived) - learned} days")
    return Verdict(office, None, judged)


@dataclass(frozen=True)
class Pooled:
    """A scenario over all its seeds; everybody who was asked counts the same. Ratios are of mean absolute errors.

    `best` is the least wrong of the simple estimators, `strictest` that of all their readings.
    """

    name: str
    people: int
    best: str
    ratio: float
    strictest: str
    strictest_ratio: float
    covered: float


def pooled(verdicts: list[Verdict]) -> list[Pooled]:
    """The scenarios, each over its seeds."""
    found = []
    for name in dict.fromkeys(one.name for one in verdicts):
        whole = together([DayScore(one.judged.ours, one.judged.rivals) for one in verdicts if one.name == name])
        assert whole.ours is not None and whole.ours.covered is not None  # noqa: S101 (ours are ranges of somebody)
        best = best_rival({rival: whole.rivals[rival] for rival in NAMED}) or ""
        strictest = best_rival(whole.rivals) or ""
        found.append(
            Pooled(
                name,
                whole.ours.n,
                best,
                whole.ours.error_min / whole.rivals[best].error_min,
                strictest,
                whole.ours.error_min / whole.rivals[strictest].error_min,
                whole.ours.covered,
            )
        )
    return found
