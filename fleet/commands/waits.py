"""motcua waits: how long people waited and were served, with the share within the target."""

from datetime import date, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, day_of_option, opened, out, say
from fleet.domain.periods import Period
from fleet.domain.waits import Durations, WaitRow
from fleet.flows import waits as flow
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store.database import Store

COLUMNS = {
    "vi": ("lượt", "vắng", "chờ 50%", "90%", "95%", "đạt", "phục vụ 50%", "90%", "tổng 90%"),
    "en": ("visits", "absent", "wait p50", "p90", "p95", "in time", "served p50", "p90", "total p90"),
}
WHOLE = {"vi": "tất cả", "en": "all"}
WIDE_COLUMNS = 100
# In a narrower window only waiting has room.
NARROW = 6


def waits(
    unit: Annotated[str | None, typer.Argument(help="An office or a unit above some; none: the only office.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="The first day; none: 27 days before the last.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The last day, instead of today.")] = None,
    by: Annotated[str, typer.Option(help="service, counter, hour, day, week, month or year.")] = "service",
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Show how long people waited and were served, and how many were called within the target."""
    if by not in (*flow.BY, *flow.PARTS):
        raise Refused(f"--by: expected one of {', '.join((*flow.PARTS, *flow.BY))}, found {by!r}")
    if language not in COLUMNS:
        raise Refused(f"language: expected {' or '.join(COLUMNS)}, found {language!r}")
    period = period_of(since, to)
    with opened(data) as store:
        wanted = the_only_office(store) if unit is None else unit
        try:
            found = flow.waits(store, wanted, period, by, now_ms())
        except flow.UnknownUnit:
            raise Refused(f"unit: expected the id of a known unit, found {wanted!r}") from None
        except flow.TooManyRows as problem:
            raise Refused(f"--by: {problem}") from None
    title = f"{wanted} · {period.first} … {period.last}"
    if not found.whole.visits:
        say(f"{title}: no visits")
        return
    out.print(table_of(title, [*found.rows, found.whole], language))
    for office in found.offices.divided:
        say(f"{office}: left out; it ended, and went in part elsewhere")


def period_of(since: str | None, to: str | None, days: int = 28) -> Period:
    """The period that two options name."""
    last = day_of_option(to, day_in_viet_nam(now_ms()))
    first: date = day_of_option(since, last - timedelta(days=days - 1))
    if last < first:
        raise Refused(f"expected a last day that is not before the first, found {first} to {last}")
    return Period(first, last)


def the_only_office(store: Store) -> str:
    """The office, where there is just one."""
    ids = flow.office_ids(store)
    if len(ids) != 1:
        raise Refused(f"expected a unit, found none; offices are: {', '.join(ids) or 'none yet'}")
    return ids[0]


def table_of(title: str, rows: list[WaitRow], language: str) -> Table:
    """The rows as a table; the last is all of them."""
    shown = None if out.width >= WIDE_COLUMNS else NARROW
    table = Table(title=escape(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True, overflow="fold")
    for column in COLUMNS[language][:shown]:
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        cells = (
            str(row.visits),
            str(row.no_shows),
            *(minutes(one) for one in (row.wait.p50_s, row.wait.p90_s, row.wait.p95_s)),
            per_cent(row.wait),
            *(minutes(one) for one in (row.service.p50_s, row.service.p90_s, row.total.p90_s)),
        )
        table.add_row(escape(row.key) or WHOLE[language], *cells[:shown])
    return table


def minutes(seconds: float | None) -> str:
    """`4:05`; a dash of too few."""
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def per_cent(of: Durations) -> str:
    """The share within the target."""
    return "–" if of.within is None else f"{of.within:.0%}"
