"""A counter's day and a clerk's month, for supervisors: times and counts beside the office's, and no ranking."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.audit import What
from fleet.domain.day import day_of
from fleet.domain.figures import number_of, shown_period
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.rights import Permission, Person
from fleet.domain.waits import Durations
from fleet.flows.audit import seen
from fleet.flows.counter_day import MOST_VISITS, UnknownClerk, UnknownCounter, clerk_month, counter_day
from fleet.flows.past_visits import Wanted, past_day
from fleet.pages.day_line import day_line
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rendering import page, wording_for
from fleet.pages.rights import allow
from fleet.pages.visits_page import fit
from fleet.store.places import OfficeRow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_VISITS))]
Short = Annotated[str, Query(max_length=32)]
OFFERED = {Length.MONTH: 6, Length.QUARTER: 4}
# Ratings of a clerk are published by month and quarter.


def counter_day_router() -> APIRouter:
    """The two pages."""
    router = APIRouter()

    def own(request: Request, office: str, person: Viewer) -> OfficeRow:
        return own_office(request, office, person)

    Own = Annotated[OfficeRow, Depends(own)]

    @router.get("/offices/{office}/counters/{counter}")
    def counter_page(request: Request, here: Own, counter: str, day: Short = "") -> Response:
        """A counter's day as a line, with its visits and how long they took beside the office's."""
        today = day_of(now_ms(), here.timezone)
        of_day = fit(day) or today
        store, said = house_of(request).store, wording_for(request).code
        try:
            found = counter_day(store, here.id, counter, of_day, now_ms())
        except UnknownCounter:
            raise HTTPException(404) from None
        listed = past_day(store, here.id, of_day, Wanted(counter=counter), most=MOST_VISITS)
        at = date.fromisoformat(of_day)
        return page(
            request,
            "counter_day.html",
            found=found,
            line=day_line(found.stretches, found.timezone),
            visits=listed.visits,
            before=(at - timedelta(days=1)).isoformat(),
            after=None if of_day >= today else (at + timedelta(days=1)).isoformat(),
            minutes=lambda its: minutes_of(its, said),
            whole=lambda value: number_of(value, said, 0),
        )

    @router.get("/offices/{office}/clerks/{number}")
    def clerk_page(
        request: Request, here: Own, number: Annotated[int, Path(ge=1, le=99_999)], period: Short = ""
    ) -> Response:
        """A clerk's month or quarter: days, counts and times; ratings only as they are published."""
        today = date.fromisoformat(day_of(now_ms(), here.timezone))
        wanted = period_of(period, today)
        said = wording_for(request).code
        offered = offered_periods(today, wanted)
        common = {"office": here, "periods": [(str(one), shown_period(one, said)) for one in offered]}
        try:
            found = clerk_month(house_of(request).store, here.id, number, wanted, now_ms())
        except UnknownClerk:
            raise HTTPException(404) from None
        seen(house_of(request).store, What.SEEN_CLERK, f"{here.id}/{number}", here.id, now_ms())
        return page(
            request, "clerk.html", 200, found=found, minutes=lambda its: minutes_of(its, said), **common
        )  # fmt: skip

    return router


def period_of(text: str, today: date) -> Period:
    """The month or quarter of an address; without one this month."""
    try:
        wanted = read_period(text) if text else holding(Length.MONTH, today)
    except BadPeriod:
        raise HTTPException(404) from None
    if wanted.length not in OFFERED or wanted.first > today:
        raise HTTPException(404)
    return wanted


def offered_periods(today: date, wanted: Period) -> list[Period]:
    """The last months and quarters, and the wanted one."""
    found = []
    for length, n in OFFERED.items():
        period = holding(length, today)
        for _ in range(n):
            found.append(period)
            period = period.before()
    return found if wanted in found else [wanted, *found]


def minutes_of(its: Durations, said: str) -> tuple[str, str] | None:
    """The minutes that half and nine of ten did not exceed; None of too few."""
    if its.p50_s is None or its.p90_s is None:
        return None
    return number_of(its.p50_s / 60, said, 1), number_of(its.p90_s / 60, said, 1)
