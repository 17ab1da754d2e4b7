"""Alerts as programs meet them."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows.look_out import Lookout
from tests.fleet.api.conftest import MIN, Town
from tests.fleet.office import OFFICE

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
ALERTS = f"/offices/{OFFICE}/alerts"


def test_an_alert_is_listed_acknowledged_once_and_over(town: Town) -> None:
    program = town.program(Scope.READ, Scope.ALERTS)
    assert program.get(ALERTS).json() == {"office": OFFICE, "items": [], "next": None}
    Lookout(town.store).look_due(town.now_ms)
    found = program.get(ALERTS).json()["items"]
    waits = [one for one in found if one["cause"] == "wait"]
    assert {one["subject"] for one in waits} == {"ho-tich", "dat-dai"} and all(one["open"] for one in found)
    assert waits[0]["said"]["vi"].endswith("người đang chờ.") and "since_ms" not in waits[0]["figures"]
    first = program.get(f"{ALERTS}?limit=1")
    assert [one["id"] for one in first.json()["items"]] == [found[0]["id"]] and first.json()["next"]
    rest = program.get(f"{ALERTS}?limit=1&cursor={first.json()['next']}").json()["items"]
    assert [one["id"] for one in rest] == [found[1]["id"]]

    number = waits[0]["id"]
    key = {"Idempotency-Key": "k-1"}
    seen = program.post(f"{ALERTS}/{number}/acknowledge", {"person": "Lan"}, headers=key)
    assert (seen.status_code, seen.json()["acknowledged_by"]) == (200, "Lan (test)")
    assert program.post(f"{ALERTS}/{number}/acknowledge").json()["acknowledged_by"] == "Lan (test)", "who was first"
    assert program.post(f"{ALERTS}/999/acknowledge").json()["type"].endswith("no-such-alert")
    assert program.post(f"{ALERTS}/{number}/acknowledge", {"person": ""}).status_code == 422
    other = town.program(office="cai-khe")
    assert other.post(f"{ALERTS}/{number}/acknowledge").json()["type"].endswith("no-such-office")

    everything_off = {"off": ["wait", "wait_told", "silent", "ratings", "dossiers", "printer"], "calm_s": 0}
    assert program.ask("PUT", f"{ALERTS}/limits", json=everything_off).status_code == 200
    town.now_ms += MIN
    Lookout(town.store).look_due(town.now_ms)
    assert program.get(ALERTS).json()["items"] == []
    everything = program.get(f"{ALERTS}?open=false").json()["items"]
    assert len(everything) == len(found) and not any(one["open"] for one in everything)
    late = program.post(f"{ALERTS}/{waits[1]['id']}/acknowledge")
    assert (late.status_code, late.json()["type"]) == (409, "urn:motcua:problem:alert-over")


def test_limits_are_set_whole_and_refused_where_they_can_not_be(town: Town) -> None:
    program = town.program(Scope.ALERTS)
    usual = program.get(f"{ALERTS}/limits").json()
    assert (usual["wait_s"], usual["quiet"], usual["mail"]) == (0, ["18:00-06:30"], [])
    wanted = {"wait_s": 1200, "quiet": ["17:00-07:00"], "mail": ["truong@example.vn"]}
    assert program.ask("PUT", f"{ALERTS}/limits", json=wanted).json() == usual | wanted
    assert program.ask("PUT", f"{ALERTS}/limits", json={"told": 90}).json() == usual | {"told": 90}
    for bad, where in (
        ({"closes": 5}, "/closes"),
        ({"told": 75}, "/told"),
        ({"off": ["rain"]}, "/off/0"),
        ({"quiet": ["18h"]}, "/quiet/0"),
        ({"quiet": ["00:00-12:00", "12:00-00:00"]}, "/quiet"),
        ({"mail": ["Nguyễn Văn A"]}, "/mail"),
        ({"name": "x"}, "/name"),
        (None, "/"),
    ):
        refused = program.ask("PUT", f"{ALERTS}/limits", json=bad)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where), bad
        assert "Nguyễn" not in refused.text
    assert program.get(f"{ALERTS}/limits").json() == usual | {"told": 90}
