"""motcua bookings: appointments."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.booking import BadBooking
from fleet.domain.day import day_of, shown_time
from fleet.flows import book
from fleet.flows.equip import all_offices
from fleet.store.bookings import BookingRow
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.ticket_code import ticket_label

app = typer.Typer(help="Appointments: which times are free, who comes when.")
Office = Annotated[str, typer.Argument(help="The office's id.")]
Service = Annotated[str, typer.Argument(help="The service's id.")]


@app.command("list")
def listed(
    office: Office,
    day: Annotated[str | None, typer.Option(help="A day such as 2026-11-24; today if it is left out.")] = None,
    data: Data = None,
) -> None:
    """The appointments of a day."""
    with opened(data) as store:
        try:
            place = office_of(store, office)
            wanted = read_day(day or day_of(now_ms(), place.timezone))
            rows = book.listed(store, office, wanted)
        except BadBooking as problem:
            raise refused(problem) from None
        if not rows:
            out.print(f"no appointments on {wanted.isoformat()}")
            return
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for row in rows:
            table.add_row(
                shown_time(row.due_ms, place.timezone)[-5:],
                label(store, row),
                escape(row.service),
                escape(row.code or ""),
                state(row),
            )
        out.print(table)


@app.command()
def times(
    office: Office,
    service: Service,
    day: Annotated[str, typer.Argument(help="A day such as 2026-11-24.")],
    data: Data = None,
) -> None:
    """The times of a day that can be booked, and for how many each is free."""
    with opened(data) as store:
        try:
            place = office_of(store, office)
            found = book.free_times(store, office, service, read_day(day), now_ms())
        except BadBooking as problem:
            raise refused(problem) from None
        for one in found:
            out.print(f"{shown_time(one.at_ms, place.timezone)[-5:]}  {one.free}", highlight=False)
        if not found:
            out.print(f"no appointments are taken for {day}")


@app.command()
def make(
    office: Office,
    service: Service,
    time: Annotated[str, typer.Argument(help="A time of the office such as '2026-11-24 08:15'.")],
    dossier: Annotated[str | None, typer.Option(help="The dossier for which they come.")] = None,
    data: Data = None,
) -> None:
    """Book a time, and print the code that says in the lobby that they are there."""
    with opened(data) as store:
        try:
            place = office_of(store, office)
            row = book.book(store, office, service, read_time(time, place.timezone), dossier, now_ms())
        except BadBooking as problem:
            raise refused(problem) from None
        shown = f"{label(store, row)} at {shown_time(row.due_ms, place.timezone)}: {book.code_of(store, row)}"
        out.print(shown, highlight=False)


@app.command()
def cancel(
    code: Annotated[str, typer.Argument(help="The code that was given with it.")],
    data: Data = None,
) -> None:
    """Give an appointment back, before anybody came."""
    with opened(data) as store:
        try:
            row = book.cancel(store, code, now_ms())
        except BadBooking as problem:
            raise refused(problem) from None
        place = office_of(store, row.office)
        out.print(f"{label(store, row)} at {shown_time(row.due_ms, place.timezone)} is given back", highlight=False)


def office_of(store: Store, name: str) -> OfficeRow:
    """The office with this id. Raises BadBooking."""
    offices = {one.id: one for one in all_offices(store)}
    if name not in offices:
        raise BadBooking("office", name[:80], ", ".join(offices))
    return offices[name]


def label(store: Store, row: BookingRow) -> str:
    """The number as it will be called."""
    return ticket_label(book.prefix_of(store, row), row.number)


def state(row: BookingRow) -> str:
    """What became of an appointment."""
    if row.cancelled_ms is not None:
        return "given back"
    return "comes" if row.came_ms is None else "came"


def read_day(text: str) -> date:
    """An ISO day. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"day: expected a day such as 2026-11-24, found {text!r}") from None


def read_time(text: str, timezone: str) -> int:
    """A time of the office as UTC milliseconds. Raises Refused."""
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(timezone))
    except ValueError:
        raise Refused(f"time: expected a time such as 2026-11-24 08:15, found {text!r}") from None
    return int(at.timestamp() * 1000)


def refused(problem: BadBooking) -> Refused:
    """A booking that can not be, in both languages."""
    return Refused(f"{problem.said('en')} / {problem.said('vi')}")
