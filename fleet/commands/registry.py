"""motcua devices move, replace, revoke, retire, retry, show, history: what is done with enrolled devices, and was."""

from functools import partial
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.retention import shown
from fleet.commands.shared import Data, Device, Refused, caller, opened, out, say
from fleet.domain.devices_now import DeviceNow
from fleet.domain.registry import HistoryWord, RegistryRefused
from fleet.flows import registry as flow
from fleet.flows.instruct import try_again
from fleet.flows.registry import Act
from fleet.flows.watch import devices_now
from fleet.store.device_moves import Move

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


def retry(device: Device, data: Data = None) -> None:
    """Tell a device once more the configuration from which it went back by itself."""
    with opened(data) as store:
        version = try_again(store, device)
    if version is None:
        raise Refused(f"{device}: expected a device that went back from what it shall be, found none")
    out.print(f"{device} is told it once more, as version {version}", highlight=False)


def show(device: Device, data: Data = None) -> None:
    """One device: where it stands, how it is, and which configuration it has."""
    with opened(data) as store:
        found = next((one for one in devices_now(store, now_ms()) if one.id == device), None)
        said = {} if found is None else facts_of(found, flow.move_wanted(store, device))
    if not said:
        raise Refused(f"there is no device {device!r}")
    for name, value in said.items():
        say(f"{name:14} {''.join(c if c.isprintable() else '?' for c in value)}")


def facts_of(one: DeviceNow, wanted: Move | None) -> dict[str, str]:
    """What there is to say of a device, by name."""
    facts = {
        "device": one.id,
        "roles": " ".join(one.roles),
        "place": one.place or "nowhere",
        "presence": "revoked" if one.revoked else one.presence,
        "seen": "never" if one.last_seen_ms is None else shown(one.last_seen_ms),
        "firmware": f"{one.firmware} on {one.board}" if one.firmware else "",
        "waiting": "" if one.outbox is None else f"{one.outbox} events",
        "rescue": one.rescue or "",
        "refused": "" if one.refused is None else one.refused.sentence(),
    }
    if one.reverted is not None:
        facts["went back"] = f"from configuration {one.reverted.version}: {one.reverted.reason}"
    if wanted is not None:
        facts["to stand at"] = f"{flow.place_text(wanted.office, wanted.counter)}, when it starts again"
    return {name: value for name, value in facts.items() if value}


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
