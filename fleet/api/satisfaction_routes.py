"""How satisfied people were in a month, quarter or year, with what that cannot say."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.door import Door
from fleet.api.period_names import LongPeriodName, long_period
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.api.wait_routes import UnitId
from fleet.domain.api_rights import Scope
from fleet.domain.control_charts import Point
from fleet.domain.satisfaction import CELL
from fleet.domain.satisfied import OfficeRank, Satisfied
from fleet.flows import satisfaction as flow

router = APIRouter(route_class=RuledRoute, tags=["satisfaction"])


class Share(Body):
    """A share with an interval of 95 %."""

    share: float = Field(description="The share that was satisfied.", examples=[0.9])
    low: float = Field(description="The lower end of its interval.", examples=[0.699])
    high: float = Field(description="The upper end of its interval.", examples=[0.972])


class ScoreOfScale(Share):
    """The ratings of one scale, in whole groups of five."""

    scale: int = Field(description="How many levels the scale has.", examples=[5])
    scale_version: int = Field(description="Its version: scores of others are never added.", examples=[1])
    n: int = Field(description="How many ratings this is made of: 5, 10, …", examples=[20])
    by_score: list[int] = Field(description="How many pressed each score, from 1 up.", examples=[[1, 0, 1, 6, 12]])


class WithinBounds(Body):
    """The satisfied share of all who were served, had all who did not rate been dissatisfied, or all satisfied."""

    low: float = Field(examples=[0.409])
    high: float = Field(examples=[0.955])


class Weighed(Body):
    """The share if those who did not rate think as others at their service do, to whole per cents."""

    share: float = Field(examples=[0.91])
    speaks_for: float = Field(description="The part of all finished visits whose service has ratings.", examples=[0.98])


class Ranked(Share):
    """An office among others, by the lower end of its interval."""

    office: str = Field(examples=["tan-an"])
    n: int = Field(description="How many ratings: 5, 10, …", examples=[120])
    place: int | None = Field(description="Its place; null below 20 ratings. Who overlaps shares one.", examples=[1])
    drawn: Share | None = Field(
        description="Drawn towards all, as far as few ratings say little; null: too few offices."
    )


class Charted(Body):
    """A point of a control chart."""

    begins: date = Field(description="The Monday of the week, or the day.", examples=["2026-10-05"])
    n: int = Field(description="Of how many it is.", examples=[85])
    value: float | None = Field(description="The share of the week; the seconds of the day.", examples=[0.87])
    low: float | None = Field(description="The lower limit; null: not judged, since n is below 10 or little is known.")
    high: float | None = Field(description="The upper limit.")
    stands_out: str | None = Field(
        description="`above`, `below`, `run_above`, `run_below`, where it begins; null: nothing, or it goes on."
    )


class ReasonGiven(Body):
    """A reason that residents chose after a low rating."""

    reason: str = Field(description="Its code.", examples=["long_wait"])
    n: int = Field(description="How often; all reasons together come in whole groups of five.", examples=[4])


class FallsBelow(Body):
    """From which wait on fewer than nine of ten are satisfied, in seconds; null: it is not seen to fall so far."""

    from_s: int | None = Field(description="By the curve that is nearest to the ratings.", examples=[1800])
    earliest_s: int | None = Field(description="Perhaps from here on (95 %, all waits together).", examples=[900])
    latest_s: int | None = Field(description="Surely from here on.", examples=[2700])


class SatisfactionOf(Body):
    """What people thought of a period. Ratings come in whole groups of five; of today nothing is told."""

    unit: str = Field(description="Whom this is of.", examples=["tan-an"])
    period: str = Field(examples=["2026-10"])
    until: date = Field(description="The last day that is in it.", examples=["2026-10-31"])
    scores: list[ScoreOfScale] = Field(description="By scale; all else is of the one that most ratings have.")
    served: int = Field(description="How many visits were finished.", examples=[44])
    rated: int = Field(description="How many of them were rated.", examples=[24])
    reasons: list[ReasonGiven] = Field(description="Why ratings were low, the most frequent first.")
    bounds: WithinBounds | None
    weighed: Weighed | None
    offices: list[Ranked] = Field(description="Where there are several: in order.")
    weeks: list[Charted] = Field(description="The share of each week of half a year (p′ chart).")
    moving_mean: list[Charted] = Field(description="Its moving mean (EWMA chart), for small shifts that last.")
    waits_p90: list[Charted] = Field(description="The wait that nine of ten did not exceed, by day (XmR chart).")
    below_nine_of_ten: FallsBelow


@router.get(
    "/offices/{office}/satisfaction/{period}",
    response_model=SatisfactionOf,
    operation_id="getOfficeSatisfaction",
    summary="How satisfied people were in a period",
)
@rule(Scope.READ)
def office_satisfaction(
    request: Request, door: AtDoor, caller: Calling, office: OfficeId, period: LongPeriodName
) -> Response:
    """Of an office, with those that were merged into it. Button scores are not SIPAS."""
    return answer(request, satisfaction_of(door, office_seen(door, caller, office).id, period, None))


@router.get(
    "/units/{unit}/satisfaction/{period}",
    response_model=SatisfactionOf,
    operation_id="getUnitSatisfaction",
    summary="How satisfied people were in a period",
)
@rule(Scope.READ)
def unit_satisfaction(
    request: Request, door: AtDoor, caller: Calling, unit: UnitId, period: LongPeriodName
) -> Response:
    """Of all offices below a unit, as far as they concern the caller, in order of rank."""
    return answer(request, satisfaction_of(door, unit, period, caller.offices))


def satisfaction_of(door: Door, unit: str, name: str, only: frozenset[str] | None) -> SatisfactionOf:
    """What was asked for. Raises Problem."""
    period = long_period(name)
    try:
        found = flow.satisfaction(door.store, unit, period, "office", door.clock(), only)
    except flow.UnknownUnit:
        raise Problem("no-such-unit") from None
    return as_body(found)


def as_body(found: Satisfied) -> SatisfactionOf:
    """It as it goes out."""
    assert all(cell.n % CELL == 0 for cell in found.cells)  # noqa: S101 (nothing smaller may ever leave)
    return SatisfactionOf(
        unit=found.unit,
        period=str(found.period),
        until=found.until,
        scores=[
            ScoreOfScale(
                share=cell.share,
                low=cell.low,
                high=cell.high,
                scale=cell.scale,
                scale_version=cell.scale_version,
                n=cell.n,
                by_score=list(cell.by_score),
            )
            for cell in found.cells
        ],
        served=found.served,
        rated=found.rated,
        reasons=[ReasonGiven(reason=reason, n=n) for reason, n in found.said],
        bounds=None if found.bounds is None else WithinBounds(low=found.bounds.low, high=found.bounds.high),
        weighed=None if found.weighed is None else Weighed(share=found.weighed[0], speaks_for=found.weighed[1]),
        offices=[as_rank(one) for one in found.offices],
        weeks=[as_point(week.monday, week.share) for week in found.weeks],
        moving_mean=[as_point(week.monday, week.mean) for week in found.weeks],
        waits_p90=[as_point(day, point) for day, point in found.waits],
        below_nine_of_ten=FallsBelow(**vars(found.falls)),
    )


def as_rank(one: OfficeRank) -> Ranked:
    """An office as it goes out."""
    its = one.ranked
    drawn = None if one.drawn is None else Share(share=one.drawn.share, low=one.drawn.low, high=one.drawn.high)
    share = its.positive / its.n
    return Ranked(office=its.who, n=its.n, place=its.place, share=share, low=its.low, high=its.high, drawn=drawn)


def as_point(begins: date, point: Point) -> Charted:
    """A point of a chart as it goes out."""
    rule_of = None if point.rule is None else point.rule.value
    return Charted(begins=begins, n=point.n, value=point.value, low=point.low, high=point.high, stands_out=rule_of)
