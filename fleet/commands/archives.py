"""motcua archive: months as files for statistics, which files there are, and whether they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out, say, settings_of
from fleet.domain.archives import BadArchive, Manifest, read_month
from fleet.flows import archive as flow
from fleet.flows.archive import Found

app = typer.Typer(help="Archives: what is kept of a month for statistics, as Parquet files.")
Folder = Annotated[
    Path | None, typer.Option("--into", help="Folder of the archives, instead of MOTCUA_ARCHIVE.", show_default=False)
]
In = Annotated[Path | None, typer.Argument(help="Folder of the archives, instead of MOTCUA_ARCHIVE.")]
MIB = 1 << 20


@app.callback(invoke_without_command=True)
def archive(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", help="The month, such as 2026-03.")] = None,
    into: Folder = None,
    data: Data = None,
) -> None:
    """Archive a month that is over: its events, its visits, and what may be shown of its ratings."""
    if context.invoked_subcommand is not None:
        return
    if month is None:
        raise Refused("--month: expected a month as 2026-03, found none")
    with refusing(), opened(data) as store:
        made = flow.make(store, folder_of(into, data), read_month(month), now_ms())
    for one in made.written:
        say(f"{one.file}: {one.rows} rows, {one.bytes / MIB:.1f} MiB{since(one)}")
    for one in made.there:
        say(f"{one.file}: {one.rows} rows, was there")


@app.command("list")
def listed(folder: In = None, data: Data = None) -> None:
    """Show the archives of a folder, month by month."""
    with refusing():
        found = flow.look(folder_of(folder, data))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("file", "rows", "MiB", "made (UTC)"):
        table.add_column(column, no_wrap=column != "file", justify="right" if column in ("rows", "MiB") else "left")
    for one in found:
        its = one.manifest
        told = ("?", "?", one.problem) if its is None else (str(its.rows), f"{its.bytes / MIB:.1f}", its.made)
        table.add_row(one.file.name, *told)
    out.print(table if table.row_count else "no archives", highlight=False)


@app.command("verify")
def verify(folder: In = None, data: Data = None) -> None:
    """Read every archive of a folder from end to end: is it what was written? Ends with 1 where one is not."""
    with refusing():
        found = [flow.verify(one) for one in flow.look(folder_of(folder, data))]
    for one in found:
        say(f"{one.file.name}: {one.problem or rows(one)}")
    if any(one.problem for one in found):
        raise typer.Exit(1)
    if not found:
        say("no archives")


def folder_of(named: Path | None, data: Path | None) -> Path:
    """The folder that is meant. Raises Refused where none is."""
    folder = named or settings_of(data).archive
    if folder is None:
        raise Refused("expected a folder of archives, by MOTCUA_ARCHIVE or named here, found none")
    return folder


def since(manifest: Manifest) -> str:
    """What is said of a month of which some was deleted before."""
    return f"; of what is older than {manifest.since} some had been deleted" if manifest.since else ""


def rows(found: Found) -> str:
    """What is said of a whole archive."""
    return f"whole, {found.manifest.rows if found.manifest else 0} rows"


@contextmanager
def refusing() -> Iterator[None]:
    """What is wrong with an archive is said, and the command ends."""
    try:
        yield
    except BadArchive as problem:
        raise Refused(str(problem)) from None
    except ValueError as problem:  # no period at all
        raise Refused(f"--month: {problem}") from None
