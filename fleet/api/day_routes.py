"""The tickets and visits of a day, and what may be said of its ratings.

A visit says only whether it was rated. Scores come in cells of a whole day, five at a time, and no cut of them can be
asked for that two answers could be subtracted from one another.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Item, Limit, answer, answer_rows, read_cursor, turned
from fleet.api.door import Door
from fleet.api.moments import Day, Moment, fit_day, moment_of
from fleet.api.place_routes import OfficeId, known_offices, office_seen
from fleet.api.problems import unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.day import day_of
from fleet.domain.satisfaction import CELL
from fleet.flows import look_up
from fleet.store.places import OfficeRow
from protocols.ticket_code import ticket_label

router = APIRouter(route_class=RuledRoute, tags=["days"])

DAYS_AT_MOST = 92


class Ticket(Body):
    """One number of one service on one day (số thứ tự). Nobody's name belongs to it."""

    service: str = Field(description="The service that it was taken for.", examples=["ho-tich"])
    number: int = Field(examples=[7])
    label: str = Field(description="The number as it is printed and called.", examples=["A007"])
    taken: Moment = Field(description="When it was taken.")
    state: str = Field(description="`waiting`, `called`, `parked`, `done` or `no_show`.", examples=["waiting"])
    priority: str = Field(description="Its priority class; empty: none.", examples=[""])
    waiting_for: str = Field(description="The service that it waits for now: another one after a transfer.")
    waiting_at: str | None = Field(description="The counter that it was sent on to, if to a certain one.")
    calls: int = Field(description="How often it was called.", examples=[1])


class Tickets(Body):
    """A page of tickets, the first one first."""

    day: date
    items: list[Ticket]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class Visit(Body):
    """One resident at one counter, from call to finish (lượt phục vụ)."""

    id: str = Field(description="The identity of the event that opened it.", examples=["q-1/1/4/17"])
    counter: str = Field(examples=["quay-1"])
    service: str | None = Field(description="Null where it began with a scan.", examples=["ho-tich"])
    label: str | None = Field(description="The number as it was called.", examples=["A007"])
    called: Moment = Field(description="When it began.")
    finished: Moment | None = Field(description="When it ended; null: it goes on.")
    outcome: str | None = Field(
        description="`done`, `no_show`, `transfer`, `parked`, `unfinished`, or a word of the office; null: it goes on."
    )
    wait_s: float | None = Field(description="How long the resident had waited; null where nobody knows.")
    rated: bool = Field(description="Whether the resident rated it; how is never told.")
    estimated: bool = Field(description="A device had no clock, so its times are estimated.")
    dossiers: list[str] = Field(description="The codes of the dossiers that were scanned during it.")


class Visits(Body):
    """A page of visits, the first one first."""

    day: date
    items: list[Visit]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class SatisfactionCell(Body):
    """The ratings of a day, as far as they may be published: in whole groups of five."""

    day: date
    n: int = Field(description="How many ratings the cell is made of: 0, 5, 10, …", examples=[45])
    satisfied: float | None = Field(description="The share that was satisfied; null while n is 0.")
    low: float | None = Field(description="The lower end of its Wilson interval (95 %).")
    high: float | None = Field(description="The upper end of its Wilson interval (95 %).")
    by_score: list[int] | None = Field(description="How many pressed each score, from 1 up; null while n is 0.")
    served: int = Field(description="How many visits were finished.", examples=[65])
    rated: int = Field(description="How many of them were rated.", examples=[47])


class Satisfaction(Body):
    """The ratings of an office, day by day; days without visits are left out."""

    office: str
    items: list[SatisfactionCell]


@router.get("/offices/{office}/tickets", response_model=Tickets, operation_id="listTickets", summary="Tickets of a day")
@rule(Scope.READ)
def list_tickets(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    day: Day = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """All numbers that were taken on a day, in the order in which they were taken."""
    place = read_cursor(cursor, [int, str, int])
    after = None if place is None else (place[0], place[1], place[2])
    with known_offices():
        found = look_up.tickets_of(door.store, caller, office, day_said(day), after, limit + 1, door.clock())
    page, following, headers = turned(request, found.rows, limit, lambda one: [one.taken_ms, one.service, one.number])
    items = (as_ticket(one, found.prefixes) for one in page)
    return answer_rows(request, {"day": found.day, "items": items, "next": following}, headers)


@router.get("/offices/{office}/visits", response_model=Visits, operation_id="listVisits", summary="Visits of a day")
@rule(Scope.READ)
def list_visits(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    day: Day = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """All visits of a day in the order in which they began. A late event of a device may still change one."""
    place = read_cursor(cursor, [int, str])
    after = None if place is None else (place[0], place[1])
    with known_offices():
        found = look_up.visits_of(door.store, caller, office, day_said(day), after, limit + 1, door.clock())
    page, following, headers = turned(request, found.rows, limit, lambda one: [one.called_ms, one.id])
    items = (as_visit(one, found.prefixes, found.dossiers) for one in page)
    return answer_rows(request, {"day": found.day, "items": items, "next": following}, headers)


@router.get(
    "/offices/{office}/satisfaction",
    response_model=Satisfaction,
    operation_id="getSatisfaction",
    summary="How satisfied people were, day by day",
)
@rule(Scope.READ)
def get_satisfaction(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    first: Annotated[date | None, Query(description="The first day; without it the last one.")] = None,
    last: Annotated[date | None, Query(description="The last day; without it today.")] = None,
) -> Response:
    """Cells of whole groups of five ratings, never fewer; button scores of an office are not its SIPAS."""
    row = office_seen(door, caller, office)
    until = date.fromisoformat(day_wanted(door, row, last, "last"))
    since = until if first is None else fit_day(first, "first")
    if not timedelta(0) <= until - since <= timedelta(days=DAYS_AT_MOST):
        raise unfit("last", "period", most=DAYS_AT_MOST)
    cells = [as_cell(one) for one in look_up.scores_of(door.store, row.id, since, until)]
    return answer(request, Satisfaction(office=row.id, items=cells))


def day_wanted(door: Door, office: OfficeRow, day: date | None, where: str = "day") -> str:
    """The day that was asked for, as the store writes it; today of the office's own calendar if none was."""
    return day_said(day, where) or day_of(door.clock(), office.timezone)


def day_said(day: date | None, where: str = "day") -> str | None:
    """The day that was asked for, as the store writes it; None if none was. Raises Problem."""
    return None if day is None else fit_day(day, where).isoformat()


def as_ticket(row: Sequence[Any], prefixes: Mapping[str, str]) -> Item:
    """A `Ticket` as it goes out."""
    service, number, taken_ms, priority, state, waiting_for, waiting_at, calls = row
    return {
        "service": service,
        "number": number,
        "label": ticket_label(prefixes.get(service, ""), number),
        "taken": moment_of(taken_ms),
        "state": state,
        "priority": priority,
        "waiting_for": waiting_for,
        "waiting_at": waiting_at,
        "calls": calls,
    }


def as_visit(row: Sequence[Any], prefixes: Mapping[str, str], dossiers: Mapping[str, Sequence[str]]) -> Item:
    """A `Visit` as it goes out."""
    id, counter, service, number, called_ms, finished_ms, outcome, wait_ms, rated, estimated = row
    named = service is not None and number is not None
    return {
        "id": id,
        "counter": counter,
        "service": service,
        "label": ticket_label(prefixes.get(service, ""), number) if named else None,
        "called": moment_of(called_ms),
        "finished": None if finished_ms is None else moment_of(finished_ms),
        "outcome": outcome,
        "wait_s": None if wait_ms is None else wait_ms / 1000,
        "rated": bool(rated),
        "estimated": bool(estimated),
        "dossiers": dossiers.get(id, ()),
    }


def as_cell(one: look_up.DayScore) -> SatisfactionCell:
    """A day's ratings as they go out."""
    score = one.score
    assert score.n % CELL == 0  # noqa: S101 (nothing smaller may ever leave)
    return SatisfactionCell(
        day=date.fromisoformat(one.day),
        n=score.n,
        satisfied=score.share,
        low=score.low,
        high=score.high,
        by_score=None if score.by_score is None else list(score.by_score),
        served=one.served,
        rated=one.rated,
    )
