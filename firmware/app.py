"""The application: the roles that the configuration names, the link, and a report of health each minute.

A task that fails takes the application down with a `fault` event, and it starts anew as another boot: no part of a
device dies alone and in silence.
"""

import asyncio
import io
import os
import sys

from firmware import VERSION
from firmware.device import Device
from firmware.link import Link
from protocols.device_events import Booted
from protocols.presence import Health

HEALTH_S = 60
CLOSING_MS = 20
# Time for the tasks to close what they hold open.


async def run(board) -> str:  # type: ignore[no-untyped-def]
    """Run until the application must start anew; returns why."""
    await board.start()
    device = Device(board)
    asyncio.get_event_loop().set_exception_handler(lambda _, context: failed(device, context["exception"]))
    up = device.clock.up()
    device.record(Booted(reason=board.reset_reason, firmware=VERSION, up=up, at=None))
    roles = [wiring_of(role, device) for role in (device.config.roles if device.config else [])]
    tasks = [asyncio.create_task(one.run()) for one in roles + [Link(device)] if one is not None]
    tasks.append(asyncio.create_task(report_health(device)))
    board.ready()
    await device.ended.wait()
    for task in tasks:
        task.cancel()
    await asyncio.sleep_ms(CLOSING_MS)
    return device.end_reason


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
    """A task failed: say what, then start anew."""
    sys.print_exception(error)
    device.fault("firmware", short_trace(error))
    device.end("fault")


def short_trace(error: BaseException) -> str:
    """The error and the places it came through, the innermost first, in little room."""
    out = io.StringIO()
    sys.print_exception(error, out)
    lines = [line.strip() for line in out.getvalue().split("\n") if line.strip()]
    places = [line.replace("File ", "").replace(", line ", ":").replace('"', "") for line in lines[1:-1]]
    return " < ".join([lines[-1][:80]] + places[::-1])
