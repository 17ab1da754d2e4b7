"""Two slots: an image comes into the one that does not run, is tried, and is confirmed or given back."""

import hashlib

from firmware.slot_filling import Filling
from firmware.slots import Slots
from tests.firmware.fresh_flash import Nor

OLD, NEW = bytes(range(256)) * 37, b"\x5a" * 9001
NOTHING = {"slot": None, "length": 0, "sequence": 0, "sha256": ""}


class Board:
    """A board with its raw regions."""

    root = ""

    def __init__(self, unit=32):
        self.regions = {"kept": Nor(8, unit), "slots": Nor(8, unit)}

    def region(self, name):
        return self.regions[name]

    def slots(self, running=None):
        return Slots(self, self.regions["slots"], running)


def sha(data):
    return "".join("%02x" % byte for byte in hashlib.sha256(data).digest())


def fill(slots, data, step=1000):
    begun = slots.begin(sha(data), len(data))
    for at in range(begun, len(data), step):
        slots.write(at, data[at : at + step])
    return begun


def updated(board, data, sequence, running, to):
    """From this slot to that one, and confirmed there."""
    slots = board.slots(running)
    fill(slots, data)
    slots.flip(sequence, len(data), {"printer": "ok"})
    slots = board.slots(to)
    assert (slots.trial, slots.sequence, slots.parts) == (sequence, slots.record()["sequence"], {"printer": "ok"})
    slots.confirm()
    return board.slots(to)


def there(board, slot, length):
    half = len(board.regions["slots"].data) // 2
    return bytes(board.regions["slots"].data[half * (slot == "b") :][:length])


def test_a_new_device_runs_the_application_of_the_factory():
    slots = Board().slots()
    assert (slots.running, slots.sequence, slots.trial, slots.returned, slots.size) == (None, 0, None, None, 16384)


def test_releases_take_turns_in_the_slots_and_the_one_before_is_known():
    for unit in (32, 256):
        board = Board(unit)
        slots = updated(board, OLD, 11, None, "a")
        assert there(board, "a", len(OLD)) == OLD and slots.record()["before"] is None
        slots = updated(board, NEW, 12, "a", "b")
        assert there(board, "b", len(NEW)) == NEW
        before = {"slot": "a", "length": len(OLD), "sequence": 11, "sha256": sha(OLD)}
        assert slots.record()["before"] == before
        assert (slots.sequence, slots.floor, slots.record()["slot"]) == (12, 12, "b")
        assert (board.slots("a").sequence, board.slots(None).sequence) == (11, 0)


def test_what_is_given_back_leaves_all_as_it_was_but_for_the_reason():
    board = Board()
    updated(board, OLD, 11, None, "a")
    slots = board.slots("a")
    fill(slots, NEW)
    slots.flip(12, len(NEW), {})
    slots = board.slots("b")
    slots.give_back("printer: no answer " + "x" * 200)
    slots = board.slots("a")
    assert (slots.sequence, slots.trial, slots.floor) == (11, None, 11)
    assert slots.returned["sequence"] == 12 and len(slots.returned["reason"]) == 100
    assert fill(slots, NEW) == len(NEW)  # it lies there still
    slots.flip(13, len(NEW), {})
    assert board.slots("b").returned is None


def test_what_fell_again_and_again_is_given_up_once_another_stood_in_for_it():
    for running, failures, sequence in (("a", 6, 11), (None, 9, 0)):
        board = Board()
        updated(board, OLD, 11, None, "a")
        updated(board, NEW, 12, "a", "b")
        assert not board.slots(running).stands_in(failures - 1) and not board.slots("b").stands_in(9)
        slots = board.slots(running)
        assert slots.stands_in(failures)
        slots.give_up("fell down")
        record = board.slots(running).record()
        assert (record["slot"], record["sequence"], record["before"], record["floor"]) == (running, sequence, None, 12)
        assert record["returned"] == {"sequence": 12, "reason": "fell down"}
        assert not board.slots(running).stands_in(failures)
    assert not Board().slots().stands_in(9)


def test_a_slot_that_is_filled_is_named_by_nobody_any_more():
    board = Board()
    updated(board, OLD, 11, None, "a")
    updated(board, NEW, 12, "a", "b")
    board.slots("b").begin(sha(OLD[:500]), 500)
    assert board.slots("b").record()["before"] is None
    updated(board, OLD, 13, "b", "a")
    slots = board.slots("b")  # 13 fell again and again, and its slot is filled while 12 stands in for it
    slots.begin(sha(OLD[:500]), 500)
    record = board.slots("b").record()
    assert (record["slot"], record["sequence"], record["before"], record["floor"]) == ("b", 12, None, 13)


def test_a_download_goes_on_where_it_was_read_back_and_anew_for_another_image():
    board = Board()
    whole = bytes(range(250)) * 64  # 16,000 bytes
    slots = Slots(board, Nor(16), None)
    board.regions["slots"] = slots.region
    whole *= 2
    slots.begin(sha(whole), len(whole))
    for at in range(0, 20_000, 1000):
        slots.write(at, whole[at : at + 1000])
    slots = board.slots()
    assert slots.begin(sha(whole), len(whole)) == 16_384
    for at in range(16_384, len(whole), 700):
        slots.write(at, whole[at : at + 700])
    assert there(board, "a", len(whole)) == whole
    assert board.slots().begin(sha(whole), len(whole)) == len(whole)
    slots = board.slots()
    slots.discard()
    assert slots.begin(sha(whole), len(whole)) == 0
    assert board.slots().begin(sha(NEW), len(NEW)) == 0


def test_only_the_next_bytes_of_an_image_that_fits_are_taken():
    slots = Board().slots()
    slots.begin(sha(OLD), len(OLD))
    slots.write(0, OLD[:100])
    for offset, data in ((0, OLD[:100]), (101, b"x"), (100, OLD)):
        try:
            slots.write(offset, data)
            raise AssertionError("%d bytes at %d were taken" % (len(data), offset))
        except ValueError:
            pass
    for length in (0, 16_385):
        try:
            slots.begin(sha(OLD), length)
            raise AssertionError("%d bytes were taken" % length)
        except ValueError:
            pass


def test_nothing_is_flipped_to_that_is_not_whole_and_nothing_filled_while_one_is_on_trial():
    board = Board()
    slots = board.slots()
    slots.begin(sha(OLD), len(OLD))
    slots.write(0, OLD[:5000])
    refused(lambda: slots.flip(11, len(OLD), {}))
    fill(board.slots(), OLD)
    slots = board.slots()
    fill(slots, OLD)
    refused(lambda: slots.flip(11, len(OLD) - 1, {}))
    slots.flip(11, len(OLD), {})
    refused(lambda: board.slots("a").begin(sha(NEW), len(NEW)))


def test_a_trial_that_no_boot_could_count_gives_way():
    board = Board()
    slots = board.slots()
    fill(slots, OLD)
    slots.flip(11, len(OLD), {})
    slots = board.slots(None)
    assert slots.trial is None
    slots.begin(sha(NEW), len(NEW))
    assert board.slots().record()["trial"] is None


def test_a_worn_block_is_an_error_and_a_lost_filesystem_none():
    board = Board()
    slots = board.slots()
    slots.begin(sha(NEW), len(NEW))
    erase = board.regions["slots"].ioctl

    def worn(op, block):
        done = erase(op, block)
        if op == 6 and block == 1:
            board.regions["slots"].data[4096 + 40 : 4096 + 44] = b"\xff\xf7\xff\xff"
        return done

    board.regions["slots"].ioctl = worn
    board.regions["slots"].writeblocks = clear_bits(board.regions["slots"])
    slots.write(0, NEW[:4096])
    try:
        slots.write(4096, NEW[4096:5120])
        raise AssertionError("a worn block was taken")
    except OSError:
        pass
    assert Filling(board.slots(), sha(NEW), len(NEW)).done == 0


def clear_bits(region):
    """Programs as NOR flash does, whatever lies there."""

    def writeblocks(block, buffer, offset=0):
        for place in range(len(buffer)):
            region.data[block * 4096 + offset + place] &= buffer[place]

    return writeblocks


def refused(act):
    try:
        act()
    except ValueError:
        return
    raise AssertionError("it was not refused")
