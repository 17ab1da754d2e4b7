"""Mosquitto's dynamic security, the real plugin: what the broker knows after each change, a loss, and a refusal."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.domain.access import AccessFailed, Credential
from fleet.flows.enrol import hashed
from fleet.provisioning.access_dynsec import AccessDynsec
from fleet.provisioning.dynsec_commands import FLEET_ROLE, Listed, listed_of, whole_file
from fleet.provisioning.dynsec_control import Refusal
from protocols.topics import down
from tests.fleet.provisioning.province import FLEET_PASSWORD, SOON_S, Province, credential_of, let_in, running


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    with running(tmp_path_factory.mktemp("dynsec"), "dynsec") as province:
        yield province


@pytest.fixture
def access(province: Province) -> Iterator[AccessDynsec]:
    """A driver that has just begun, on a broker without devices."""
    access = province.access()
    assert isinstance(access, AccessDynsec)
    access.apply()
    yield access
    access.leave()


def kept(province: Province) -> dict[str, Any]:
    """What stands in the plugin's own file."""
    found: dict[str, Any] = json.loads((province.folder / "dynamic-security.json").read_text())
    return found


def listed(province: Province) -> dict[str, Listed]:
    return listed_of(kept(province)["clients"])


def begin_with(province: Province, text: str) -> None:
    """The broker ends, and begins with this file."""
    province.stop()
    (province.folder / "dynamic-security.json").write_text(text)
    province.start()


def comes(province: Province, device: str, slot: int = 0) -> bool:
    return let_in(province.device(device, "password", credential_of(device, slot)))


def test_devices_come_change_and_go(province: Province, access: AccessDynsec) -> None:
    access.put([credential_of("q-1"), credential_of("q-2"), credential_of("q-3")])
    assert access.apply() == []
    assert set(listed(province)) == {"q-1", "q-2", "q-3"}
    live = [province.device(device, "password").come() for device in ("q-1", "q-2", "q-3")]
    access.put([credential_of("q-2", slot=1)])
    access.remove("q-1")
    assert access.apply() == ["q-1", "q-2"]
    for device in live[:2]:
        device.gone.get(timeout=SOON_S)  # the plugin itself ends their sessions
    assert [comes(province, device) for device in ("q-1", "q-2", "q-3")] == [False, False, True]
    assert comes(province, "q-2", slot=1)
    assert {"motcua-device-q-2", "motcua-device-q-3"} == device_roles(province)
    for device in live:
        device.leave()


def device_roles(province: Province) -> set[str]:
    return {one["rolename"] for one in kept(province)["roles"]} - {FLEET_ROLE}


def test_a_batch_is_few_messages_and_what_is_known_is_not_told_again(
    province: Province, access: AccessDynsec, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []
    ask = access.control.ask_at_once
    monkeypatch.setattr(
        access.control, "ask_at_once", lambda some: (sent.append([one["command"] for one in some]), ask(some))[1]
    )
    many = [credential_of(f"n-{number}") for number in range(40)]
    access.put(many)
    access.apply()
    told = [commands for commands in sent if "createClient" in commands]
    assert (len(told), sum(map(len, told))) == (2, 80)
    sent.clear()
    access.put(many)
    assert access.apply() == []
    assert {command for commands in sent for command in commands} == {"getDefaultACLAccess", "listClients", "listRoles"}
    assert set(listed(province)) == {one.device for one in many}, "and who was there before us is gone"


def test_where_it_takes_long_some_is_left_for_the_next_round_and_who_is_revoked_meanwhile_goes_first(
    province: Province, access: AccessDynsec, monkeypatch: pytest.MonkeyPatch
) -> None:
    access.put([credential_of("q-1")])
    access.apply()
    monkeypatch.setattr("fleet.provisioning.access_dynsec.ROUND_S", 0.0)
    monkeypatch.setattr("fleet.provisioning.access_dynsec.WRITTEN_AT_ONCE", 4)
    access.put([credential_of(f"n-{number}") for number in range(3)])
    access.apply()
    assert access.in_doubt and comes(province, "q-1")
    access.remove("q-1")
    assert access.apply() == ["q-1"]
    assert access.in_doubt and "q-1" not in listed(province)
    until_told(access)
    assert set(listed(province)) == {"n-0", "n-1", "n-2"}


def test_a_broker_that_lost_its_file_is_told_again(province: Province, access: AccessDynsec) -> None:
    access.put([credential_of("q-1"), credential_of("q-2")])
    access.apply()
    assert not access.in_doubt
    begin_with(province, json.dumps(whole_file([credential_of("q-9")], hashed(FLEET_PASSWORD))))
    assert not comes(province, "q-1")
    back(access)
    assert (comes(province, "q-1"), comes(province, "q-9")) == (True, False)


def test_who_is_to_be_kept_stays_and_comes_as_before(province: Province, access: AccessDynsec) -> None:
    access.put([credential_of("q-1"), credential_of("q-2")])
    access.apply()
    another = province.access()  # of a fleet that knows neither
    assert isinstance(another, AccessDynsec) and another.listed() == {"q-1", "q-2"}
    another.keep({"q-1", "q-2"})
    another.put([credential_of("q-3")])
    assert another.apply() == []
    assert comes(province, "q-1") and comes(province, "q-3")
    assert "motcua-device-q-1" in device_roles(province)
    another.keep(frozenset())
    assert another.apply() == ["q-1", "q-2"]
    assert device_roles(province) == {"motcua-device-q-3"}
    another.leave()


def back(access: AccessDynsec) -> None:
    """The broker is there again, and has been told all."""
    access.control.ready.clear()
    access.control.leave()
    access.control.client = None
    assert access.control.was_gone and access.in_doubt
    access.apply()
    assert not access.in_doubt


def test_a_broker_that_begins_with_the_file_of_the_command_needs_nothing(
    province: Province, access: AccessDynsec
) -> None:
    everybody = [credential_of("q-1"), Credential("old-1", hashed("by hand"))]
    begin_with(province, json.dumps(whole_file(everybody, hashed(FLEET_PASSWORD))))
    assert comes(province, "q-1")
    access.put(everybody)
    assert (access.apply(), access.untellable) == ([], [])
    assert set(listed(province)) == {"q-1", "old-1"}


def test_a_device_that_is_called_like_somebody_elses_client_gets_none_of_its_rights_and_hinders_nobody(
    province: Province, access: AccessDynsec, caplog: pytest.LogCaptureFixture
) -> None:
    grafana = {"command": "createClient", "username": "grafana", "password": "theirs", "textname": "monitoring"}
    access.control.ask([grafana])
    access.put([credential_of("grafana"), credential_of("q-1")])
    with caplog.at_level(logging.ERROR):
        access.apply()
    assert (comes(province, "q-1"), comes(province, "grafana")) == (True, False)
    assert not let_in(province.device("grafana", "psk")), "its key would be a second way in as the other"
    assert let_in(province.device("q-1", "psk")) and "grafana" in caplog.text and not access.in_doubt
    access.control.ask([{"command": "deleteClient", "username": "grafana"}])
    access.apply()
    assert comes(province, "grafana") and let_in(province.device("grafana", "psk"))


def test_a_device_of_which_only_a_hash_is_known_is_named_and_its_old_password_opens_no_door(
    province: Province, access: AccessDynsec, caplog: pytest.LogCaptureFixture
) -> None:
    access.put([credential_of("q-1"), Credential("q-2", hashed("by hand"))])
    with caplog.at_level(logging.ERROR):
        assert access.apply() == []
        access.put([Credential("q-1", hashed("by hand, too"))])
        assert access.apply() == ["q-1"]
        access.apply()
    assert [record.args for record in caplog.records] == [("q-2",), ("q-1, q-2",)]
    assert not comes(province, "q-1")


def test_an_account_of_mosquittos_own_tool_is_given_what_it_lacks(province: Province, access: AccessDynsec) -> None:
    bare = whole_file([], hashed(FLEET_PASSWORD))
    admin = [rule for rule in bare["roles"][0]["acls"] if "CONTROL" in rule["topic"]]
    bare["roles"] = [{"rolename": "admin", "acls": admin}]
    bare["clients"][0]["roles"] = [{"rolename": "admin"}]
    bare["defaultACLAccess"] |= {"publishClientSend": True, "subscribe": True}
    begin_with(province, json.dumps(bare))
    access.put([credential_of("q-1")])
    until_told(access)  # its account is thrown off when it is given the role
    assert kept(province)["defaultACLAccess"]["subscribe"] is False
    device, fleet = province.device("q-1", "password").come(), province.fleet()
    fleet.publish(down("q-1", "state"), b"told")
    assert device.told_raw("state").payload == b"told"
    device.leave()
    fleet.leave()


def until_told(access: AccessDynsec) -> None:
    """As the doorkeeper does: again until nothing stands in the way."""
    for _ in range(20):
        try:
            access.apply()
        except AccessFailed:
            continue
        if not access.in_doubt:
            return
    raise AssertionError("the broker was not told in 20 rounds")


def test_a_file_of_keys_that_cannot_be_written_keeps_nobody_in_the_plugin(
    province: Province, access: AccessDynsec, tmp_path: Path
) -> None:
    access.put([credential_of("q-1")])
    access.apply()
    assert access.keys is not None
    folder, access.keys.folder = access.keys.folder, tmp_path / "file"
    access.keys.folder.write_text("")
    access.remove("q-1")
    with pytest.raises(AccessFailed, match="file"):
        access.apply()
    assert access.in_doubt and listed(province) == {}
    access.keys.folder = folder
    assert access.apply() == ["q-1"]


def test_what_the_plugin_refuses_is_a_sentence_and_is_tried_again(province: Province, access: AccessDynsec) -> None:
    access.put([credential_of("q-1")])
    access.apply()
    with pytest.raises(Refusal, match="dynamic security refuses createClient of 'q-1': Client already exists"):
        access.control.ask([{"command": "createClient", "username": "q-1", "password": "x"}])
    with pytest.raises(Refusal, match="refuses nonsense of 'all': Unknown command"):
        access.control.ask([{"command": "nonsense"}])
    access.put([credential_of("q-2")])
    assert access.apply() == []


def changed(**settings: object) -> Callable[[Province], AccessDynsec]:
    def make(province: Province) -> AccessDynsec:
        access = province.access()
        assert isinstance(access, AccessDynsec)
        access.control.settings = province.settings.model_copy(update=settings)
        return access

    return make


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (changed(broker_password="wrong"), "Mosquitto refuses the account 'fleet': "),
        (
            changed(broker_user="watcher", broker_password="watch"),
            r"does not let the account 'watcher' read \$CONTROL/dynamic-security/v1/response",
        ),
    ],
)
def test_an_account_that_may_not_is_said(
    province: Province,
    access: AccessDynsec,
    make: Callable[[Province], AccessDynsec],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access.control.ask([{"command": "createClient", "username": "watcher", "password": "watch"}])
    monkeypatch.setattr("fleet.provisioning.dynsec_control.REACHED_WITHIN_S", 0.5)
    other = make(province)
    with pytest.raises(AccessFailed, match=sentence):
        other.apply()
    other.leave()
    access.control.ask([{"command": "deleteClient", "username": "watcher"}])


def test_the_files_of_the_province_hold_no_secret_in_the_clear(province: Province, access: AccessDynsec) -> None:
    one = credential_of("q-1")
    access.put([one])
    access.apply()
    text = (province.folder / "dynamic-security.json").read_text() + Path(province.folder / "log").read_text()
    assert one.password is not None and one.psk is not None
    assert one.password not in text and one.psk not in text
