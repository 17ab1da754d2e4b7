"""The part of MicroPython's `esp32` that the boards use. A stock image has no partitions of ours."""

from nor_flash import NorFlash

WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True
WAKERS = []
CHIP_FLASH = NorFlash(512 * 1024, 1)
PARTITIONS = {}


class Partition:
    TYPE_DATA = 1

    @staticmethod
    def find(type, label):
        assert type == Partition.TYPE_DATA
        return [PARTITIONS[label]] if label in PARTITIONS else []


def wake_on_gpio(pins, level):
    assert level == WAKEUP_ALL_LOW
    WAKERS[:] = [pin.id for pin in pins]
