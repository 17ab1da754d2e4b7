"""A name that a board does not have is found by the check against its stubs."""

import shutil

import pytest

from tests.boards import stubs

PLANTED = [
    ("pico_w", "firmware/hardware/board.py", "wlan.isconnected()", "wlan.is_connected()", "is_connected"),
    ("pico_2_w", "firmware/hardware/rp2.py", "rp2.Flash(start=start", "rp2.Flash(begin=start", "begin"),
    ("esp32", "firmware/hardware/esp32.py", "esp32.Partition.find(", "esp32.Partition.search(", "search"),
    (
        "esp32_s3",
        "firmware/hardware/esp32.py",
        "machine.DEEPSLEEP_RESET",
        "machine.DEEP_SLEEP_RESET",
        "DEEP_SLEEP_RESET",
    ),
    ("esp32_c3", "firmware/wiring/rating.py", "self._keys.wake()", "self._keys.awake()", "awake"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for package in ("protocols", "firmware"):
        shutil.copytree(stubs.ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("board, file, right, wrong, name", PLANTED)
def test_a_misspelt_name_is_found(copy, board, file, right, wrong, name):
    text = (copy / file).read_text()
    assert right in text
    (copy / file).write_text(text.replace(right, wrong))
    try:
        found = stubs.check(board, copy)
    finally:
        (copy / file).write_text(text)
    assert found and all(line.startswith(file) and name in line for line in found), found


@pytest.mark.parametrize("board", stubs.BOARDS)
def test_the_firmware_as_it_is_fits_every_board(board):
    assert stubs.check(board) == []


def test_stubs_that_are_not_there_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(stubs, "STUBS", tmp_path)
    with pytest.raises(stubs.StubsError, match="expected the stubs of pico_w in"):
        stubs.check("pico_w")
    with pytest.raises(stubs.StubsError, match="expected one wheel of micropython_stdlib_stubs, found 0"):
        stubs.unpack(tmp_path)
