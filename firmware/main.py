"""The entry: runs the application on a board, and again when it ends, each time as a new boot."""

import asyncio
import gc
import sys
import time

from firmware import app
from firmware.enrolling import NotEnrolled

COLLECT_EVERY_BYTES = 8 * 1024
# Garbage between what stays splits the heap, until a packet of a few KB finds no room in one piece.

WAIT_FROM_S = 1
WAIT_AT_MOST_S = 60
SOUND_AFTER_S = 120
# An application that lived this long and failed then starts anew at once; one that fails at its start waits ever
# longer.


def main(board) -> None:  # type: ignore[no-untyped-def]
    """Run for ever."""
    wait_s = 0
    gc.threshold(COLLECT_EVERY_BYTES)
    while True:
        began = time.time()
        try:
            reason = asyncio.run(app.run(board))
        except NotEnrolled as err:
            print("not enrolled:", err)
            sys.exit(1)
        except Exception as err:
            sys.print_exception(err)
            reason = "fault"
        if reason != "fault" or time.time() - began > SOUND_AFTER_S:
            wait_s = 0
        time.sleep(wait_s)
        wait_s = min(WAIT_AT_MOST_S, wait_s * 2 or WAIT_FROM_S)
        board.reset_reason = reason
        asyncio.new_event_loop()
        gc.collect()
