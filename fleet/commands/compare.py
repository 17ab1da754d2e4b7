"""motcua compare: offices, centres or districts of a unit side by side, fairly; groups and no order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, say
from fleet.domain.compared import Comparison
from fleet.domain.compared_places import View
from fleet.domain.comparing import Measure, Row, Shares, WaitRow
from fleet.domain.comparison_texts import GROUPS, KINDS, LANGUAGES, MEASURES, said
from fleet.domain.figures import count_of, number_of, percent_of, shown_day, shown_period
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.org_tree import Kind
from fleet.domain.wait_quantiles import Quantile
from fleet.flows import compare as flow
from fleet.flows.compare_csv import comparison_csv
from fleet.flows.import_dossiers import day_in_viet_nam

BY: dict[str, tuple[Measure, ...]] = {
    "waits": (Measure.WITHIN,),
    "satisfaction": (Measure.SATISFIED, Measure.RATED),
    "on-time": (Measure.ON_TIME,),
    "all": tuple(Measure),
}


def compare(
    unit: Annotated[str, typer.Argument(help="The id of a unit above several offices.")],
    period: Annotated[str | None, typer.Option("--period", help="Such as 2026-Q3, 2026-10 or 2026.")] = None,
    by: Annotated[str, typer.Option("--by", help="waits, satisfaction, on-time or all.")] = "all",
    of: Annotated[str, typer.Option("--of", help="office, branch, centre or district.")] = Kind.OFFICE.value,
    as_was: Annotated[bool, typer.Option("--as-was", help="Places as they were before mergers.")] = False,
    service: Annotated[str | None, typer.Option("--service", help="Waits of this service alone.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all figures to this file.")] = None,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Compare the offices of a unit in a period (the last whole quarter), as if all had the same people."""
    if by not in BY:
        raise Refused(f"--by: expected one of {', '.join(BY)}, found {by!r}")
    if of not in [kind.value for kind in flow.KINDS]:
        raise Refused(f"--of: expected one of {', '.join(flow.KINDS)}, found {of!r}")
    if language not in LANGUAGES:
        raise Refused(f"--language: expected {' or '.join(LANGUAGES)}, found {language!r}")
    now = now_ms()
    wanted = period_of(period, now)
    view = View.THEN if as_was else View.NOW
    with opened(data) as store:
        try:
            found = flow.compare(store, unit, wanted, now, Kind(of), view, service)
        except flow.UnknownUnit:
            raise Refused(f"unit: expected the id of a known unit, found {unit!r}") from None
        except flow.UnknownService as problem:
            raise Refused(f"--{problem}") from None
    if csv is not None:
        csv.write_bytes(comparison_csv(found))
    for line in lines_of(found, BY[by], language):
        say(line)


def period_of(text: str | None, now: int) -> Period:
    """The period that was asked for, else the last quarter that is over. Raises Refused."""
    today = day_in_viet_nam(now)
    if text is None:
        return holding(Length.QUARTER, today).before()
    try:
        period = read_period(text)
    except BadPeriod as problem:
        raise Refused(f"--period: {problem}") from None
    if period.length not in flow.LENGTHS:
        raise Refused(f"--period: expected a month, quarter or year, found the {period.length} {text!r}")
    if period.first > today:
        raise Refused(f"--period: expected one that has begun, found {text!r}")
    return period


def lines_of(found: Comparison, measures: Iterable[Measure], language: str) -> Iterator[str]:
    """What is said, line by line."""
    until = said("until", language, until=shown_day(found.until))
    places = said("places", language, n=len(found.places), kind=KINDS[found.kind][language])
    then = [said("then", language)] if found.view == View.THEN else []
    yield " · ".join([found.name, shown_period(found.period, language), until, places, *then])
    for measure in measures:
        if measure in found.shares:
            yield ""
            yield from of_measure(found, found.shares[measure], language)
        if measure == Measure.WITHIN and found.waits:
            yield ""
            yield said("waits", language)
            yield from (said_wait(row, found.names[row.place], language) for row in found.waits)
    yield ""
    yield said("order", language)
    if found.left_out:
        yield said("left_out", language, names=", ".join(found.left_out))


def of_measure(found: Comparison, its: Shares, language: str) -> Iterator[str]:
    """A measure, group by group."""
    name = MEASURES[its.measure][language]
    if its.common is None:
        yield said("few", language, measure=name)
        return
    yield said("common", language, measure=name, share=percent(its.common, language), n=count_of(its.n, language))
    if its.measure == Measure.WITHIN and found.target_s is not None:
        yield said("target", language, minutes=number_of(found.target_s / 60, language, 0))
    if its.measure == Measure.SATISFIED and found.levels is not None:
        yield said("scale", language, levels=found.levels, others=count_of(found.other_ratings, language))
    if its.spread >= 0.0005:
        yield said("spread", language, spread=number_of(its.spread * 100, language, 1))
    for group, words in GROUPS.items():
        rows = [row for row in its.rows if row.group == group]
        if rows:
            yield f"{words[language]}: {len(rows)}"
            yield from (f"  {said_row(row, found.names[row.place], language)}" for row in rows)
    if its.withheld:
        yield said("withheld", language, names=", ".join(found.names[one] for one in its.withheld))
    if its.measure == Measure.ON_TIME and found.by_scan:
        yield said("by_scan", language, names=", ".join(found.names[one] for one in found.by_scan))


def said_row(row: Row, name: str, language: str) -> str:
    """A place in a comparison of shares."""
    covers = percent_of(row.covers, language, 0)
    if row.standardised is None:
        standardised = said("uncovered", language, covers=covers)
    else:
        share, low, high = (percent(one, language) for one in vars(row.standardised).values())
        standardised = said("standardised", language, share=share, low=low, high=high, covers=covers)
    plain, low, high = (percent(one, language) for one in vars(row.plain).values())
    small = outside = ""
    if row.drawn is not None and row.chance is None:
        drawn, drawn_low, drawn_high = (percent(one, language) for one in vars(row.drawn).values())
        small = said("small", language, share=drawn, low=drawn_low, high=drawn_high)
    if row.stands_out:
        outside = said("outside", language)
    figures = {"plain": plain, "low": low, "high": high, "n": count_of(row.n, language)}
    return said("row", language, name=name, **figures, standardised=standardised, small=small, outside=outside)


def said_wait(row: WaitRow, name: str, language: str) -> str:
    """How long people of a place waited."""
    p50, p90, s50, s90 = (
        said_quantile(one, language) for one in (row.p50, row.p90, row.p50_standardised, row.p90_standardised)
    )
    return said("wait", language, name=name, p50=p50, p90=p90, s50=s50, s90=s90, n=count_of(row.n, language))


def said_quantile(one: Quantile | None, language: str) -> str:
    """Minutes with their interval."""
    if one is None:
        return "–"
    at, low, high = (number_of(seconds / 60, language, 1) for seconds in (one.seconds, one.low_s, one.high_s))
    return f"{at} ({low}–{high})"


def percent(share: float, language: str) -> str:
    """With one decimal."""
    return percent_of(share, language, 1)
