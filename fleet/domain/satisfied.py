"""What is said of the satisfaction of a period: scores with their intervals, and what they cannot say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fleet.domain.control_charts import Point, ewma_chart, p_chart
from fleet.domain.integrity_now import Cell
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.ranking import Ranked, ranked
from fleet.domain.rating_cells import CellScore, Counted, cells_of, shown_of
from fleet.domain.rating_sums import DayShown
from fleet.domain.shown_ratings import STEP_S, STEPS, Scale, Shown, Two, main_scale
from fleet.domain.shrinkage import Drawn, draw
from fleet.domain.unrated import Bounds, bounds, weighed
from fleet.domain.wait_and_rating import Falls, Step, falling_curve, falls
from fleet.domain.withholding import withheld

LEAST_OF_PART = 20
# A service or counter is another division of the same presses, so few of them are never told apart.


@dataclass(frozen=True)
class Week:
    """A week of an office on its charts."""

    monday: date
    share: Point
    mean: Point


@dataclass(frozen=True)
class OfficeRank:
    """An office's place, and its share drawn towards that of all (None: too few offices)."""

    ranked: Ranked
    drawn: Drawn | None


@dataclass(frozen=True)
class PartScore:
    """A service or counter: its scores by scale."""

    key: str
    cells: tuple[CellScore, ...]


@dataclass(frozen=True)
class Satisfied:
    """A unit's satisfaction. `pressed` counts all presses, `not_counted` says why some do not count.
    `said` is how often each reason was given for a low rating.

    `cells` tell scales apart; all else is of the scale that most presses have. `bounds` hold whatever those thought who
    did not rate or are not shown; `weighed` is (share, what part of all served it speaks for) if they think as others
    at their service do, to whole per cents. `falls`: from which wait on fewer than nine of ten are satisfied.
    """

    unit: str
    name: str
    period: Period
    until: date
    cells: tuple[CellScore, ...]
    served: int
    rated: int
    bounds: Bounds | None
    weighed: tuple[float, float] | None
    pressed: int
    not_counted: tuple[Cell, ...]
    said: tuple[tuple[str, int], ...]
    offices: tuple[OfficeRank, ...]
    parts: tuple[PartScore, ...]
    weeks: tuple[Week, ...]
    waits: tuple[tuple[date, Point], ...]
    curve: tuple[Step, ...]
    falls: Falls


def of_main_scale(shown: Mapping[str, Mapping[Scale, Shown]]) -> dict[str, Shown]:
    """What each office shows of the scale that most of these ratings have."""
    main = main_scale(shown.values())
    return {office: its.get(main, Shown()) if main is not None else Shown() for office, its in shown.items()}


def ranks(shown: Mapping[str, Shown]) -> tuple[OfficeRank, ...]:
    """The offices in order, of one scale."""
    counts = [(office, its.positive, its.n) for office, its in shown.items()]
    drawn = draw([(k, n) for _, k, n in counts])
    of_office = {} if drawn is None else dict(zip((office for office, _, _ in counts), drawn, strict=True))
    return tuple(OfficeRank(one, of_office.get(one.who)) for one in ranked(counts))


def parts(came: Iterable[Sequence[Counted]], length: Length, key: Callable[[Counted], str]) -> tuple[PartScore, ...]:
    """The scores by service or counter, where at least `LEAST_OF_PART` may be shown, and none follows from others."""
    shown: dict[str, list[Counted]] = {}
    for presses in came:
        for its in {key(press) for press in presses}:
            shown.setdefault(its, []).extend(shown_of([press for press in presses if key(press) == its], length))
    few = withheld({its: len(presses) for its, presses in shown.items()}, LEAST_OF_PART)
    found = [
        PartScore(its, tuple(cell for cell in cells_of(presses) if cell.n >= LEAST_OF_PART))
        for its, presses in sorted(shown.items())
        if its not in few
    ]
    return tuple(part for part in found if part.cells)


def weeks(days: Iterable[DayShown], until: date, base: int) -> tuple[Week, ...]:
    """The charts of weeks, of what days have shown, with limits from the first `base` of them; whole weeks only.

    Of the scale that most of these ratings have.
    """
    scales: dict[Scale, dict[date, Two]] = {}
    for day, scale, k, n in days:
        by_week = scales.setdefault(scale, {})
        monday = holding(Length.WEEK, date.fromisoformat(day)).first
        known = by_week.get(monday, (0, 0))
        by_week[monday] = (known[0] + k, known[1] + n)
    main = max(scales, key=lambda scale: (sum(n for _, n in scales[scale].values()), scale), default=None)
    by_week = {} if main is None else scales[main]
    mondays = sorted(monday for monday in by_week if holding(Length.WEEK, monday).last <= until)
    counts = [by_week[monday] for monday in mondays]
    charts = zip(mondays, p_chart(counts, base), ewma_chart(counts, base), strict=True)
    return tuple(Week(monday, share, mean) for monday, share, mean in charts)


def by_wait(shown: Shown) -> tuple[tuple[Step, ...], Falls]:
    """How satisfaction falls with the wait."""
    steps = [shown.by_step.get(step, (0, 0)) for step in range(STEPS + 1)]
    ends: list[int | None] = [STEP_S * (at + 1) for at in range(STEPS)]
    curve = falling_curve([(end, k, n) for end, (k, n) in zip([*ends, None], steps, strict=True)])
    return tuple(curve), falls(curve)


def bounds_of(shown: Shown, served: int) -> Bounds | None:
    """The bounds of what all who were served thought; what is not shown is taken for not rated."""
    return bounds(shown.positive, shown.n, served)


def weighed_by_service(shown: Shown, served: Mapping[str, int]) -> tuple[float, float] | None:
    """The share if those who did not rate think as others at their service do, to whole per cents."""
    services = sorted(served.keys() | shown.by_service.keys())
    found = weighed([(*shown.by_service.get(service, (0, 0)), served.get(service, 0)) for service in services])
    return None if found is None else (round(found[0], 2), round(found[1], 2))
