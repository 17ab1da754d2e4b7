"""The counters of an office: added, named, ordered, given their services, closed and opened again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi import Form as FormField
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.place_rules import BadPlace
from fleet.domain.rights import Permission, Person
from fleet.flows import counters
from fleet.flows.services import services_set
from fleet.pages.form_fields import Field, Fields, Ticks
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
Step = Annotated[int, FormField(ge=-1, le=1)]
NEW = Fields("set_counter", (Field("id"), Field("name"), Ticks("calls"), Ticks("helps")))
KNOWN = Fields("set_counter", NEW.each[1:])
EMPTY: dict[str, Any] = {"id": "", "name": "", "calls": (), "helps": ()}


def counters_router() -> APIRouter:
    """The list with what is added to it, and the page of each counter."""
    router = APIRouter()

    def listed(
        request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        store = house_of(request).store
        form = Form(NEW, EMPTY, EMPTY, sent, refusal)
        found, services = counters.counters_set(store, place.id, now_ms()), named(request, place)
        return settings_page(
            request, "settings/counters.html", "counters", place, form, counters=found, services=services
        )

    def shown(
        request: Request, place: OfficeRow, counter: str, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        every = counters.counters_set(house_of(request).store, place.id, now_ms())
        its = next((one for one in every if one.id == counter), None)
        if its is None:
            raise HTTPException(404)
        form = Form(KNOWN, its.seen(), None, sent, refusal)
        services = named(request, place)
        return settings_page(request, "settings/counter.html", "counters", place, form, counter=its, services=services)

    def named(request: Request, place: OfficeRow) -> dict[str, str]:
        return {one.id: f"{one.prefix} · {one.name}" for one in services_set(house_of(request).store, place.id)}

    @router.get("/settings/offices/{office}/counters")
    def counters_page(request: Request, office: str, person: Setter) -> Response:
        """All counters, and a form for another one."""
        return listed(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/counters")
    def add_counter(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """Another counter."""
        place, wanted = own_office(request, office, person), NEW.read(sent.typed)
        new: dict[str, Any] = {"counter": wanted.pop("id"), **wanted}
        refusal = attempt(lambda: counters.add_counter(house_of(request).store, office, **new, now_ms=now_ms()))
        return listed(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.get("/settings/offices/{office}/counters/{counter}")
    def counter_page(request: Request, office: str, counter: str, person: Setter) -> Response:
        """One counter."""
        return shown(request, own_office(request, office, person), counter)

    @router.post("/settings/offices/{office}/counters/{counter}")
    def save_counter(request: Request, office: str, counter: str, person: Setter, sent: Sending) -> Response:
        """One counter as somebody wants it."""
        place = here(request, office, counter, person)
        wanted: dict[str, Any] = KNOWN.read(sent.typed)
        doing = {**wanted, "now_ms": now_ms(), "seen": sent.seen}
        refusal = attempt(lambda: counters.change_counter(house_of(request).store, counter, **doing))
        return shown(request, place, counter, sent, refusal) if refusal else saved(request, request.url.path, office)

    @router.post("/settings/offices/{office}/counters/{counter}/place")
    def move_counter(request: Request, office: str, counter: str, person: Setter, by: Step) -> Response:
        """A counter goes one place up or down."""
        here(request, office, counter, person)
        counters.move_counter(house_of(request).store, counter, by)
        return saved(request, f"/settings/offices/{office}/counters", office)

    @router.post("/settings/offices/{office}/counters/{counter}/{state}")
    def close_counter(request: Request, office: str, counter: str, state: str, person: Setter) -> Response:
        """Nobody works there any more, or somebody may again."""
        place, store = here(request, office, counter, person), house_of(request).store
        if state not in ("closed", "open"):
            raise HTTPException(404)
        refusal = attempt(
            lambda: (
                counters.close_counter(store, counter, now_ms())
                if state == "closed"
                else counters.open_counter(store, counter)
            )
        )
        back = f"/settings/offices/{office}/counters/{counter}"
        return shown(request, place, counter, None, refusal) if refusal else saved(request, back, office)

    def here(request: Request, office: str, counter: str, person: Person) -> OfficeRow:
        place = own_office(request, office, person)
        try:
            if counters.office_of_counter(house_of(request).store, counter) == office:
                return place
        except BadPlace:
            pass
        raise HTTPException(404)

    return router
