"""Looking back: a day's visits, one visit event by event, dossiers that are due, one with its visits; never a score."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.audit import What, mark_of_dossier
from fleet.domain.day import day_of
from fleet.domain.dossier_course import Purpose
from fleet.domain.rights import Permission, Person
from fleet.flows.audit import seen
from fleet.flows.due_dossiers import Term, due_at
from fleet.flows.explain import NotExplained, explain_visits
from fleet.flows.past_visits import FROM_THE_LAST, BadNumber, Wanted, dossier_with_visits, past_day
from fleet.flows.push_dossiers import Course, NoSuchDossier
from fleet.flows.watch import UnknownOffice
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rendering import page
from fleet.pages.rights import allow
from fleet.store.dossiers import VisitOfDossier
from fleet.store.places import OfficeRow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_VISITS))]
Short = Annotated[str, Query(max_length=84)]
LONGEST_CODE = 64
MOST_MS = 2**53


def visits_router() -> APIRouter:
    """The four pages."""
    router = APIRouter()

    def own(request: Request, office: str, person: Viewer) -> OfficeRow:
        return own_office(request, office, person)

    Own = Annotated[OfficeRow, Depends(own)]

    @router.get("/offices/{office}/visits")
    def visits_page(
        request: Request,
        here: Own,
        day: str = "",
        counter: Short = "",
        service: Short = "",
        number: Short = "",
        before: Annotated[int | None, Query(ge=0, le=MOST_MS)] = None,
        after_id: Short = "",
    ) -> Response:
        """The visits of a day, the newest first."""
        wanted, refused = Wanted(counter, service, number), None
        of_day = fit(day) or day_of(now_ms(), here.timezone)
        place = FROM_THE_LAST if before is None else (before, after_id)
        store = house_of(request).store
        try:
            found = past_day(store, here.id, of_day, wanted, place)
        except UnknownOffice:
            raise HTTPException(404) from None
        except BadNumber:
            refused = number
            found = past_day(store, here.id, of_day, Wanted(counter, service), place)
        return page(
            request, "visits.html", 400 if refused else 200, past=found, day=of_day, wanted=wanted, refused=refused
        )

    @router.get("/offices/{office}/visits/one")
    def one_visit(request: Request, here: Own, day: Short, visit: Short) -> Response:
        """Why a visit is what it is: event by event, in words."""
        of_day = fit(day)
        if of_day is None:
            raise HTTPException(404)
        try:
            found = explain_visits(house_of(request).store, here.id, of_day, visit)
        except NotExplained:
            raise HTTPException(404) from None
        its = [one for one in found if one.visit.id == visit]
        if not its:
            raise HTTPException(404)
        seen(house_of(request).store, What.SEEN_VISIT, f"{of_day}/{visit}", here.id, now_ms())
        back = f"/offices/{here.id}/visits?day={of_day}"
        return page(
            request,
            "visit.html",
            explained=its[0],
            timezone=here.timezone,
            day=of_day,
            place=here.name,
            back=back,
        )

    @router.get("/offices/{office}/due")
    def due_page(
        request: Request,
        here: Own,
        when: Term = Term.OVERDUE,
        page_number: Annotated[int, Query(alias="page", ge=1)] = 1,
    ) -> Response:
        """The office's dossiers that are due, the longest overdue first."""
        today = date.fromisoformat(day_of(now_ms(), here.timezone))
        found = due_at(house_of(request).store, here.id, when, page_number, today)
        seen(house_of(request).store, What.SEEN_DOSSIER, f"due/{when}/{found.page}", here.id, now_ms())
        return page(request, "due.html", office=here, due=found, when=when, today=today)

    @router.get("/dossiers")
    def dossier_page(request: Request, person: Viewer, code: str = "") -> Response:
        """A dossier, how far it has come, and the visits that scanned it."""
        code = code.strip()[:LONGEST_CODE]
        course: Course | None = None
        rows: list[tuple[VisitOfDossier, Purpose]] = []
        status = 200
        if code:
            try:
                course, rows = dossier_with_visits(
                    house_of(request).store, code, person.belongs_to, person.office, now_ms()
                )
                known = code if course is None else course.dossier.code
                seen(house_of(request).store, What.SEEN_DOSSIER, mark_of_dossier(known), person.office, now_ms())
            except NoSuchDossier:
                status = 404
        return page(request, "dossier.html", status, code_asked=code, course=course, rows=rows, found=status == 200)

    return router


def fit(day: str) -> str | None:
    """The day as the store writes it; None if it is none."""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return None
