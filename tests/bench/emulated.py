"""The whole firmware on an emulated Pico W: is there memory left once it is loaded?

`python -m tests.bench emulated --image RPI_PICO_W-….uf2`. The image is MicroPython's own, which we do not carry: its
page of the Pico W has it. The emulator is `rp2040py` of PyPI, which is not among what the tests install. Without them
nothing is measured, and that is said.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fleet.laptop.needed import roles
from fleet.laptop.package import BOARDS, build, littlefs_image
from hil_tests.drivers.pico_image import PAGE, checked
from hil_tests.target import NotRun
from tests.bench.figures import figure

BOARD = "pico_w"
EMULATOR = "rp2040py"
WITHIN_S = 900
# The emulator is slower than the chip, most of all where no compiled core of it fits this machine.
LOADED = re.compile(r"^heap (\{.*\})", re.MULTILINE)
LOAD = """
import gc, json
gc.collect()
before = gc.mem_free()
for name in {names}:
    __import__(name)
gc.collect()
print("heap " + json.dumps({{"before": before, "free": gc.mem_free()}}))
"""


def run() -> None:
    """Measure, where there is an image; else say that nothing was measured. Exits 1 for a file that is no image."""
    given = os.environ.get("MOTCUA_IMAGE")
    if given is None:
        print(f"not run: no image; get the Pico W's .uf2 at {PAGE} and give it with --image", file=sys.stderr)
        return
    try:
        heap = loaded(checked(Path(given)), emulator())
    except NotRun as why:
        raise SystemExit(f"not run: {why}") from None
    figure("emulated_heap_free_bytes", heap["free"], "bytes", 1, board=BOARD, before=heap["before"])


def emulator() -> list[str]:
    """How the emulator is called. Raises NotRun where it is not installed."""
    found = shutil.which(EMULATOR)
    if found is None:
        raise NotRun(f"expected the emulator {EMULATOR}, found none; pip install {EMULATOR} puts it there")
    return [found]


def loaded(image: Path, command: list[str]) -> dict[str, int]:
    """Load all roles from a filesystem on the emulated board; the free heap before and after. Raises NotRun."""
    files = dict(build(BOARD, roles()).files)
    files.pop("main.py")  # it would start, and wait for a network for ever
    names = [name.removeprefix("lib/").removesuffix(".mpy").replace("/", ".") for name in sorted(files)]
    names = [name.removesuffix(".__init__") for name in names]
    with tempfile.TemporaryDirectory() as folder:
        filesystem = Path(folder, "littlefs.img")
        filesystem.write_bytes(littlefs_image(BOARDS[BOARD], files)[0])
        options = ["--board", BOARD, "--image", str(image), "--littlefs", str(filesystem)]
        try:
            ended = subprocess.run(
                [*command, "micropython", *options, "-c", LOAD.format(names=json.dumps(names))],
                capture_output=True,
                text=True,
                timeout=WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotRun(f"the emulator did not load the firmware within {WITHIN_S} s") from None
    told = LOADED.search(ended.stdout)
    if told is None:
        raise NotRun(f"the emulator ended with {ended.returncode}: {(ended.stderr or ended.stdout).strip()[-500:]}")
    heap: dict[str, int] = json.loads(told[1])
    return heap
