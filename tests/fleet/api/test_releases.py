"""Releases and their rollouts through the API."""

from fleet.domain.api_rights import Scope
from tests.fleet.api.conftest import OTHER, Town
from tests.fleet.some_releases import released

WANTED = {"kind": "release", "subject": "firmware", "version": 12}


def test_a_program_sees_releases_and_starts_a_rollout_of_one(town: Town) -> None:
    program = town.program(Scope.COMMAND, Scope.READ)
    assert program.get("/releases").json() == {"root": None, "items": []}
    assert program.post("/rollouts", WANTED).json()["type"].endswith("no-such-rollout-version")
    released(town.store, town.now_ms)
    made = program.post("/rollouts", WANTED).json()
    assert (made["kind"], made["state"], made["counts"]) == ("release", "running", {"pending": 1})
    assert {one["stage"] for one in program.get(f"/rollouts/{made['id']}").json()["devices"]} == {"waits"}
    found = program.get("/releases").json()
    newest, before = found["items"]
    assert (found["root"], newest["sequence"], before["sequence"], newest["rollout"]) == (1, 12, 11, made["id"])
    assert newest["devices"]["misfits"]["no_slots"] == 1 and newest["images"][0]["board"] == "pico_w"
    other = town.program(Scope.READ, Scope.CALL, Scope.ALERTS, office=OTHER).get("/releases").json()
    assert [one["devices"]["confirmed"] for one in other["items"]] == [0, 0], "devices of others are not counted"
