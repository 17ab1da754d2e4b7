"""A report as open data: one figure a row, with names that programs read; nobody's dossier is in it.

Figures are those of the tables and no more: what they do not say (of fewer than five) stands here as an empty value. So
does what everybody may not be told, where the file is for everybody.
"""

from collections.abc import Iterator
from fractions import Fraction

from fleet.domain.indicators import rounded
from fleet.domain.published import NOTHING_HELD, Held
from fleet.domain.report import Report
from fleet.domain.report_tables import NOTHING, Kind
from fleet.domain.waits import Durations, WaitRow
from fleet.flows.separated_text import as_text

HEADINGS = ("unit", "period", "as_of", "table", "row", "figure", "value", "measured_in", "n", "low", "high")
Row = tuple[str, str, str, str, str, str, str]
# table, row, figure, value, what it is measured in, n, and the ends of its interval joined by a bar.


def as_csv(report: Report, held: Held = NOTHING_HELD) -> bytes:
    """The rows, in UTF-8 with its mark; without what is `held`."""
    about = (report.unit, str(report.period), report.until.isoformat())
    rows = [(*about, *row[:6], *row[6].partition("|")[::2]) for row in figures(report, held)]
    return as_text([HEADINGS, *rows])


def figures(report: Report, held: Held) -> Iterator[Row]:
    """Every figure of the report."""
    yield from of_waits("whole", "", report.whole, held)
    for row in report.steps:
        yield from of_waits(report.by, row.key, row, held)
    for row in report.services:
        yield from of_waits("service", row.key, row, held)
    its, score = report.opinion, report.opinion.score
    rate = Fraction(its.rated, its.served) if its.served else None
    yield "ratings", "", "rated", number(rate), Kind.SHARE, str(its.served), ""
    between = "" if score.low is None or score.high is None else f"{number(score.low)}|{number(score.high)}"
    yield "ratings", "", "satisfied", number(score.share), Kind.SHARE, str(score.n), between
    for level, pressed in enumerate(score.by_score or (), start=1):
        told = str(pressed) if held.tells("ratings", str(level), "n") else ""
        yield "ratings", f"{level}/{score.scale}", "pressed", told, Kind.COUNT, "", ""
    for item in report.official.items:
        kind = Kind.DAYS if item.item == "2.2" else Kind.SHARE
        yield "indicators", item.item, "value", number(item.value), kind, "", ""
        if item.points is not None:
            yield "indicators", item.item, "points", str(rounded(item.points)), Kind.POINTS, "", ""
        for part in item.parts:
            told = str(part.n) if held.tells(item.item, part.name, "n") else ""
            yield "indicators", item.item, part.name, told, Kind.COUNT, "", ""
    for mean in report.official.nine.means:
        between = "" if mean.low is None or mean.high is None else f"{number(mean.low)}|{number(mean.high)}"
        points = "" if mean.points is None else str(rounded(mean.points))
        yield "criteria", str(mean.criterion.value), "points", points, Kind.POINTS, str(mean.n), between


def of_waits(table: str, key: str, row: WaitRow, held: Held) -> Iterator[Row]:
    """The figures of one row of waits."""
    shown = key or NOTHING * (table == "service")
    for column, n in (("visits", row.visits), ("no_shows", row.no_shows)):
        yield table, shown, column, str(n) if held.tells(table, key, column) else "", Kind.COUNT, "", ""
    for name, its in (("wait", row.wait), ("service", row.service)):
        told = held.tells(table, key, name)
        for figure, value in percentiles(its):
            yield table, shown, f"{name}_{figure}", number(value) if told else "", "s", str(its.n) if told else "", ""
    told = held.tells(table, key, "wait")
    within = number(row.wait.within) if told else ""
    yield table, shown, "within_target", within, Kind.SHARE, str(row.wait.n) if told else "", ""


def percentiles(its: Durations) -> tuple[tuple[str, float | None], ...]:
    """What is said of durations."""
    return ("mean", its.mean_s), ("p50", its.p50_s), ("p90", its.p90_s), ("p95", its.p95_s)


def number(value: float | Fraction | None) -> str:
    """With a point and at most four decimals; empty where nothing is said."""
    return "" if value is None else f"{float(value):.4f}".rstrip("0").rstrip(".")
