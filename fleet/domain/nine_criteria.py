"""The form of nine criteria (0 to 2 points each, 18 in all) by which the handling of dossiers is scored each quarter.

Three are read off the dossiers, as the public forms word their points; six can only be asked, and each visit is asked
one of them, on the page of its ticket. The score of an office is the sum of the means of its criteria. It has a class
only where all nine are known from at least five; else it is said how many points of how many are known. It is not
SIPAS, which is a survey of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction

from fleet.domain.indicators import rounded
from fleet.domain.named_periods import Length
from fleet.domain.processing_time import Judged
from fleet.domain.rating_cells import divided
from fleet.domain.satisfaction import CELL, wilson

MOST = 2
FULL = 18


class Criterion(IntEnum):
    """A criterion, by its number on the form."""

    TOTAL_TIME = 1
    AGENCIES_TIME = 2
    CONTACTS = 3
    AGENCIES = 4
    ORGANISATION = 5
    PUBLICITY = 6
    ATTITUDE = 7
    FEEDBACK = 8
    ONLINE = 9


FILLED = (Criterion.TOTAL_TIME, Criterion.AGENCIES_TIME, Criterion.CONTACTS)
ASKED = tuple(one for one in Criterion if one not in FILLED)


class Class(StrEnum):
    """What a score is called."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    AVERAGE = "average"
    WEAK = "weak"


LEAST: tuple[tuple[int, Class], ...] = (
    (15, Class.EXCELLENT),
    (12, Class.GOOD),
    (9, Class.FAIR),
    (6, Class.AVERAGE),
    (0, Class.WEAK),
)
# From so many points on; 15 itself is excellent (one public form has "> 15", which leaves 15 without a class).


@dataclass(frozen=True)
class Answer:
    """What a resident said of one criterion after a visit of this day: 0, 1 or 2 points."""

    criterion: Criterion
    points: int
    day: str = ""

    @property
    def excluded(self) -> bool:
        """Never: whoever answers holds the ticket."""
        return False


@dataclass(frozen=True)
class Mean:
    """A criterion's mean over n dossiers or answers; None below five. `codes`: the dossiers that it is read off.

    Answers are a sample, so their mean has an interval of 95 %; dossiers are all that there were.
    """

    criterion: Criterion
    n: int
    points: Fraction | None
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Nine:
    """The form, filled as far as it can be. `known` points of `possible`; the class only of a whole form."""

    means: tuple[Mean, ...]
    known: Decimal
    possible: int
    grade: Class | None


def fill(judged: Sequence[Judged], answers: Sequence[Answer] = ()) -> Nine:
    """The form of a period, from its dossiers and from what residents said, the first answers first."""
    means = tuple(
        filled(one, judged) if one in FILLED else asked(one, [a.points for a in answers if a.criterion == one])
        for one in Criterion
    )
    shown = [one.points for one in means if one.points is not None]
    known = rounded(sum(shown, Fraction(0)))
    whole = len(shown) == len(Criterion)
    return Nine(means, known, MOST * len(shown), grade_of(known) if whole else None)


def grade_of(points: Decimal | Fraction | int) -> Class:
    """The class of a score of 18, of the score as it is shown: with two decimals."""
    score = rounded(Decimal(points) if isinstance(points, int) else points)
    if not 0 <= score <= FULL:
        raise ValueError(f"points: expected 0 to {FULL}, found {score}")
    return next(grade for least, grade in LEAST if score >= least)


def filled(criterion: Criterion, judged: Sequence[Judged]) -> Mean:
    """A criterion that dossiers tell."""
    points = {one.dossier.code: p for one in judged if (p := points_of(criterion, one)) is not None}
    n = len(points)
    codes = tuple(sorted(points))
    return Mean(criterion, n, Fraction(sum(points.values()), n) if n >= CELL else None, codes)


def points_of(criterion: Criterion, one: Judged) -> int | None:
    """What a dossier gives: sooner than due 2, on the day 1, later 0; asked for more never 2, once 1, more often 0.

    The mirror names one agency a dossier, whose time is then that of the whole; where it names none, nothing is said.
    """
    if one.ended is None:
        return None
    if criterion == Criterion.CONTACTS:
        return max(0, MOST - one.supplements)
    if one.due is None or (criterion == Criterion.AGENCIES_TIME and not one.dossier.agency):
        return None
    return MOST if one.ended < one.due else int(one.ended == one.due)


def asked(criterion: Criterion, points: Sequence[int]) -> Mean:
    """A criterion that residents told, in whole groups of five, as every score is published.

    The interval is Wilson's of the share of points that were given: it would be right if all had given none or both,
    and no points spread wider than that.
    """
    n = len(points) // CELL * CELL
    if not n:
        return Mean(criterion, 0, None)
    given = sum(points[:n])
    low, high = wilson(given / MOST, n)
    return Mean(criterion, n, Fraction(given, n), low=MOST * low, high=MOST * high)


def shown_answers(came: Sequence[Answer], length: Length) -> list[Answer]:
    """The answers of an office in a period of this length that may be shown, divided as ratings are."""
    return [one for its in ASKED for one in divided([one for one in came if one.criterion == its], length)[0]]


def next_question(times_answered: Mapping[Criterion, int], turn: int = 0) -> Criterion:
    """What a visit is asked: what was answered least at this office; among equals the first on the form from `turn` on.

    So after 6 n answers each was given n times, however few come a day; who does not answer changes nothing. Any
    number of the visit's own for a turn keeps all who answer at the same time from being asked the same.
    """
    return min(ASKED, key=lambda one: (times_answered.get(one, 0), (ASKED.index(one) - turn) % len(ASKED)))
