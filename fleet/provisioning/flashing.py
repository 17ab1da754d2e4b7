"""MicroPython comes onto a chip of Espressif by esptool, which runs as a program of its own."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fleet.provisioning.probing import InstallError
from fleet.provisioning.untrusted import shown

PERCENT = re.compile(rb"\(?(\d{1,3})(?:\.\d)? ?%\)?")
OFFSETS = {"ESP32": "0x1000", "ESP32-S2": "0x1000"}
# Where the loader of a chip looks for its program; the later ones look at 0.
BAUD = "460800"
CHIP = re.compile(rb"(?:Chip type:|Chip is|Detecting chip type\.\.\.) +(ESP32(?:-[A-Z]\d+)?)")
WITHIN_S = 30
READ_BYTES = 4096


def esptool() -> list[str]:
    """How esptool is called. Raises InstallError where it is not installed."""
    if importlib.util.find_spec("esptool") is None:
        raise InstallError("expected esptool, which puts MicroPython on: `pip install 'motcua[bench]'`")
    return [sys.executable, "-m", "esptool"]


def flash(path: str, image: Path, progress: Callable[[float], None], tool: Callable[[], list[str]] = esptool) -> None:
    """Erase the chip at this port and write the image. Nobody else may hold the port. Raises InstallError."""
    called = [*tool(), "--port", path, "--baud", BAUD]
    chip = CHIP.search(run([*called, "chip-id"], lambda share: None))
    if chip is None:
        raise InstallError(f"{path}: expected a chip of Espressif, esptool names none")
    offset = OFFSETS.get(chip.group(1).decode(), "0x0")
    run([*called, "erase-flash"], lambda share: None)
    run([*called, "write-flash", offset, str(image)], progress)


def run(call: list[str], progress: Callable[[float], None]) -> bytes:
    """What esptool says. Raises InstallError with its own reason."""
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 (it was asked for)
        said = b""
        while data := os.read(process.stdout.fileno(), READ_BYTES):
            said += data
            found = PERCENT.findall(data)
            if found:
                progress(min(100, int(found[-1])) / 100)
        code = process.wait(WITHIN_S)
    if code:
        lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
        raise InstallError(f"esptool says: {shown(lines[-1]) if lines else f'nothing, and ends with {code}'}")
    return said
