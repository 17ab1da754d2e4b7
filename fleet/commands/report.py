"""motcua report: a period of an office as a PDF to sign, a workbook or open data; now, or by e-mail once it is over."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from fleet.clock import now_ms
from fleet.commands.periods import Day, Month, Quarter, Week, Year, period_of
from fleet.commands.shared import Data, Refused, check_language, err, opened, out, say
from fleet.domain.named_periods import Length
from fleet.domain.report_schedules import following, ready_ms
from fleet.flows import schedule_reports
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.report import report as report_of
from fleet.flows.report_files import Form, file_of
from fleet.flows.watch import UnknownOffice

VIET_NAM = timedelta(hours=7)
Unit = Annotated[str, typer.Argument(help="The id of an office, or of a unit above offices.")]
Form_ = Annotated[str, typer.Option("--as", help="pdf, xlsx or csv.")]


class WithUnit(TyperGroup):
    """Takes a unit of its own, unless one of its commands is named first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What was typed."""
        named = bool(args) and args[0] in self.commands
        ctx.allow_interspersed_args = not named
        return super().parse_args(ctx, ["", *args] if named else args)


app = typer.Typer(
    cls=WithUnit,
    invoke_without_command=True,
    no_args_is_help=True,
    help="Write the report of a period; or have it sent.",
)


@app.callback()
def report(
    context: typer.Context,
    unit: Unit,
    day: Day = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    form: Form_ = Form.PDF.value,
    to: Annotated[Path | None, typer.Option("--to", help="Write to this file, whatever is there.")] = None,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Write the report of a period (this month): waits, satisfaction, official indicators."""
    if context.invoked_subcommand is not None:
        return
    check_language(language)
    wanted = form_of(form)
    now = now_ms()
    period = period_of(day_in_viet_nam(now), day, week, month, quarter, year)
    path = to or Path(f"{unit}-{period}.{form}")
    if to is None and path.exists():
        raise Refused(f"{path} is there already; --to {path} writes over it")
    with opened(data) as store, err.status(f"{unit} {period} …") if err.is_terminal else nullcontext():
        try:
            made = file_of(report_of(store, unit, period, now), wanted, language)
        except UnknownOffice:
            raise Refused(f"office: there is none of id {unit!r}, or none below it") from None
    path.write_bytes(made.content)
    say(f"{path}: {len(made.content):,} bytes")


@app.command()
def schedule(
    unit: Unit,
    every: Annotated[str, typer.Option(help="day, week, month, quarter or year.")],
    to: Annotated[list[str], typer.Option(help="Who gets it by e-mail; may be given several times.")],
    form: Form_ = Form.PDF.value,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Send a report by e-mail after each period from now on, once its figures have settled."""
    if every not in list(Length):
        raise Refused(f"--every: expected {', '.join(Length)}, found {every!r}")
    wanted = form_of(form)
    with opened(data) as store:
        try:
            with store.writing() as connection:
                made = schedule_reports.schedule(connection, unit, Length(every), wanted, language, to, now_ms())
        except schedule_reports.ScheduleUnfit as problem:
            raise Refused(str(problem)) from None
    first = following(made.last)
    say(f"{made.id}: {unit}, each {every}; {first} goes to {', '.join(made.to)} on {sent_on(ready_ms(first))}")


@app.command()
def schedules(data: Data = None) -> None:
    """List the reports that are sent by themselves: to whom, which period went last and which is next."""
    with opened(data) as store:
        rows = schedule_reports.schedules(store)
    if not rows:
        out.print("none is sent by itself yet: `motcua report schedule` says which shall be")
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("number", "unit", "every", "as", "to", "last", "next", "on"):
        table.add_column(column, overflow="fold")
    for row in rows:
        first = following(row.last)
        words = "\n".join((*map(escape, row.to), *((f"[red]{escape(row.said)}[/]",) if row.said else ())))
        form = f"{row.form} {row.language}"
        table.add_row(
            str(row.id), row.unit, row.length, form, words, str(row.last), str(first), sent_on(ready_ms(first))
        )
    out.print(table)


@app.command()
def unschedule(
    number: Annotated[int, typer.Argument(help="Its number, as `motcua report schedules` shows it.")],
    data: Data = None,
) -> None:
    """Send a report no more."""
    with opened(data) as store:
        try:
            with store.writing() as connection:
                gone = schedule_reports.unschedule(connection, number)
        except schedule_reports.UnknownSchedule as problem:
            raise Refused(str(problem)) from None
    say(f"{number}: {gone.unit}, each {gone.length}, is sent no more")


def form_of(form: str) -> Form:
    """The form that was asked for. Raises Refused."""
    if form not in list(Form):
        raise Refused(f"--as: expected {', '.join(Form)}, found {form!r}")
    return Form(form)


def sent_on(ms: int) -> str:
    """The day of a moment in Việt Nam."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC) + VIET_NAM:%Y-%m-%d}"
