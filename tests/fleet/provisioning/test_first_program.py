"""MicroPython for a board that has none: the copy onto a boot drive, and how esptool is called. Neither met a board."""

import sys
from pathlib import Path

import pytest

from fleet.provisioning.boot_drives import BLOCK_BYTES, UF2_MAGIC, BootDrive, boot_drives, copy_image
from fleet.provisioning.flashing import flash
from fleet.provisioning.ports import PortError
from fleet.provisioning.probing import InstallError

INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"
TOOL = """
import sys
with open({log!r}, "a") as log:
    print(*sys.argv[1:], file=log)
if "chip-id" in sys.argv:
    print("Chip type:          {chip} (revision v0.4)")
if "write-flash" in sys.argv:
    print("Writing at 0x00010000 [====>    ]  42.0% 100/240 bytes...")
    sys.exit({code} and "A fatal error occurred: Failed to write\\x1b[2J")
"""


def uf2(family: int) -> bytes:
    return (UF2_MAGIC + bytes(20) + family.to_bytes(4, "little")).ljust(BLOCK_BYTES, b"\0")


def test_the_drive_of_a_board_is_known_by_its_file_and_takes_the_image(tmp_path: Path) -> None:
    drive, photos = tmp_path / "RPI-RP2", tmp_path / "photos"
    drive.mkdir()
    photos.mkdir()
    (drive / "INFO_UF2.TXT").write_text(INFO)
    [found] = boot_drives([photos, drive, tmp_path / "gone"])
    assert (found.path, found.board) == (drive, "RPI-RP2")
    image = tmp_path / "RPI_PICO_W.uf2"
    image.write_bytes(uf2(0xE48BFF56) * 3)
    copy_image(image, found)
    assert (drive / image.name).read_bytes() == image.read_bytes()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\x7fELF", "expected a UF2 image"), (uf2(0xE48BFF59), "for RP2350, and the board is RPI-RP2")],
)
def test_another_image_is_refused_before_anything_is_copied(tmp_path: Path, content: bytes, sentence: str) -> None:
    image = tmp_path / "x.uf2"
    image.write_bytes(content)
    (tmp_path / "drive").mkdir()
    with pytest.raises(PortError, match=sentence):
        copy_image(image, BootDrive(tmp_path / "drive", "RPI-RP2"))
    assert list((tmp_path / "drive").iterdir()) == []


def played_tool(folder: Path, chip: str, code: int) -> list[str]:
    program = folder / "esptool.py"
    program.write_text(TOOL.format(log=str(folder / "log"), chip=chip, code=code))
    return [sys.executable, str(program)]


@pytest.mark.parametrize(("chip", "offset"), [("ESP32", "0x1000"), ("ESP32-S3", "0x0"), ("ESP32-C3", "0x0")])
def test_esptool_erases_and_writes_where_the_chip_looks(tmp_path: Path, chip: str, offset: str) -> None:
    shares: list[float] = []
    flash("/dev/ttyUSB0", Path("micropython.bin"), shares.append, lambda: played_tool(tmp_path, chip, 0))
    before = "--port /dev/ttyUSB0 --baud 460800 "
    assert (tmp_path / "log").read_text().splitlines() == [
        before + "chip-id",
        before + "erase-flash",
        before + f"write-flash {offset} micropython.bin",
    ]
    assert shares == [0.42]


def test_what_esptool_says_last_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"esptool says: A fatal error occurred: Failed to write\?\[2J$"):
        flash("x", Path("m.bin"), lambda share: None, lambda: played_tool(tmp_path, "ESP32", 1))
    with pytest.raises(InstallError, match="names none"):
        flash("x", Path("m.bin"), lambda share: None, lambda: played_tool(tmp_path, "Pentium", 0))
