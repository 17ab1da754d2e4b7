"""Alerts of an office: what somebody should look at, who sees to it, and from when on anybody is alerted."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body as Answered
from fleet.api.answers import Cursor, Limit, answer, read_cursor, turned
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.alert_limits import (
    ADDRESSES_AT_MOST,
    CLOCK,
    RANGES,
    WINDOW,
    WINDOWS_AT_MOST,
    AlertLimits,
    BadLimits,
)
from fleet.domain.alerts import Cause
from fleet.domain.alerts_now import AlertNow
from fleet.domain.api_rights import Scope
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.letters import ADDRESS_AT_MOST
from fleet.flows import alert_rules, alerts
from fleet.flows.once import Answer

router = APIRouter(route_class=RuledRoute, tags=["alerts"])

AlertId = Annotated[int, Path(description="The number of an alert.", ge=1, le=LARGEST_INTEGER, examples=[3])]
Clock = Annotated[str, Field(pattern=f"^{CLOCK.pattern}$", examples=["08:00"])]
Stretch = Annotated[str, Field(pattern=f"^{WINDOW.pattern}$", examples=["18:00-06:30"])]
Weekday = Annotated[int, Field(ge=1, le=7)]
Address = Annotated[str, Field(max_length=ADDRESS_AT_MOST, examples=["truong-bo-phan@example.vn"])]
USUAL = AlertLimits()


class Sentence(Answered):
    """A sentence in both languages."""

    vi: str = Field(examples=["Hộ tịch: có người chờ quá 15 phút, 6 người đang chờ."])
    en: str = Field(examples=["Hộ tịch: somebody waits longer than 15 minutes; waiting: 6."])


class Alert(Answered):
    """Something that somebody should look at (cảnh báo)."""

    id: int = Field(examples=[3])
    cause: Cause = Field(description="Why.", examples=["wait"])
    subject: str = Field(description="A service, a counter or a device; empty: the office.", examples=["ho-tich"])
    day: str = Field(description="The day on which it opened.", examples=["2026-11-09"])
    said: Sentence = Field(description="What it is about.")
    figures: dict[str, int | str] = Field(description="By which figures.", examples=[{"limit_s": 900, "waiting": 6}])
    open: bool = Field(description="Whether it goes on.")
    calming: bool = Field(description="Its cause is low again, and it will close by itself.")
    opened: Moment | None = Field(description="Since when; null for ratings, of which no moment is told.")
    acknowledged: Moment | None = Field(description="When somebody said that they see to it.")
    acknowledged_by: str | None = Field(description="Who.", examples=["Lan"])
    closed: Moment | None = Field(description="When it closed; null: it has not, or it is of ratings.")


class Alerts(Answered):
    """A page of alerts, the newest first."""

    office: str = Field(examples=["tan-an"])
    items: list[Alert]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class Acknowledging(BaseModel):
    """Who sees to an alert."""

    model_config = ConfigDict(extra="forbid")

    person: str = Field(
        min_length=1, max_length=alerts.PERSON_AT_MOST, description="Who, of the staff.", examples=["Lan"]
    )


def ranged(name: str, description: str) -> Any:
    """A number with the bounds of this limit."""
    least, most = RANGES[name]
    return Field(getattr(USUAL, name), ge=least, le=most, description=description)


class Limits(BaseModel):
    """From when on an office is alerted. What is left out is as usual."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    off: list[Cause] = Field(list(map(Cause, USUAL.off)), description="Causes of which nobody is alerted.")
    wait_s: int = ranged("wait_s", "Nobody should wait longer; 0: as each service's target says.")
    told: Literal[50, 90] = Field(50, description="The quantile of what newcomers are told that is held against it.")
    closes: int = ranged("closes", "An alert may close at so many per cent of its limit.")
    silent_s: int = ranged("silent_s", "So long nothing may happen at a free counter.")
    serving_s: int = ranged("serving_s", "So long nothing may happen at one that serves.")
    ratings: int = ranged("ratings", "So many bad ratings are less likely than this in 100,000.")
    dossiers_at: Clock = Field(USUAL.dossiers_at, description="From then on the day's dossiers are told.")
    dossiers: int = ranged("dossiers", "If they are so many or more.")
    printer_s: int = ranged("printer_s", "So long a printer of tickets may be away.")
    calm_s: int = ranged("calm_s", "So long a cause must be low before its alert closes.")
    again_min: int = ranged("again_min", "What nobody sees to is told again then; 0: never.")
    quiet: list[Stretch] = Field(
        list(USUAL.quiet), max_length=WINDOWS_AT_MOST, description="Nothing is told in these hours."
    )
    quiet_days: list[Weekday] = Field(
        list(USUAL.quiet_days), max_length=7, description="Nothing is told on these weekdays; 1 is Monday."
    )
    mail: list[Address] = Field(
        list(USUAL.mail), max_length=ADDRESSES_AT_MOST, description="Who of the staff is told by e-mail."
    )
    language: Literal["vi", "en"] = Field("vi", description="Of the letters.")


@router.get("/offices/{office}/alerts", response_model=Alerts, operation_id="listAlerts", summary="Its alerts")
@rule(Scope.READ)
def list_alerts(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    is_open: Annotated[bool, Query(alias="open", description="Only those that go on; false: all.")] = True,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What somebody should look at now. Of bad ratings only the office and the day are told, never a moment."""
    place = read_cursor(cursor, [int])
    row = office_seen(door, caller, office)
    before = None if place is None else place[0]
    found = alerts.alerts_of(door.store, row.id, is_open, before=before, most=limit + 1)
    page, following, headers = turned(request, found, limit, lambda one: [one.id])
    return answer(request, Alerts(office=row.id, items=[as_body(one) for one in page], next=following), headers)


@router.post(
    "/offices/{office}/alerts/{alert}/acknowledge",
    response_model=Alert,
    operation_id="acknowledgeAlert",
    summary="Somebody sees to it",
)
@rule(Scope.ALERTS)
def acknowledge_alert(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    alert: AlertId,
    who: Annotated[Acknowledging | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It stays until its cause is over, and is told to nobody again. Who said so first stays."""
    row = office_seen(door, caller, office)
    person = caller.name if who is None else f"{' '.join(who.person.split())} ({caller.name})"

    def say(found: AlertNow) -> Answer:
        return Answer(200, as_body(found).model_dump_json())

    def doing(connection: Any) -> AlertNow:
        return alerts.acknowledge_in(connection, row.id, alert, person, door.clock())

    try:
        return do(request, door, caller, idempotency_key, who, doing, say)
    except alerts.NoSuchAlert:
        raise Problem("no-such-alert") from None
    except alerts.AlertClosed:
        raise Problem("alert-over") from None


@router.get(
    "/offices/{office}/alerts/limits",
    response_model=Limits,
    operation_id="getAlertLimits",
    summary="From when on it is alerted",
)
@rule(Scope.ALERTS)
def get_limits(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """The office's limits and quiet hours, and who is told by e-mail."""
    found = alert_rules.limits_of(door.store, office_seen(door, caller, office).id)
    return answer(request, as_limits(found))


@router.put(
    "/offices/{office}/alerts/limits",
    response_model=Limits,
    operation_id="setAlertLimits",
    summary="Say from when on it is alerted",
)
@rule(Scope.ALERTS)
def set_limits(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    wanted: Annotated[Limits | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """All limits at once: what is left out is as usual again."""
    row = office_seen(door, caller, office)
    if wanted is None:
        raise unfit("/", "missing")
    changes = wanted.model_dump(mode="json")

    def say(found: AlertLimits) -> Answer:
        return Answer(200, as_limits(found).model_dump_json())

    def doing(connection: Any) -> AlertLimits:
        return alert_rules.set_limits_in(connection, row.id, changes, whole=True)

    try:
        return do(request, door, caller, idempotency_key, wanted, doing, say)
    except BadLimits as problem:
        where = str(problem).partition(":")[0]
        raise unfit(f"/{where}", "alert_mail" if where == "mail" else "alert_quiet") from None


def as_limits(found: AlertLimits) -> Limits:
    """Limits as they go out."""
    return Limits.model_validate(found.to_dict())


def as_body(one: AlertNow) -> Alert:
    """An alert as it goes out."""
    return Alert(
        id=one.id,
        cause=one.cause,
        subject=one.subject,
        day=one.day,
        said=Sentence(vi=one.said("vi"), en=one.said("en")),
        figures=dict(one.figures),
        open=one.is_open,
        calming=one.calming,
        opened=moment(one.opened_ms),
        acknowledged=moment(one.acknowledged_ms),
        acknowledged_by=one.acknowledged_by or None,
        closed=moment(one.closed_ms),
    )
