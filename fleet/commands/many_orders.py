"""One order to many devices at the command line: which are meant, how far it is, and which did not."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands.shared import Refused, opened, out
from fleet.domain.command_results import Report
from fleet.domain.commands import Verb
from fleet.domain.order_batches import HOLDS_MINUTES_AT_MOST, Batch, BatchRefused, OrderedState, Selection
from fleet.flows import command, command_many
from fleet.store.database import Store
from protocols.configuring import ROLES

BY = "motcua"
LOOK_S = 0.1
Devices = Annotated[list[str] | None, typer.Argument(help="The id of a device, or of several.", show_default=False)]
Office = Annotated[str | None, typer.Option(help="All that stand at this office.")]
Unit = Annotated[str | None, typer.Option(help="All that stand below this unit of the tree.")]
Role = Annotated[str | None, typer.Option(help=f"All with this role: {', '.join(ROLES)}.")]
Presence = Annotated[str | None, typer.Option(help="Those that are online, sleeping, leaving, lost or never came.")]
Version = Annotated[str | None, typer.Option(help="Those that run this firmware.")]
Minutes = Annotated[
    int,
    typer.Option(help="Whose turn does not come within it is not asked.", min=1, max=HOLDS_MINUTES_AT_MOST),
]
OrderId = Annotated[str | None, typer.Option("--order", help="A name of your own: the same again is not done again.")]
WHY_NOT_SENT = {
    "away": "it is not connected",
    "revoked": "it is revoked",
    "unknown_device": "there is no such device any more",
}
NO_ANSWER = {
    OrderedState.REFUSED: "it did not, and did not say why",
    OrderedState.UNANSWERED: "it did not answer",
    OrderedState.EXPIRED: "its turn did not come in time",
}


def asked_many(
    selection: Selection,
    verb: Verb,
    data: Path | None,
    arguments: dict[str, object],
    minutes: int,
    order: str | None,
    why_not: Mapping[str, str],
    line: Callable[[Report], str] | None = None,
) -> None:
    """Ask all that are meant, wait for what becomes of it, and name those that did not. Raises Refused.

    `line`: what is said of what each tells of itself.
    """
    with opened(data) as store:
        try:
            found = command_many.ask_many(store, selection, verb, BY, now_ms(), arguments, minutes, batch=order)
        except BatchRefused as refused:
            raise Refused(str(refused)) from None
        out.print(f"order {escape(found.id)}: {len(found.ordered)} devices", highlight=False)
        with out.status("") as status:
            while not found.is_over:
                status.update(escape(counted(found)))
                time.sleep(LOOK_S)
                found = command_many.batch_of(store, found.id, now_ms()) or found
        if line is not None:
            tell_reports(store, found, line)
    out.print(counted(found), highlight=False)
    for one in found.failed:
        why = WHY_NOT_SENT.get(one.reason) or why_not.get(one.reason, one.reason) or NO_ANSWER[one.state]
        out.print(escape(f"{one.device}: {why}{f' ({one.found})' if one.found else ''}"), highlight=False)
    if found.failed:
        raise typer.Exit(1)


def tell_reports(store: Store, found: Batch, line: Callable[[Report], str]) -> None:
    """What each device told of itself."""
    for one in found.ordered:
        its = None if one.command is None else command.answer_of(store, one.command, now_ms())
        if its is not None and its.report is not None:
            out.print(escape(f"{one.device}: {line(its.report)}"), highlight=False, soft_wrap=True)


def counted(found: Batch) -> str:
    """How far it is."""
    return ", ".join(f"{n} {state}" for state, n in found.counts.items())
