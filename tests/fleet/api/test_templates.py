"""Templates through the API."""

from fleet.domain.api_rights import Scope
from tests.fleet.api.conftest import OTHER, Town

HERE = "/templates/office:tan-an:rating"


def test_a_template_is_said_read_and_taken_back(town: Town) -> None:
    program, reader = town.program(Scope.CONFIGURE), town.program(Scope.READ)
    seen = program.post(f"{HERE}/preview", json={"fields": {"rating.wait_s": 12}}).json()
    assert (seen["devices"], seen["offices"]) == (seen["changed"], ["tan-an"])
    assert seen["items"][0]["fields"] == {"rating.wait_s": 12}
    wanted = {"json": {"fields": {"rating.wait_s": 12}, "version": 0}, "headers": {"Idempotency-Key": "one"}}
    said = program.ask("PUT", HERE, **wanted)
    assert said.json() == {
        "template": "office:tan-an:rating", "version": 1, "changed": True, "devices": seen["changed"],
    }  # fmt: skip
    assert program.ask("PUT", HERE, **wanted).json() == said.json(), "the same request again is answered as before"
    assert program.ask("PUT", HERE, json={"fields": {}, "version": 0}).json()["type"].endswith("template-changed")
    assert program.ask("PUT", HERE, json={"fields": {}, "version": 1}).json()["version"] == 2
    assert program.post(f"{HERE}/back", json={"version": 1}).json()["version"] == 3
    assert [one["id"] for one in reader.get("/templates").json()["items"]] == ["office:tan-an:rating"]
    assert [one["version"] for one in reader.get(f"{HERE}/versions").json()["items"]] == [3, 2, 1]
    device = seen["items"][0]["device"]
    fields = {one["field"]: one for one in reader.get(f"/devices/{device}/settings").json()["items"]}
    assert fields["rating.wait_s"] == {
        "field": "rating.wait_s", "value": 12, "origin": "office", "template": "office:tan-an:rating", "version": 3,
    }  # fmt: skip
    assert fields["scale"]["origin"] == "product"


def test_what_can_not_be_is_told_at_its_place_and_never_repeated(town: Town) -> None:
    program = town.program(Scope.CONFIGURE)
    for fields, detail in (
        ({"rating.wait_s": 99}, "must be a whole number from 3 to 30"),
        ({"rating.reasons": ["Nguyễn Văn A"]}, "must be a value that this field takes"),
        ({"display.volume": 9}, "must be a field that devices of this template have"),
    ):
        told = program.ask("PUT", HERE, json={"fields": fields})
        assert told.status_code == 422 and "Nguyễn" not in told.text
        assert told.json()["errors"][0]["where"] == f"/fields/{next(iter(fields))}"
        assert told.json()["errors"][0]["detail"].startswith(detail)
    assert program.post(f"{HERE}/back", json={"version": 7}).json()["errors"][0]["where"] == "/version"


def test_a_token_of_an_office_says_nothing_elsewhere(town: Town) -> None:
    held = town.program(Scope.CONFIGURE, office=OTHER)
    for template in ("office:tan-an:all", "unit:tinh:all", "somewhere"):
        told = held.ask("PUT", f"/templates/{template}", json={"fields": {}})
        assert (told.status_code, told.json()["type"].rpartition(":")[2]) == (404, "no-such-template")
    assert held.ask("PUT", f"/templates/office:{OTHER}:all", json={"fields": {"confirm_within_s": 60}}).json()[
        "changed"
    ]
