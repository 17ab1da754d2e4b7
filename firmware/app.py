"""The application: the roles that the configuration names, the link, and the watch over them.

A part that fails, ends or hangs takes the application down with a `fault` event, and it starts anew as another boot: no
part of a device dies alone and in silence. After three faults in a row it comes up in rescue, without roles.
"""

import asyncio
import gc
import io
import sys

from firmware.device import Device
from firmware.identity import NotEnrolled
from firmware.sparing import const, lent
from firmware.watch import WATCHDOG_MS, Watch

RESCUE_AFTER = 3
_CLOSING_MS = const(20)
_CLOSING_TURNS = const(50)
# So long and so often the tasks have time to close what they hold open: the link hears its broker out, which is soon
# done unless that has gone.


async def run(board) -> str:  # type: ignore[no-untyped-def]
    """Run until the application must start anew; returns why."""
    await board.start()
    board.watchdog(WATCHDOG_MS)
    try:
        device = Device(board)
    except NotEnrolled as err:
        print("not enrolled:", err)
        await lent("starting").cable(board)
    lent("hardware.console").console(False)  # a device that is enrolled hears nothing at its cable but Ctrl-C
    asyncio.get_event_loop().set_exception_handler(lambda _, context: failed(device, context["exception"]))
    watch = Watch(device)
    try:
        start(device, watch)
    except Exception as err:
        failed(device, err)
    board.ready()
    watching = asyncio.create_task(watch.run())
    await device.ended.wait()
    watching.cancel()
    watch.end()
    for _ in range(_CLOSING_TURNS):
        await asyncio.sleep_ms(_CLOSING_MS)
        if watch.is_over():
            break
    device.outbox.close()
    return device.end_reason


def start(device: Device, watch: Watch) -> None:
    """Start the parts. By a function of its own: what `run` once held on its stack it would hold for ever."""
    lent("starting", "protocols.device_events").start(device, watch)


def failed(device: Device, error: BaseException) -> None:
    """A part failed: say what, then start anew."""
    try:
        gc.collect()
        sys.print_exception(error)
        reason = short_trace(error)
        device.fault("firmware", reason)
        note_why(device.board, reason)
    finally:
        device.end("fault")


def note_why(board, reason: str) -> None:  # type: ignore[no-untyped-def]
    """Note why the application failed, where the next boot is one of rescue and will be asked."""
    if board.failures + 1 >= RESCUE_AFTER:
        from firmware.rescue import keep_why

        keep_why(board.root, reason)


def short_trace(error: BaseException) -> str:
    """The error and the places it came through, the innermost first, in little room."""
    out = io.StringIO()
    sys.print_exception(error, out)
    lines = [line.strip() for line in out.getvalue().split("\n") if line.strip()]
    places = [line.replace("File ", "").replace(", line ", ":").replace('"', "") for line in lines[1:-1]]
    return " < ".join([lines[-1][:80]] + places[::-1])
