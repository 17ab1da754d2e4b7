"""Waits, as programs are told of them."""

import json

import pytest

from fleet.domain.api_rights import Scope
from fleet.domain.org_tree import Kind, Node
from fleet.store import units
from tests.fleet.api.conftest import OTHER, Town

DAY = "2026-11-09"


def tree(town: Town) -> None:
    with town.store.writing() as connection:
        units.save(
            connection,
            [
                Node("tinh", Kind.PROVINCE, "Tỉnh"),
                Node("tan-an", Kind.OFFICE, "Tân An", "tinh"),
                Node(OTHER, Kind.OFFICE, "Cái Khế", "tinh"),
            ],
        )


def test_waits_of_an_office(town: Town) -> None:
    answer = town.program(Scope.READ).get(f"/offices/tan-an/waits?from={DAY}&to={DAY}&by=service")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["offices"], told["first"], told["last"], told["by"]) == (["tan-an"], DAY, DAY, "service")
    assert [(row["key"], row["visits"], row["no_shows"]) for row in told["items"]] == [
        ("dat-dai", 2, 1),
        ("ho-tich", 5, 0),
    ]
    whole = told["whole"]
    assert (whole["visits"], whole["finished"], whole["rated"]) == (7, 5, 5)
    assert whole["wait"]["n"] == 6 and whole["wait"]["within_target"] == 0.0
    assert whole["wait"]["p50_s"] == pytest.approx(23 * 60, rel=0.01)
    assert told["items"][0]["wait"]["p50_s"] is None, "one person's wait is nobody's business"
    assert told["now"] == {"waiting": 5, "oldest": "2026-11-09T02:08:00Z"}
    assert "score" not in json.dumps(told)


def test_waits_of_a_unit_are_those_of_the_offices_that_concern_the_caller(town: Town) -> None:
    tree(town)
    path = f"/units/tinh/waits?from={DAY}&to={DAY}&by=hour"
    everything = town.program(Scope.READ).get(path).json()
    assert everything["offices"] == ["cai-khe", "tan-an"] and everything["whole"]["visits"] == 7
    assert [row["key"] for row in everything["items"]] == ["09"]
    one = town.program(Scope.READ, office=OTHER)
    assert one.get(path).json()["offices"] == [OTHER]
    assert one.get("/units/tan-an/waits").status_code == 404
    assert one.get("/offices/tan-an/waits").status_code == 404


@pytest.mark.parametrize(
    ("query", "where", "said"),
    [
        ("from=2026-11-10&to=2026-11-09", "to", "must not lie before the first day"),
        ("from=2016-01-01&to=2025-12-31&by=day", "to", "at most 750 rows"),
        ("from=1999-01-01", "from", "must be a day"),
        ("by=clerk", "by", "must be one of"),
    ],
)
def test_what_does_not_fit_is_said(town: Town, query: str, where: str, said: str) -> None:
    answer = town.program(Scope.READ).get(f"/offices/tan-an/waits?{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["where"] == where and said in error["detail"]


def test_a_unit_that_nobody_knows_is_said(town: Town) -> None:
    answer = town.program(Scope.READ).get("/units/nowhere/waits")
    assert answer.json()["type"] == "urn:motcua:problem:no-such-unit"
