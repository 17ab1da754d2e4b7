"""The part of MicroPython's `esp32` that the boards use. A stock image has no partitions of ours."""

from nor_flash import NorFlash

CHIP_FLASH = NorFlash(512 * 1024, 1)
PARTITIONS = {}


class Partition:
    TYPE_DATA = 1

    @staticmethod
    def find(type, label):
        assert type == Partition.TYPE_DATA
        return [PARTITIONS[label]] if label in PARTITIONS else []
