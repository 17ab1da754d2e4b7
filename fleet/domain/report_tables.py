"""A report as tables of figures: what a PDF prints, a workbook calculates with and open data list, from one place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from fleet.domain.figures import count_of, exact, number_of, percent_of
from fleet.domain.indicator_texts import CRITERIA, NAMES, PARTS
from fleet.domain.indicators import POINTS_OF_RISK, Indicator, Item
from fleet.domain.nine_criteria import FILLED, Criterion
from fleet.domain.report import Opinion, Report
from fleet.domain.report_texts import TEXTS, say
from fleet.domain.waits import WaitRow

NOTHING = "–"


class Kind(StrEnum):
    """How a figure is read."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MINUTES = "minutes"
    DAYS = "days"
    POINTS = "points"


@dataclass(frozen=True)
class Figure:
    """One figure, None where it is not said. Shares are of 1, minutes are given in seconds."""

    kind: Kind
    value: str | int | float | Fraction | None


@dataclass(frozen=True)
class Table:
    """Rows of figures under their headings. `key` is its name in open data."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    notes: tuple[str, ...] = ()


def tables(report: Report, language: str) -> tuple[Table, ...]:
    """All tables of a report, in their order."""
    return (
        summary(report, language),
        by_service(report, language),
        by_time(report, language),
        by_score(report, language),
        official_items(report, language),
        on_time_by_field(report, language),
        criteria(report, language),
    )


def shown(figure: Figure, language: str) -> str:
    """A figure as a page prints it."""
    value = figure.value
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if figure.kind == Kind.COUNT:
        return count_of(int(value), language)
    if figure.kind == Kind.SHARE:
        return percent_of(value, language, 1)
    if figure.kind == Kind.MINUTES:
        return number_of(value / 60, language, 1)
    return number_of(value, language, 2)


def text(value: str) -> Figure:
    """A word."""
    return Figure(Kind.TEXT, value)


def count(value: int) -> Figure:
    """A number of things."""
    return Figure(Kind.COUNT, value)


def share(value: float | Fraction | None) -> Figure:
    """A share of 1."""
    return Figure(Kind.SHARE, value)


def minutes(seconds: float | None) -> Figure:
    """A time."""
    return Figure(Kind.MINUTES, seconds)


def summary(report: Report, language: str) -> Table:
    """The main figures, beside those of the period before."""
    this, before = (
        figures_of(row, of) for row, of in ((report.whole, report.opinion), (report.earlier, report.opinion_before))
    )
    rows = tuple((text(say(f"row.{key}", language)), this[key], before[key]) for key in this)
    return Table("summary", say("table.summary", language), heads("summary", language), rows, few(rows, language))


def figures_of(row: WaitRow, opinion: Opinion) -> dict[str, Figure]:
    """The main figures of a period, by name."""
    return visit_figures(row) | {
        "rated": share(Fraction(opinion.rated, opinion.served) if opinion.served else None),
        "published": count(opinion.score.n),
        "satisfied": share(opinion.score.share),
        "satisfied_low": share(opinion.score.low),
        "satisfied_high": share(opinion.score.high),
    }


def visit_figures(row: WaitRow) -> dict[str, Figure]:
    """How many visits, how long they waited and took, by name."""
    return {
        "visits": count(row.visits),
        "no_shows": count(row.no_shows),
        "wait_p50": minutes(row.wait.p50_s),
        "wait_p90": minutes(row.wait.p90_s),
        "within": share(row.wait.within),
        "service_p50": minutes(row.service.p50_s),
    }


def by_service(report: Report, language: str) -> Table:
    """Waits of each service."""
    rows = tuple(wait_row(report.names.get(row.key) or say("scan", language), row) for row in report.services)
    return Table("services", say("table.services", language), heads("services", language), rows, few(rows, language))


def by_time(report: Report, language: str) -> Table:
    """Waits of each day, week, month or hour in which anybody was called."""
    rows = tuple(wait_row(step_name(report, row.key, language), row) for row in report.steps if row.visits)
    title = say(f"table.{report.by}", language)
    heading = (say(f"head.{report.by}", language), *heads("services", language)[1:])
    return Table("times", title, heading, rows, few(rows, language))


def wait_row(name: str, row: WaitRow) -> tuple[Figure, ...]:
    """One row of waits."""
    return (
        text(name),
        count(row.visits),
        count(row.no_shows),
        minutes(row.wait.p50_s),
        minutes(row.wait.p90_s),
        share(row.wait.within),
        minutes(row.service.p50_s),
    )


def step_name(report: Report, key: str, language: str) -> str:
    """What a stretch of time is called: `01/10`, `40 (28/09–04/10)`, `10/2026`, `8:00–9:00`."""
    if report.by == "hour":
        return f"{int(key)}:00–{int(key) + 1}:00"
    first = date.fromisoformat(key)
    if report.by == "day":
        return f"{WEEKDAYS[language][first.weekday()]} {first:%d/%m}"
    if report.by == "month":
        return f"{first:%m/%Y}"
    last = min(first + timedelta(days=6 - first.weekday()), report.until)
    return f"{first:%d/%m}–{last:%d/%m}"


WEEKDAYS = {"vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"), "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}


def by_score(report: Report, language: str) -> Table:
    """How many pressed each level, of what is published."""
    score = report.opinion.score
    levels = score.by_score or ()
    rows = tuple(
        (text(say(f"level.{score.scale}.{n}", language)), count(pressed), share(Fraction(pressed, sum(levels))))
        for n, pressed in enumerate(levels, start=1)
    )
    notes = (say("note.five", language), say("note.sipas", language))
    return Table("ratings", say("table.ratings", language), heads("ratings", language), rows[::-1], notes)


def official_items(report: Report, language: str) -> Table:
    """The items of the official set that are known here."""
    rows = tuple(item_row(one, language) for one in report.official.items)
    notes = (say("note.official", language), say("note.bound", language))
    return Table("indicators", say("table.indicators", language), heads("indicators", language), rows, notes)


def item_row(one: Indicator, language: str) -> tuple[Figure, ...]:
    """An item: number, name, value, points, dossiers behind it."""
    value = Figure(Kind.DAYS if one.item == Item.MEAN_TIME else Kind.SHARE, one.value)
    if one.value is None:
        value = text("NA")
    points = f"{number_of(one.points, language, 2)}/{POINTS_OF_RISK}" if one.points is not None else NOTHING
    if one.points is None and one.of_full is not None:
        points = f"{percent_of(one.of_full, language, 0)} {say('of_full', language)}"
    behind = "; ".join(f"{count_of(part.n, language)} {PARTS[part.name][language]}" for part in one.parts if part.n)
    return text(one.item.value), text(NAMES[one.item][language]), value, text(points), text(behind or NOTHING)


def on_time_by_field(report: Report, language: str) -> Table:
    """Item 2.1 of each field."""
    rows = []
    for name, one in report.official.by_field:
        n = {part.name: part.n for part in one.parts}
        late = n["late"] + n["open_late"] + n["late_by_supplements"]
        left_out = n["no_due_day"] + n["end_not_dated"]
        good = n["on_time"] + n["open_in_time"]
        value = text("NA") if one.value is None else share(one.value)
        rows.append((text(name or say("no_field", language)), count(good), count(late), count(left_out), value))
    return Table("fields", say("table.fields", language), heads("fields", language), tuple(rows))


def criteria(report: Report, language: str) -> Table:
    """The form of nine."""
    rows = []
    for mean in report.official.nine.means:
        source = say("from_dossiers" if mean.criterion in FILLED else "from_answers", language)
        why = say("too_few" if mean.criterion in FILLED and mean.n else "nothing", language)
        points = text(why) if mean.points is None else Figure(Kind.POINTS, mean.points)
        low, high = (text(NOTHING) if end is None else Figure(Kind.POINTS, exact(end)) for end in (mean.low, mean.high))
        name = CRITERIA[Criterion(mean.criterion)][language]
        rows.append((text(str(mean.criterion.value)), text(name), points, low, high, count(mean.n), text(source)))
    return Table("criteria", say("table.criteria", language), heads("criteria", language), tuple(rows))


def heads(table: str, language: str) -> tuple[str, ...]:
    """The headings of a table."""
    return tuple(TEXTS[f"heads.{table}"][language].split(" | "))


def few(rows: tuple[tuple[Figure, ...], ...], language: str) -> tuple[str, ...]:
    """Why a figure is not said, where one is not."""
    return (say("note.few", language),) if any(one.value is None for row in rows for one in row) else ()


def dossiers_of(report: Report) -> Iterator[tuple[str, str, str]]:
    """(item, cell, code) of the dossiers behind every cell."""
    for one in report.official.items:
        for part in one.parts:
            yield from ((one.item.value, part.name, code) for code in part.codes)
