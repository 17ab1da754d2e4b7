"""Appointments of an office: how long each is, how many at a time, how far ahead, how late somebody may come."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.flows import queue_rules
from fleet.pages.form_fields import Fields, Minutes, Number
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]
FIELDS = Fields("set_appointment", (Number("per_slot"), Number("slot_min"), Number("days_ahead"), Minutes("late_s")))


def appointments_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        policy = queue_rules.rules(house_of(request).store, place.id)
        form = Form(FIELDS, policy.to_dict(), policy, sent, refusal)
        return settings_page(request, "settings/appointments.html", "appointments", place, form, policy=policy)

    @router.get("/settings/offices/{office}/appointments")
    def appointments_page(request: Request, office: str, person: Setter) -> Response:
        """The rules as they are."""
        return shown(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/appointments")
    def save_appointments(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """The rules as somebody wants them."""
        place, wanted, store = own_office(request, office, person), FIELDS.read(sent.typed), house_of(request).store
        refusal = attempt(lambda: queue_rules.set_rules(store, office, wanted, now_ms(), sent.seen))
        return shown(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    return router
