"""Which reports go to whom, said by another program."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from tests.fleet.api.conftest import OTHER, Program, Town

WANTED = {"unit": "tan-an", "every": "month", "to": ["van-phong@example.vn"]}


def program(town: Town, office: str | None = None) -> Program:
    issued = tokens.issue(town.store, "test", frozenset({Scope.SCHEDULE_REPORTS}), office, 1, town.now_ms)
    return Program(town.client, issued.secret)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_program_has_reports_sent_and_ends_that(town: Town) -> None:
    own, other = program(town), program(town, OTHER)
    made = own.post("/report-schedules", WANTED)
    assert made.status_code == 201
    assert made.json() == {
        "id": 1,
        **WANTED,
        "form": "pdf",
        "language": "vi",
        "next": "2026-11",
        "failed": None,
    }
    assert own.get("/report-schedules").json() == {"items": [made.json()]}
    assert other.get("/report-schedules").json() == {"items": []}
    assert other.post("/report-schedules", WANTED).json()["type"].endswith("no-such-unit")
    assert other.ask("DELETE", "/report-schedules/1").json()["type"].endswith("no-such-schedule")
    assert own.ask("DELETE", "/report-schedules/1").json() == made.json()
    assert own.ask("DELETE", "/report-schedules/1").status_code == 404
    for wrong, where in (({"to": ["x"]}, "/to"), ({"to": []}, "/to"), ({"every": "hour"}, "/every")):
        refused = own.post("/report-schedules", {**WANTED, **wrong})
        assert refused.status_code == 422 and refused.json()["errors"][0]["where"] == where
    assert own.post("/report-schedules", {**WANTED, "unit": "nowhere"}).status_code == 404
