"""What everybody may see of an office without signing in: its queues now, its hours, and what it achieved.

Nothing of it tells one visit, one clerk or one press: waits are estimates for whoever comes now, everything else is of
months and quarters that are over, and of fewer than five nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fleet.domain.calendars import DayPlan
from fleet.domain.indicators import Item
from fleet.domain.lobby_now import LobbyQueue
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.processing_time import IN_TIME, OVERDUE
from fleet.domain.published import NOTHING_HELD, WHOLE, Held
from fleet.domain.report import Report
from fleet.domain.satisfaction import Score
from fleet.domain.waits import Durations
from fleet.domain.withholding import LEAST

NO_WAITS = Durations(0)
LEAST_PROMISES = 30
# Of fewer promises "right nine times of ten" would be chance.
WIDE = 0.2
SHOWN = (Length.MONTH, Length.QUARTER)
OFFERED: dict[Length, int] = {Length.MONTH: 6, Length.QUARTER: 4, Length.YEAR: 1}
# So many periods that are over are open data.


@dataclass(frozen=True)
class PublicPeriod:
    """What an office achieved in a period that is over. Times in seconds, shares of 1; None: of too few."""

    period: Period
    visits: int | None
    p50_s: float | None
    p90_s: float | None
    within: float | None
    on_time: float | None
    dossiers: int
    satisfied: float | None
    low: float | None
    high: float | None
    n: int
    response: float | None

    @property
    def is_wide(self) -> bool:
        """Whether the interval is too wide to compare with anything."""
        return self.low is not None and self.high is not None and self.high - self.low > WIDE


@dataclass(frozen=True)
class PublicNow:
    """An office as its page shows it. `plans` are the next days, today first; `hours_known`: somebody said them.

    `right`: (so many times of ten, of how many promises) a wait lay within what was told; None: too few yet.
    """

    id: str
    name: str
    hotline: str
    timezone: str
    now_ms: int
    pace: float | None
    is_open: bool
    counters_open: int
    counters: int
    queues: tuple[LobbyQueue, ...]
    plans: tuple[DayPlan, ...]
    hours_known: bool
    right: tuple[int, int] | None = None


def achieved(report: Report, held: Held = NOTHING_HELD, least: int = LEAST) -> PublicPeriod:
    """What may be said of a period; `held` may not."""
    on_time = next(one for one in report.official.items if one.item == Item.ON_TIME)
    judged = {outcome.value for outcome in IN_TIME | OVERDUE}
    dossiers = sum(part.n for part in on_time.parts if part.name in judged)
    its, whole = report.opinion, report.whole
    waits = whole.wait if held.tells(WHOLE, "", "wait") else NO_WAITS
    score = its.score if its.score.n >= least else Score(0)
    told = held.tells(WHOLE, "", "visits")
    return PublicPeriod(
        period=report.period,
        visits=whole.visits if told else None,
        p50_s=waits.p50_s,
        p90_s=waits.p90_s,
        within=waits.within,
        on_time=None if dossiers < least or on_time.value is None else float(on_time.value),
        dossiers=dossiers,
        satisfied=score.share,
        low=score.low,
        high=score.high,
        n=score.n,
        response=None if its.served < least or not told else its.rated / its.served,
    )


def over(today: date, lengths: Sequence[Length] = SHOWN) -> list[Period]:
    """The last period of each of these lengths that is over."""
    return [holding(length, today).before() for length in lengths]


def offered(today: date) -> list[Period]:
    """The periods whose figures are open data: of each length the newest first."""
    found = []
    for length, count in OFFERED.items():
        period = holding(length, today)
        for _ in range(count):
            period = period.before()
            found.append(period)
    return found
