"""motcua devices move, replace, revoke, retire and history: what is done with enrolled devices, and was."""

from functools import partial
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.dossiers import caller
from fleet.commands.retention import shown
from fleet.commands.shared import Data, Device, Refused, opened, out, say
from fleet.domain.registry import HistoryWord, RegistryRefused
from fleet.flows import registry as flow
from fleet.flows.registry import Act

Why = Annotated[str, typer.Option("--why", help="The reason, for the history.")]

SAID = {
    HistoryWord.MOVED: "{device} stands there",
    HistoryWord.MOVE_ASKED: "{device} is to stand there; it does when it starts again",
    HistoryWord.TOOK_PLACE: "{device} has taken its place; the other one is revoked",
    HistoryWord.ROTATED: "{device} is given another key; the old one holds until it has shown the new one",
    HistoryWord.REVOKED: "{device} is revoked",
    HistoryWord.RETIRED: "{device} is retired: it may no longer connect and stands nowhere",
}


def move(
    device: Device,
    office: Annotated[str, typer.Option(help="The office where it shall stand.")],
    counter: Annotated[str | None, typer.Option(help="The counter where it shall stand; none: the lobby.")] = None,
    why: Why = "",
    data: Data = None,
) -> None:
    """A device shall stand elsewhere: within its office at once, at another one when it starts there."""
    done(data, partial(flow.move, device=device, office=office, counter=counter, why=why))


def replace(
    device: Annotated[str, typer.Argument(help="The device whose place is taken; it is revoked.")],
    by: Annotated[str, typer.Option("--by", help="The enrolled device that takes its place.")],
    why: Why = "",
    data: Data = None,
) -> None:
    """A board takes the place of another one: where it stands, and what is known and decided of its parts."""
    done(data, partial(flow.replace, old=device, device=by, why=why))


def rotate(device: Device, why: Why = "", data: Data = None) -> None:
    """Give a device another key, without a visit."""
    done(data, partial(flow.rotate, device=device, why=why))


def revoke(device: Device, why: Why = "", data: Data = None) -> None:
    """A device may no longer connect, and nothing that it sends is stored."""
    done(data, partial(flow.revoke, device=device, why=why))


def retire(device: Device, why: Why = "", data: Data = None) -> None:
    """Take a device out of service for good: it may no longer connect, and stands nowhere."""
    done(data, partial(flow.retire, device=device, why=why))


def history(device: Device, data: Data = None) -> None:
    """What was done with a device, and by whom, the newest first."""
    with opened(data) as store:
        found = flow.history(store, device)
        wanted = flow.move_wanted(store, device)
    if not found:
        raise Refused(f"nothing is known of {device!r}")
    if wanted is not None:
        say(f"it is to stand at {flow.place_text(wanted.office, wanted.counter)} when it starts again")
    for one in found:
        said = [shown(one.at_ms), one.what.replace("_", " "), one.found, f"by {one.by}" if one.by else "", one.why]
        say("  ".join(part for part in said if part))


def done(data: Data, act: Act) -> None:
    """Do it, and say what became of it. Raises Refused."""
    with opened(data) as store:
        try:
            outcome = flow.carry_out(store, act, caller(), now_ms())
        except RegistryRefused as problem:
            raise Refused(str(problem)) from None
    again = "" if outcome.changed else " (as before)"
    out.print(SAID[outcome.word].format(device=outcome.device) + again, highlight=False)
