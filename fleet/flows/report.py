"""A report of a unit's period, put together of what is kept: sums of waits, published ratings, official indicators."""

from datetime import date

from fleet.domain.named_periods import Period
from fleet.domain.org_tree import Tree
from fleet.domain.periods import days
from fleet.domain.report import STEPS, Opinion, Report, is_readable
from fleet.domain.waits import WaitRow
from fleet.flows.calendars import calendar_of
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.official import offices_of, official, score_of
from fleet.flows.waits import waits
from fleet.flows.watch import UnknownOffice
from fleet.store import places, tree_parts
from fleet.store.database import Store


def report(store: Store, unit: str, period: Period, now_ms: int) -> Report:
    """What happened at a unit in a period that has begun. Raises UnknownOffice."""
    today = day_in_viet_nam(now_ms)
    until = min(period.last, today)
    indicators = official(store, unit, period, now_ms)
    before = period.before()
    whole, by, steps = cut(store, unit, period, until, now_ms)
    earlier = waits(store, unit, before, "service", now_ms).whole
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        node = tree.at(unit, until) or tree.units[unit][-1]
        offices = offices_of(tree, unit, until)
        if not offices:
            raise UnknownOffice(unit)
        calendar = calendar_of(connection, unit)
        known = places.services_of(connection, offices)
        targets = {one.target_wait_s for one in known}
        path = tree.path(unit, until)
        return Report(
            unit=unit,
            name=node.name,
            above=indicators.organisation or (path[1].name if len(path) > 1 else ""),
            hotline=tree.hotline(unit, until) or node.hotline,
            period=period,
            until=until,
            made_on=today,
            working_days=sum(calendar.is_working_day(day.first) for day in days(period.until(until))),
            whole=whole,
            earlier=earlier,
            by=by,
            steps=steps,
            services=waits(store, unit, period.until(until), "service", now_ms).rows,
            names={one.id: one.name for one in known},
            target_s=targets.pop() if len(targets) == 1 else None,
            opinion=Opinion(indicators.score, whole.finished, whole.rated),
            opinion_before=Opinion(
                score_of(connection, offices, before, before.last, today), earlier.finished, earlier.rated
            ),
            official=indicators,
            offices=tuple(offices),
        )


def cut(store: Store, unit: str, period: Period, until: date, now_ms: int) -> tuple[WaitRow, str, tuple[WaitRow, ...]]:
    """The period as a whole, and in the finest steps of which most can say something."""
    found = None
    for by in STEPS[period.length]:
        found = waits(store, unit, period.until(until), by, now_ms)
        if is_readable(found.rows):
            break
    assert found is not None  # noqa: S101 (each length has a step)
    return found.whole, by, found.rows
