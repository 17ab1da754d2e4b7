"""Files of months and of their quarter, laid beside each other, tell no cell of few people."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.published import held
from fleet.domain.satisfaction import Score
from fleet.domain.waits import Durations, WaitRow

SERVICES, MONTHS = "abcd", ("2026-07", "2026-08", "2026-09")
counts = st.lists(st.lists(st.sampled_from([0, 1, 2, 4, 5, 9, 30]), min_size=4, max_size=4), min_size=3, max_size=3)


def row(key: str, visits: int) -> WaitRow:
    return WaitRow(key, visits, 0, visits, 0, Durations(visits), Durations(visits), Durations(visits))


def report(services: dict[str, int], by: str, steps: dict[str, int], score: Score = Score(0)) -> Any:
    return SimpleNamespace(
        whole=row("", sum(services.values())),
        services=[row(key, n) for key, n in services.items()],
        by=by,
        steps=[row(key, n) for key, n in steps.items()],
        official=SimpleNamespace(items=()),
        opinion=SimpleNamespace(score=score),
    )


@given(counts, st.integers(5, 10))
def test_no_cell_follows_from_the_files_of_months_and_of_their_quarter(found: list[list[int]], least: int) -> None:
    """Every sum that is told is an equation; no withheld cell of few may be what they determine."""
    months = [report(dict(zip(SERVICES, one, strict=True)), "day", {}) for one in found]
    hidden = [held(one, (), least) for one in months]
    services = {key: sum(one[at] for one in found) for at, key in enumerate(SERVICES)}
    steps = dict(zip(MONTHS, map(sum, found), strict=True))
    quarter = report(services, "month", steps)
    whole = held(quarter, hidden, least)
    cells = {(month, key): at for at, (month, key) in enumerate((m, k) for m in range(3) for k in SERVICES)}
    told: list[set[int]] = []
    for month, its in enumerate(hidden):
        told += [{cells[month, key]} for key in SERVICES if its.tells("service", key, "visits")]
        if its.tells("whole", "", "visits"):
            told.append({cells[month, key] for key in SERVICES})
        assert its.tells("whole", "", "visits") == whole.tells("month", MONTHS[month], "visits")
    told += [{cells[m, key] for m in range(3)} for key in SERVICES if whole.tells("service", key, "visits")]
    if whole.tells("whole", "", "visits"):
        told.append(set(cells.values()))
    equations = np.array([[float(at in one) for at in range(len(cells))] for one in told] or [[0.0] * len(cells)])
    rank = np.linalg.matrix_rank(equations)
    for (month, key), at in cells.items():
        n = found[month][SERVICES.index(key)]
        determined = np.linalg.matrix_rank(np.vstack([equations, np.eye(len(cells))[at]])) == rank
        assert not (determined and 0 < n < least), (MONTHS[month], key)


def test_days_of_few_levels_of_few_and_what_would_tell_them() -> None:
    found = held(
        report({"a": 40, "b": 30}, "day", {"1": 3, "2": 30, "3": 37}, Score(40, 0.9, 0.8, 1, (1, 0, 3, 6, 30), 5))
    )
    assert found.rows("day", "visits") == found.rows("day", "wait") == {"1", "3"}, "two, or the month tells the one"
    assert found.rows("service", "visits") == set()
    assert found.rows("ratings", "n") == {"1", "2", "3"}, "the share tells that four were low"


def test_a_month_of_few_is_told_by_no_longer_period() -> None:
    months = [held(report({"a": n}, "day", {})) for n in (3, 30, 30)]
    found = held(report({"a": 63}, "month", {"2026-07": 3, "2026-08": 30, "2026-09": 30}), months)
    assert not found.tells("whole", "", "visits") and not found.tells("service", "a", "visits")
    assert found.rows("month", "visits") == {"2026-07"}
