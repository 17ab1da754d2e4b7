"""motcua privacy: what is kept of whom, told and forgotten on request."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.dossiers import erase, known_of
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.personal_data import RECORDS, Until
from fleet.flows.forget_person import erase_person, export_person
from fleet.flows.forget_ticket import erase_ticket, export_ticket
from fleet.flows.people import PersonUnfit, named
from fleet.flows.sign_in import NoSuchPerson
from fleet.flows.ticket_page import NoTicket
from fleet.settings import Settings
from fleet.store.database import Store

app = typer.Typer(no_args_is_help=True, help="Personal data: what is kept, told and forgotten on request.")


class Of(StrEnum):
    """Of what or whom something is told or forgotten."""

    DOSSIER = "dossier"
    TICKET = "ticket"
    PERSON = "person"


Kind = Annotated[Of, typer.Argument(help="A `dossier`, a `ticket`, or a `person` of the staff.")]
Which = Annotated[str, typer.Argument(help="The dossier's code, the ticket's code `MC1:…`, or the sign-in name.")]


@app.command("list")
def listed(
    columns: Annotated[bool, typer.Option("--columns", help="Also where it lies in the database.")] = False,
) -> None:
    """List what personal data is kept, of whom, and for how many days."""
    days = Settings().keep_days
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("what", "of", "kept", "seen by", "on request", *(["where"] if columns else [])):
        table.add_column(name, overflow="fold")
    for one in RECORDS:
        kept = one.until.replace("_", " ") if isinstance(one.until, Until) else f"{days[one.until]} days"
        where = ["\n".join(map(escape, one.places))] if columns else []
        table.add_row(one.name, one.whose, kept, one.seen, one.gone, *where)
    out.print(table)


@app.command("export")
def export(of: Kind, which: Which, data: Data = None) -> None:
    """Print everything that is kept of it, as JSON. That it was taken stands in the log of changes."""
    with opened(data) as store:
        known = known_of(store, which) if of is Of.DOSSIER else told(store, of, which)
    typer.echo(json.dumps(known, ensure_ascii=False, indent=2))


@app.command("erase")
def forget(of: Kind, which: Which, data: Data = None) -> None:
    """Forget it, for good: a dossier's code, what leads from a ticket to its holder, or a person's account and name."""
    if of is Of.DOSSIER:
        erase(which, data)
        return
    with opened(data) as store:
        try:
            said = erased_ticket(store, which) if of is Of.TICKET else erased_person(store, which)
        except (NoTicket, NoSuchPerson, PersonUnfit) as problem:
            raise Refused(said_of(problem, of, which)) from None
    for line in said:
        out.print(line, highlight=False)


def told(store: Store, of: Of, which: str) -> dict[str, Any]:
    """What is kept of a ticket or of somebody. Raises Refused."""
    try:
        return export_ticket(store, which) if of is Of.TICKET else export_person(store, named(store, which))
    except (NoTicket, NoSuchPerson) as problem:
        raise Refused(said_of(problem, of, which)) from None


def erased_ticket(store: Store, which: str) -> tuple[str, ...]:
    """Forget a ticket; what is to be said of that."""
    hashes, promises = erase_ticket(store, which)
    return (
        f"card hashes     {hashes}",
        f"promises        {promises}",
        "The number and its visit stay for statistics, and lead to nobody; a dossier is erased under its own code.",
    )


def erased_person(store: Store, which: str) -> tuple[str, ...]:
    """Forget somebody; what is to be said of that."""
    done = erase_person(store, named(store, which), now_ms())
    return (
        f"known as        {done.gone}",
        f"names taken out {done.deeds}",
        "The log of changes keeps the name until its old end is cut (`motcua audit cut`); backups keep it, too.",
    )


def said_of(problem: Exception, of: Of, which: str) -> str:
    """A refusal as a sentence."""
    if isinstance(problem, NoTicket):
        return "ticket: expected the whole code of a ticket that is kept, found another"
    if isinstance(problem, PersonUnfit):
        return f"{of}: {problem}"
    return f"{of}: expected somebody who is known, found {which[:80]!r}"
