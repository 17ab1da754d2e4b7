"""An image of MicroPython for the Pico W, as its download page has it: a .uf2, whose blocks say where they belong."""

import struct
from pathlib import Path

from hil_tests.target import NotRun

PAGE = "https://micropython.org/download/RPI_PICO_W/"
UF2 = struct.Struct("<8I")
UF2_BYTES, UF2_MAGIC, UF2_END, RP2040 = 512, (0x0A324655, 0x9E5D5157), 0x0AB16F30, 0xE48BFF56
BOARD_NAME = b"Raspberry Pi Pico W"
FLASH_AT, FLASH_BYTES, FILES_AT = 0x1000_0000, 2 * 1024 * 1024, 0x12C000
# Where the chip sees its flash, how much a Pico W has, and where a stock image puts its files, up to the end.


def checked(path: Path) -> Path:
    """The image, if it is one of MicroPython for the Pico W. Raises NotRun."""
    program = program_of(path)
    if b"MicroPython" not in program or BOARD_NAME not in program:
        raise NotRun(f"{path}: expected MicroPython for the {BOARD_NAME.decode()}, found another image")
    return path


def program_of(path: Path) -> bytes:
    """The program in a .uf2, from where the flash begins. Raises NotRun where it is none for this chip."""
    if not path.is_file():
        raise NotRun(f"{path}: expected a .uf2 of MicroPython for the Pico W, found no file; it is at {PAGE}")
    data = path.read_bytes()
    if not data or len(data) % UF2_BYTES:
        raise NotRun(f"{path}: expected blocks of {UF2_BYTES} bytes, as a .uf2 has, found {len(data)} bytes")
    program = bytearray()
    for at in range(0, len(data), UF2_BYTES):
        first, second, _, place, size, _, _, family = UF2.unpack_from(data, at)
        (last,) = struct.unpack_from("<I", data, at + UF2_BYTES - 4)
        if (first, second) != UF2_MAGIC or last != UF2_END:
            raise NotRun(f"{path}: expected a .uf2, found something else in block {at // UF2_BYTES}")
        if family != RP2040:
            raise NotRun(f"{path}: expected an image for RP2040 (family {RP2040:#x}), found family {family:#x}")
        start = place - FLASH_AT
        if not 0 <= start <= FILES_AT - size:
            raise NotRun(f"{path}: expected a program below {FLASH_AT + FILES_AT:#x}, found a block at {place:#x}")
        program.extend(b"\xff" * max(0, start + size - len(program)))
        program[start : start + size] = data[at + UF2.size : at + UF2.size + size]
    return bytes(program)


def whole_flash(image: Path, files: bytes) -> bytes:
    """All of a Pico W's flash: this image, and these files where it looks for its own. Raises NotRun."""
    program = program_of(image)
    return program.ljust(FILES_AT, b"\xff") + files.ljust(FLASH_BYTES - FILES_AT, b"\xff")
