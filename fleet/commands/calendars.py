"""motcua calendar: when offices are open, and when not."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.shared import Data, Encoding, Language, Refused, caller, day_of_option, opened, say, taken
from fleet.domain.calendar_table import EVERYWHERE, shown_hour, shown_weekday
from fleet.domain.calendars import DayPlan
from fleet.flows.calendars import calendar_of, export_calendars, import_calendars
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.units import tree_of

app = typer.Typer(no_args_is_help=True, help="When offices are open: hours, holidays, days made up.")

MOST_DAYS = 400


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    whole: Annotated[bool, typer.Option("--whole", help="Take the rules of units back that it does not name.")] = False,
    encoding: Encoding = None,
    language: Language = "vi",
    data: Data = None,
) -> None:
    """Make the rules of a file those of the units that it names, whole or not at all; every bad row is named."""
    with opened(data) as store, taken(language):
        result = import_calendars(store, file, caller(), now_ms(), encoding, whole)
    removed = f", those of {result.removed} others removed" if whole else ""
    say(f"{result.file}: {result.rules} rules of {result.units} units, {result.changed} of them changed{removed}")


@app.command()
def export(data: Data = None) -> None:
    """Print all rules as CSV, as `motcua calendar import` takes it."""
    with opened(data) as store:
        typer.echo(export_calendars(store), nl=False)


@app.command()
def show(
    unit: Annotated[str, typer.Argument(help="An office, or another unit; without one: what holds everywhere.")] = (
        EVERYWHERE
    ),
    since: Annotated[str | None, typer.Option("--from", help="The first day, instead of today.")] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="So many days.")] = 14,
    special: Annotated[bool, typer.Option("--special", help="Only days that differ from the others.")] = False,
    data: Data = None,
) -> None:
    """Show the days of a unit: its sessions, and why a day differs."""
    first = day_of_option(since, day_in_viet_nam(now_ms()))
    with opened(data) as store:
        if unit != EVERYWHERE and unit not in tree_of(store).units:
            raise Refused(f"unit: expected the id of a known unit, found {unit!r}")
        with store.reading() as connection:
            calendar = calendar_of(connection, unit)
    for n in range(days):
        plan = calendar.plan(first + timedelta(days=n))
        if plan.notes or not plan.appointments or not special:
            say(line_of(plan))


def line_of(plan: DayPlan) -> str:
    """`T2 23/11/2026  07:30–11:30 13:30–17:00`."""
    hours = " ".join(f"{shown_hour(one.start)}–{shown_hour(one.end)}" for one in plan.sessions) or "nghỉ"
    parts = [f"{shown_weekday(plan.day.isoweekday())} {plan.day:%d/%m/%Y}", hours]
    if not plan.appointments:
        parts.append("ngày không hẹn")
    return "  ".join([*parts, *plan.notes])
