"""Satisfaction of longer periods, as programs are told of it."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.domain.org_tree import Kind, Node
from fleet.store import units
from tests.fleet.api.conftest import OTHER, Town
from tests.fleet.flows.test_satisfaction import rate


def filled(town: Town) -> None:
    with town.store.writing() as connection:
        places = [Node(one, Kind.OFFICE, one, "tinh") for one in ("tan-an", OTHER)]
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh"), *places])
    rate(town.store, "tan-an", "2026-10-05", 22, 3, silent=5)
    rate(town.store, OTHER, "2026-10-05", 6, 0)


def test_a_month_of_an_office(town: Town) -> None:
    filled(town)
    answer = town.program(Scope.READ).get("/offices/tan-an/satisfaction/2026-10")
    assert answer.status_code == 200
    told = answer.json()
    (score,) = told["scores"]
    assert (score["n"], score["share"], score["by_score"]) == (25, 0.88, [3, 0, 0, 0, 22])
    assert score["low"] == pytest.approx(0.700, abs=0.001) and score["high"] == pytest.approx(0.958, abs=0.001)
    assert (told["served"], told["rated"], told["until"]) == (30, 25, "2026-10-31")
    assert told["bounds"] == {"low": pytest.approx(22 / 30), "high": pytest.approx(27 / 30)}
    assert told["offices"] == [] and told["weeks"][0]["stands_out"] is None


def test_a_quarter_of_a_unit_ranks_the_offices_that_concern_the_caller(town: Town) -> None:
    filled(town)
    told = town.program(Scope.READ).get("/units/tinh/satisfaction/2026-Q4").json()
    assert [(one["office"], one["n"], one["place"]) for one in told["offices"]] == [("tan-an", 25, 1), (OTHER, 5, None)]
    assert told["until"] == "2026-11-08", "of today nothing is told"
    one = town.program(Scope.READ, office=OTHER)
    alone = one.get("/units/tinh/satisfaction/2026-Q4").json()
    assert (alone["offices"], alone["scores"][0]["n"]) == ([], 5)
    assert one.get("/offices/tan-an/satisfaction/2026-10").status_code == 404
    assert one.get("/units/tan-an/satisfaction/2026-10").status_code == 404


@pytest.mark.parametrize("name", ["2026-10-05", "2026-W41", "october", "2026-13"])
def test_shorter_periods_are_not_told(town: Town, name: str) -> None:
    answer = town.program(Scope.READ).get(f"/offices/tan-an/satisfaction/{name}")
    assert answer.status_code == 422
    assert "must be a month, quarter or year" in answer.json()["errors"][0]["detail"]
