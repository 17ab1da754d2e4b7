"""A board of MicroPython on a serial line: `python -m fleet.laptop.serial_vm <terminal> <note> -X heapsize=… <script>`.

The VM is the only one on its terminal, which is also its power: when the other end closes, the VM ends. A reset is the
process's end with a code; what a board keeps over a reset (its RTC's memory, say) is written into the note.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from micropython_unix import run_main  # type: ignore[import-untyped]

from fleet.laptop.vm import RESET, Watchdog, ctypes_handler

SIGACTION_BYTES = 256
# More than any platform's struct, whose first word is the handler.


def main() -> int:
    """Take the terminal and become the VM."""
    terminal, note = sys.argv[1], Path(sys.argv[2])
    place = os.open(terminal, os.O_RDWR)  # the leader of a session without one gets it for its own
    for one in range(3):
        os.dup2(place, one)
    if place > 2:
        os.close(place)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    interrupted = ctypes_handler(interrupt)
    ctypes.CDLL(None).signal(signal.SIGUSR1, interrupted)
    watchdog = Watchdog(lambda: bitten(note))
    watchdog.start()
    code = int(run_main(["micropython", *sys.argv[3:]]) or 0)
    note.write_text(environment(b"MOTCUA_RESET", "power 0"))
    return RESET if environment(b"MOTCUA_RESETTING") else code


def interrupt(_signal: int) -> None:
    """Somebody typed Ctrl-C: stop the program, if one runs that may be stopped.

    Whoever sent this has looked, too; but only here, between two steps of the VM, nothing changes meanwhile.
    """
    action = (ctypes.c_size_t * (SIGACTION_BYTES // ctypes.sizeof(ctypes.c_size_t)))()
    ctypes.CDLL(None).sigaction(signal.SIGINT, None, action)
    if action[0] not in (0, 1) and environment(b"MOTCUA_BEGUN"):  # MicroPython's own, and the chip's start is over
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # until this handler returns
        os.kill(os.getpid(), signal.SIGINT)


def bitten(note: Path) -> NoReturn:
    """The watchdog bit."""
    note.write_text(f"watchdog {environment(b'MOTCUA_RESET', 'power 0').split()[1]}")
    os._exit(RESET)


def environment(name: bytes, otherwise: str = "") -> str:
    """What stands there now: the VM may have changed it."""
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    return (getenv(name) or b"").decode() or otherwise


if __name__ == "__main__":
    # At once: while Python ends, a signal would still call handlers that are gone, and a reset would end as a crash.
    os._exit(main())
