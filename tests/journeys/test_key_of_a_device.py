"""A board's first key and its next ones, with real processes: claim, a key of its own, another one, a power cut."""

import json
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.claims import Wanted
from fleet.flows.claim import make_claims
from fleet.flows.prove import rotate
from fleet.laptop import flash_image
from fleet.laptop.boards import Boards
from fleet.laptop.mosquitto import Mosquitto
from protocols.sealing import password_of
from tests.compiled import compiled_beside
from tests.fleet.office import OFFICE
from tests.fleet.workers.house import House, Loop, two_ports

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

DEVICE = "kp-9"
KEYS = "SELECT slot, claim, next_slot FROM device_keys WHERE device = 'kp-9'"
CONFIGURED = "SELECT config_reported FROM devices WHERE id = 'kp-9'"
BOOT = "SELECT boot FROM devices WHERE id = 'kp-9'"
LATER_BOOT = "SELECT COUNT(*) > 0 FROM events WHERE device = 'kp-9' AND kind = 'boot' AND boot > :boot"


def test_a_claim_is_burnt_and_keys_change_without_a_visit(tmp_path: Path) -> None:
    loop = Loop()
    house = House(tmp_path / "fleet", Mosquitto(tmp_path / "broker", *two_ports()), loop)
    compiled_beside(tmp_path / "boards")
    boards = Boards(tmp_path / "boards", "127.0.0.1", house.broker.devices_port)
    try:
        (claim,) = make_claims(house.store, [Wanted(DEVICE, ("keypad",), OFFICE, "quay-1")], "lan", 1, now_ms())
        house.all_workers().doorkeeper()
        identity = {"device": DEVICE, "epoch": None, "keys": {"a": claim.key}, "use": "a", "claim": claim.claim}
        image = boards.directory / f"{DEVICE}.flash"
        flash_image.create_image(image, DEVICE, "", "127.0.0.1", 1, 5)
        flash_image.write_files(image, {flash_image.IDENTITY_FILE: json.dumps(identity).encode()})
        loop.do(boards.start())

        board = loop.do(boards.plug_in(DEVICE, "", ("keypad",)))
        house.wait_for_rows("SELECT COUNT(*) FROM claims WHERE used_hw IS NOT NULL", [(1,)])
        house.wait_for_rows(KEYS, [("b", None, None)])
        house.wait_for_rows("SELECT kind, epoch, presence FROM devices WHERE id = 'kp-9'", [("board", 1, "online")])
        assert house.device(DEVICE, password_of(bytes.fromhex(claim.key))).connect().is_failure, "the claim's password"

        assert rotate(house.store, DEVICE, now_ms())
        house.wait_for_rows(KEYS, [("a", None, None)])
        house.wait_for_rows(CONFIGURED, [(1,)])
        ((boot,),) = house.rows(BOOT)
        loop.do(board.unplug())
        loop.do(board.plug_in_again())
        house.wait_for_rows(LATER_BOOT, [(1,)], boot=boot)
        assert house.rows("SELECT kind, found FROM incidents") == []
    finally:
        loop.do(boards.stop())
        house.close()
        loop.stop()
