"""How long somebody will wait: whoever would take a number now, and whoever has one."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.moments import Moment, moment
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.telling import Told
from fleet.flows import told_waits
from fleet.flows.told_waits import NoSuchService, NoSuchTicket

router = APIRouter(route_class=RuledRoute, tags=["days"])

ServiceId = Annotated[str, Path(description="The id of a service.", max_length=32, examples=["ho-tich"])]
Number = Annotated[int, Path(description="A number of today.", ge=1, le=9999, examples=[7])]


class Estimate(Body):
    """How long a wait is likely to be, in steps of five minutes. Null: no counter that calls for it is open."""

    service: str = Field(examples=["ho-tich"])
    number: int | None = Field(description="Whose it is; null: whoever takes a number now.", examples=[7])
    p50_min: int | None = Field(description="Half wait less; 0: it is their turn soon.", examples=[15])
    p90_min: int | None = Field(description="Nine of ten wait less.", examples=[30])
    ahead: int | None = Field(description="How many wait for the same before them.", examples=[4])
    counters: int | None = Field(description="How many counters are open.", examples=[2])
    may_close: bool | None = Field(description="The counters may close before the turn comes.")
    cause: str | None = Field(
        description="Why the turn comes later than was told before: `fewer_counters`, `others_first` or "
        "`longer_visits`; empty: it does not.",
        examples=[""],
    )
    made: Moment | None = Field(description="When this was estimated.")


@router.get(
    "/offices/{office}/services/{service}/estimate",
    response_model=Estimate,
    operation_id="getServiceEstimate",
    summary="How long whoever takes a number now will wait",
)
@rule(Scope.READ)
def get_service_estimate(
    request: Request, door: AtDoor, caller: Calling, office: OfficeId, service: ServiceId
) -> Response:
    """What a printer of the office tells as well."""
    row, now_ms = office_seen(door, caller, office), door.clock()
    try:
        told = told_waits.newcomer(door.store, row, service, now_ms)
    except NoSuchService:
        raise Problem("no-such-service") from None
    return answer(request, as_estimate(service, None, told))


@router.get(
    "/offices/{office}/tickets/{service}/{number}/estimate",
    response_model=Estimate,
    operation_id="getTicketEstimate",
    summary="How long somebody still waits",
)
@rule(Scope.READ)
def get_ticket_estimate(
    request: Request, door: AtDoor, caller: Calling, office: OfficeId, service: ServiceId, number: Number
) -> Response:
    """From now on, for a number of today that waits. It does not move away without a cause."""
    row, now_ms = office_seen(door, caller, office), door.clock()
    try:
        told = told_waits.holder(door.store, row, service, number, now_ms)
    except NoSuchTicket:
        raise Problem("no-such-waiting-ticket") from None
    return answer(request, as_estimate(service, number, told))


def as_estimate(service: str, number: int | None, told: Told | None) -> Estimate:
    """An estimate as it goes out."""
    return Estimate(
        service=service,
        number=number,
        p50_min=None if told is None else told.p50,
        p90_min=None if told is None else told.p90,
        ahead=None if told is None else told.ahead,
        counters=None if told is None else told.counters,
        may_close=None if told is None else told.may_close,
        cause=None if told is None else told.cause.value,
        made=None if told is None else moment(told.made_ms),
    )
