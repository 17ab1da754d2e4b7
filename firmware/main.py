"""The entry: runs the application on a board. When it ends the board is reset: another boot, with an empty heap."""

import asyncio
import gc
import sys

from firmware import app
from firmware.sparing import const

COLLECT_EVERY_BYTES = 8 * 1024
# Garbage between what stays splits the heap, until a packet of a few KB finds no room in one piece.

_REST_AT_MOST_S = const(60)
_REST_MS = const(1_000)


def main(board) -> None:  # type: ignore[no-untyped-def]
    """Run until the next reset. The board counts the failures in a row; who fails again and again rests ever longer."""
    gc.threshold(COLLECT_EVERY_BYTES)
    if board.reset_reason == "watchdog":
        board.keep_failures(board.failures + 1)
    try:
        reason = asyncio.run(app.run(board))
    except Exception as err:
        sys.print_exception(err)
        app.note_why(board, app.short_trace(err))
        reason = "fault"
    if reason in (
        "config",
        "command",
        "reverted",
        "update",
        "returned",
    ):  # somebody decided something: rescue waits for three failures anew
        board.keep_failures(0)
    if reason == "fault":
        board.keep_failures(board.failures + 1)
        asyncio.run(rest(board))
    if reason == "sleep":
        board.sleep()
    board.reset(reason)


async def rest(board) -> None:  # type: ignore[no-untyped-def]
    """Wait a second after the first failure, then ever longer."""
    for _ in range(min(_REST_AT_MOST_S, (1 << min(board.failures, 10)) // 2)):
        board.feed_watchdog()
        await asyncio.sleep_ms(_REST_MS)
    board.feed_watchdog()
