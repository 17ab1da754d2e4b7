"""The files' partition of an ESP32."""

from nor_flash import NorFlash

CHIP_FLASH = NorFlash(1024 * 1024, 1)
bdev = CHIP_FLASH.part(0, 1024 * 1024)
