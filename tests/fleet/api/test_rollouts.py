"""Rollouts through the API."""

from fleet.domain.api_rights import Scope
from fleet.domain.templates import template_of
from fleet.flows import templates
from tests.fleet.api.conftest import OTHER, Town

WANTED = {"subject": "office:tan-an:all", "version": 1}


def test_a_program_starts_pauses_and_aborts_and_can_not_approve(town: Town) -> None:
    with town.store.writing() as connection:
        template = template_of(WANTED["subject"])
        templates.add_version(connection, template, {"confirm_within_s": 400}, "lan", town.now_ms)
    program = town.program(Scope.COMMAND, Scope.READ)
    for wrong, where in ((WANTED | {"waves": "5"}, "/waves"), (WANTED | {"hours": "9"}, "/hours")):
        assert [one["where"] for one in program.post("/rollouts", wrong).json()["errors"]] == [where]
    assert program.post("/rollouts", WANTED | {"version": 9}).json()["type"].endswith("no-such-rollout-version")
    made = program.post("/rollouts", WANTED | {"approval": True})
    assert (made.status_code, made.json()["state"], made.json()["counts"]) == (201, "awaiting", {"pending": 5})
    address = f"/rollouts/{made.json()['id']}"
    assert made.headers["location"].endswith(address)
    assert program.post("/rollouts", WANTED).json()["type"].endswith("rollout-under-way")
    assert program.post(f"{address}/approve").status_code == 422
    assert program.post(f"{address}/pause").json()["type"].endswith("rollout-state")
    assert len(program.get(address).json()["devices"]) == 5
    assert [one["id"] for one in program.get("/rollouts").json()["items"]] == [made.json()["id"]]
    other = town.program(Scope.READ, Scope.CALL, Scope.ALERTS, office=OTHER)
    assert (
        other.get(address).json()["type"].endswith("no-such-rollout") and other.get("/rollouts").json()["items"] == []
    )
    assert program.post(f"{address}/abort").json()["state"] == "aborted"
    assert program.post("/rollouts/ffff/abort").status_code == 404
