"""The kiosk of an office: by which ways it gives numbers, or that there is none."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.domain.kiosk_now import EVERY_WAY
from fleet.domain.rights import Permission, Person
from fleet.flows import set_kiosk
from fleet.flows.services import services_set
from fleet.pages.form_fields import Fields, Ticks
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.kiosk_page import leads_to
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
FIELDS = Fields("set_kiosk", (Ticks("ways"),))


def kiosk_settings_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        store = house_of(request).store
        (ways, icons), services = set_kiosk.look(store, place.id), services_set(store, place.id)
        form = Form(FIELDS, {"ways": ways}, None, sent, refusal)
        more: dict[str, Any] = {"every_way": EVERY_WAY, "ways": ways, "icons": icons, "services": services}
        more["leads_to"] = leads_to(request, place.ticket_url)
        return settings_page(request, "settings/kiosk.html", "kiosk", place, form, **more)

    @router.get("/settings/offices/{office}/kiosk")
    def kiosk_page(request: Request, office: str, person: Setter) -> Response:
        """The kiosk as it is."""
        return shown(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/kiosk")
    def save_kiosk(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """The kiosk as somebody wants it."""
        place, store = own_office(request, office, person), house_of(request).store
        wanted: dict[str, Any] = FIELDS.read(sent.typed)
        refusal = attempt(lambda: set_kiosk.set_ways(store, office, wanted["ways"], sent.seen))
        return shown(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    return router
