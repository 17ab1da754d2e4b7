"""motcua devices identify, test-print, restart, snapshot, log, clock: ask a device, and wait for its answer."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands.many_orders import (
    BY,
    LOOK_S,
    Devices,
    Minutes,
    Office,
    OrderId,
    Presence,
    Role,
    Unit,
    Version,
    asked_many,
)
from fleet.commands.shared import Data, Device, Refused, opened, out
from fleet.domain.command_results import Report
from fleet.domain.commands import PRINTER, SECONDS_AT_MOST, CommandRefused, CommandState, DeviceCommand, Verb
from fleet.domain.order_batches import HOLDS_MINUTES, Selection
from fleet.flows import command
from protocols.reports import ClockHeard, LogPage

WHY_NOT = {
    "late": "it came too late, or the device has restarted meanwhile",
    "unknown_verb": "its firmware does not know this order yet",
    "bad_arguments": "it does not take these words",
    "no_printer": "it has no printer",
    "unknown_service": "it gives no numbers of that service",
    "no_numbers": "no numbers are left",
    "no_paper": "its printer has no paper",
    "printer": "its printer is not ready",
    "full": "it has no room for another event",
    "too_soon": "it still does the last orders",
}


def identify(
    device: Devices = None,
    seconds: Annotated[int, typer.Option(help="For so long.", min=1, max=SECONDS_AT_MOST)] = 10,
    office: Office = None,
    unit: Unit = None,
    role: Role = None,
    presence: Presence = None,
    version: Version = None,
    minutes: Minutes = HOLDS_MINUTES,
    order: OrderId = None,
    data: Data = None,
) -> None:
    """Let devices say where they stand: their lamps blink, their displays say HERE."""
    selection = Selection(office, unit, role, presence, version, tuple(device or ()))
    asked_of(selection, Verb.IDENTIFY, data, {"seconds": seconds}, minutes, order)


def test_print(
    device: Devices = None,
    office: Office = None,
    unit: Unit = None,
    presence: Presence = None,
    version: Version = None,
    minutes: Minutes = HOLDS_MINUTES,
    order: OrderId = None,
    data: Data = None,
) -> None:
    """Print the page of all ways to print, as a printer's key does that is held for three seconds."""
    role = None if device else PRINTER
    selection = Selection(office, unit, role, presence, version, tuple(device or ()))
    asked_of(selection, Verb.TEST_PRINT, data, {}, minutes, order)


def restart(
    device: Devices = None,
    office: Office = None,
    unit: Unit = None,
    role: Role = None,
    presence: Presence = None,
    version: Version = None,
    minutes: Minutes = HOLDS_MINUTES,
    order: OrderId = None,
    data: Data = None,
) -> None:
    """Restart devices: first each delivers what it holds, and no ticket is cut in two."""
    selection = Selection(office, unit, role, presence, version, tuple(device or ()))
    asked_of(selection, Verb.RESTART, data, {}, minutes, order)


def asked_of(
    selection: Selection,
    verb: Verb,
    data: Path | None,
    arguments: dict[str, object],
    minutes: int,
    order: str | None,
) -> None:
    """Ask one device, or all that are meant. Raises Refused."""
    one = only_one(selection, order)
    if one is not None:
        asked(one, verb, data, arguments)
    else:
        asked_many(selection, verb, data, arguments, minutes, order, WHY_NOT)


def only_one(selection: Selection, order: str | None) -> str | None:
    """The device, where one is named and nothing else is said."""
    alone = order is None and selection == Selection(devices=selection.devices[:1]) and selection.devices
    return selection.devices[0] if alone else None


def snapshot(
    device: Devices = None,
    office: Office = None,
    unit: Unit = None,
    role: Role = None,
    presence: Presence = None,
    version: Version = None,
    minutes: Minutes = HOLDS_MINUTES,
    order: OrderId = None,
    data: Data = None,
) -> None:
    """What devices are now: memory, events that wait, configuration, keys' names, network, lines, parts."""
    selection = Selection(office, unit, role, presence, version, tuple(device or ()))
    one = only_one(selection, order)
    if one is None:
        asked_many(selection, Verb.SNAPSHOT, data, {}, minutes, order, WHY_NOT, snapshot_line)
        return
    for name, value in report_of(one, Verb.SNAPSHOT, data).to_dict().items():
        out.print(f"{name:10} {escape(shown(value))}", highlight=False)


def snapshot_line(report: Report) -> str:
    """A snapshot in a line."""
    return "; ".join(f"{name} {shown(value)}" for name, value in report.to_dict().items())


def log(
    device: Device,
    first: Annotated[int, typer.Option("--from", help="The byte to begin at.", min=0)] = 0,
    data: Data = None,
) -> None:
    """The last lines that a device said of itself since its boot: boots, faults, errors of its link."""
    page = report_of(device, Verb.LOG, data, {"from": first})
    assert isinstance(page, LogPage)  # noqa: S101 (the order's own answer)
    for line in page.lines:
        out.print(escape(shown(line)), highlight=False)
    if page.next is not None:
        out.print(f"more: --from {page.next}", highlight=False)


def clock(
    device: Devices = None,
    office: Office = None,
    unit: Unit = None,
    role: Role = None,
    presence: Presence = None,
    version: Version = None,
    minutes: Minutes = HOLDS_MINUTES,
    order: OrderId = None,
    data: Data = None,
) -> None:
    """Set clocks of devices by the fleet's at once; says how far each was off."""
    selection = Selection(office, unit, role, presence, version, tuple(device or ()))
    one = only_one(selection, order)
    if one is None:
        asked_many(selection, Verb.CLOCK, data, {}, minutes, order, WHY_NOT, clock_line)
        return
    out.print(f"{escape(one)}: {clock_line(report_of(one, Verb.CLOCK, data))}", highlight=False)


def clock_line(report: Report) -> str:
    """How far a clock was off."""
    assert isinstance(report, ClockHeard)  # noqa: S101 (the order's own answer)
    off = "had no time" if report.offset_ms is None else f"was {-report.offset_ms / 1000:+.1f} s off"
    return f"its clock {off}"


def report_of(device: str, verb: Verb, data: Path | None, arguments: dict[str, object] | None = None) -> Report:
    """What the device says of itself. Raises Refused."""
    report = asked(device, verb, data, arguments).report
    if report is None:
        raise Refused(f"{device}: expected an answer to {verb}, found something else; its firmware may be newer")
    return report


def shown(value: object) -> str:
    """A stranger's words, in one line of plain text."""
    if isinstance(value, dict):
        value = ", ".join(f"{name} {one}" for name, one in value.items())
    elif isinstance(value, list):
        value = " ".join(map(str, value))
    return "".join(c if c.isprintable() else "?" for c in str(value))


def asked(device: str, verb: Verb, data: Path | None, arguments: dict[str, object] | None = None) -> DeviceCommand:
    """Ask, wait for the answer, and say it. Raises Refused where it is no."""
    with opened(data) as store, out.status(f"{escape(device)}: asked; waiting for its answer …"):
        try:
            one = command.ask(store, device, verb, BY, now_ms(), arguments)
        except CommandRefused as refused:
            raise Refused(f"{device}: {refused}") from None
        while one.state is CommandState.WAITING:
            time.sleep(LOOK_S)
            found = command.answer_of(store, one.id, now_ms())
            if found is None:
                break  # its days are over; nobody waits so long
            one = found
    if one.state is CommandState.REFUSED:
        why = WHY_NOT.get(one.reason, one.reason)
        raise Refused(f"{device} did not: {why}{f' ({one.found})' if one.found else ''}")
    if one.state is not CommandState.DONE:
        raise Refused(f"{device}: expected an answer, found none; is it connected, and does `motcua send` run?")
    took_s = ((one.answered_ms or one.asked_ms) - one.asked_ms) / 1000
    out.print(f"{escape(device)}: done, answered after {took_s:.1f} s", highlight=False)
    return one
