"""motcua report: a period of an office as a PDF to sign, a workbook, or open data."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.periods import Day, Month, Quarter, Week, Year, period_of
from fleet.commands.shared import Data, Refused, err, opened, say
from fleet.domain.indicator_texts import LANGUAGES
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.report import report as report_of
from fleet.flows.report_files import Form, file_of
from fleet.flows.watch import UnknownOffice


def report(
    unit: Annotated[str, typer.Argument(help="The id of an office, or of a unit above offices.")],
    day: Day = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    form: Annotated[str, typer.Option("--as", help="pdf, xlsx or csv.")] = Form.PDF.value,
    to: Annotated[Path | None, typer.Option("--to", help="Write to this file, whatever is there.")] = None,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Write the report of a period (this month): waits, satisfaction, official indicators."""
    if language not in LANGUAGES:
        raise Refused(f"language: expected {' or '.join(LANGUAGES)}, found {language!r}")
    if form not in list(Form):
        raise Refused(f"--as: expected {', '.join(Form)}, found {form!r}")
    now = now_ms()
    period = period_of(day_in_viet_nam(now), day, week, month, quarter, year)
    path = to or Path(f"{unit}-{period}.{form}")
    if to is None and path.exists():
        raise Refused(f"{path} is there already; --to {path} writes over it")
    with opened(data) as store, err.status(f"{unit} {period} …") if err.is_terminal else nullcontext():
        try:
            made = file_of(report_of(store, unit, period, now), Form(form), language)
        except UnknownOffice:
            raise Refused(f"office: there is none of id {unit!r}, or none below it") from None
    path.write_bytes(made.content)
    say(f"{path}: {len(made.content):,} bytes")
