"""A device is moved to another address of its broker with real processes: a wrong one first, then one behind TLS.

The authority there is one that `motcua ca` makes. Its certificate is the largest secret that a device is ever told.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.clock import now_ms
from fleet.devices_network import read_ca
from fleet.domain.commands import Verb
from fleet.domain.network_changes import NetworkWanted
from fleet.flows import change_network, command
from fleet.flows.enrol import hashed
from fleet.laptop import flash_image
from fleet.laptop.boards import Boards
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.store import device_keys, devices
from fleet.store.device_keys import NewKey
from protocols.sealing import password_of
from tests.compiled import compiled_beside
from tests.firmware.certificates import Certificates, own_certificates
from tests.fleet.workers.house import House, Loop, two_ports

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

DEVICE = "nut-1"
HOST = "127.0.0.1"
KEY = bytes(range(32))
NARROW_HEAP = "124k"
# Less than boards have: it was enough from 116k on, and for what took the secret in one piece at every step not at all.
STEP = "SELECT step, parts FROM network_changes WHERE device = 'nut-1'"
HERE = "SELECT presence, config_reported FROM devices WHERE id = 'nut-1'"
ANSWER = "SELECT COUNT(*) FROM commands WHERE id = :id AND ok = 1"
RESULT = "SELECT result FROM commands WHERE id = :id"
LATER_BOOT = "SELECT COUNT(*) > 0 FROM events WHERE device = 'nut-1' AND kind = 'boot' AND boot > :boot"


class TwoAddresses(Mosquitto):
    """A broker that devices reach at another address, too: there it shows a certificate."""

    def __init__(self, directory: Path, ports: tuple[int, int], other: int, shown: Certificates) -> None:
        super().__init__(directory, *ports)
        self.other, self.shown = other, shown

    def settings(self) -> dict[str, str]:
        """The other address takes devices as the first one does."""
        files = super().settings()
        door = files["mosquitto.conf"].split("\n\n")[1]
        other = door.replace(f"listener {self.devices_port}", f"listener {self.other}")
        other += f"\ncertfile {self.shown.certificate}\nkeyfile {self.shown.key}"
        return files | {"mosquitto.conf": files["mosquitto.conf"].replace(door, f"{door}\n\n{other}")}


def change(house: House, **wanted: Any) -> None:
    """Give the device this network."""
    with house.store.writing() as connection:
        change_network.begin(connection, NetworkWanted(**wanted), [DEVICE], "lan", now_ms())


def network_now(house: House) -> dict[str, Any]:
    """Where the device says that its broker stands."""
    asked = command.ask(house.store, DEVICE, Verb.SNAPSHOT, "lan", now_ms()).id
    house.wait_for_rows(ANSWER, [(1,)], id=asked)
    ((result,),) = house.rows(RESULT, id=asked)
    found: dict[str, Any] = json.loads(result)["network"]
    return found


def test_a_device_moves_to_another_address_and_comes_back_from_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, other, nowhere = Loop(), free_port(), free_port()
    certificates = own_certificates(tmp_path / "ca", "mqtt.tinh.example.vn", HOST)
    house = House(tmp_path / "fleet", TwoAddresses(tmp_path / "broker", two_ports(), other, certificates), loop)
    boards = Boards(tmp_path / "boards", HOST, house.broker.devices_port, heap=NARROW_HEAP)
    compiled_beside(tmp_path / "boards")
    try:
        with house.store.writing() as connection:
            device_keys.give(connection, [NewKey(DEVICE, KEY)], now_ms())
            devices.set_password(connection, DEVICE, hashed(password_of(KEY)))
        house.all_workers().doorkeeper()
        identity = {"device": DEVICE, "epoch": None, "keys": {"a": KEY.hex()}, "use": "a", "claim": None}
        image = boards.directory / f"{DEVICE}.flash"
        flash_image.create_image(image, DEVICE, "", HOST, 1, 5)
        flash_image.write_files(image, {flash_image.IDENTITY_FILE: json.dumps(identity).encode()})
        loop.do(boards.start())
        board = loop.do(boards.plug_in(DEVICE, password_of(KEY), ("rating",)))
        house.wait_for_rows(HERE, [("online", 1)])

        monkeypatch.setattr(change_network, "WITHIN_S", 6)
        change(house, port=nowhere)
        house.wait_for_rows(STEP, [("back", None)])
        (gone,) = house.rows("SELECT reason FROM network_changes WHERE device = 'nut-1'")
        assert gone[0].startswith("not welcomed in time; OSError") and "ECONNREFUSED" in gone[0]
        house.wait_for_rows(HERE, [("online", 1)])
        assert network_now(house)["port"] == house.broker.devices_port

        monkeypatch.setattr(change_network, "WITHIN_S", 120)
        change(house, host=HOST, port=other, tls="cert", ca=read_ca(certificates.ca))
        house.wait_for_rows(STEP, [("confirmed", None)])
        house.wait_for_rows(HERE, [("online", 1)])
        assert network_now(house) == {"host": HOST, "port": other, "protocol": 5, "tls": "cert"}
        ((boot,),) = house.rows("SELECT boot FROM devices WHERE id = 'nut-1'")
        loop.do(board.unplug())
        loop.do(board.plug_in_again())
        house.wait_for_rows(LATER_BOOT, [(1,)], boot=boot)
        house.wait_for_rows(HERE, [("online", 1)])
        assert network_now(house)["port"] == other
        words = [row[0] for row in house.rows("SELECT what FROM device_history WHERE device = 'nut-1' ORDER BY id")]
        assert words[-4:] == ["network_asked", "network_back", "network_asked", "network_confirmed"]
    finally:
        loop.do(boards.stop())
        house.close()
        loop.stop()
