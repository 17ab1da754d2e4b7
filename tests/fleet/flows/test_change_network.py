"""Devices are given another network: one first, told until it has it, and nothing secret is left at the fleet."""

import json
from pathlib import Path

import pytest

from fleet.domain.network_changes import CA_BYTES, NetworkRefused, NetworkWanted
from fleet.domain.registry import RegistryRefused
from fleet.flows import change_network as flow
from fleet.flows.registry import history
from fleet.store import device_keys, devices
from fleet.store.database import Store
from fleet.store.device_keys import NewKey
from fleet.store.rows import every, sql
from protocols.commands import Reply, Secret
from protocols.presence import Hello
from protocols.sealing import derived, unsealed
from tests.fleet.office import NINE, OFFICE, open_office

PASSWORD = "mat-khau-moi"
WIFI = NetworkWanted(ssid="Tầng 2", wifi_password=PASSWORD)
KEYS = {"tp-1": b"1" * 32, "q-1": b"2" * 32, "q-2": b"3" * 32}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The office, three of whose devices have a key."""
    store = open_office(tmp_path)[0]
    with store.writing() as connection:
        device_keys.give(connection, [NewKey(device, key) for device, key in KEYS.items()], NINE)
    return store


def begin(store: Store, *chosen: str, wanted: NetworkWanted = WIFI, at_ms: int = NINE) -> int:
    with store.writing() as connection:
        return flow.begin(connection, wanted, chosen, "lan", at_ms)[0].version


def hello(store: Store, device: str, at_ms: int = NINE, **more: object) -> Secret | None:
    said = Hello(firmware="0.2", board="test", roles=[], boot=3, nonce="n", up=5, **more)  # type: ignore[arg-type]
    return flow.heard(store, device, said, at_ms)


def steps(store: Store) -> dict[str, str]:
    return {one.device: one.step.value for one in flow.changes_at(store, OFFICE)}


def opened(device: str, secret: Secret | None) -> dict[str, object]:
    assert secret is not None and (secret.purpose, secret.slot) == ("network", "a")
    found: dict[str, object] = json.loads(unsealed(derived(KEYS[device], "network"), secret.sealed))
    return found


def left(store: Store) -> list[str]:
    """Devices of which something secret is still kept."""
    with store.reading() as connection:
        found = every(connection, sql("SELECT device FROM network_changes WHERE parts IS NOT NULL ORDER BY device"))
    return [row.device for row in found]


def words(store: Store, device: str) -> list[str]:
    return [one.what for one in history(store, device)][::-1]


def test_a_device_is_told_until_it_came_with_it(store: Store) -> None:
    version = begin(store, "tp-1")
    wanted = {"ssid": "Tầng 2", "wifi_password": PASSWORD}
    for _ in range(2):  # the first one was lost
        found = opened("tp-1", hello(store, "tp-1"))
        assert (found["version"], found["network"], found["within_s"]) == (version, wanted, 300)
        assert steps(store) == {"tp-1": "told"}
    assert not flow.replied(store, "tp-1", Reply(id="net-9", ok=True), NINE)
    assert flow.replied(store, "tp-1", Reply(id=f"net-{version}", ok=True), NINE)
    assert steps(store) == {"tp-1": "trying"} and left(store) == ["tp-1"]
    assert hello(store, "tp-1", network=version) is None
    assert steps(store) == {"tp-1": "confirmed"} and left(store) == []
    assert words(store, "tp-1")[1:] == ["network_asked", "network_confirmed"]
    assert hello(store, "tp-1", network=version) is None


def test_the_others_are_told_when_the_first_one_has_come_with_it(store: Store) -> None:
    version = begin(store, *KEYS)
    assert hello(store, "q-1") is not None
    assert hello(store, "q-2") is None and hello(store, "tp-1") is None
    assert steps(store) == {"q-1": "told", "q-2": "waiting", "tp-1": "waiting"}
    hello(store, "q-1", network=version)
    assert hello(store, "q-2") is not None and hello(store, "tp-1") is not None


def test_what_the_first_one_can_not_live_with_is_kept_from_the_others(store: Store) -> None:
    version = begin(store, *KEYS)
    hello(store, "q-1")
    flow.replied(store, "q-1", Reply(id=f"net-{version}", ok=True), NINE)
    assert hello(store, "q-1", network_back={"version": version, "reason": "no such access\npoint"}) is None
    assert steps(store) == {"q-1": "back", "q-2": "given_up", "tp-1": "given_up"} and left(store) == []
    assert hello(store, "q-2") is None
    (first,) = [one for one in flow.changes_at(store, OFFICE) if one.device == "q-1"]
    assert first.reason == "no such access?point"
    assert words(store, "q-1")[-1] == "network_back" and words(store, "q-2")[-1] == "network_given_up"


def test_one_that_it_can_not_use_is_refused(store: Store) -> None:
    version = begin(store, "q-1", wanted=NetworkWanted(host="mqtt.example", port=8883))
    assert opened("q-1", hello(store, "q-1"))["network"] == {"host": "mqtt.example", "port": 8883}
    flow.replied(store, "q-1", Reply(id=f"net-{version}", ok=False, reason="expected tls"), NINE)
    assert steps(store) == {"q-1": "refused"} and left(store) == []


def test_a_device_that_did_not_hear_its_welcome_went_back_all_the_same(store: Store) -> None:
    version = begin(store, "q-1")
    hello(store, "q-1", network=version)
    hello(store, "q-1", network_back={"version": version, "reason": "not welcomed in time"})
    assert steps(store) == {"q-1": "back"}


def test_devices_that_stay_connected_are_told_without_a_hello(store: Store) -> None:
    begin(store, "q-1", "q-2")
    assert flow.untold(store, 10, NINE) == []
    with store.writing() as connection:
        devices.saw_presence(connection, "q-2", "online", NINE)
    assert [device for device, _ in flow.untold(store, 10, NINE)] == ["q-2"]
    assert flow.untold(store, 10, NINE + 1) == []
    assert [device for device, _ in flow.untold(store, 10, NINE + flow.AGAIN_MS + 1)] == ["q-2"], "told again"


def test_while_it_is_being_given_another_key_it_waits_for_that(store: Store) -> None:
    begin(store, "q-1")
    with store.writing() as connection:
        device_keys.begin_next(connection, "q-1", "b", b"9" * 32, NINE)
    assert hello(store, "q-1") is None
    with store.writing() as connection:
        device_keys.is_in_force(connection, "q-1", NINE)
    secret = hello(store, "q-1")
    assert secret is not None and secret.slot == "b"


def test_a_person_withdraws_it_and_the_next_one_is_the_first(store: Store) -> None:
    version = begin(store, "q-1", "q-2")
    hello(store, "q-1")
    with store.writing() as connection:
        assert flow.withdraw(connection, "q-1", "lan", NINE)
        assert not flow.withdraw(connection, "q-1", "lan", NINE) and not flow.withdraw(connection, "tp-1", "lan", NINE)
    assert steps(store)["q-1"] == "given_up" and left(store) == ["q-2"]
    assert hello(store, "q-2") is not None
    hello(store, "q-1", network=version)
    assert steps(store)["q-1"] == "confirmed", "it had it on flash already"


def test_another_change_takes_the_place_of_one_that_is_open(store: Store) -> None:
    first = begin(store, "q-1")
    second = begin(store, "q-1", wanted=NetworkWanted(ssid="Kho"))
    assert second == first + 1
    assert opened("q-1", hello(store, "q-1"))["network"] == {"ssid": "Kho", "wifi_password": None}
    hello(store, "q-1", network=first)
    assert steps(store) == {"q-1": "told"}


def test_nothing_secret_lies_open_in_the_database(store: Store, tmp_path: Path) -> None:
    begin(store, *KEYS)
    held = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert "Tầng 2".encode() in held and PASSWORD.encode() not in held


@pytest.mark.parametrize(
    "wanted, why",
    [
        (NetworkWanted(), "nothing"),
        (NetworkWanted(ssid="x" * 33), "ssid"),
        (NetworkWanted(ssid="a\nb"), "ssid"),
        (NetworkWanted(ssid="A", wifi_password="short"), "wifi_password"),
        (NetworkWanted(ssid="A", wifi_password="mật khẩu mới"), "wifi_password"),
        (NetworkWanted(wifi_password=PASSWORD), "wifi_password"),
        (NetworkWanted(host="a b"), "host"),
        (NetworkWanted(port=0), "port"),
        (NetworkWanted(tls="soon"), "tls"),
        (NetworkWanted(tls="cert"), "ca"),
        (NetworkWanted(ca=b"0"), "ca"),
        (NetworkWanted(tls="cert", ca=bytes(CA_BYTES + 1)), "ca"),
    ],
)
def test_a_network_that_no_device_could_use_is_refused(store: Store, wanted: NetworkWanted, why: str) -> None:
    with pytest.raises(NetworkRefused) as refused:
        begin(store, "q-1", wanted=wanted)
    assert refused.value.reason == why
    assert wanted.wifi_password is None or wanted.wifi_password not in str(refused.value)


def test_only_a_device_that_works_and_has_a_key_can_be_told(store: Store) -> None:
    with pytest.raises(NetworkRefused, match="password of its own"):
        begin(store, "nut-1")
    with pytest.raises(RegistryRefused, match="expected an enrolled device"):
        begin(store, "nobody")
    with store.reading() as connection:
        assert flow.keyed_at(connection, OFFICE, NINE) == sorted(KEYS)
        with pytest.raises(NetworkRefused, match="found none"):
            flow.keyed_at(connection, "nowhere", NINE)


def test_the_largest_change_fits_its_message(store: Store) -> None:
    wanted = NetworkWanted("x" * 32, "y" * 63, "h" * 200, 65_535, "cert", bytes(CA_BYTES))
    begin(store, "q-1", wanted=wanted)
    assert hello(store, "q-1") is not None
    assert steps(store) == {"q-1": "told"}
