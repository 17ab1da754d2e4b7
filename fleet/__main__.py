"""The command `motcua`; its commands stand in `fleet/commands/known.py`."""

import gc
import os
from typing import Annotated

import typer

from fleet.commands.known import Motcua

SWEPT_EVERY = (10_000, 10, 10)
# New objects before Python looks for garbage. By its own measure (700), which is for little room, a start of the pages
# looked 500 times at what it had just loaded, a seventh of its time (2026-11-23).

app = typer.Typer(
    cls=Motcua,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="motcua, một cửa: smart counters for one-stop offices, and the fleet behind them.",
)


@app.callback(invoke_without_command=True)
def about(shown: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Smart counters for one-stop offices."""
    if shown:
        from importlib.metadata import version

        typer.echo(f"motcua {version('motcua')}")
        raise typer.Exit


def main() -> None:
    """Entry point of the package. What motcua writes, secrets among it, is for its own user."""
    gc.set_threshold(*SWEPT_EVERY)
    os.umask(0o077)
    app()


if __name__ == "__main__":
    main()
