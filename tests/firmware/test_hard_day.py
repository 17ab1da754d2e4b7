"""Which boards get through a hard day with how much memory: real firmware, real VM, real Mosquitto."""

import asyncio

import pytest

from fleet.laptop.boards import HEAP
from fleet.laptop.office import OFFICE
from tests.firmware.hard_day import HeapTooSmall, hard_day
from tests.firmware.one_board import ALL_ROLES

OFFICE_BOARDS = sorted({device.roles for device in OFFICE.devices})


@pytest.mark.parametrize("roles", [*OFFICE_BOARDS, ("display", "rating")], ids="+".join)
def test_each_board_of_an_office_has_enough_memory(tmp_path, roles):
    used = asyncio.run(hard_day(tmp_path, HEAP, roles))
    assert 0 < used < int(HEAP[:-1]) * 1024


@pytest.mark.parametrize(
    "roles, heap", [(("printer", "rating", "reader"), "150k"), (ALL_ROLES, "172k")], ids=["three", "four"]
)
def test_a_board_with_more_roles_needs_a_little_more(tmp_path, roles, heap):
    """Where code runs from RAM, four roles know more than 1,260 names, and MicroPython doubles its table: 6 KB more.

    On a board that runs code from flash its names are there, too.
    """
    assert asyncio.run(hard_day(tmp_path, heap, roles)) is not None


def test_a_heap_that_is_too_small_is_told(tmp_path):
    with pytest.raises(HeapTooSmall, match="a heap of 100k is full"):
        asyncio.run(hard_day(tmp_path, "100k"))


def test_a_printer_whose_letters_the_board_draws_fits_as_well(tmp_path):
    model = {"width": 384, "text": "raster", "qr": "raster"}
    assert asyncio.run(hard_day(tmp_path, "124k", ("printer",), model)) is not None
