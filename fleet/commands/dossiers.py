"""motcua dossiers: the mirror of the provincial system."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands.shared import Data, Encoding, Language, opened, out, taken
from fleet.flows.import_dossiers import import_dossiers

app = typer.Typer(no_args_is_help=True, help="Dossiers, as the provincial system exports them.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    encoding: Encoding = None,
    language: Language = "vi",
    data: Data = None,
) -> None:
    """Import a file of dossiers, whole or not at all; every bad row is named."""
    with opened(data) as store, taken(language), out.status(f"{escape(file.name)} …"):
        result = import_dossiers(store, file, caller(), now_ms(), encoding)
    out.print(
        f"{escape(result.file)}: {result.rows} dossiers read; "
        f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged"
    )


def caller() -> str:
    """Who calls, for the record of imports; in a container the number may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
