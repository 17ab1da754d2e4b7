"""Runs a MicroPython VM in this process with a ROM: `python -m fleet.laptop.vm <image> -X heapsize=… <script>`.

The image is mapped into memory beside the VM's heap, as flash is on a chip; the script finds it by the environment.
When the board resets itself the process begins again, with all that the script put into the environment.
"""

import ctypes
import mmap
import os
import sys
from pathlib import Path

from micropython_unix import run_main  # type: ignore[import-untyped]

RESET = 3
# The exit code by which a board asks for it.


def main() -> int:
    """Map the image and become the VM."""
    with Path(sys.argv[1]).open("rb") as file:
        rom = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    place = ctypes.addressof(ctypes.c_char.from_buffer(rom))
    os.environ["MOTCUA_ROM"] = f"{place}:{len(rom)}"
    code = int(run_main(["micropython", *sys.argv[2:]]) or 0)
    if code == RESET:
        os.execv(sys.executable, [sys.executable, "-m", "fleet.laptop.vm", *sys.argv[1:]])  # noqa: S606 - no shell wanted
    return code


if __name__ == "__main__":
    sys.exit(main())
