"""Where settings begin: the offices that concern somebody, found by name or by what is above them; then its parts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.office_search import find_offices
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import settings_page

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]


def index_router() -> APIRouter:
    """The first page, and the first page of an office."""
    router = APIRouter()

    @router.get("/settings")
    def index(request: Request, person: Setter, q: Annotated[str, Query(max_length=80)] = "") -> Response:
        """All offices by the unit above them; whoever works at one office goes there."""
        if person.office is not None:
            return RedirectResponse(f"/settings/offices/{person.office}", 303)
        found = find_offices(house_of(request).store, q, day_in_viet_nam(now_ms()))
        return settings_page(request, "settings/index.html", "", found=found, q=q)

    @router.get("/settings/offices/{office}")
    def one_office(request: Request, office: str, person: Setter) -> Response:
        """What can be set at an office."""
        return settings_page(request, "settings/office_index.html", "", own_office(request, office, person))

    return router
