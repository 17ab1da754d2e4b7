"""What outlives a lost filesystem: records in a raw region, whole whatever the power does."""

from firmware.configuration import read_config, save_config
from firmware.enrolling import adopt, read_network, start_boot
from firmware.flash_files import read_json, write_json
from firmware.kept_region import KeptRegion
from protocols.state import Config
from tests.firmware.fresh_flash import Nor, fresh_flash


class Board:
    """A board with a region beside its files."""

    def __init__(self, unit=32):
        self.root = fresh_flash()
        self.kept = Nor(8, unit)

    def region(self, name):
        return self.kept

    def lose_files(self):
        self.root = fresh_flash()


def enrolled(board, device="tp-1", epoch=None):
    """What the technician's cable writes."""
    write_json(board.root + "/identity.json", {"device": device, "password": "pw", "epoch": epoch})
    write_json(board.root + "/network.json", {"host": "h", "port": 1883, "protocol": 5})
    return board


def test_the_last_value_of_each_name_is_there_through_many_halves():
    for unit in (32, 256):
        region = Nor(8, unit)
        kept = KeptRegion(region)
        assert kept.get("boot") is None
        for number in range(1, 1500):
            kept.put("boot", number)
            if number % 50 == 0:
                kept.put("config", {"services": ["x" * (number % 300)] * 3})
                kept.put("gone", number)
                kept.remove("gone")
                kept = KeptRegion(region)
            assert kept.get("boot") == number
        assert kept.get("config") == {"services": ["x" * (1450 % 300)] * 3} and kept.get("gone") is None
        assert region.erased <= 4 * (1500 * unit // (16 * 1024) + 3) * 2


def test_what_images_of_the_first_day_read_is_still_written():
    """They choose what a board runs by it, and no update changes them."""
    region = Nor(2)
    kept = KeptRegion(region)
    kept.put("boot", 7)
    kept.put("slots", {"slot": "a"})
    records = (
        b"\xd4\xab.S\x04 \x01\x00\x00\x00",
        b"\x87\xb7\xaf\x80\x06@\x04boot7",
        b'\x05g\x06\xd5\x13@\x05slots{"slot": "a"}',
    )
    assert bytes(region.data[4096 : 4096 + 96]) == b"".join(one + b"\xff" * (32 - len(one)) for one in records)


def test_what_is_there_already_costs_nothing():
    region = Nor(8)
    kept = KeptRegion(region)
    kept.put("config", {"version": 1})
    programmed = region.programmed
    KeptRegion(region).put("config", {"version": 1})
    assert region.programmed == programmed


def test_a_value_that_is_too_large_is_refused_and_changes_nothing():
    kept = KeptRegion(Nor(8))
    kept.put("config", 1)
    try:
        kept.put("config", "x" * 4000)
        raise AssertionError("expected a refusal")
    except OSError:
        pass
    assert kept.get("config") == 1


def test_what_the_cable_wrote_moves_into_the_region():
    board = enrolled(Board())
    identity = start_boot(board)
    assert (identity.device, identity.password, identity.boot, identity.files_lost) == ("tp-1", "pw", 1, False)
    assert read_network(board, "tp-1").host == "h"
    assert read_json(board.root + "/identity.json") is None and read_json(board.root + "/network.json") is None
    assert [start_boot(board).boot for _ in range(2)] == [2, 3]


def test_a_device_without_its_files_is_itself_and_needs_another_epoch():
    board = enrolled(Board())
    adopt(board, start_boot(board), 3)
    save_config(board, Config(version=4, roles=["rating"]))
    assert start_boot(board).epoch == 3
    board.lose_files()
    identity = start_boot(board)
    assert (identity.device, identity.boot, identity.epoch, identity.files_lost) == ("tp-1", 3, None, True)
    assert read_network(board, "tp-1").port == 1883 and read_config(board).version == 4
    adopt(board, identity, 4)
    identity = start_boot(board)
    assert (identity.boot, identity.epoch, identity.files_lost) == (4, 4, False)


def test_a_newly_written_file_wins_and_costs_no_epoch():
    board = enrolled(Board())
    adopt(board, start_boot(board), 3)
    write_json(board.root + "/identity.json", {"device": "tp-1", "password": "new", "epoch": None})
    write_json(board.root + "/network.json", {"host": "h2", "port": 1884})
    identity = start_boot(board)
    assert (identity.password, identity.epoch, identity.boot) == ("new", 3, 2)
    assert read_network(board, "tp-1").host == "h2"


def test_another_device_begins_with_nothing_of_its_own():
    board = enrolled(Board())
    adopt(board, start_boot(board), 3)
    save_config(board, Config(version=4, roles=["rating"]))
    write_json(board.root + "/leases", [])
    enrolled(board, "tp-2")
    identity = start_boot(board)
    assert (identity.device, identity.epoch, identity.boot) == ("tp-2", None, 2)
    assert read_config(board) is None and read_json(board.root + "/leases") is None


def test_what_the_firmware_before_kept_in_files_is_taken_in():
    board = enrolled(Board(), epoch=3)
    write_json(board.root + "/boot.json", 41)
    write_json(board.root + "/config.json", {"version": 2, "roles": ["reader"]})
    identity = start_boot(board)
    assert (identity.epoch, identity.boot) == (3, 42)
    assert read_config(board).roles == ["reader"]


def test_a_configuration_too_large_for_the_region_stays_a_file():
    board = enrolled(Board())
    start_boot(board)
    large = Config(version=5, roles=["rating"], texts={"t%d" % n: "x" * 100 for n in range(50)})
    save_config(board, large)
    start_boot(board)
    assert read_config(board) == large
    small = Config(version=6, roles=["rating"])
    save_config(board, small)
    assert read_config(board) == small


def test_a_file_that_can_not_be_read_is_left_for_a_person_to_see():
    board = enrolled(Board())
    start_boot(board)
    with open(board.root + "/identity.json", "w") as f:
        f.write("{")
    assert start_boot(board).device == "tp-1"
    with open(board.root + "/identity.json") as f:
        assert f.read() == "{"
