"""Orders to devices through the API."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows import command, command_many
from fleet.flows.presence import seen
from protocols.commands import Reply
from protocols.presence import Alive
from tests.fleet.api.conftest import OTHER, Town


def test_a_number_is_ordered_printed_and_told(town: Town) -> None:
    seen(town.store, "tp-1", Alive(), town.now_ms)
    program = town.program(Scope.COMMAND)
    body = {"verb": "take", "service": "ho-tich", "priority": True}
    asked = program.ask("POST", "/devices/tp-1/commands", json=body, headers={"Idempotency-Key": "one-press"})
    assert (asked.status_code, asked.json()["state"], asked.json()["asked_by"]) == (202, "waiting", "test")
    again = program.ask("POST", "/devices/tp-1/commands", json=body, headers={"Idempotency-Key": "one-press"})
    assert again.json()["id"] == asked.json()["id"]
    ((device, order),) = command.untold(town.store, 5, town.now_ms)
    assert (device, order.verb, order.arguments) == ("tp-1", "take", {"service": "ho-tich", "priority": True})
    command.answered(
        town.store, "tp-1", Reply(id=order.id, ok=True, result={"service": "ho-tich", "number": 7}), town.now_ms + 400
    )
    reader = town.program(Scope.READ)
    found = reader.ask("GET", asked.headers["location"].removeprefix("/api/v1")).json()
    assert (found["state"], found["number"], found["label"]) == ("done", 7, "A007")
    assert reader.ask("GET", "/devices/tp-1/commands").json()["items"] == [found]


@pytest.mark.parametrize(
    ("device", "body", "status", "kind"),
    [
        ("nobody", {"verb": "identify"}, 404, "no-such-device"),
        ("q-1", {"verb": "identify"}, 409, "device-away"),
        ("nut-1", {"verb": "test_print"}, 409, "device-no-printer"),
        ("tp-1", {"verb": "take"}, 422, "unfit"),
        ("tp-1", {"verb": "explode"}, 422, "unfit"),
        ("tp-1", {"verb": "identify", "seconds": 61}, 422, "unfit"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_words(
    town: Town, device: str, body: dict[str, object], status: int, kind: str
) -> None:
    seen(town.store, "tp-1", Alive(), town.now_ms)
    answer = town.program(Scope.COMMAND).ask("POST", f"/devices/{device}/commands", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{kind}")


def test_a_device_elsewhere_does_not_exist(town: Town) -> None:
    program = town.program(Scope.COMMAND, office=OTHER)
    assert program.ask("POST", "/devices/tp-1/commands", json={"verb": "identify"}).status_code == 404
    reader = town.program(Scope.READ)
    assert reader.ask("GET", "/devices/tp-1/commands/none").json()["type"].endswith("no-such-command")


def test_a_device_tells_how_it_is(town: Town) -> None:
    seen(town.store, "tp-1", Alive(), town.now_ms)
    program = town.program(Scope.COMMAND, Scope.READ)
    asked = program.ask("POST", "/devices/tp-1/commands", json={"verb": "log", "first": 7})
    ((_, order),) = command.untold(town.store, 5, town.now_ms)
    assert order.arguments == {"from": 7}
    said = {"first": 7, "lines": ["9 link: OSError\u202e 104"], "up": 12}
    command.answered(town.store, "tp-1", Reply(id=order.id, ok=True, result=said), town.now_ms)
    found = program.ask("GET", asked.headers["location"].removeprefix("/api/v1")).json()
    assert found["report"] == {"first": 7, "lines": ["9 link: OSError? 104"], "up": 12}


def test_many_devices_are_asked_with_one_request(town: Town) -> None:
    for device in ("q-1", "nut-1"):
        seen(town.store, device, Alive(), town.now_ms)
    program = town.program(Scope.COMMAND, Scope.READ)
    body = {"verb": "restart", "filter": {"unit": "tan-an", "presence": "online"}}
    asked = program.ask("POST", "/commands", json=body, headers={"Idempotency-Key": "night"})
    assert (asked.status_code, asked.json()["counts"]) == (202, {"pending": 2})
    again = program.ask("POST", "/commands", json=body, headers={"Idempotency-Key": "night"})
    assert again.json()["id"] == asked.json()["id"]
    assert command_many.give_turns(town.store, town.now_ms) == 2
    told = dict(command.untold(town.store, 5, town.now_ms))
    command.answered(town.store, "q-1", Reply(id=told["q-1"].id, ok=True), town.now_ms + 400)
    where = asked.headers["location"].removeprefix("/api/v1")
    found = program.get(where).json()
    assert {one["device"]: one["state"] for one in found["devices"]} == {"nut-1": "waiting", "q-1": "done"}
    assert program.ask("POST", where + "/stop").json()["over"] is False
    elsewhere = town.program(Scope.READ, office=OTHER)
    assert elsewhere.get(where).json()["type"].endswith("no-such-order")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"verb": "restart", "filter": {}}, 422, "unfit"),
        ({"verb": "restart", "filter": {"office": "nowhere"}}, 409, "order-nobody"),
        ({"verb": "restart", "filter": {"devices": ["ghost"]}}, 404, "no-such-device"),
        ({"verb": "take", "filter": {"role": "printer"}}, 422, "unfit"),
    ],
)
def test_an_order_to_many_that_is_none_is_refused(town: Town, body: dict[str, object], status: int, kind: str) -> None:
    answer = town.program(Scope.COMMAND).ask("POST", "/commands", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{kind}")
