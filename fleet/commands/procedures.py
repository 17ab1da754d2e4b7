"""motcua procedures: the catalogue of what is asked for at counters."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Encoding, Language, Refused, caller, opened, out, say, taken
from fleet.domain.procedure_table import shown_days
from fleet.flows import procedures
from fleet.flows.procedures import CatalogueError, Described

app = typer.Typer(no_args_is_help=True, help="The catalogue of procedures: import it, search it, say who serves them.")

Office = Annotated[str | None, typer.Option("--office", help="Say which counters of this office serve it.")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    whole: Annotated[bool, typer.Option("--whole", help="Remove what the file does not name.")] = False,
    encoding: Encoding = None,
    language: Language = "vi",
    data: Data = None,
) -> None:
    """Take a file of procedures over, whole or not at all; every bad row is named."""
    with opened(data) as store, taken(language):
        result = procedures.import_procedures(store, file, caller(), now_ms(), encoding, whole)
    removed = f", {result.removed} removed" if whole else ""
    counts = f"{result.new} procedures new, {result.changed} changed, {result.unchanged} unchanged{removed}"
    say(f"{result.file}: {counts}")


@app.command()
def export(data: Data = None) -> None:
    """Print the catalogue as CSV, as `motcua procedures import` takes it."""
    with opened(data) as store:
        typer.echo(procedures.export_procedures(store), nl=False)


@app.command()
def search(
    words: Annotated[list[str] | None, typer.Argument(help="Words in any order, with or without diacritics.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Show at most so many.")] = 10,
    office: Office = None,
    data: Data = None,
) -> None:
    """Find procedures; without words, those that most dossiers are of."""
    with opened(data) as store:
        try:
            found = procedures.search(store, " ".join(words or []), most, office)
        except CatalogueError as problem:
            raise Refused(str(problem)) from None
    for one in found:
        say("  ".join([one.procedure.code, one.procedure.name, *where(one, office)]))
    if not found:
        say("nothing found")


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="The procedure's code, such as 1.012766.")],
    office: Office = None,
    data: Data = None,
) -> None:
    """Show all of one procedure: its time, papers and fee, and where it is served."""
    with opened(data) as store:
        try:
            found = procedures.describe(store, code, office)
        except CatalogueError as problem:
            raise Refused(str(problem)) from None
    one, group = found.procedure, found.group
    days = "" if one.days is None else f"{shown_days(one.days)} ngày làm việc" if one.days else "trong ngày"
    rows = [
        (one.code, one.name),
        ("lĩnh vực", one.field),
        ("cấp", one.authority),
        ("mức độ", one.level),
        ("thời hạn", days),
        ("phí", one.fee),
        *(("giấy tờ" if not place else "", paper) for place, paper in enumerate(one.papers)),
        ("nhóm", f"{group.prefix} · {group.name}" if group else ""),
        ("quầy", ", ".join(where(found, office))),
        ("hồ sơ", f"{found.uses}"),
        ("ghi chú", one.note),
    ]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        if text:
            table.add_row(escape(name), escape(text))
    out.print(table)


@app.command()
def missing(data: Data = None) -> None:
    """List the codes that dossiers have and the catalogue has not, those of most dossiers first."""
    with opened(data) as store:
        unknown = procedures.missing(store)
    for code, dossiers, name in unknown:
        say(f"{code}  {dossiers} dossiers  {name}")
    if not unknown:
        say("every procedure of the dossiers is in the catalogue")


@app.command()
def offer(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    services: Annotated[list[str], typer.Argument(help="Groups of the catalogue, by their ids.")],
    data: Data = None,
) -> None:
    """Let an office serve groups of the catalogue; `motcua queue counter` says which counter calls for them."""
    with opened(data) as store:
        try:
            rows = procedures.offer(store, office, services, now_ms())
        except CatalogueError as problem:
            raise Refused(str(problem)) from None
    for row in rows:
        say(f"{row.prefix}  {row.id}  {row.name}")


def where(found: Described, office: str | None) -> list[str]:
    """The letter of the queue, and the counters that call for it."""
    if office is None:
        return [found.group.prefix] if found.group else []
    if found.letter is None:
        return ["not served here"]
    return [found.letter, *found.counters] if found.counters else [found.letter, "no counter calls for it"]
