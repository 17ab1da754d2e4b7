"""motcua restored: the database came out of a backup."""

import typer

from fleet.clock import now_ms
from fleet.commands.shared import Data, opened, out
from fleet.flows import restored as flow


def restored(
    data: Data = None,
    look: bool = typer.Option(False, "--look", help="Only show which printers are awaited, and what is lost."),
) -> None:
    """Say, before the fleet starts again, that its database came out of a backup.

    No office is granted numbers until each of its printers has told what it holds, or was revoked.
    """
    with opened(data) as store:
        awaited = flow.still_awaited(store, now_ms()) if look else flow.restored(store, now_ms())
        lost = flow.lost_events(store) if look else {}
    for office, printers in sorted(awaited.items()):
        out.print(f"{office}: no new numbers until {', '.join(printers)} told what they hold", highlight=False)
    for device, n in sorted(lost.items()):
        out.print(f"{device}: {n} events at most that it was receipted for are lost", highlight=False)
    if not awaited:
        out.print("no printer is awaited", highlight=False)
