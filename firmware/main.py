"""The entry: runs the application on a board. When it ends the board is reset: another boot, with an empty heap."""

import asyncio
import gc
import sys
import time

from firmware import app
from firmware.enrolling import NotEnrolled

COLLECT_EVERY_BYTES = 8 * 1024
# Garbage between what stays splits the heap, until a packet of a few KB finds no room in one piece.

WAIT_AT_MOST_S = 60
SOUND_AFTER_S = 120
# An application that lived this long and failed then starts anew at once; one that fails at its start waits ever
# longer.


def main(board) -> None:  # type: ignore[no-untyped-def]
    """Run until the next reset."""
    gc.threshold(COLLECT_EVERY_BYTES)
    began = time.time()
    try:
        reason = asyncio.run(app.run(board))
    except NotEnrolled as err:
        print("not enrolled:", err)
        sys.exit(1)
    except Exception as err:
        sys.print_exception(err)
        reason = "fault"
    failures = board.failures + 1 if reason == "fault" and time.time() - began < SOUND_AFTER_S else 0
    time.sleep(min(WAIT_AT_MOST_S, (1 << failures) // 2))
    board.reset(reason, failures)
