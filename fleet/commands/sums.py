"""motcua sums: add up now what the linker adds up by and by, for units of many offices."""

from typing import Annotated

import typer
from rich.progress import Progress

from fleet.clock import now_ms
from fleet.commands.shared import Data, err, opened, out
from fleet.flows.fold_waits import fold_all


def sums(
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was added up, and begin again.")] = False,
    data: Data = None,
) -> None:
    """Add up the waits of all offices below each unit that has many."""
    with opened(data) as store, Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("days", total=None)
        done = 0
        for done, of in fold_all(store, now_ms(), anew):
            progress.update(task, completed=done, total=of)
    out.print(f"{done} days added up")
