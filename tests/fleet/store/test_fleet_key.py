"""Keys of devices at rest: sealed under a file that is no part of the database."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fleet.store import device_keys, devices
from fleet.store.database import Store
from fleet.store.device_keys import KeyRow, NewKey
from fleet.store.fleet_key import FleetKey, FleetKeyWrong
from tests.fleet.office import with_tables

KEY = bytes(range(32))


def test_a_key_lies_in_the_database_as_nobody_can_read_it(tmp_path: Path) -> None:
    store = Store(with_tables(tmp_path))
    with store.writing() as connection:
        devices.add_device(connection, "tp-1", ["printer"], "", 1)
        device_keys.give(connection, [NewKey("tp-1", KEY, claim="c", hw="e661")], 5)
    with store.reading() as connection:
        row = device_keys.keys_of(connection, "tp-1")
    assert row == KeyRow("tp-1", "a", KEY, 5, claim="c", hw="e661")
    store.close()
    assert stat.S_IMODE((tmp_path / "fleet-key").stat().st_mode) == 0o600
    own = (tmp_path / "fleet-key").read_text().strip()
    for file in tmp_path.glob("motcua.sqlite*"):
        held = file.read_bytes()
        assert KEY not in held and KEY.hex().encode() not in held and own.encode() not in held


def test_the_key_of_one_device_is_none_in_the_row_of_another(tmp_path: Path) -> None:
    fleet = FleetKey(tmp_path / "fleet-key")
    with pytest.raises(FleetKeyWrong):
        fleet.open("tp-2", fleet.seal("tp-1", KEY))


def test_without_its_file_nothing_is_read_and_no_other_is_made(tmp_path: Path) -> None:
    sealed = FleetKey(tmp_path / "fleet-key").seal("tp-1", KEY)
    with pytest.raises(FleetKeyWrong, match="found no file"):
        FleetKey(tmp_path / "elsewhere").open("tp-1", sealed)
    assert not (tmp_path / "elsewhere").exists()
    FleetKey(tmp_path / "other").seal("tp-1", KEY)
    with pytest.raises(FleetKeyWrong, match="found another one in"):
        FleetKey(tmp_path / "other").open("tp-1", sealed)
    for text, found in [("00" * 31, "31 bytes instead of 32"), ("no hex", "can not be read"), ("é", "can not be read")]:
        (tmp_path / "spoilt").write_text(text)
        with pytest.raises(FleetKeyWrong, match=found):
            FleetKey(tmp_path / "spoilt").open("tp-1", sealed)


def test_processes_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    fleets = [FleetKey(tmp_path / "data" / "fleet-key") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda fleet: fleet.seal("tp-1", KEY), fleets))
    assert {fleets[0].open("tp-1", one) for one in sealed} == {KEY}
    assert [one.name for one in (tmp_path / "data").iterdir()] == ["fleet-key"]
