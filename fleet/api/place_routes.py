"""Offices, their services and counters; who waits, and what counters do, now."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Item, Limit, answer, answer_rows, read_cursor, turned
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.flows import look_up
from fleet.flows.look_up import NoSuchOffice
from fleet.store.places import OfficeRow

router = APIRouter(route_class=RuledRoute, tags=["offices"])

OfficeId = Annotated[str, Path(description="The id of an office.", max_length=32, examples=["tan-an"])]
EXAMPLE_OFFICE = {"id": "tan-an", "name": "Phường Tân An", "hotline": "1022", "timezone": "Asia/Ho_Chi_Minh"}


class Office(Body):
    """A one-stop office (bộ phận một cửa)."""

    id: str = Field(description="Its id; it never changes.", examples=["tan-an"])
    name: str = Field(description="Its name as tickets show it.", examples=["Phường Tân An"])
    hotline: str = Field(description="The number that residents may call.", examples=["1022"])
    timezone: str = Field(description="Its days are days of this time zone.", examples=["Asia/Ho_Chi_Minh"])


class Offices(Body):
    """A page of offices."""

    items: list[Office]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class Service(Body):
    """What a queue is for (lĩnh vực)."""

    id: str = Field(examples=["ho-tich"])
    name: str = Field(examples=["Hộ tịch"])
    prefix: str = Field(description="What stands before its numbers.", examples=["A"])
    target_wait_s: int = Field(description="Nobody should wait longer, in seconds.", examples=[900])


class Services(Body):
    """All services of an office, in the order of the printer's buttons."""

    items: list[Service]


class Counter(Body):
    """Where a clerk serves (quầy)."""

    id: str = Field(examples=["quay-1"])
    name: str = Field(examples=["Quầy 1"])
    services: list[str] = Field(description="The ids of the services that it calls for.", examples=[["ho-tich"]])


class Counters(Body):
    """All counters of an office, in their order."""

    items: list[Counter]


class ServiceQueue(Body):
    """Who waits for a service."""

    service: str = Field(description="The id of the service.", examples=["ho-tich"])
    waiting: int = Field(description="How many people wait.", examples=[6])
    waiting_priority: int = Field(description="How many of them have priority.", examples=[1])
    longest_wait_s: int | None = Field(description="How long the first of them has waited; null: nobody waits.")
    parked: int = Field(description="How many were set aside and will come back.", examples=[0])
    called_today: int = Field(description="How many were called today.", examples=[41])
    median_wait_s: float | None = Field(description="Half of those who were called today waited less.")
    target_wait_s: int = Field(description="Nobody should wait longer.", examples=[900])


class CounterNow(Body):
    """What a counter does."""

    counter: str = Field(description="The id of the counter.", examples=["quay-1"])
    state: str = Field(description="`closed` (nothing yet today), `free`, `serving` or `paused`.", examples=["serving"])
    since: Moment | None = Field(description="Since when.")
    label: str | None = Field(description="The number that is served, as it is called.", examples=["A007"])


class QueueNow(Body):
    """Who waits at an office now, and what its counters do."""

    office: str = Field(examples=["tan-an"])
    waiting: int = Field(description="How many people wait in all.", examples=[6])
    longest_wait_s: int | None = Field(description="The longest wait of all services.")
    services: list[ServiceQueue]
    counters: list[CounterNow]


@router.get("/offices", response_model=Offices, operation_id="listOffices", summary="List offices")
@rule(Scope.READ)
def list_offices(
    request: Request, door: AtDoor, caller: Calling, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """The offices at which the token holds, by id."""
    (after,) = read_cursor(cursor, [str]) or ("",)
    rows = look_up.offices_for(door.store, caller, after, limit + 1)
    page, following, headers = turned(request, rows, limit, lambda one: [one.id])
    return answer_rows(request, {"items": (as_office(one) for one in page), "next": following}, headers)


@router.get("/offices/{office}", response_model=Office, operation_id="getOffice", summary="One office")
@rule(Scope.READ)
def get_office(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """Its name, hotline and time zone."""
    return answer(request, Office(**as_office(office_seen(door, caller, office))))


@router.get("/offices/{office}/services", response_model=Services, operation_id="listServices", summary="Its services")
@rule(Scope.READ)
def list_services(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """What its queues are for."""
    rows = look_up.services_of(door.store, office_seen(door, caller, office).id)
    items = [Service(id=one.id, name=one.name, prefix=one.prefix, target_wait_s=one.target_wait_s) for one in rows]
    return answer(request, Services(items=items))


@router.get("/offices/{office}/counters", response_model=Counters, operation_id="listCounters", summary="Its counters")
@rule(Scope.READ)
def list_counters(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """Where clerks serve, and for which services each calls."""
    rows = look_up.counters_of(door.store, office_seen(door, caller, office).id)
    return answer(request, Counters(items=[Counter(id=one.id, name=one.name, services=its) for one, its in rows]))


@router.get("/offices/{office}/queue", response_model=QueueNow, operation_id="getQueue", summary="Who waits now")
@rule(Scope.READ)
def get_queue(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """How many people wait for each service and how long the first of them has waited; what each counter does."""
    row, now_ms = office_seen(door, caller, office), door.clock()
    services = [as_queue(one, now_ms) for one in look_up.queue_of(door.store, row, now_ms)]
    counters = [
        CounterNow(counter=one.counter.id, state=one.state, since=moment(one.since_ms), label=one.label)
        for one in look_up.counters_now(door.store, row, now_ms)
    ]
    longest = [one.longest_wait_s for one in services if one.longest_wait_s is not None]
    body = QueueNow(
        office=row.id,
        waiting=sum(one.waiting for one in services),
        longest_wait_s=max(longest, default=None),
        services=services,
        counters=counters,
    )
    return answer(request, body)


def office_seen(door: AtDoor, caller: Caller, office: str) -> OfficeRow:
    """The office, if it concerns the caller. Raises Problem."""
    with known_offices():
        return look_up.office_for(door.store, caller, office)


@contextmanager
def known_offices() -> Iterator[None]:
    """Refuses an office that does not concern the caller. Raises Problem."""
    try:
        yield
    except NoSuchOffice:
        raise Problem("no-such-office") from None


def as_office(row: Any) -> Item:
    """An `Office` as it goes out."""
    return {"id": row.id, "name": row.name, "hotline": row.hotline, "timezone": row.timezone}


def as_queue(one: look_up.QueueOf, now_ms: int) -> ServiceQueue:
    """A queue as it goes out."""
    return ServiceQueue(
        service=one.service.id,
        waiting=one.waiting,
        waiting_priority=one.waiting_priority,
        longest_wait_s=None if one.oldest_ms is None else max(0, now_ms - one.oldest_ms) // 1000,
        parked=one.parked,
        called_today=one.called,
        median_wait_s=one.median_wait_s,
        target_wait_s=one.service.target_wait_s,
    )
