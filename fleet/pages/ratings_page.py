"""Whether ratings can be trusted: a page for supervisors, who may restore what was excluded; one for technicians.

Neither shows a score: a supervisor sees how many presses count and why others do not, a technician which buttons need
a look.
"""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.integrity_now import ButtonsNow, IntegrityNow
from fleet.domain.rating_integrity import CONFIRM, RESTORE, Decision
from fleet.domain.rights import Permission, Person
from fleet.flows.examine import LONGEST_WHY, NoReason, NothingExcluded
from fleet.pages.own_office import own_office
from fleet.pages.rendering import page
from fleet.pages.rights import allow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_RATINGS))]
Reviewing = Annotated[Person, Depends(allow(Permission.REVIEW_RATINGS))]
Technician = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]


def ratings_router(
    look: Callable[[str, int], IntegrityNow],
    decide: Callable[[str, Decision, int], None],
    buttons: Callable[[int], Sequence[ButtonsNow]],
) -> APIRouter:
    """The two pages. `decide` raises NoReason and NothingExcluded."""
    router = APIRouter()

    def shown(request: Request, office: str, status: int = 200, problem: str | None = None) -> Response:
        return page(
            request, "ratings.html", status, ratings=look(office, now_ms()), problem=problem, longest_why=LONGEST_WHY
        )

    @router.get("/offices/{office}/ratings")
    def ratings_page(request: Request, office: str, person: Viewer) -> Response:
        """How many presses of the last four weeks count, why others do not, and what looks strange."""
        own_office(request, office, person)
        return shown(request, office)

    @router.post("/offices/{office}/ratings/reviews")
    def review(
        request: Request,
        office: str,
        person: Reviewing,
        press: Annotated[str, Form()],
        day: Annotated[str, Form()],
        decision: Annotated[str, Form()],
        why: Annotated[str, Form()] = "",
    ) -> Response:
        """Restore or confirm what was excluded, with a reason."""
        own_office(request, office, person)
        if decision not in (RESTORE, CONFIRM):
            raise HTTPException(400)
        try:
            decide(office, Decision(press, day, decision, why, person.name), now_ms())
        except NoReason:
            return shown(request, office, 400, "no_reason")
        except NothingExcluded:
            return shown(request, office, 409, "nothing_excluded")
        return RedirectResponse(f"/offices/{office}/ratings#exclusions", 303)

    @router.get("/devices/buttons")
    def buttons_page(request: Request, person: Technician) -> Response:
        """The buttons to look at, of the person's office or of every office."""
        mine = [office for office in buttons(now_ms()) if person.belongs_to(office.office)]
        return page(request, "buttons.html", offices=mine)

    return router
