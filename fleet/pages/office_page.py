"""The supervisor's page: who waits where, what the counters do, how satisfied people were."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.office_now import OfficeNow
from fleet.domain.rights import Permission, Person, Role
from fleet.pages.desk_page import own_counter
from fleet.pages.live import stream
from fleet.pages.office_view import Section, sections
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import NotAllowed, allow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_OFFICE))]


def office_router(look: Callable[[str, int], OfficeNow], offices: Callable[[], Mapping[str, str]]) -> APIRouter:
    """The pages of offices. `look` gives an office at a time, `offices` the names of all by their ids."""
    router = APIRouter()

    def offices_of(person: Person) -> dict[str, str]:
        return {office: name for office, name in offices().items() if person.belongs_to(office)}

    def seen(office: str, person: Viewer) -> str:
        if office not in offices_of(person):
            raise HTTPException(404)
        return office

    def office_page(request: Request, person: Person, office: OfficeNow) -> Response:
        return page(
            request,
            "office.html",
            now_ms=office.now_ms,
            office=office,
            offices=offices_of(person),
            sections=sections(office, person),
        )

    def screens(request: Request, person: Person) -> Response:
        """The lobby's screen of the one office, or the choice of it."""
        mine = offices_of(person)
        if len(mine) == 1:
            return RedirectResponse(f"/lobby/{next(iter(mine))}", 303)
        return page(request, "offices.html", offices=mine, below="/lobby/")

    @router.get("/")
    def home(request: Request, person: Annotated[Person, Depends(allow())]) -> Response:
        """The page this person came for."""
        if person.role is Role.DISPLAY:
            return screens(request, person)
        if not person.may(Permission.SEE_OFFICE):
            if person.may(Permission.SEE_DEVICES):
                return RedirectResponse("/devices", 303)
            raise NotAllowed(Permission.SEE_OFFICE)
        if person.role is Role.CLERK:
            return RedirectResponse(own_counter(request), 303)
        mine = offices_of(person)
        if len(mine) == 1:
            return office_page(request, person, look(next(iter(mine)), now_ms()))
        return page(request, "offices.html", offices=mine, below="/offices/")

    @router.get("/offices/{office}")
    def one_office(request: Request, office: Annotated[str, Depends(seen)], person: Viewer) -> Response:
        """One office, now."""
        return office_page(request, person, look(office, now_ms()))

    @router.get("/live/offices/{office}")
    async def live_office(request: Request, office: Annotated[str, Depends(seen)], person: Viewer) -> Response:
        """The sections of the office's page, as they change."""

        def look_again(somebody: Person) -> Mapping[str, Section]:
            return sections(look(office, now_ms()), somebody)

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"office/{name}.html", section=section)

        return stream(request, person, office, look_again, show)

    return router
