"""Reports that go to people by e-mail after each period."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body, answer
from fleet.api.doing import IdempotencyKey, do
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.indicator_texts import LANGUAGES
from fleet.domain.letters import ADDRESS_AT_MOST
from fleet.domain.named_periods import Length
from fleet.domain.report_schedules import TO_AT_MOST, Schedule, following
from fleet.flows import schedule_reports
from fleet.flows.once import Answer
from fleet.flows.report_files import Form

router = APIRouter(route_class=RuledRoute, tags=["reports"])

Number = Annotated[int, Path(description="Its number.", ge=1, le=LARGEST_INTEGER)]
Address = Annotated[str, Field(max_length=ADDRESS_AT_MOST)]


class NewSchedule(BaseModel):
    """A report that shall be sent."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(
        max_length=32, description="The id of an office, or of a unit above offices.", examples=["tan-an"]
    )
    every: Length = Field(description="After each of these.", examples=["month"])
    form: Form = Field(Form.PDF, description="`pdf`, `xlsx` or `csv`; none of them names a dossier.")
    to: list[Address] = Field(
        min_length=1, max_length=TO_AT_MOST, description="Who gets it.", examples=[["van-phong@example.vn"]]
    )
    language: str = Field(
        LANGUAGES[0], description="`vi` or `en`.", max_length=2, pattern=f"^({'|'.join(LANGUAGES)})$", examples=["vi"]
    )


class ReportSchedule(Body):
    """A report that is sent by e-mail after each period, once, when its figures have settled."""

    id: int = Field(description="Its number.", examples=[1])
    unit: str = Field(description="Whom it is of.", examples=["tan-an"])
    every: Length = Field(description="After each of these.", examples=["month"])
    form: Form = Field(description="`pdf`, `xlsx` or `csv`.", examples=["pdf"])
    to: list[str] = Field(description="Who gets it.", examples=[["van-phong@example.vn"]])
    language: str = Field(description="`vi` or `en`.", examples=["vi"])
    next: str = Field(description="The period that is sent next, once it is over.", examples=["2026-11"])
    failed: str | None = Field(description="Why the last one could not be made; null: it was.")


class ReportSchedules(Body):
    """Reports that are sent by themselves."""

    items: list[ReportSchedule]


@router.get(
    "/report-schedules",
    response_model=ReportSchedules,
    operation_id="listReportSchedules",
    summary="Reports that are sent by themselves",
)
@rule(Scope.SCHEDULE_REPORTS)
def list_schedules(request: Request, door: AtDoor, caller: Calling) -> Response:
    """Those of units all of whose offices concern the caller."""
    found = schedule_reports.schedules(door.store, door.clock(), caller.offices)
    items = [as_body(one) for one in found]
    return answer(request, ReportSchedules(items=items))


@router.post(
    "/report-schedules",
    response_model=ReportSchedule,
    status_code=201,
    operation_id="addReportSchedule",
    summary="Send a report from now on",
)
@rule(Scope.SCHEDULE_REPORTS)
def add_schedule(
    request: Request, door: AtDoor, caller: Calling, wanted: NewSchedule, idempotency_key: IdempotencyKey = None
) -> Response:
    """First of the period that goes on now."""
    act = partial(
        schedule_reports.schedule,
        unit=wanted.unit,
        length=wanted.every,
        form=wanted.form,
        language=wanted.language,
        to=wanted.to,
        now_ms=door.clock(),
        only=caller.offices,
    )
    try:
        return do(request, door, caller, idempotency_key, wanted, act, lambda made: said(made, 201))
    except schedule_reports.ScheduleUnfit as problem:
        if problem.where == "unit":
            raise Problem("no-such-unit") from None
        raise unfit(f"/{problem.where}", "mail_address") from None


@router.delete(
    "/report-schedules/{schedule}",
    response_model=ReportSchedule,
    operation_id="removeReportSchedule",
    summary="Send a report no more",
)
@rule(Scope.SCHEDULE_REPORTS)
def remove_schedule(
    request: Request, door: AtDoor, caller: Calling, schedule: Number, idempotency_key: IdempotencyKey = None
) -> Response:
    """Answers what it was. Letters that were written already are still sent."""

    act = partial(schedule_reports.unschedule, number=schedule, now_ms=door.clock(), only=caller.offices)
    try:
        return do(request, door, caller, idempotency_key, None, act, lambda gone: said(gone, 200))
    except schedule_reports.UnknownSchedule:
        raise Problem("no-such-schedule") from None


def said(one: Schedule, status: int) -> Answer:
    """A schedule as an answer."""
    return Answer(status, as_body(one).model_dump_json())


def as_body(one: Schedule) -> ReportSchedule:
    """A schedule as it goes out."""
    return ReportSchedule(
        id=one.id,
        unit=one.unit,
        every=one.length,
        form=Form(one.form),
        to=list(one.to),
        language=one.language,
        next=str(following(one.last)),
        failed=one.said or None,
    )
