"""An office itself: what it is called, whom residents may call, who may look at it, and what its counters ask for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.flows.place import set_here, set_place
from fleet.pages.form_fields import Field, Fields, Tick
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
FIELDS = Fields(
    "set_office",
    (Field("name"), Field("hotline"), Tick("is_public"), Tick("sign_in_required"), Tick("scan_opens_visit")),
)


def office_settings_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        form = Form(FIELDS, set_here(place), None, sent, refusal)
        return settings_page(request, "settings/office.html", "office", place, form)

    @router.get("/settings/offices/{office}/office")
    def office_page(request: Request, office: str, person: Setter) -> Response:
        """The office as it is."""
        return shown(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/office")
    def save_office(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """The office as somebody wants it."""
        place, wanted = own_office(request, office, person), FIELDS.read(sent.typed)
        refusal = attempt(lambda: set_place(house_of(request).store, office, wanted, now_ms(), sent.seen))
        if refusal is not None:
            return shown(request, place, sent, refusal)
        return saved(request, request.url.path, office)

    return router
