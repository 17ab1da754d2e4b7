"""Runs a MicroPython VM in this process with a ROM: `python -m fleet.laptop.vm <image> -X heapsize=… <script>`.

The image is mapped into memory beside the VM's heap, as flash is on a chip; the script finds it by the environment. So
are the slots of the board's own flash: what the board writes there by its region can be read, and run, at once.
When the board resets itself, or its watchdog bites, the process begins again with all that the script put into the
environment.
"""

import ctypes
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from micropython_unix import run_main  # type: ignore[import-untyped]

from fleet.laptop.flash_layout import BLOCK_BYTES, SLOTS_BLOCKS, SLOTS_OFFSET, complete

RESET = 3
# The exit code by which a board asks for it.

LOOK_S = 0.5
LENIENT = 4.0
# A board's millisecond of patience is four here (MOTCUA_LENIENT), since the VM shares its machine with others.

ctypes_handler = ctypes.CFUNCTYPE(None, ctypes.c_int)


class Watchdog:
    """A byte that the board changes when it feeds, and its milliseconds; none of them: it was not started yet.

    The VM never lets another thread of this process run, so a timer's signal looks at them.
    """

    def __init__(self, bite: Callable[[], NoReturn]) -> None:
        self.bite = bite
        self.bytes = (ctypes.c_ubyte * 5)()
        self.lenient = float(os.environ.get("MOTCUA_LENIENT") or LENIENT)
        self.seen, self.fed_s = 0, time.monotonic()
        self.handler = ctypes_handler(self.look)

    def start(self) -> None:
        """Begin to look."""
        os.environ["MOTCUA_WATCHDOG"] = str(ctypes.addressof(self.bytes))
        ctypes.CDLL(None).signal(signal.SIGALRM, self.handler)
        signal.setitimer(signal.ITIMER_REAL, LOOK_S * self.lenient, LOOK_S * self.lenient)

    @property
    def awaited(self) -> bool:
        """Whether the board must feed it."""
        return any(self.bytes[1:])

    def look(self, _signal: int) -> None:
        """Bite if the board was hungry for too long."""
        now_s = time.monotonic()
        patience_s = int.from_bytes(bytes(self.bytes[1:]), "big") / 1000 * self.lenient
        if self.bytes[0] != self.seen or not patience_s:
            self.seen, self.fed_s = self.bytes[0], now_s
        elif now_s - self.fed_s >= patience_s:
            self.bite()


def main() -> int:
    """Map the image and become the VM."""
    with Path(sys.argv[1]).open("rb") as file:
        rom = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    place = ctypes.addressof(ctypes.c_char.from_buffer(rom))
    os.environ["MOTCUA_ROM"] = f"{place}:{len(rom)}"
    os.environ["MOTCUA_SLOTS"] = mapped_slots()
    watchdog = Watchdog(lambda: begin_again("watchdog"))
    watchdog.start()
    code = int(run_main(["micropython", *sys.argv[2:]]) or 0)
    if code == RESET:
        begin_again()
    if code and watchdog.awaited:
        while True:  # a board that fell down does not end: it stands there until the watchdog bites
            signal.pause()
    return code


def mapped_slots() -> str:
    """Map the slots of the board's flash: `place:bytes`; nothing where the board has no regions."""
    if "MOTCUA_FLASH" not in os.environ or os.environ.get("MOTCUA_REGIONS") == "0":
        return ""
    flash = Path(os.environ["MOTCUA_FLASH"])
    complete(flash)
    size = SLOTS_BLOCKS * BLOCK_BYTES
    mapped = ctypes.CDLL(None, use_errno=True).mmap
    mapped.restype = ctypes.c_void_p
    with flash.open("rb") as file:
        there = file.fileno(), ctypes.c_long(SLOTS_OFFSET)
        place = mapped(None, ctypes.c_size_t(size), mmap.PROT_READ, mmap.MAP_SHARED, *there)
    if place == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "the slots of the flash can not be mapped", str(flash))
    return f"{place}:{size}"


def begin_again(reason: str | None = None) -> NoReturn:
    """The board starts anew; what the VM put into the environment lives on."""
    if reason is not None:
        getenv = ctypes.CDLL(None).getenv
        getenv.restype = ctypes.c_char_p
        failures = (getenv(b"MOTCUA_RESET") or b"power 0").split()[1].decode()
        os.putenv("MOTCUA_RESET", f"{reason} {failures}")
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
    os.execv(sys.executable, [sys.executable, "-m", "fleet.laptop.vm", *sys.argv[1:]])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    sys.exit(main())
