"""motcua devices identify, test-print, restart: ask a device to do something, and wait for its answer."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands.shared import Data, Device, Refused, opened, out
from fleet.domain.commands import SECONDS_AT_MOST, CommandRefused, CommandState, Verb
from fleet.flows import command

BY = "motcua"
LOOK_S = 0.1
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
    device: Device,
    seconds: Annotated[int, typer.Option(help="For so long.", min=1, max=SECONDS_AT_MOST)] = 10,
    data: Data = None,
) -> None:
    """Let a device say where it stands: its lamps blink, its displays say HERE."""
    asked(device, Verb.IDENTIFY, data, {"seconds": seconds})


def test_print(device: Device, data: Data = None) -> None:
    """Print the page of all ways to print, as its key does that is held for three seconds."""
    asked(device, Verb.TEST_PRINT, data)


def restart(device: Device, data: Data = None) -> None:
    """Restart a device: first it delivers what it holds, and no ticket is cut in two."""
    asked(device, Verb.RESTART, data)


def asked(device: str, verb: Verb, data: Path | None, arguments: dict[str, object] | None = None) -> None:
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
