"""Alerts on the supervisor's page: somebody sees to one, and says so."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.rights import Permission, Person
from fleet.flows import alerts
from fleet.pages.house import house_of
from fleet.pages.rights import allow

Acknowledging = Annotated[Person, Depends(allow(Permission.ACKNOWLEDGE_ALERTS))]


def alerts_router() -> APIRouter:
    """The one form. Alerts themselves are a section of the office's page."""
    router = APIRouter()

    @router.post("/offices/{office}/alerts/{alert}/acknowledge")
    def acknowledge(request: Request, office: str, alert: int, person: Acknowledging) -> Response:
        """This person sees to it. One that closed meanwhile needs nobody any more."""
        if not person.belongs_to(office) or not 0 < alert <= LARGEST_INTEGER:
            raise HTTPException(404)
        house = house_of(request)
        try:
            alerts.acknowledge(house.store, office, alert, person.shown_as, now_ms())
        except alerts.NoSuchAlert:
            raise HTTPException(404) from None
        except alerts.AlertClosed:
            pass
        house.changes.tell(office)
        return RedirectResponse(f"/offices/{office}#alerts", 303)

    return router
