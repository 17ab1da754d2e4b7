"""What an office, or all offices of a unit, did in a period: the values of a report, whatever it is written on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fleet.domain.named_periods import Length, Period
from fleet.domain.official_now import Official
from fleet.domain.satisfaction import Score
from fleet.domain.waits import LEAST, WaitRow

STEPS: dict[Length, tuple[str, ...]] = {
    Length.DAY: ("hour",),
    Length.WEEK: ("day",),
    Length.MONTH: ("day", "week"),
    Length.QUARTER: ("week", "month"),
    Length.YEAR: ("month",),
}
# How the time of a report may be cut: the finest first.


@dataclass(frozen=True)
class Opinion:
    """What may be said of ratings: whole groups of five; and how many visits were served and rated."""

    score: Score
    served: int
    rated: int


@dataclass(frozen=True)
class Report:
    """A period of a unit. `until` is its last day, or today; `earlier` and `opinion_before` are of the period before.

    `by` says how the time is cut into `steps`; `names` are those of the services by id.
    """

    unit: str
    name: str
    above: str
    hotline: str
    period: Period
    until: date
    made_on: date
    working_days: int
    whole: WaitRow
    earlier: WaitRow
    by: str
    steps: tuple[WaitRow, ...]
    services: tuple[WaitRow, ...]
    names: dict[str, str]
    target_s: int | None
    opinion: Opinion
    opinion_before: Opinion
    official: Official
    offices: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing will be added any more."""
        return self.until == self.period.last and self.made_on > self.period.last


def is_readable(rows: Sequence[WaitRow]) -> bool:
    """Whether most of the rows that had visits say how long people waited: else the cut is too fine."""
    with_visits = [row for row in rows if row.visits]
    return 2 * sum(row.wait.n >= LEAST for row in with_visits) >= len(with_visits)
