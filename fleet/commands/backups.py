"""motcua backup and motcua backups: save everything to a file, see which there are, and whether they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, err, out, say, settings_of, whoever_types
from fleet.domain.backups import NOT_IN_IT, BadBackup
from fleet.domain.kept_backups import Keep
from fleet.flows import backup as flow
from fleet.flows.backup_file import Told, read
from fleet.settings import Settings
from fleet.store.acting import acting
from fleet.store.database import Store

NOTED = (
    *("broker_protocol", "broker_access", "devices_host", "devices_port", "devices_tls", "public_address"),
    *("lease_numbers", "keep_events_days", "keep_scans_days", "keep_unreadable_days", "keep_health_days"),
    *("keep_visits_days", "keep_ratings_days", "keep_dossiers_days", "keep_imports_days"),
    "keep_archives_days",
)
# Settings without which a restored fleet would be another one. No secret is among them.
MIB = 1 << 20

app = typer.Typer(no_args_is_help=True, help="Backups: which there are, and whether they are whole.")
File = Annotated[Path, typer.Argument(help="The file of a backup.")]


def backup(
    to: Annotated[Path, typer.Argument(help="A folder, in which each backup has a name of its own; or a new file.")],
    days: Annotated[int, typer.Option("--days", min=0, help="Keep the newest of each of so many days.")] = 0,
    weeks: Annotated[int, typer.Option("--weeks", min=0, help="And of each of so many weeks.")] = 0,
    months: Annotated[int, typer.Option("--months", min=0, help="And of each of so many months.")] = 0,
    data: Data = None,
) -> None:
    """Save everything to one file, while everything runs; it is read again before it counts."""
    settings = settings_of(data)
    if not settings.database and not (settings.data / "motcua.sqlite").exists():
        raise Refused(f"no database in {settings.data.resolve()}")
    if not to.is_dir() and to.suffix != ".zip":
        raise Refused(f"{to}: expected a folder that is there, or a new file whose name ends with .zip, found neither")
    if not to.is_dir() and (days or weeks or months):
        raise Refused(f"--days, --weeks, --months: expected a folder, found {to}")
    store = Store(settings.database_url, settings.keys_database_url, settings.fleet_key_path)
    try:
        with refusing(to), shown("rows saved") as told, acting(whoever_types()):
            made = flow.backup(store, to, version("motcua"), noted(settings), now_ms(), Keep(days, weeks, months), told)
    finally:
        store.close()
    say(f"{made.file}: {made.manifest.rows} rows of {len(made.manifest.tables)} tables, {made.bytes / MIB:.1f} MiB")
    for name in made.removed:
        say(f"{name}: removed")
    say("not in it:")
    for line in NOT_IN_IT:
        say(f"  {line}")


@app.command("list")
def list_backups(folder: Annotated[Path, typer.Argument(help="Where the backups are.")]) -> None:
    """Show the backups of a folder, the newest first."""
    if not folder.is_dir():
        raise Refused(f"{folder}: expected a folder, found none")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("made (UTC)", "schema", "rows", "MiB", "file"):
        table.add_column(column, no_wrap=column != "file", justify="right" if column in ("rows", "MiB") else "left")
    for found in flow.look(folder):
        its = found.manifest
        told = ("?", "?", "?") if its is None else (moment(its.made_ms), its.schema, str(its.rows))
        problem = f": {found.problem}" if found.problem else ""
        table.add_row(*told, f"{found.bytes / MIB:.1f}", f"{found.file.name}{problem}")
    out.print(table if table.row_count else "no backups", highlight=False)


@app.command("check")
def check(file: File) -> None:
    """Read a backup from end to end: is every row there, as it was saved?"""
    with refusing(file), shown("rows read") as told, read(file) as reading:
        manifest = reading.check(told)
    say(f"{file}: whole, {manifest.rows} rows of {len(manifest.tables)} tables, schema {manifest.schema}")
    say(f"made {moment(manifest.made_ms)} UTC on {manifest.database} by motcua {manifest.program}")


def noted(settings: Settings) -> dict[str, Any]:
    """The settings that a backup tells of."""
    return {name: getattr(settings, name) for name in NOTED}


def moment(ms: int) -> str:
    """A moment, the same wherever it is read."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


@contextmanager
def refusing(file: Path) -> Iterator[None]:
    """What is wrong with this backup is said, and the command ends."""
    try:
        yield
    except BadBackup as problem:
        raise Refused(f"{file}: {problem}") from None


@contextmanager
def shown(what: str) -> Iterator[Told]:
    """How far it is, on a terminal."""
    columns = (TextColumn("{task.fields[table]:24}"), BarColumn(), TextColumn("{task.completed:.0f} " + what))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=None, table="")
        yield lambda table, rows: progress.update(task, advance=rows, table=table)
