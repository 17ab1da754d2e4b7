"""The services of an office: added, named, lettered, ordered as the printer's buttons, given a target for the wait."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi import Form as FormField
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.domain.service_icons import ICONS, icon_of
from fleet.flows import services
from fleet.pages.form_fields import Capitals, Field, Fields, Minutes
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow, ServiceRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
Step = Annotated[int, FormField(ge=-1, le=1)]
NEW = Fields(
    "set_service", (Field("id"), Field("name"), Field("name_en"), Capitals("prefix"), Minutes("target_wait_s"))
)
KNOWN = Fields("set_service", (*NEW.each[1:], Field("icon")))
EMPTY: dict[str, Any] = {
    "id": "", "name": "", "name_en": "", "prefix": "", "target_wait_s": ServiceRow.target_wait_s,
}  # fmt: skip


def services_router() -> APIRouter:
    """The list with what is added to it, and the page of each service."""
    router = APIRouter()

    def listed(
        request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        form = Form(NEW, EMPTY, EMPTY, sent, refusal)
        found = services.services_set(house_of(request).store, place.id)
        return settings_page(request, "settings/services.html", "services", place, form, services=found)

    def shown(
        request: Request, place: OfficeRow, service: str, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        every = services.services_set(house_of(request).store, place.id)
        its = next((one for one in every if one.id == service), None)
        if its is None:
            raise HTTPException(404)
        form = Form(KNOWN, its.seen(), None, sent, refusal)
        more: dict[str, Any] = {"service": its, "icons": ICONS, "usual": icon_of("", its.name)}
        return settings_page(request, "settings/service.html", "services", place, form, **more)

    def here(request: Request, office: str, service: str, person: Person) -> OfficeRow:
        place = own_office(request, office, person)
        if service not in [one.id for one in services.services_set(house_of(request).store, office)]:
            raise HTTPException(404)
        return place

    @router.get("/settings/offices/{office}/services")
    def services_page(request: Request, office: str, person: Setter) -> Response:
        """All services, and a form for another one."""
        return listed(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/services")
    def add_service(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """Another service."""
        place, wanted = own_office(request, office, person), NEW.read(sent.typed)
        new = str(wanted.pop("id"))
        refusal = attempt(lambda: services.add_service(house_of(request).store, office, new, wanted, now_ms()))
        return listed(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.get("/settings/offices/{office}/services/{service}")
    def service_page(request: Request, office: str, service: str, person: Setter) -> Response:
        """One service."""
        return shown(request, own_office(request, office, person), service)

    @router.post("/settings/offices/{office}/services/{service}")
    def save_service(request: Request, office: str, service: str, person: Setter, sent: Sending) -> Response:
        """One service as somebody wants it."""
        place, store = here(request, office, service, person), house_of(request).store
        wanted = KNOWN.read(sent.typed)
        refusal = attempt(lambda: services.change_service(store, office, service, wanted, now_ms(), sent.seen))
        return shown(request, place, service, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.post("/settings/offices/{office}/services/{service}/place")
    def move_service(request: Request, office: str, service: str, person: Setter, by: Step) -> Response:
        """A service goes one button up or down."""
        here(request, office, service, person)
        services.move_service(house_of(request).store, office, service, by, now_ms())
        return saved(request, f"/settings/offices/{office}/services", office)

    return router
