"""Offices, centres or districts of a unit side by side, as if all had the same people; groups and no order."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.period_names import LongPeriodName, long_period
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.api.satisfaction_routes import Share
from fleet.api.wait_routes import UnitId
from fleet.domain.api_rights import Scope
from fleet.domain.compared import Comparison
from fleet.domain.compared_places import View
from fleet.domain.comparing import Row, Shares, WaitRow
from fleet.domain.org_tree import Kind
from fleet.domain.shrinkage import Drawn
from fleet.domain.standardising import Share as PlainShare
from fleet.domain.wait_quantiles import Quantile
from fleet.flows import compare as flow

router = APIRouter(route_class=RuledRoute, tags=["comparison"])

Of = Annotated[Literal["office", "branch", "centre", "district"], Query(alias="of", description="What is compared.")]
ViewName = Annotated[
    Literal["now", "then"],
    Query(alias="view", description="Places as they are now, with what became part of them, or as they were."),
]
ServiceId = Annotated[
    str | None, Query(description="Waits of this service alone; then nothing of ratings and dossiers.", max_length=32)
]


class SharePlace(Share):
    """A place in a comparison of shares; the share is as it was counted."""

    place: str = Field(description="The id of the unit.", examples=["tan-an"])
    n: int = Field(description="Of how many; of ratings in whole fives.", examples=[240])
    standardised: Share | None = Field(
        description="Had it the common mix; of ratings to whole per cents. Null: it covers less than half of that mix."
    )
    covers: float = Field(description="How much of the common mix is compared.", examples=[0.97])
    own_covered: float = Field(description="How much of its own mix is compared.", examples=[0.99])
    expected: float = Field(description="How many would have been reached by the common shares.", examples=[201.4])
    adjusted: float = Field(description="The common share and its difference from what was expected.", examples=[0.71])
    known: float = Field(description="Where it stands in the funnel: of how many alone as much is known.")
    alike: float = Field(description="How many times wider than by chance its variance is.", examples=[1.8])
    chance: float | None = Field(description="Corrected for how many places there are; null: too few to judge.")
    group: Literal["better", "alike", "worse", "few"] = Field(description="What may be said of it.")
    stands_out: bool = Field(description="Outside of how places usually differ, by limits of 99.8 %.")
    drawn: Share | None = Field(description="Drawn towards all, as far as few say little; null: too few places.")


class FunnelLimits(Body):
    """The limits where so much is known."""

    known: float = Field(description="Of how many people alone as much is known.")
    low: float = Field(description="95 %.")
    high: float = Field(description="95 %.")
    outer_low: float = Field(description="99.8 %.")
    outer_high: float = Field(description="99.8 %.")


class ComparedShare(Body):
    """A share, compared."""

    measure: Literal["within", "satisfied", "rated", "on_time"] = Field(
        description="Called within the target, satisfied, rated, dossiers on time."
    )
    common: float | None = Field(description="The share of all places; null: nothing that may be told.")
    n: int = Field(description="Of how many, in all places.")
    spread: float = Field(description="By how much places differ beyond chance, as a standard deviation.")
    funnel: list[FunnelLimits] = Field(description="The limits from little known to most.")
    places: list[SharePlace] = Field(description="By name: no order of merit.")
    withheld: list[str] = Field(description="Places of which too few are known; they are in no figure here.")


class WaitQuantile(Body):
    """Seconds with an interval of 95 %."""

    seconds: float = Field(description="The time, right to 1 %.")
    low_s: float = Field(description="The lower end of its interval.")
    high_s: float = Field(description="The upper end of its interval.")


class WaitPlace(Body):
    """How long people of a place waited; null where fewer than five waited, or too little of the mix is covered."""

    place: str = Field(description="The id of the unit.")
    n: int = Field(description="How many waited.")
    p50: WaitQuantile | None = Field(description="Half waited no longer.")
    p90: WaitQuantile | None = Field(description="Nine of ten waited no longer.")
    p50_standardised: WaitQuantile | None = Field(description="Had it the common mix.")
    p90_standardised: WaitQuantile | None = Field(description="Had it the common mix.")


class ComparedPlace(Body):
    """A place and the offices that it is made of."""

    place: str = Field(description="The id of the unit.")
    name: str = Field(description="Its name.")
    offices: list[str] = Field(description="The offices that it is made of.")


class ComparisonOf(Body):
    """The places of a unit side by side. Of today nothing is told."""

    unit: str = Field(description="Whose places these are.")
    period: str = Field(description="The period.")
    until: date = Field(description="The last day that is in it.")
    of: Literal["office", "branch", "centre", "district"] = Field(description="What is compared.")
    view: Literal["now", "then"] = Field(description="Places as they are now, or as they were.")
    service: str | None = Field(description="The only service; null: all.")
    target_s: int | None = Field(description="The target of all, where one holds for every service.")
    levels: int | None = Field(description="Of the scale whose ratings are compared.")
    other_ratings: int = Field(description="How many were given on other scales, and are left aside.")
    places: list[ComparedPlace] = Field(description="The places, by name.")
    left_out: list[str] = Field(description="Offices that are in none of these places, or in several.")
    by_scan: list[str] = Field(description="Places whose dossiers are those that were scanned there.")
    waits: list[WaitPlace] = Field(description="How long people waited, by place.")
    measures: list[ComparedShare] = Field(description="The shares; of one service those of waits and responses alone.")


@router.get(
    "/units/{unit}/comparison/{period}",
    response_model=ComparisonOf,
    operation_id="compareUnit",
    summary="Places side by side, fairly",
)
@rule(Scope.READ)
def compare_unit(
    request: Request,
    door: AtDoor,
    caller: Calling,
    unit: UnitId,
    period: LongPeriodName,
    of: Of = "office",
    view: ViewName = "now",
    service: ServiceId = None,
) -> Response:
    """Of a month, quarter or year: the places below a unit whose offices all concern the caller."""
    wanted = long_period(period)
    try:
        found = flow.compare(door.store, unit, wanted, door.clock(), Kind(of), View(view), service, caller.offices)
    except flow.UnknownUnit:
        raise Problem("no-such-unit") from None
    except flow.UnknownService:
        raise Problem("no-such-service") from None
    return answer(request, as_body(found))


def as_body(found: Comparison) -> ComparisonOf:
    """A comparison as it goes out."""
    return ComparisonOf.model_validate(
        {
            "unit": found.unit,
            "period": str(found.period),
            "until": found.until,
            "of": found.kind.value,
            "view": found.view.value,
            "service": found.service,
            "target_s": found.target_s,
            "levels": found.levels,
            "other_ratings": found.other_ratings,
            "places": [ComparedPlace(place=one.id, name=one.name, offices=list(one.offices)) for one in found.places],
            "left_out": list(found.left_out),
            "by_scan": list(found.by_scan),
            "waits": [as_wait(row) for row in found.waits],
            "measures": [as_measure(its) for its in found.shares.values()],
        }
    )


def as_measure(its: Shares) -> ComparedShare:
    """A share, compared, as it goes out."""
    return ComparedShare(
        measure=its.measure.value,
        common=its.common,
        n=its.n,
        spread=its.spread,
        funnel=[FunnelLimits(**vars(one)) for one in its.limits],
        places=[as_place(row) for row in its.rows],
        withheld=list(its.withheld),
    )


def as_place(row: Row) -> SharePlace:
    """A place as it goes out."""
    return SharePlace(
        **vars(row.plain),
        place=row.place,
        n=row.n,
        standardised=as_share(row.standardised),
        covers=row.covers,
        own_covered=row.own_covered,
        expected=row.expected,
        adjusted=row.adjusted,
        known=row.known,
        alike=row.alike,
        chance=row.chance,
        group=row.group.value,
        stands_out=row.stands_out,
        drawn=as_share(row.drawn),
    )


def as_share(one: PlainShare | Drawn | None) -> Share | None:
    """A share with its interval, as it goes out."""
    return None if one is None else Share(share=one.share, low=one.low, high=one.high)


def as_wait(row: WaitRow) -> WaitPlace:
    """Waits as they go out."""
    return WaitPlace(
        place=row.place,
        n=row.n,
        p50=as_took(row.p50),
        p90=as_took(row.p90),
        p50_standardised=as_took(row.p50_standardised),
        p90_standardised=as_took(row.p90_standardised),
    )


def as_took(one: Quantile | None) -> WaitQuantile | None:
    """A time with its interval, as it goes out."""
    return None if one is None else WaitQuantile(**vars(one))
