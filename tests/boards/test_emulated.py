"""The emulated Pico W: without an image nothing is claimed, and what is no image is refused. No emulator runs here."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hil_tests.drivers import pico_image
from hil_tests.target import NotRun
from tests.bench import emulated

ROOT = Path(__file__).parents[2]
TEXT = b"MicroPython v1.29.0 on 2026-08-29; Raspberry Pi Pico W with RP2040"
STAND_IN = """
import sys
assert sys.argv[1:4] == ["micropython", "--board", "pico_w"] and sys.argv[4] == "--image", sys.argv
image = open(sys.argv[sys.argv.index("--littlefs") + 1], "rb").read()
assert len(image) == 868352 and b"littlefs" in image[:64]
code = sys.argv[-1]
assert "firmware.wiring.printer" in code and "firmware.hardware.rp2" in code and "firmware.app" in code
compile(code, "load", "exec")
print("MPY: soft reboot")
print('heap {"before": 190000, "free": 120000}')
"""


def uf2(text=TEXT, family=pico_image.RP2040, magic=0x0A324655, end=0x0AB16F30):
    """An image of one block."""
    block = struct.pack("<8I", magic, 0x9E5D5157, 0x2000, 0x1000_0000, 256, 0, 1, family)
    return block + text.ljust(476, b"\0") + struct.pack("<I", end)


def bench(*arguments):
    environment = {name: value for name, value in os.environ.items() if name != "MOTCUA_IMAGE"}
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", "emulated", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_image_it_says_that_nothing_was_run():
    ended = bench()
    assert ended.returncode == 0 and ended.stdout == ""
    assert ended.stderr.startswith("not run: no image; get the Pico W's .uf2 at https://micropython.org/")


def test_a_missing_file_is_refused(tmp_path):
    ended = bench("--image", str(tmp_path / "none.uf2"))
    assert ended.returncode == 1 and ended.stdout == ""
    assert "not run" in ended.stderr and "found no file" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "expected blocks of 512 bytes"),
        (b"PK\x03\x04 a zip file", "expected blocks of 512 bytes"),
        (b"\0" * 1024, "expected a .uf2, found something else in block 0"),
        (uf2() + uf2(end=7), "something else in block 1"),
        (uf2(family=0xE48BFF59), "expected an image for RP2040"),
        (uf2(text=b"CircuitPython, Raspberry Pi Pico W"), "found another image"),
        (uf2(text=b"MicroPython v1.29.0; Raspberry Pi Pico with RP2040"), "found another image"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content, said):
    path = tmp_path / "image.uf2"
    path.write_bytes(content)
    with pytest.raises(NotRun, match=said):
        pico_image.checked(path)


def test_an_image_without_an_emulator_is_not_run(tmp_path, monkeypatch):
    path = tmp_path / "image.uf2"
    path.write_bytes(uf2())
    monkeypatch.setenv("MOTCUA_IMAGE", str(path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="not run: expected the emulator rp2040py, found none"):
        emulated.run()


def test_the_emulator_is_given_the_whole_firmware_and_believed_only_if_it_answers(tmp_path):
    path = tmp_path / "image.uf2"
    path.write_bytes(uf2())
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text(STAND_IN)
    assert emulated.loaded(pico_image.checked(path), [sys.executable, str(stand_in)])["free"] == 120000
    stand_in.write_text("raise SystemExit('MemoryError: no room')")
    with pytest.raises(NotRun, match="the emulator ended with 1: MemoryError: no room"):
        emulated.loaded(path, [sys.executable, str(stand_in)])
