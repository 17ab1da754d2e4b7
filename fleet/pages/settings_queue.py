"""How an office calls: how far priority goes, how often a number is called, where whoever is sent on stands.

What the numbers mean is said beside them, also of numbers that are only tried: `?most_in_a_row=3`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.queue_policy import BadPolicy, read_policy
from fleet.domain.rights import Permission, Person
from fleet.flows import queue_rules
from fleet.pages.form_fields import Field, Fields, Minutes, Number
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]
FIELDS = Fields(
    "set_queue",
    (Number("most_in_a_row"), Minutes("most_added_s"), Number("calls"), Field("sent_on"), Number("grace_min")),
)


def queue_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        policy = queue_rules.rules(house_of(request).store, place.id)
        form = Form(FIELDS, policy.to_dict(), policy, sent, refusal)
        wanted = {} if sent is None else FIELDS.read(sent.typed)
        try:
            tried = read_policy({**policy.to_dict(), **wanted})
        except BadPolicy:
            tried = None
        return settings_page(request, "settings/queue.html", "queue", place, form, policy=policy, tried=tried)

    @router.get("/settings/offices/{office}/queue")
    def queue_page(request: Request, office: str, person: Setter) -> Response:
        """The rules as they are, or as somebody tries them."""
        typed = {one.name: request.query_params.getlist(one.name) for one in FIELDS.each}
        is_tried = any(typed.values())
        return shown(request, own_office(request, office, person), Sent(typed) if is_tried else None)

    @router.post("/settings/offices/{office}/queue")
    def save_queue(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """The rules as somebody wants them."""
        place, wanted, store = own_office(request, office, person), FIELDS.read(sent.typed), house_of(request).store
        refusal = attempt(lambda: queue_rules.set_rules(store, office, wanted, now_ms(), sent.seen))
        if refusal is not None:
            return shown(request, place, sent, refusal)
        return saved(request, request.url.path, office)

    return router
