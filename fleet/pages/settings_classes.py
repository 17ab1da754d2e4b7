"""Who goes before others at an office: classes with the rule that each rests on, in the order in which they go."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi import Form as FormField
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.queue_policy import BadPolicy, PriorityClass
from fleet.domain.rights import Permission, Person
from fleet.flows import queue_rules
from fleet.pages.form_fields import Day, Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]
Step = Annotated[int, FormField(ge=-1, le=1)]
NEW = Fields(
    "set_class",
    (Field("id"), Field("name"), Field("name_en"), Field("basis"), Day("valid_from"), Day("valid_to")),
)
KNOWN = Fields("set_class", NEW.each[1:])
EMPTY = asdict(PriorityClass("", ""))


def classes_router() -> APIRouter:
    """The list with what is added to it, and the page of each class."""
    router = APIRouter()

    def listed(
        request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        policy = queue_rules.rules(house_of(request).store, place.id)
        form = Form(NEW, EMPTY, EMPTY, sent, refusal)
        return settings_page(request, "settings/classes.html", "classes", place, form, policy=policy)

    def shown(
        request: Request, place: OfficeRow, name: str, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        its = here(request, place, name)
        form = Form(KNOWN, asdict(its), its, sent, refusal)
        return settings_page(request, "settings/class.html", "classes", place, form, its=its)

    def here(request: Request, place: OfficeRow, name: str) -> PriorityClass:
        try:
            return queue_rules.class_of(queue_rules.rules(house_of(request).store, place.id), name)
        except BadPolicy:
            raise HTTPException(404) from None

    @router.get("/settings/offices/{office}/classes")
    def classes_page(request: Request, office: str, person: Setter) -> Response:
        """All classes, and a form for another one."""
        return listed(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/classes")
    def add_class(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """Another class."""
        place, wanted = own_office(request, office, person), class_in(NEW.read(sent.typed))
        refusal = attempt(lambda: queue_rules.add_class(house_of(request).store, office, wanted, now_ms()))
        return listed(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.get("/settings/offices/{office}/classes/{name}")
    def class_page(request: Request, office: str, name: str, person: Setter) -> Response:
        """One class."""
        return shown(request, own_office(request, office, person), name)

    @router.post("/settings/offices/{office}/classes/{name}")
    def save_class(request: Request, office: str, name: str, person: Setter, sent: Sending) -> Response:
        """One class as somebody wants it."""
        place, store = own_office(request, office, person), house_of(request).store
        here(request, place, name)
        wanted = class_in({"id": name, **KNOWN.read(sent.typed)})
        refusal = attempt(lambda: queue_rules.set_class(store, office, wanted, now_ms(), seen=sent.seen))
        return shown(request, place, name, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.post("/settings/offices/{office}/classes/{name}/place")
    def move_class(request: Request, office: str, name: str, person: Setter, by: Step) -> Response:
        """A class goes one place up or down."""
        here(request, own_office(request, office, person), name)
        queue_rules.move_class(house_of(request).store, office, name, by, now_ms())
        return saved(request, f"/settings/offices/{office}/classes", office)

    @router.post("/settings/offices/{office}/classes/{name}/end")
    def remove_class(request: Request, office: str, name: str, person: Setter) -> Response:
        """Nobody goes before others for this any more."""
        here(request, own_office(request, office, person), name)
        queue_rules.remove_class(house_of(request).store, office, name, now_ms())
        return saved(request, f"/settings/offices/{office}/classes", office)

    return router


def class_in(values: dict[str, Any]) -> PriorityClass:
    """The class that a form says, whether or not it can be."""
    return PriorityClass(**values)
