"""Claims and the registry through the API."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows.claim import use_within
from fleet.flows.registry import known, settle
from fleet.store.rows import every, sql
from tests.fleet.api.conftest import OTHER, Town

WANTED = {"roles": ["keypad"], "office": "tan-an", "counter": "quay-1"}


@pytest.fixture(autouse=True)
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DEVICES_HOST", "broker.example.vn")


def test_claims_are_made_once_and_told_again_while_nobody_came(town: Town) -> None:
    program = town.program(Scope.ENROL)
    sent = {"json": {"claims": [WANTED, WANTED]}, "headers": {"Idempotency-Key": "one"}}
    made = program.ask("POST", "/claims", **sent)
    assert made.status_code == 201
    first, second = made.json()["items"]
    assert first["network"] == {"host": "broker.example.vn", "port": 1883, "protocol": 5}
    assert (first["device"], second["device"], len(first["key"])) == ("quay-1-keypad", "quay-1-keypad-2", 64)
    again = program.ask("POST", "/claims", **sent)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == made.json()
    with town.store.writing() as connection:
        kept = [row.body for row in every(connection, sql("SELECT body FROM api_answers"))]
        assert not any(first["key"] in (body or "") for body in kept)
        use_within(connection, first["claim"], "aa", town.now_ms)
    assert program.ask("POST", "/claims", **sent).json()["items"][0]["key"] == ""
    listed = program.get("/claims", params={"limit": 1})
    rest = program.get("/claims", params={"limit": 1, "cursor": listed.json()["next"]}).json()
    states = {one["id"]: one["state"] for one in (*listed.json()["items"], *rest["items"])}
    assert states == {first["claim"]: "used", second["claim"]: "waiting"}
    assert second["key"] not in listed.text
    assert program.post(f"/claims/{first['claim']}/withdraw").json()["type"].endswith("claim-used")
    assert program.post(f"/claims/{second['claim'].lower()}/withdraw").json()["state"] == "withdrawn"
    assert program.post("/claims/K7MP4QXT0/withdraw").status_code == 404


def test_all_that_is_wrong_is_told_at_its_place(town: Town) -> None:
    program = town.program(Scope.ENROL)
    bad = [WANTED, {**WANTED, "counter": "quay-9"}, {**WANTED, "device": "q-1", "roles": []}]
    told = program.post("/claims", json={"claims": bad})
    assert told.status_code == 422
    assert [one["where"] for one in told.json()["errors"]] == [
        "/claims/1/counter",
        "/claims/2/roles",
        "/claims/2/device",
    ]
    assert told.json()["errors"][0]["detail"] == "must be an open counter of the office: quay-1, quay-2"
    held = town.program(Scope.ENROL, office=OTHER)
    assert held.post("/claims", json={"claims": [WANTED]}).json()["errors"][0]["where"] == "/claims/0/office"
    assert program.get("/claims").json()["items"] == []


def test_a_device_is_moved_replaced_and_revoked(town: Town) -> None:
    program = town.program(Scope.ENROL, Scope.READ)
    moved = program.post("/devices/nut-1/move", json={"office": "tan-an", "counter": "quay-2"})
    assert moved.json() == {"device": "nut-1", "what": "moved", "changed": True}
    assert program.post("/devices/nut-1/move", json={"office": "tan-an"}).json()["what"] == "moved"
    for _ in range(2):
        replaced = program.post("/devices/nut-1/replace", json={"by": "nut-2"})
        assert replaced.json()["what"] == "took_place"
    assert replaced.json()["changed"] is False
    assert [one["what"] for one in program.get("/devices/nut-2/history").json()["items"]] == [
        "moved",
        "took_place",
        "by_hand",
    ]
    assert program.post("/devices/q-1/rotate").json()["type"].endswith("device-no-key")
    assert [program.post("/devices/q-1/revoke").json()["changed"] for _ in range(2)] == [True, False]
    assert program.post("/devices/q-1/move", json={"office": "tan-an"}).json()["type"].endswith("device-revoked")
    assert program.post("/devices/q-2/retire").json()["what"] == "retired"
    assert program.post("/devices/q-7/retire").status_code == 404
    assert town.program(Scope.ENROL, office=OTHER).post("/devices/nut-2/revoke").status_code == 404


def test_a_program_of_one_office_does_nothing_to_devices_and_claims_of_another(town: Town) -> None:
    theirs = town.program(Scope.ENROL, Scope.READ, Scope.COMMAND, office=OTHER)
    bodies = {"move": {"office": OTHER}, "replace": {"by": "nut-2"}, "rotate": {}, "revoke": {}, "retire": {}}
    for verb, body in bodies.items():
        told = theirs.ask("POST", f"/devices/nut-1/{verb}", json=body or None)
        assert told.json()["type"].endswith("no-such-device"), verb
    for what in ("history", "evidence"):
        assert theirs.get(f"/devices/nut-1/{what}").status_code == 404, what
    told = theirs.post("/commands", json={"verb": "restart", "filter": {"devices": ["nut-1"]}})
    assert told.json()["type"].endswith("no-such-device")
    told = theirs.post("/commands", json={"verb": "restart", "filter": {"role": "rating"}})
    assert told.json()["type"].endswith("order-nobody")
    everybody = town.program()
    made = everybody.post("/claims", json={"claims": [WANTED]}).json()["items"][0]["claim"]
    order = everybody.post("/commands", json={"verb": "restart", "filter": {"devices": ["nut-1"]}}).json()["id"]
    assert theirs.post(f"/claims/{made}/withdraw").json()["type"].endswith("no-such-claim")
    assert theirs.get("/claims").json()["items"] == []
    assert theirs.post(f"/commands/{order}/stop").json()["type"].endswith("no-such-order")
    assert everybody.get(f"/commands/{order}").json()["over"] is False


def test_a_program_of_one_office_sends_no_device_to_another_and_takes_none_from_there(town: Town) -> None:
    ours = town.program(Scope.ENROL, office="tan-an")
    assert ours.post("/devices/nut-1/move", json={"office": OTHER}).json()["type"].endswith("no-such-office")
    everybody = town.program()
    assert everybody.post("/devices/nut-2/move", json={"office": OTHER}).json()["what"] == "move_asked"
    with town.store.writing() as connection:
        settle(connection, known(connection, "nut-2"), OTHER, None, "lan", town.now_ms)
    assert ours.post("/devices/nut-1/replace", json={"by": "nut-2"}).json()["type"].endswith("no-such-device")
    town.now_ms += 1
    order = everybody.post("/commands", json={"verb": "restart", "filter": {"devices": ["nut-1", "nut-2"]}}).json()[
        "id"
    ]
    part = town.program(Scope.COMMAND, Scope.READ, office="tan-an")
    assert [one["device"] for one in part.get(f"/commands/{order}").json()["devices"]] == ["nut-1"]
    assert part.post(f"/commands/{order}/stop").json()["type"].endswith("no-such-order"), "others wait for it, too"
