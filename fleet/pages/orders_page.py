"""One order to many devices: choose them, ask, and see live what becomes of it at each."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.commands import Verb
from fleet.domain.devices_now import DeviceNow
from fleet.domain.order_batches import FOR_MANY, HOLDS_MINUTES, Batch, BatchRefused, Selection
from fleet.domain.rights import Permission, Person
from fleet.flows import command_many
from fleet.flows.changes import DEVICES
from fleet.flows.units_above import UnitAbove, units_above
from fleet.pages.device_page import IDENTIFY_S
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow

Commander = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
LAST_SHOWN = 5
KEY_BYTES = 12
UNSURE = "unsure"
REFUSALS = frozenset({UNSURE, "nobody", "no_filter", "unknown_device", "too_many"})


@dataclass(frozen=True)
class Choice:
    """The devices that the filter leaves, and what it says; `None` is every."""

    devices: tuple[DeviceNow, ...]
    offices: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    presences: tuple[str, ...]
    versions: tuple[str, ...]
    office: str
    role: str
    presence: str
    version: str
    units: tuple[UnitAbove, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Asked:
    """What was typed into a form that was refused, and why; None: nothing was, so all are ticked."""

    refused: str = ""
    picked: frozenset[str] | None = None
    verb: Verb | None = None


NOTHING_YET = Asked()


def orders_router(devices: Callable[[], Sequence[DeviceNow]]) -> APIRouter:
    """The page on which devices are chosen, and a page of each order."""
    router = APIRouter()

    def shown(
        request: Request, person: Person, chosen: Choice, ask: Asked = NOTHING_YET, status: int = 200
    ) -> Response:
        last = command_many.last_batches(house_of(request).store, LAST_SHOWN, now_ms(), offices_of(person))
        return page(
            request,
            "orders.html",
            status,
            choice=chosen,
            verbs=FOR_MANY,
            key=secrets.token_hex(KEY_BYTES),
            minutes=HOLDS_MINUTES,
            ask=ask,
            last=last,
        )

    @router.get("/devices/orders")
    def choose(
        request: Request,
        person: Commander,
        office: str = "",
        role: str = "",
        presence: str = "",
        version: str = "",
        unit: str = "",
    ) -> Response:
        """Which devices: what the filter leaves is ticked."""
        found = devices()
        units = units_of(request, person, found)
        below = next((one.offices for one in units if one.id == unit), None)
        some = [one for one in found if below is None or one.office in below]
        left = choice(some, person, office, role, presence, version)
        every = choice(found, person, "", "", "", "")
        left = replace(left, offices=every.offices, roles=every.roles, versions=every.versions)
        left = replace(left, presences=every.presences, units=units, unit="" if below is None else unit)
        return shown(request, person, left)

    def units_of(request: Request, person: Person, found: Sequence[DeviceNow]) -> tuple[UnitAbove, ...]:
        offices = {one.office for one in found if one.office is not None and not one.revoked}
        return units_above(house_of(request).store, offices, now_ms()) if person.office is None else ()

    @router.post("/devices/orders")
    def ask(
        request: Request,
        person: Commander,
        verb: Annotated[Verb, Form()],
        key: Annotated[str, Form(min_length=1, max_length=64)],
        device: Annotated[list[str] | None, Form()] = None,
        sure: Annotated[str, Form()] = "",
    ) -> Response:
        """Ask those that are ticked; the same form sent twice is one order."""
        house, picked = house_of(request), tuple(device or ())
        refused = "nobody" if not picked else UNSURE if verb is Verb.RESTART and not sure else ""
        if not refused:
            arguments = {"seconds": IDENTIFY_S} if verb is Verb.IDENTIFY else {}
            selection, offices = Selection(devices=picked), offices_of(person)
            try:
                made = command_many.ask_many(
                    house.store, selection, verb, person.shown_as, now_ms(), arguments, offices=offices, batch=key
                )
            except BatchRefused as problem:
                if problem.reason not in REFUSALS:
                    raise HTTPException(422) from None
                refused = problem.reason
            else:
                house.changes.tell(DEVICES)
                return RedirectResponse(f"/devices/orders/{made.id}", 303)
        asked = Asked(refused, frozenset(picked), verb)
        return shown(request, person, choice(devices(), person, "", "", "", ""), asked, 422)

    def found(request: Request, order: str, person: Person) -> Batch:
        one = command_many.batch_of(house_of(request).store, order, now_ms(), offices_of(person))
        if one is None:
            raise HTTPException(404)
        return one

    def sections(request: Request, order: str, person: Person) -> dict[str, Any]:
        return {"order": found(request, order, person)}

    @router.get("/devices/orders/{order}")
    def order_page(request: Request, person: Commander, order: str) -> Response:
        """What became of an order so far."""
        its = sections(request, order, person)
        return page(request, "order.html", sections=its, order=its["order"])

    @router.get("/live/devices/orders/{order}")
    async def live_order(request: Request, person: Commander, order: str) -> Response:
        """The sections of the page, as they change."""
        found(request, order, person)

        def show(fragment: Fragment, name: str, section: Any) -> str:
            return fragment(f"orders/{name}.html", section=section)

        return stream(request, person, DEVICES, lambda somebody: sections(request, order, somebody), show)

    @router.post("/devices/orders/{order}/stop")
    def stop(request: Request, person: Commander, order: str) -> Response:
        """Nobody else gets it."""
        house = house_of(request)
        if command_many.stop(house.store, order, now_ms(), offices_of(person)) is None:
            raise HTTPException(404)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/devices/orders/{order}", 303)

    return router


def offices_of(person: Person) -> frozenset[str] | None:
    """The offices whose devices this person may ask; None: all."""
    return None if person.office is None else frozenset({person.office})


def choice(devices: Sequence[DeviceNow], person: Person, office: str, role: str, presence: str, version: str) -> Choice:
    """What may be chosen among, and what the filter leaves of it."""
    mine = [one for one in devices if person.belongs_to(one.office) and not one.revoked]
    left = [
        one
        for one in mine
        if (not office or one.office == office)
        and (not role or role in one.roles)
        and (not presence or one.presence == presence)
        and (not version or one.firmware == version)
    ]
    return Choice(
        devices=tuple(sorted(left, key=lambda one: (one.place, one.id))),
        offices=tuple(sorted({(one.office, one.office_name) for one in mine if one.office}, key=lambda one: one[1])),
        roles=tuple(sorted({role for one in mine for role in one.roles})),
        presences=tuple(sorted({one.presence for one in mine})),
        versions=tuple(sorted({one.firmware for one in mine if one.firmware})),
        office=office,
        role=role,
        presence=presence,
        version=version,
    )
