"""The application: the roles that the configuration names, the link, and the watch over them.

A part that fails, ends or hangs takes the application down with a `fault` event, and it starts anew as another boot: no
part of a device dies alone and in silence. After three faults in a row it comes up in rescue, without roles.
"""

import asyncio
import gc
import io
import sys

from firmware import VERSION
from firmware.device import Device
from firmware.link import Link
from firmware.watch import WATCHDOG_MS, Watch
from protocols.device_events import Booted

RESCUE_AFTER = 3
LINK_ROUNDS = 4
# The link rests for up to a minute between two tries, and a try may take as long.
CLOSING_MS = 20
# Time for the tasks to close what they hold open.


async def run(board) -> str:  # type: ignore[no-untyped-def]
    """Run until the application must start anew; returns why."""
    await board.start()
    board.watchdog(WATCHDOG_MS)
    device = Device(board)
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
    await asyncio.sleep_ms(CLOSING_MS)
    return device.end_reason


def start(device: Device, watch: Watch) -> None:
    """Start the parts: roles and link; in rescue what stands for the roles."""
    up = device.clock.up()
    device.record(Booted(reason=device.board.reset_reason, firmware=VERSION, up=up, at=None))
    if device.rescue is not None:
        from firmware.rescue import Rescue

        watch.start(Rescue(device))
    else:
        for role in device.config.roles if device.config else []:
            wiring = wiring_of(role, device)
            if wiring is not None:
                watch.start(wiring)
    watch.start(Link(device), LINK_ROUNDS)


def wiring_of(role: str, device: Device):  # type: ignore[no-untyped-def]
    """A role joined to its lines. Only what is needed is imported: memory is short."""
    try:
        if role == "printer":
            from firmware.wiring.printer import PrinterWiring as Wiring
        elif role == "rating":
            from firmware.wiring.rating import RatingWiring as Wiring
        elif role == "reader":
            from firmware.wiring.reader import ReaderWiring as Wiring
        elif role == "keypad":
            from firmware.wiring.keypad import KeypadWiring as Wiring
        else:
            device.fault("config", "unknown role " + role)
            return None
    except ImportError as err:  # a package holds only the roles that it was built for
        device.fault("config", "role %s is not on this board: %s" % (role, err))
        return None
    return Wiring(device)


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
