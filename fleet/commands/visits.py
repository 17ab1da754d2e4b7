"""motcua visits: who was served, when, with which dossiers; never how they rated it."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, check_language, is_day, opened, out, say
from fleet.domain.day import day_of
from fleet.domain.office_now import VisitNow
from fleet.flows.explain import NotExplained, explain_visits
from fleet.flows.watch import offices, visits_of_day

SHOWN = 50
WIDE_COLUMNS = 90
# In a narrower window the clerk's number would fold the codes of dossiers; it is left out.


app = typer.Typer(invoke_without_command=True, help="Who was served; and why a visit is what it is.")


@app.callback()
def visits(
    context: typer.Context,
    today: Annotated[bool, typer.Option("--today", help="Today's visits (the default).")] = False,
    day: Annotated[str | None, typer.Option(help="Of this day, YYYY-MM-DD, instead of today.")] = None,
    office: Annotated[str | None, typer.Option(help="Of this office only.")] = None,
    most: Annotated[int, typer.Option(help="Show at most so many of an office.", min=1)] = SHOWN,
    data: Data = None,
) -> None:
    """List visits, the newest first; or say why one is what it is."""
    if context.invoked_subcommand is not None:
        return
    if today and day is not None:
        raise Refused("expected --today or --day, found both")
    if day is not None and not is_day(day):
        raise Refused(f"day: expected YYYY-MM-DD, found {day!r}")
    with opened(data) as store:
        found = [one for one in offices(store) if office in (None, one.id)]
        if not found:
            raise Refused("no office yet" if office is None else f"office: there is none of id {office!r}")
        for one in found:
            wanted = day or day_of(now_ms(), one.timezone)
            rows = visits_of_day(store, one.id, wanted, most)
            out.print(
                table_of(f"{one.name} · {wanted}", rows, one.timezone)
                if rows
                else f"{escape(one.name)}: no visits on {wanted}"
            )


@app.command()
def explain(
    visit: Annotated[str, typer.Argument(help="Its number, such as A007, or the event that opened it.")],
    day: Annotated[str | None, typer.Option(help="Of this day, YYYY-MM-DD, instead of today.")] = None,
    office: Annotated[str | None, typer.Option(help="Of this office; needed where there are several.")] = None,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Say which event made which link of a visit; never how it was rated."""
    if day is not None and not is_day(day):
        raise Refused(f"day: expected YYYY-MM-DD, found {day!r}")
    check_language(language)
    with opened(data) as store:
        found = [one for one in offices(store) if office in (None, one.id)]
        if len(found) != 1:
            ids = ", ".join(one.id for one in found) or "none"
            raise Refused(f"office: expected the id of one, found {office!r}" if office else f"--office: one of {ids}")
        (place,) = found
        try:
            explained = explain_visits(store, place.id, day or day_of(now_ms(), place.timezone), visit)
        except NotExplained as problem:
            raise Refused(str(problem)) from None
        for one in explained:
            say(f"{one.label} · {one.visit.id}")
            for why in one.why:
                at = "" if why.ms is None else clock(why.ms, place.timezone)
                event = "" if why.event is None else f"  [{why.event}]"
                say(f"  {at:8}  {why.said[language]}{event}")


def clock(ms: int, timezone: str) -> str:
    """The time of day."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)):%H:%M:%S}"


def table_of(title: str, rows: tuple[VisitNow, ...], timezone: str) -> Table:
    """The visits as a table."""
    table = Table(title=escape(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    wide = out.width >= WIDE_COLUMNS
    clerk = ("clerk",) if wide else ()
    for column in ("number", "called", "counter", *clerk, "waited", "served", "outcome", "rated", "dossiers"):
        table.add_column(column, no_wrap=True, overflow="fold")
    for visit in rows:
        table.add_row(
            visit.label,
            f"{'~' if visit.estimated else ''}{clock(visit.called_ms, timezone)}",
            escape(visit.counter),
            *((visit.clerk or "",) if wide else ()),
            minutes(visit.wait_s),
            minutes(visit.service_s),
            visit.outcome or "…",
            "yes" if visit.rated else "",
            "\n".join(escape(code) for code in visit.dossiers),
        )
    return table


def minutes(seconds: float | None) -> str:
    """`4:05`."""
    return "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
