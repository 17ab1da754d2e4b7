"""How long people waited and were served, by day, week, month and year, service, counter and hour of the day."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.door import Door
from fleet.api.moments import Moment, fit_day, moment
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.periods import Period
from fleet.domain.waits import Durations, WaitRow
from fleet.flows import waits as flow
from fleet.flows.import_dossiers import day_in_viet_nam

router = APIRouter(route_class=RuledRoute, tags=["waits"])

DAYS_AT_MOST = 36_525
# All the days that an office can have had.

UnitId = Annotated[
    str, Path(description="The id of a unit of the tree: an office, or what lies above some.", max_length=32)
]
From = Annotated[
    date | None, Query(alias="from", description="The first day; without it the last one.", examples=["2026-11-01"])
]
To = Annotated[date | None, Query(alias="to", description="The last day; without it today.", examples=["2026-11-09"])]
By = Annotated[
    Literal["service", "counter", "hour", "day", "week", "month", "year"],
    Query(description="What a row is. An hour is that in which people began to wait."),
]


class Took(Body):
    """How long something took. Percentiles are right to 1 %, the mean is exact; all null where n is less than 5."""

    n: int = Field(description="Of how many visits it is known.", examples=[412])
    mean_s: float | None = Field(description="The mean, in seconds.", examples=[655.2])
    p50_s: float | None = Field(description="Half of them took no longer.", examples=[540.3])
    p90_s: float | None = Field(description="Nine of ten took no longer.", examples=[1332.0])
    p95_s: float | None = Field(description="Nineteen of twenty took no longer.", examples=[1630.8])


class Waited(Took):
    """How long people waited until they were called."""

    within_target: float | None = Field(
        description="The share that waited no longer than the target of their service. By counter and hour it is null "
        "where services have different targets.",
        examples=[0.83],
    )


class WaitsOf(Body):
    """A row: a stretch of time, or a part of an office."""

    key: str = Field(description="The first day, or the id of a service or counter, or the hour (`08`); '' of all.")
    visits: int = Field(description="Visits that began.", examples=[430])
    no_shows: int = Field(description="Of these, who did not come when called.", examples=[11])
    finished: int = Field(description="Of these, finished by a clerk.", examples=[405])
    rated: int = Field(description="Of the finished ones, rated; how is told elsewhere.", examples=[97])
    wait: Waited = Field(description="From the number to the call; of who came.")
    service: Took = Field(description="From the call to the end.")
    total: Took = Field(description="Both together.")


class Now(Body):
    """Who waits now."""

    waiting: int = Field(description="How many people wait.", examples=[6])
    oldest: Moment | None = Field(description="Since when the first of them has waited; null: nobody waits.")


class Waits(Body):
    """How long people waited and were served in a period."""

    unit: str = Field(description="Whom this is of.", examples=["tan-an"])
    offices: list[str] = Field(
        description="Whose visits these are; offices that were merged into these are among them."
    )
    divided: list[str] = Field(description="Offices that ended and went in part elsewhere: their visits are left out.")
    first: date = Field(description="The first day of the period.")
    last: date = Field(description="The last day of the period.")
    by: str = Field(examples=["service"])
    whole: WaitsOf
    items: list[WaitsOf]
    now: Now


@router.get(
    "/offices/{office}/waits", response_model=Waits, operation_id="getOfficeWaits", summary="How long people waited"
)
@rule(Scope.READ)
def office_waits(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    first: From = None,
    last: To = None,
    by: By = "service",
) -> Response:
    """Of an office, with those that were merged into it. Counted while visits are linked, so as of now."""
    return answer(request, waits_of(door, office_seen(door, caller, office).id, first, last, by, None))


@router.get("/units/{unit}/waits", response_model=Waits, operation_id="getUnitWaits", summary="How long people waited")
@rule(Scope.READ)
def unit_waits(
    request: Request,
    door: AtDoor,
    caller: Calling,
    unit: UnitId,
    first: From = None,
    last: To = None,
    by: By = "service",
) -> Response:
    """Of all offices below a unit, as far as they concern the caller."""
    return answer(request, waits_of(door, unit, first, last, by, caller.offices))


def waits_of(
    door: Door, unit: str, first: date | None, last: date | None, by: str, only: frozenset[str] | None
) -> Waits:
    """What was asked for. Raises Problem."""
    until = day_in_viet_nam(door.clock()) if last is None else fit_day(last, "to")
    since = until if first is None else fit_day(first, "from")
    if until < since:
        raise unfit("to", "period", most=DAYS_AT_MOST)
    try:
        found = flow.waits(door.store, unit, Period(since, until), by, door.clock(), only)
    except flow.UnknownUnit:
        raise Problem("no-such-unit") from None
    except flow.TooManyRows:
        raise unfit("to", "rows", most=flow.ROWS_AT_MOST) from None
    return Waits(
        unit=unit,
        offices=list(found.offices.whole),
        divided=list(found.offices.divided),
        first=since,
        last=until,
        by=by,
        whole=as_row(found.whole),
        items=[as_row(one) for one in found.rows],
        now=Now(waiting=found.now.waiting, oldest=moment(found.now.oldest_ms)),
    )


def as_row(row: WaitRow) -> WaitsOf:
    """A row as it goes out."""
    wait = Waited(**as_took(row.wait).model_dump(), within_target=row.wait.within)
    return WaitsOf(
        key=row.key,
        visits=row.visits,
        no_shows=row.no_shows,
        finished=row.finished,
        rated=row.rated,
        wait=wait,
        service=as_took(row.service),
        total=as_took(row.total),
    )


def as_took(of: Durations) -> Took:
    """Durations as they go out."""
    return Took(n=of.n, mean_s=of.mean_s, p50_s=of.p50_s, p90_s=of.p90_s, p95_s=of.p95_s)
