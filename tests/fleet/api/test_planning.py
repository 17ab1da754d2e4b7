"""What programs are told of counters that could be opened otherwise."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.domain.api_rights import Scope
from fleet.domain.day import midnight
from fleet.flows import past_days
from fleet.flows.changes import Changes
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.wiring import web
from tests.fleet.api.conftest import Program, Town
from tests.fleet.mondays import PLANNED


@pytest.fixture(scope="module")
def planned(monday_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The office with its Mondays, five weeks after the first."""
    copy = shutil.copy(monday_data / "motcua.sqlite", tmp_path_factory.mktemp("planning"))
    store = Store(f"sqlite:///{copy}")
    town = Town(store, web(store, Settings(), Changes()))
    town.now_ms = midnight(PLANNED, "Asia/Ho_Chi_Minh") - 60_000
    with town.client:
        yield town
    store.close()


@pytest.fixture(scope="module")
def program(planned: Town) -> Program:
    return planned.program(Scope.READ)


def test_one_counter_more_before_and_after(program: Program) -> None:
    told = program.get("/offices/tan-an/what-if?more=1&from=08:00&to=09:30").json()
    assert (told["day"], told["same_weekday"], len(told["days"]), told["few_days"]) == ("2026-10-12", True, 4, True)
    assert told["days"][0] == "2026-09-28" and told["before"]["people"] == told["after"]["people"] == 280
    p90 = told["differences"]["p90_min"]
    assert p90["low"] <= p90["change"] < 0 <= told["differences"]["within"]["change"]
    assert p90["change"] == pytest.approx(told["after"]["p90_min"] - told["before"]["p90_min"], abs=0.02)
    assert told["error_min"] == pytest.approx(told["before"]["p90_min"] - told["real"]["p90_min"], abs=0.02)
    eight = next(one for one in told["half_hours"] if one["begins"] == "08:30")
    assert eight["p90_after_min"] < eight["p90_before_min"]
    nothing = program.get("/offices/tan-an/what-if").json()
    assert nothing["differences"]["p90_min"] == {"change": 0, "low": 0, "high": 0}
    assert program.get("/offices/tan-an/what-if?without=dat-dai&lunch_in_turns=true").json()["after"]["people"] < 280
    other = program.get("/offices/tan-an/what-if?counter=quay-1&service=dat-dai").json()
    assert other["after"]["uncalled"] > 100


def test_how_many_counters_tomorrow_needs(planned: Town, program: Program) -> None:
    answer = program.get("/offices/tan-an/staffing")
    told = answer.json()
    assert (told["day"], told["share"], told["days"], told["same_weekday"]) == ("2026-10-12", 0.9, 5, 4)
    assert [one["planned"] for one in told["slots"]] == [1] * 15
    assert {one["least"] for one in told["slots"]} == {1, 2} and told["least_hours"] > told["planned_hours"] == 7.5
    assert told["least_within"] > told["planned_within"] and told["order"] == ["Quầy 1", "Quầy 2"]
    again = program.get("/offices/tan-an/staffing", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert program.get("/offices/tan-an/staffing?share=0.5").json()["least_hours"] <= told["least_hours"]


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("what-if?date=2026-09-07", 404, "no-past-days"),
        ("what-if?more=1&service=thue", 422, "no-such-service"),
        ("what-if?counter=quay-9&service=ho-tich", 404, "no-such-counter"),
        ("what-if?counter=quay-1", 422, "unfit"),
        ("what-if?more=1&from=09:30&to=08:00", 422, "unfit"),
        ("what-if?more=1&from=24:30", 422, "unfit"),
        ("what-if?more=21", 422, "unfit"),
        ("staffing?date=2026-10-11", 422, "unfit"),
        ("staffing?share=1", 422, "unfit"),
        ("staffing?date=2026-09-07", 404, "no-past-days"),
    ],
)
def test_what_cannot_be_tried_is_refused(program: Program, path: str, status: int, kind: str) -> None:
    refused = program.get(f"/offices/tan-an/{path}")
    assert (refused.status_code, refused.json()["type"]) == (status, f"urn:motcua:problem:{kind}")


def test_only_so_many_are_tried_at_once(planned: Town, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_days, "PATIENCE_S", 0.01)
    memory = planned.api.state.door.memory
    with memory.trying(), memory.trying():
        refused = program.get("/offices/tan-an/what-if")
        assert (refused.status_code, refused.json()["title"]) == (503, "The server is busy")
        assert int(refused.headers["retry-after"]) > 0
    assert program.get("/offices/tan-an/what-if").status_code == 200
