"""Another network: only what the device's own key sealed, and never twice; and what it becomes of the old one."""

import asyncio
import binascii
import json

import pytest

from firmware import keeping_keys, new_network, taking_in
from firmware.clock import Clock
from firmware.enrolling import kept_network, read_network, start_boot
from firmware.flash_files import write_json
from firmware.kept import found
from protocols.message import ProtocolError
from protocols.sealing import derived, sealed
from tests.firmware.fresh_flash import Nor, fresh_flash

KEY, STRANGER = bytes(range(32)), bytes(32)
NOW = 1_795_312_800_000
MINUTE = 60_000
OLD = {
    "host": "old",
    "port": 8883,
    "tls": "cert",
    "ca": "QUFB" * 8,
    "name": "broker",
    "ssid": "A",
    "wifi_password": "x" * 9,
}


class Board:
    def __init__(self):
        self.root, self.kept, self.failures = fresh_flash(), Nor(), 0

    def region(self, name):
        return self.kept

    def keep_failures(self, count):
        self.failures = count


class Device:
    """One boot, as far as `new_network` sees it."""

    def __init__(self, board):
        self.board, self.identity = board, start_boot(board)
        self.network = read_network(board, "tp-1", True)
        self.clock = Clock(lambda: 500, lambda a, b: a - b)
        self.clock.hear(NOW)
        self.trial, self.awake_until, self.lines = (
            None,
            0,
            [0, b"9 link: OSError [Errno 111] ECONNREFUSED\n11 boot 3\n"],
        )
        self.said, self.end_reason = [], ""
        new_network.start(self)

    def say(self, name, message, qos):
        self.said.append(message)

    def end(self, reason):
        self.end_reason = self.end_reason or reason


@pytest.fixture
def board(monkeypatch):
    """A device with a key and a network; what would begin anew is the next `Device`."""
    board = Board()
    monkeypatch.setattr(asyncio, "create_task", lambda task: task.close())
    keys = {"a": binascii.hexlify(KEY).decode()}
    write_json(board.root + "/network.json", OLD)
    write_json(board.root + "/identity.json", {"device": "tp-1", "epoch": 3, "keys": keys, "use": "a", "claim": None})
    return board


def secret(network, version=NOW, key=KEY, purpose="network", expires=NOW + MINUTE, slot="a"):
    body = json.dumps({"version": version, "expires": expires, "within_s": 60, "network": network}).encode()
    return {"slot": slot, "purpose": "network", "sealed": sealed(derived(key, purpose), b"n" * 8, body)}


def taken(board, *secrets):
    device = Device(board)
    for one in secrets:
        new_network.take(device, keeping_keys.take(device, one))
    return device


OTHER = {"ssid": "B", "wifi_password": "y" * 9}


def test_what_its_own_key_did_not_seal_for_this_is_refused(board):
    short = {"slot": "a", "purpose": "network", "sealed": sealed(KEY, b"n" * 8, b"k" * 32)}
    spoilt = secret(OTHER)
    spoilt["sealed"] = spoilt["sealed"][:-8] + "AAAAAAA="
    strangers = [
        secret(OTHER, key=STRANGER),  # made by somebody else
        secret(OTHER, purpose="key"),  # made for something else
        short,  # a key that was sealed for this device, said again as a network
        spoilt,
        {"slot": "a", "purpose": "network", "sealed": json.dumps(OTHER)},
        {"slot": "a", "purpose": "network"},
        secret(OTHER, slot="b"),
        secret(OTHER, expires=NOW - 1),  # kept by somebody, and said too late
        secret(OTHER, expires=None),
        secret(OTHER, version="9"),
        secret({}),
        secret({"host": None}),
        secret({"port": "1883"}),
        secret([]),
    ]
    for one in strangers:
        device = Device(board)
        with pytest.raises(ProtocolError) as refused:
            new_network.take(device, keeping_keys.take(device, one))
        assert "y" * 9 not in str(refused.value)
        assert found(board).get("network_next") is None and Device(board).network.host == "old"


def test_what_was_said_before_is_refused(board):
    device = taken(board, secret(OTHER))
    device = Device(board)
    assert (device.network.wifi.ssid, device.network.version, device.trial) == ("B", NOW, 60_000)
    new_network.welcome(device)
    for version in (NOW - 1, NOW):
        with pytest.raises(ProtocolError, match="a version above"):
            taken(board, secret({"ssid": "C"}, version))
    assert Device(board).network.wifi.ssid == "B"
    taken(board, secret({"ssid": "C"}, NOW + 1))
    new_network.failed(Device(board), "not welcomed in time")
    with pytest.raises(ProtocolError, match="a version above"):
        taken(board, secret({"ssid": "C"}, NOW + 1))


def test_told_again_meanwhile_it_is_one_trial(board):
    taken(board, secret(OTHER), secret(OTHER))
    assert found(board).get("network_next")["boots"] == 0


def test_what_it_can_not_use_is_refused_without_a_word_of_the_secret(board):
    bad = {"ssid": "B", "wifi_password": "ngan"}, {"tls": "cert", "ca": "QUFB"}, {"tls": "soon"}, {"protocol": 7}
    for number, parts in enumerate(bad):
        device = taken(board, secret(parts, NOW + number))
        assert device.said[0]["ok"] is False and "ngan" not in device.said[0]["reason"]
        assert device.said[0]["id"] == "net-%d" % (NOW + number)
    assert found(board).get("network_next") is None


def test_one_with_which_it_goes_dark_is_given_up_and_told(board):
    taken(board, secret({"host": "nowhere"}))
    device = Device(board)
    assert new_network.failed(device, "not welcomed in time") and device.end_reason == "reverted"
    device = Device(board)
    reason = "not welcomed in time; OSError [Errno 111] ECONNREFUSED"
    assert device.network.back == {"version": NOW, "reason": reason}
    assert (device.network.host, device.network.version, device.trial) == ("old", None, None)
    assert kept_network(board) == OLD and found(board).get("network_next") is None


def test_who_falls_again_and_again_goes_back_by_itself(board):
    taken(board, secret({"host": "nowhere"}))
    assert [Device(board).network.host for _ in range(4)] == ["nowhere"] * 3 + ["old"]
    assert Device(board).network.back["reason"] == "not welcomed in 3 boots"


def test_only_what_changes_is_another(board):
    taken(board, secret({"ssid": "C", "host": "mqtt.example", "port": 1883}))
    new_network.welcome(Device(board))
    wanted = dict(OLD, ssid="C", host="mqtt.example", port=1883, version=NOW)
    del wanted["wifi_password"]  # another Wi-Fi, which is open
    assert kept_network(board) == wanted
    taken(board, secret({"tls": "psk"}, NOW + 1))
    device = Device(board)
    assert device.network.tls.derived and device.network.host == "mqtt.example"
    new_network.welcome(device)
    taken(board, secret({"tls": None}, NOW + 2))
    new_network.welcome(Device(board))
    assert kept_network(board) == {"host": "mqtt.example", "port": 1883, "ssid": "C", "version": NOW + 2}


def test_the_cable_has_the_last_word(board):
    taken(board, secret(OTHER))
    write_json(board.root + "/network.json", {"host": "third", "port": 1})
    taking_in.take_in_files(found(board), board.root)
    device = Device(board)
    assert (device.network.host, device.network.wifi, device.trial) == ("third", None, None)
