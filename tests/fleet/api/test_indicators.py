"""Programs read the official indicators, and the dossiers behind each cell."""

import pytest

from tests.fleet.api.conftest import OTHER, Town

DAYS = [("2026-11-10", ""), ("2026-11-04", "2026-11-04"), ("2026-11-03", "2026-11-05"), ("2026-11-03", "2026-11-06")]


@pytest.fixture
def pushed(town: Town) -> Town:
    """Four of the five dossiers that were scanned that morning: open, on time, and two late."""
    program = town.program()
    for n, (due, finished) in enumerate(DAYS, start=1):
        body = {"received_on": "2026-11-02", "due_on": due, "field": "Hộ tịch", "state": "Đang xử lý"}
        body |= {"finished_on": finished} if finished else {}
        code = f"H15.50.05.13-261008-{n:04d}"
        assert program.ask("PUT", f"/dossiers/{code}", json={**body, "channel": str(n)}).status_code == 201
    return town


def test_a_program_reads_the_indicators_of_a_month(pushed: Town) -> None:
    found = pushed.program().get("/offices/tan-an/indicators").json()
    assert (found["period"], found["organisation"], found["as_of"]) == ("2026-11", None, "2026-11-09")
    items = {one["item"]: one for one in found["items"]}
    assert {name: items[name]["value"] for name in items} == {"2.1": 0.5, "2.2": 3.0, "3.3": 0.25, "5.4": 0.5}
    assert (items["5.4"]["points"], items["5.4"]["at_most"], items["3.3"]["of_full"]) == (3.33, True, 0.5)
    assert found["due_soon"] == 1
    assert sum(group["points"] for group in found["groups"]) == 100
    assert found["nine"] == {
        "criteria": [
            {"criterion": n, "n": 3 if n in (1, 3) else 0, "points": None, "low": None, "high": None}
            for n in range(1, 10)
        ],
        "known": 0.0,
        "possible": 0,
        "grade": None,
    }
    assert "score" not in str(found)


def test_each_cell_is_listed_by_pages(pushed: Town) -> None:
    program = pushed.program()
    first = program.get("/offices/tan-an/indicators/2.1/late?limit=1").json()
    assert first["items"] == ["H15.50.05.13-261008-0003"]
    following = program.get(f"/offices/tan-an/indicators/2.1/late?limit=1&cursor={first['next']}").json()
    assert (following["items"], following["next"]) == (["H15.50.05.13-261008-0004"], None)
    assert program.get("/offices/tan-an/indicators/2.1/due_soon").json()["items"] == ["H15.50.05.13-261008-0001"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/indicators?period=10/2026", 422, "must be a day, week, month, quarter or year"),
        ("/indicators?period=2026-12", 422, "must be a period that has begun"),
        ("/indicators/2.1/nothing", 404, ""),
        ("/indicators/9.9/late", 422, ""),
    ],
)
def test_what_is_not_there_is_said(pushed: Town, path: str, status: int, said: str) -> None:
    answer = pushed.program().get(f"/offices/tan-an{path}")
    assert answer.status_code == status and said in answer.text


def test_another_office_is_none_of_its_business(pushed: Town) -> None:
    assert pushed.program(office=OTHER).get("/offices/tan-an/indicators").status_code == 404
