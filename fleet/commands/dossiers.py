"""motcua dossiers: the mirror of the provincial system."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands.shared import Data, Encoding, Language, Refused, caller, opened, out, taken
from fleet.domain.audit import What, mark_of_dossier
from fleet.flows.audit import seen
from fleet.flows.erase import erase_dossier, export_dossier
from fleet.flows.import_dossiers import import_dossiers
from fleet.store.database import Store
from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError

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


@app.command("export")
def export_file(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    data: Data = None,
) -> None:
    """Print everything that is known under a dossier's code, as JSON. No score stands in it."""
    with opened(data) as store:
        known = known_of(store, code)
    typer.echo(json.dumps(known, ensure_ascii=False, indent=2))


@app.command("erase")
def erase(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    data: Data = None,
) -> None:
    """Forget a dossier: its row, and its code wherever that was scanned. Visits stay, without the code."""
    with opened(data) as store:
        erased = erase_dossier(store, code_of(code))
    if not erased.anything:
        raise Refused(f"nothing is known of {code_of(code)}")
    for n, what in (
        (erased.dossiers, "dossier"),
        (erased.visits, "visit"),
        (erased.bookings, "booking"),
        (erased.events, "scan"),
        (erased.quoted, "quotation"),
    ):
        if n:
            out.print(f"{what + ('' if n == 1 else 's'):16}{n}", highlight=False)
    out.print("Visits stay for statistics, and no longer say whose they were.")
    out.print("Still to do: the provincial file (an import would bring it back), devices that are cut off, backups.")


def known_of(store: Store, code: str) -> dict[str, Any]:
    """Everything that is known under a code; that somebody looked stands in the log of changes. Raises Refused."""
    known = export_dossier(store, code_of(code))
    seen(store, What.SEEN_DOSSIER, mark_of_dossier(known["code"]), None, now_ms())
    if known["dossier"] is None and not any(known[part] for part in ("visits", "bookings", "scans")):
        raise Refused(f"nothing is known of {known['code']}")
    return known


def code_of(text: str) -> str:
    """The code as it is stored. Raises Refused."""
    try:
        return parse_dossier_code(text).text
    except ProtocolError as problem:
        raise Refused(str(problem)) from None
