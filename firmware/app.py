"""The application: the roles that the configuration names, the link, and a report of health each minute.

A part that fails, ends or hangs takes the application down with a `fault` event, and it starts anew as another boot: no
part of a device dies alone and in silence. After three faults in a row it comes up in rescue, without roles.
"""

import asyncio
import gc
import io
import os
import sys

from firmware import VERSION
from firmware.device import Device
from firmware.link import Link
from firmware.watch import WATCHDOG_MS, Watch, lives
from protocols.device_events import Booted
from protocols.presence import Health

HEALTH_S = 60
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
    watch = Watch(board, device.clock)
    try:
        start(device, watch)
    except Exception as err:
        failed(device, err)
    board.ready()
    await device.ended.wait()
    for task in watch.tasks:
        task.cancel()
    await asyncio.sleep_ms(CLOSING_MS)
    return device.end_reason


def start(device: Device, watch: Watch) -> None:
    """Start the parts: roles and link; in rescue what stands for the roles."""
    up = device.clock.up()
    device.record(Booted(reason=device.board.reset_reason, firmware=VERSION, up=up, at=None))
    if device.rescue is not None:
        from firmware.rescue import Rescue

        watch.start("rescue", Rescue(device))
    else:
        for role in device.config.roles if device.config else []:
            wiring = wiring_of(role, device)
            if wiring is not None:
                watch.start(role, wiring)
    watch.start("link", Link(device), LINK_ROUNDS)
    watch.tasks.append(asyncio.create_task(lives("health", report_health(device))))
    watch.tasks.append(asyncio.create_task(watch.run()))


def wiring_of(role: str, device: Device):  # type: ignore[no-untyped-def]
    """A role joined to its lines. Only what is needed is imported: memory is short."""
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
    return Wiring(device)


async def report_health(device: Device) -> None:
    """Tell how the device is, each minute while there is a connection."""
    lag_ms = 0
    while True:
        stat = os.statvfs(device.board.root or "/")
        health = Health(
            up=device.clock.up(),
            heap_free=device.board.heap_free(),
            flash_free=stat[1] * stat[3],
            outbox=device.outbox.waiting(),
            paper=device.paper,
            clock_offset_ms=device.clock.last_error_ms,
            loop_lag_ms=lag_ms,
        )
        device.say("health", health, 0)
        due = device.clock.up() + HEALTH_S * 1000
        await asyncio.sleep(HEALTH_S)
        lag_ms = max(0, device.clock.up() - due)


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
