"""Another network for devices, through the API: never a secret in an answer, nor in what is kept for a repetition."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.store import device_keys
from fleet.store.device_keys import NewKey
from fleet.store.rows import every, sql
from tests.fleet.api.conftest import OTHER, Town

PASSWORD = "mat-khau-moi"
WIFI = {"ssid": "Tầng 2", "wifi_password": PASSWORD}


@pytest.fixture
def keyed(town: Town) -> Town:
    """Two devices of the office have a key."""
    with town.store.writing() as connection:
        device_keys.give(connection, [NewKey("tp-1", b"1" * 32), NewKey("q-1", b"2" * 32)], town.now_ms)
    return town


def test_an_office_is_given_another_network_once(keyed: Town) -> None:
    program = keyed.program(Scope.ENROL)
    made = [program.ask("POST", "/offices/tan-an/network", json=WIFI, headers={"Idempotency-Key": "one"})]
    made.append(program.ask("POST", "/offices/tan-an/network", json=WIFI, headers={"Idempotency-Key": "one"}))
    assert [one.status_code for one in made] == [202, 202] and made[0].json() == made[1].json()
    listed = program.get("/offices/tan-an/network")
    assert [(one["device"], one["step"], one["what"]) for one in listed.json()["items"]] == [
        ("q-1", "waiting", "Wi-Fi Tầng 2"),
        ("tp-1", "waiting", "Wi-Fi Tầng 2"),
    ]
    assert PASSWORD not in made[0].text + listed.text
    with keyed.store.reading() as connection:
        kept = str(every(connection, sql("SELECT * FROM api_answers")))
    assert PASSWORD not in kept
    gone = program.post("/devices/tp-1/network/withdraw").json()["items"]
    assert [(one["device"], one["step"]) for one in gone] == [("tp-1", "given_up")]


def test_what_cannot_be_is_refused_at_its_place(keyed: Town) -> None:
    program = keyed.program(Scope.ENROL)

    def where(path: str = "/devices/tp-1/network", **wanted: object) -> list[str]:
        told = program.post(path, json=wanted)
        assert told.status_code == 422 and "ngan" not in told.text
        return [one["where"] for one in told.json()["errors"]]

    assert where(ssid="A", wifi_password="ngan") == ["/wifi_password"]
    assert where() == [""] and where(host="a b") == ["/host"] and where(port=70_000) == ["/port"]
    assert where(tls="cert") == ["/ca"] and where(tls="cert", ca="ngan") == ["/ca"]
    assert program.post("/devices/nut-1/network", json=WIFI).json()["type"].endswith("device-no-key")
    held = keyed.program(Scope.ENROL, office=OTHER)
    assert held.post("/devices/tp-1/network", json=WIFI).status_code == 404
    assert held.get("/offices/tan-an/network").status_code == 404
    assert held.post(f"/offices/{OTHER}/network", json=WIFI).json()["type"].endswith("order-nobody")
