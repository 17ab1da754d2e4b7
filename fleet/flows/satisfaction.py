"""What a unit's people thought of a month, quarter or year: of days that are over, as far as it may be shown."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain import periods
from fleet.domain.control_charts import Point, xmr_chart
from fleet.domain.integrity_now import cells as reasons_of
from fleet.domain.named_periods import Length, Period
from fleet.domain.org_tree import Tree
from fleet.domain.rating_reasons import by_frequency, shown_reasons
from fleet.domain.rating_sums import DayShown
from fleet.domain.satisfied import (
    PartScore,
    Satisfied,
    bounds_of,
    by_wait,
    of_main_scale,
    parts,
    ranks,
    weeks,
    weighed_by_service,
)
from fleet.domain.shown_ratings import Shown, cell_scores, not_shown, shown_of_nodes
from fleet.domain.wait_cells import Cell
from fleet.domain.waits import LEAST
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.reading_waits import Reading, add_up
from fleet.flows.shown_ratings import months_of, nodes_of
from fleet.flows.waits import UnknownUnit, offices_seen
from fleet.store import rating_history, tree_parts
from fleet.store.database import Store

__all__ = ["LENGTHS", "PARTS", "UnknownUnit", "satisfaction"]

LENGTHS = (Length.MONTH, Length.QUARTER, Length.YEAR)
# What is divided so that nothing can be had by subtraction (`rating_cells`).
PARTS = ("service", "counter", "office")
CHARTED = timedelta(weeks=26)
BASE_WEEKS = 20
# Limits from twenty weeks, so that six weeks are looked at for a change.
BASE_DAYS = 60
WAITS_SHOWN = timedelta(days=90)


def satisfaction(
    store: Store, unit: str, period: Period, by: str, now_ms: int, only: frozenset[str] | None = None
) -> Satisfied:
    """A unit's satisfaction in a period of these `LENGTHS`, with parts by service or counter; of these offices `only`.

    Raises UnknownUnit.
    """
    yesterday = day_in_viet_nam(now_ms) - timedelta(days=1)
    until = min(period.last, yesterday)
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        offices = offices_seen(tree, unit, period.last, only).whole
        first, last = period.first.isoformat(), until.isoformat()
        kept = months_of(connection, offices, period.first, until)
        nodes = {office: nodes_of(its, period.length) for office, its in kept.items()}
        shown = {office: shown_of_nodes(its) for office, its in nodes.items()}
        said = [
            word
            for office in offices
            for word in shown_reasons(
                rating_history.said(connection, office, first, last),
                period.length,
                rating_history.explained(connection, office, first, last) - not_shown(nodes[office]),
            )
        ]
        alike = of_main_scale(shown)
        compared = sum(alike.values(), Shown())
        served = served_by_service(connection, unit, offices, period.first, until)
        whole = add_up(served.values())
        why: dict[str, int] = {}
        for its in (month for months in kept.values() for month in months.values()):
            for reason, n in its.why.items():
                why[reason] = why.get(reason, 0) + n
        curve, falling = by_wait(compared)
        return Satisfied(
            unit=unit,
            name=tree.units[unit][-1].name,
            period=period,
            until=until,
            cells=tuple(cell_scores(shown.values())),
            served=whole.finished,
            rated=whole.rated,
            bounds=bounds_of(compared, whole.finished),
            weighed=weighed_by_service(compared, {service: cell.finished for service, cell in served.items()}),
            pressed=sum(why.values()),
            not_counted=reasons_of(why),
            said=by_frequency(said),
            offices=ranks(alike) if len(offices) > 1 else (),
            parts=() if by == "office" else parts_of(connection, offices, first, last, period.length, by),
            weeks=weeks(charted_days(connection, offices, until), until, BASE_WEEKS),
            waits=p90_of_days(connection, unit, offices, until),
            curve=curve,
            falls=falling,
        )


def charted_days(connection: Connection, offices: tuple[str, ...], until: date) -> Iterator[DayShown]:
    """What the days of the last half year have shown."""
    for months in months_of(connection, offices, until - CHARTED, until).values():
        for its in months.values():
            yield from its.days


def parts_of(
    connection: Connection, offices: tuple[str, ...], first: str, last: str, length: Length, by: str
) -> tuple[PartScore, ...]:
    """The services or counters of these offices: another division of the same presses, so these are all read."""
    came = rating_history.counted(connection, offices, first, last)
    return parts(came.values(), length, lambda press: str(getattr(press, by)))


def served_by_service(
    connection: Connection, unit: str, offices: tuple[str, ...], first: date, last: date
) -> dict[str, Cell]:
    """The visits of a period by service."""
    if last < first:
        return {}
    found: dict[str, Cell] = {}
    period = periods.Period(first, last)
    for (_, service), cell in Reading(connection, offices, unit).sums("service", [period])[period].items():
        found[service] = found.get(service, Cell()) + cell
    return found


def p90_of_days(
    connection: Connection, unit: str, offices: tuple[str, ...], until: date
) -> tuple[tuple[date, Point], ...]:
    """The chart of how long nine of ten waited at most, day by day, in seconds; days without visits are left out."""
    days = periods.days(periods.Period(until - WAITS_SHOWN, until))
    told = []
    for period, cells in Reading(connection, offices, unit).sums("all", days).items():
        wait = add_up(cells.values()).wait
        (p90_ms,) = wait.percentiles(0.9)
        if p90_ms is not None and wait.n >= LEAST:
            told.append((period.first, p90_ms / 1000, wait.n))
    chart = xmr_chart([(p90_s, n) for _, p90_s, n in told], BASE_DAYS)
    return tuple(zip((day for day, _, _ in told), chart, strict=True))
