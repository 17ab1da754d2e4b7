"""What of a report everybody may read: no cell of few people, and none that follows from others by subtraction.

Cells that add up to a sum are a division: the days of a month, the services of a period, the outcomes of its dossiers.
In each, `withheld` says which cells are not told. Months add up to quarters and years, which are published, too: so a
quarter or a year tells no sum of which a month tells none, and withholds the services that one of its months withholds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.report import Report
from fleet.domain.satisfaction import is_satisfied
from fleet.domain.waits import WaitRow
from fleet.domain.withholding import LEAST, withheld

Cell = tuple[str, str, str]
# table, row, column
COUNTS: dict[str, Callable[[WaitRow], int]] = {
    "visits": lambda row: row.visits,
    "no_shows": lambda row: row.no_shows,
    "wait": lambda row: row.wait.n,
    "service": lambda row: row.service.n,
}
# Each is a division of its own; of a row whose visits are not told, neither are its waits.
OF_VISITS = ("wait", "service")
WHOLE, SERVICE, LEVELS = "whole", "service", "ratings"


@dataclass(frozen=True)
class Held:
    """The cells that are not told."""

    cells: frozenset[Cell] = frozenset()

    def tells(self, table: str, row: str, column: str) -> bool:
        """Whether this cell may be told."""
        return (table, row, column) not in self.cells

    def rows(self, table: str, column: str) -> frozenset[str]:
        """Which rows of a table do not tell this column."""
        return frozenset(row for its, row, held in self.cells if (its, held) == (table, column))


NOTHING_HELD = Held()
# For those who may see all of it.


def held(report: Report, months: Sequence[Held] = (), least: int = LEAST) -> Held:
    """What everybody may not be told of this report; `months`: the same of each month of a longer period."""
    cells = {
        (WHOLE, "", column)
        for column in COUNTS
        if few(report.whole, column, least) or any(not month.tells(WHOLE, "", column) for month in months)
    }
    cells |= rows_held(SERVICE, report.services, months, least)
    if months:  # they are the steps, and each tells what its own file tells
        cells |= {(report.by, row.key, column) for row in report.steps for column in COUNTS if few(row, column, least)}
    else:
        cells |= rows_held(report.by, report.steps, (), least)
    for item in report.official.items:
        cells |= division_held(item.item, {part.name: part.n for part in item.parts}, "n", months, least)
    score = report.opinion.score
    for good in (True, False):
        levels = enumerate(score.by_score or (), start=1)
        counts = {str(level): n for level, n in levels if is_satisfied(level, score.scale or 0) is good}
        cells |= division_held(LEVELS, counts, "n", (), least)  # the share tells the sum of each half
    return Held(frozenset(cells))


def few(row: WaitRow, column: str, least: int) -> bool:
    """Whether so few are counted there that they are not told."""
    return 0 < COUNTS[column](row) < least


def rows_held(table: str, rows: Sequence[WaitRow], months: Sequence[Held], least: int) -> set[Cell]:
    """The cells of a table of waits that are not told."""
    without_visits = division_held(table, counted(rows, "visits"), "visits", months, least)
    found = without_visits | division_held(table, counted(rows, "no_shows"), "no_shows", months, least)
    hidden = frozenset(row for _, row, _ in without_visits)
    for column in OF_VISITS:
        found |= division_held(table, counted(rows, column), column, months, least, hidden)
    return found


def counted(rows: Sequence[WaitRow], column: str) -> dict[str, int]:
    """A column of a table of waits."""
    return {row.key: COUNTS[column](row) for row in rows}


def division_held(
    table: str,
    counts: Mapping[str, int],
    column: str,
    months: Sequence[Held],
    least: int,
    also: frozenset[str] = frozenset(),
) -> set[Cell]:
    """The cells of a division that are not told; those of `also` are not in any case."""
    known = also.union(*(month.rows(table, column) for month in months))
    return {(table, row, column) for row in withheld(counts, least, known) | also}
