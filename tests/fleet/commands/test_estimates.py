"""motcua estimates and motcua backtest."""

from pathlib import Path

from fleet.domain.estimate_scores import Promised, score_day
from fleet.domain.spread import Spread
from fleet.store import estimates
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.office import OFFICE


def kept(data: Path) -> None:
    """Two days of promises: eight of ten waits lay within the range, and a simple estimator was further off."""
    waits = [4.0, 9.0, 11.0, 12.0, 14.0, 15.0, 16.0, 19.0, 24.0, 31.0]
    people = [Promised(Spread(8, 14, 25), {"constant": 30.0, "mean": 26.0}, one) for one in waits]
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        for day in ("2026-11-09", "2026-11-10"):
            estimates.teach(connection, OFFICE, day, 1, 1, {}, score_day(people).to_dict())
    store.close()


def test_how_promises_came_true(motcua: Motcua, data: Path) -> None:
    asked = ("estimates", "tan-an", "--until", "2026-11-10", "--data", data)
    assert "nobody was promised anything from 2026-10-28 to 2026-11-10" in motcua(*asked).stdout
    kept(data)
    shown = motcua(*asked).stdout
    assert "2026-11-09" in shown and "80.0 %" in shown and "mean 11.5" in shown
    assert "Đúng 8/10 lần. / Right 8 times of ten." in shown
    assert [line.split()[:2] for line in shown.splitlines() if line.startswith(("motcua", "constant", "mean"))] == [
        ["motcua", "5.5"],
        ["constant", "14.7"],
        ["mean", "11.5"],
    ]


def test_it_fits_a_window(window: Window, data: Path) -> None:
    kept(data)
    code, shown = window("estimates", "tan-an", "--until", "2026-11-10", "--data", data)
    assert (code, readable(shown)) == (0, True)


def test_what_is_no_office_and_no_day(motcua: Motcua, data: Path) -> None:
    assert "office: expected one of tan-an, found 'tan'" in motcua("estimates", "tan", "--data", data).stderr
    assert "until: expected YYYY-MM-DD" in motcua("estimates", "--until", "mai", "--data", data).stderr
    refused = motcua("backtest", "--office", "tan-an", "--data", data)
    assert "tan-an: expected at least 4 days with visits, found 0" in refused.stderr
    refused = motcua("backtest", "--scenario", "calm")
    assert "scenario: expected one of steady, heavy, drop, small, found 'calm'" in refused.stderr


def test_a_scenario_judges(motcua: Motcua) -> None:
    shown = motcua("backtest", "--scenario", "small", "--days", 4).stdout
    assert [line.split()[:2] for line in shown.splitlines()[1:4]] == [["small", "7"], ["small", "11"], ["small", "23"]]
    assert "15 % better" in shown
