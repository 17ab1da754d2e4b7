"""A plan grows with its devices, keeps what is measured and what breaks apart, and agrees with what a crowd does."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.crowd import people
from fleet.crowd.device import HEALTH_EVERY_S
from fleet.crowd.line import SILENT_S
from fleet.domain import crowd, plan_figures
from fleet.domain.plan import plan
from fleet.domain.plan_breaks import breaks
from fleet.domain.plan_figures import Figure
from fleet.domain.plan_price import priced
from fleet.domain.planned import Asked

FIGURES = (Path(__file__).parents[3] / "docs" / "figures.md").read_text("utf-8")
MEASURED = {name: one for name, one in vars(plan_figures).items() if isinstance(one, Figure)}


def section(heading: str) -> str:
    """What stands under this heading of the page of figures."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^## |\Z)", FIGURES, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1]


@pytest.mark.parametrize("name", MEASURED)
def test_each_figure_stands_where_it_says(name: str) -> None:
    one = MEASURED[name]
    value = f"{one.value:,.0f}" if one.value >= 1_000 else f"{one.value:g}"
    assert re.search(rf"(?<![\d.,]){re.escape(value)}(?![\d.,]*\d)", section(one.heading)), (name, one)


def test_devices_do_what_those_of_a_crowd_do() -> None:
    served = 1 - people.NO_SHOW
    assert 4 + served * (people.SCANS + people.RATED) == pytest.approx(plan_figures.EVENTS_A_VISIT, rel=0.02)
    assert (SILENT_S, HEALTH_EVERY_S) == (plan_figures.PING_EVERY_S, plan_figures.HEALTH_EVERY_S)
    assert crowd.AT_EACH * Asked.events == pytest.approx(150 * plan_figures.EVENTS_A_VISIT)


def test_ten_times_the_devices_are_ten_times_the_work() -> None:
    one, ten = plan(Asked(10_000)), plan(Asked(100_000))
    for name in ("visits_s", "events_s", "health_s", "pings_s", "messages_s", "bytes_s"):
        assert getattr(ten.rhythm, name) == pytest.approx(10 * getattr(one.rhythm, name))
    assert [part.cores for part in ten.parts] == pytest.approx([10 * part.cores for part in one.parts])
    assert ten.back.welcome_s == pytest.approx(10 * one.back.welcome_s)
    assert ten.room.after(10) == pytest.approx(10 * one.room.after(10))
    assert ten.machines.cores == pytest.approx(10 * one.machines.cores)


def test_processes_are_as_many_as_leave_each_core_room_but_there_is_one_sender() -> None:
    for part in plan(Asked(100_000)).parts:
        if part.name == "send":
            assert part.count == 1 and part.at_most_one
        elif part.name != "postgresql":
            assert part.cores / part.count <= 0.6 < part.cores / max(1, part.count - 1) or part.count == 1


def test_what_comes_to_nothing_needs_nothing() -> None:
    found = plan(Asked(100_000, returning=0, open_pages=0))
    assert found.back.welcome_s == 0
    assert {part.name: part.cores for part in found.parts}["serve"] == 0
    assert "serve_core" not in {one.what for one in breaks(found.asked)}


def test_at_the_devices_at_which_it_breaks_a_limit_is_just_reached() -> None:
    found = breaks(Asked(100_000))
    assert [one.devices for one in found] == sorted(one.devices for one in found)
    first = found[0]
    (again,) = [one for one in breaks(Asked(first.devices)) if one.what == first.what]
    assert again.load == pytest.approx(1, rel=0.01) and again.devices == first.devices


def test_a_core_that_may_be_fuller_breaks_later() -> None:
    asked = Asked(100_000)
    (usual,), (fuller,) = (
        [one for one in breaks(replace(asked, full=full)) if one.what == "link_core"] for full in (0.4, 0.8)
    )
    assert fuller.devices == pytest.approx(2 * usual.devices, rel=0.01)


def test_prices_are_multiplied_or_left_to_the_reader() -> None:
    machines = replace(plan(Asked(1_000)).machines, cores=4, memory_gb=8, disk_gb=1_000)
    assert priced(machines, None, "en").endswith("1,000 × price of a GB of disk")
    assert priced(machines, (10, 2, 0.1), "vi").endswith("= 156")
