"""Ratings of months, quarters and years, published so that no two answers can be taken from one another.

A day shows whole groups of five, as it always did (`satisfaction`). What it leaves over is put together within the
month, in the order of days, and shown in groups of five, too; what months leave over within the quarter, what quarters
leave over within the year. So what is shown of any day, month, quarter or year is a union of groups of one division of
all presses: every difference of two answers is made of whole groups, or of none. A group that lost an excluded press is
not shown. Scales of different versions are told apart: their scores are no sums.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

from fleet.domain.named_periods import Length
from fleet.domain.satisfaction import CELL, is_satisfied, wilson


@dataclass(frozen=True)
class Counted:
    """A press that counts: of which day, score and scale; of which service and counter, after which wait.

    `excluded`: it was found to be no resident's since. `id`: its identity, where what was said of it is looked for.
    """

    day: str
    score: int
    scale: int
    scale_version: int
    excluded: bool = False
    service: str = ""
    counter: str = ""
    wait_ms: int | None = None
    id: str = ""

    @property
    def is_satisfied(self) -> bool:
        """Whether it says satisfied."""
        return is_satisfied(self.score, self.scale)


class Told(Protocol):
    """What is divided: a press, a reason, an answer."""

    @property
    def day(self) -> str:
        """Its day."""

    @property
    def excluded(self) -> bool:
        """Whether it was found to be no resident's since."""


Each = TypeVar("Each", bound=Told)


@dataclass(frozen=True)
class CellScore:
    """What is published of the presses of one scale: n in whole groups of five, the satisfied share, its interval."""

    scale: int
    scale_version: int
    n: int
    positive: int
    share: float
    low: float
    high: float
    by_score: tuple[int, ...]


def cells(came: Sequence[Counted], length: Length) -> list[CellScore]:
    """What is published of a period's presses; by scale."""
    return cells_of(shown_of(came, length))


def shown_of(came: Sequence[Counted], length: Length) -> list[Counted]:
    """The presses of a period that are shown; they come in the order of days and of how the fleet learnt of them."""
    return [press for presses in by_scale(came).values() for press in divided(presses, length)[0]]


def cells_of(shown: Iterable[Counted]) -> list[CellScore]:
    """What is published of presses that may be shown, of one office or of several; by scale."""
    found = []
    for (version, scale), presses in by_scale(shown).items():
        positive, n = sum(press.is_satisfied for press in presses), len(presses)
        scores = [press.score for press in presses]
        by_score = tuple(scores.count(level) for level in range(1, scale + 1))
        found.append(CellScore(scale, version, n, positive, positive / n, *wilson(positive, n), by_score))
    return sorted(found, key=lambda cell: (cell.scale_version, cell.scale))


def by_scale(came: Iterable[Counted]) -> dict[tuple[int, int], list[Counted]]:
    """Presses by version and levels of their scale."""
    found: dict[tuple[int, int], list[Counted]] = {}
    for press in came:
        found.setdefault((press.scale_version, press.scale), []).append(press)
    return found


def divided(came: Sequence[Each], length: Length) -> tuple[list[Each], list[Each]]:
    """The presses of a period of this length: what is shown, and what is left over for the longer one.

    What is shown is one group of five after another. A week lies across months: it shows the groups of its days.
    """
    if length == Length.DAY:
        return groups_of(came)
    if length == Length.WEEK:
        return [press for _, day in groupby(came, key=day_of) for press in groups_of(list(day))[0]], []
    shorter, name = WITHIN[length]
    parts = [divided(list(presses), shorter) for _, presses in groupby(came, key=name)]
    shown, left = groups_of([press for _, left in parts for press in left])
    return [press for shown_of_part, _ in parts for press in shown_of_part] + shown, left


def groups_of(came: Sequence[Each]) -> tuple[list[Each], list[Each]]:
    """Whole groups of five, without those that lost a press; and what does not fill a group."""
    whole = len(came) // CELL * CELL
    groups = [came[at : at + CELL] for at in range(0, whole, CELL)]
    shown = [press for group in groups if not any(press.excluded for press in group) for press in group]
    return shown, list(came[whole:])


def day_of(press: Told) -> str:
    """Its day."""
    return press.day


def month_of(press: Told) -> str:
    """Its month."""
    return press.day[:7]


def quarter_of(press: Told) -> int:
    """The quarter of its year."""
    return (int(press.day[5:7]) + 2) // 3


WITHIN: dict[Length, tuple[Length, Callable[[Told], object]]] = {
    Length.MONTH: (Length.DAY, day_of),
    Length.QUARTER: (Length.MONTH, month_of),
    Length.YEAR: (Length.QUARTER, quarter_of),
}
