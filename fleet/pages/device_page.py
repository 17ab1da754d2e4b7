"""One device on a technician's phone: what is wrong with it, what it can be asked to do, and its history."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.commands import PRINTER, CommandRefused, Verb
from fleet.domain.devices_now import DeviceNow
from fleet.domain.rights import Permission, Person
from fleet.flows import command, equip, instruct
from fleet.flows.changes import DEVICES
from fleet.flows.device_health import device_history
from fleet.flows.device_months import device_month
from fleet.flows.device_registry import registry_now
from fleet.flows.look_at_templates import device_fields
from fleet.flows.see_releases import device_release
from fleet.pages.config_form import WORDS
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.registry_page import DONE
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow
from protocols.message import BIGGEST

Viewer = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]
Commander = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
ASKED = (Verb.IDENTIFY, Verb.TEST_PRINT, Verb.RESTART, Verb.SNAPSHOT, Verb.LOG, Verb.CLOCK)
REFUSALS = frozenset({"away", "too_soon", "revoked", "no_printer", "unknown_device"})
IDENTIFY_S = 20
# Long enough to walk round a hall and look.

Look = Callable[[DeviceNow], Any]


def device_router(devices: Callable[[], Sequence[DeviceNow]], more: Mapping[str, Look] | None = None) -> APIRouter:
    """The page of one device. `more`: sections of other doors by name, each with a template `device/<name>.html`."""
    router = APIRouter()

    def found(device: str, person: Person) -> DeviceNow:
        one = next((one for one in devices() if one.id == device and person.belongs_to(one.office)), None)
        if one is None:
            raise HTTPException(404)
        return one

    def sections(request: Request, device: str, person: Person) -> dict[str, Any]:
        one = found(device, person)
        history = device_history(house_of(request).store, one.id, now_ms())
        commands = one, verbs_of(one, person), history.commands
        month = device_month(house_of(request).store, one.id, now_ms())
        registry = one, registry_now(house_of(request).store, one.id, now_ms())
        fields = device_fields(house_of(request).store, one.id, now_ms())
        known: dict[str, Any] = {} if fields is None else {"fields": fields}
        release = device_release(house_of(request).store, one.id)
        known = known if release is None else {"application": release, **known}
        own = {"now": one, "commands": commands, "month": month, "facts": one, **known, "registry": registry}
        return {**own, "history": history, **{name: look(one) for name, look in (more or {}).items()}}

    @router.get("/devices/{device}")
    def device_page(
        request: Request,
        device: str,
        person: Viewer,
        refused: str = "",
        ask: str = "",
        done: str = "",
        same: str = "",
    ) -> Response:
        """One device; `refused` says why the last order was not even sent, `ask` which one is to be confirmed.

        `done`: what was done with it in the registry just now; `same`: it was so before.
        """
        shown = sections(request, device, person)
        return page(
            request,
            "device.html",
            words=WORDS,
            device=shown["now"],
            sections=shown,
            refused=refused if refused in REFUSALS else "",
            done=done if done in DONE else "",
            same=bool(same),
            is_sure_asked=ask == Verb.RESTART and Verb.RESTART in verbs_of(shown["now"], person),
        )

    @router.get("/live/devices/{device}")
    async def live_device(request: Request, device: str, person: Viewer) -> Response:
        """The sections of the page, as they change."""
        found(device, person)

        def show(fragment: Fragment, name: str, section: Any) -> str:
            return fragment(f"device/{name}.html", section=section, words=WORDS)

        return stream(request, person, DEVICES, lambda somebody: sections(request, device, somebody), show)

    @router.post("/devices/{device}/commands")
    def ask(
        request: Request,
        device: str,
        person: Commander,
        verb: Annotated[Verb, Form()],
        sure: Annotated[str, Form()] = "",
        first: Annotated[int, Form(ge=0, le=BIGGEST)] = 0,
    ) -> Response:
        """Ask it to do something; what it answers comes with the page. A restart only of somebody who is sure."""
        one, house = found(device, person), house_of(request)
        if verb not in ASKED:
            raise HTTPException(422)
        if verb is Verb.RESTART and not sure:
            return RedirectResponse(f"/devices/{one.id}?ask={verb}", 303)
        arguments = {"seconds": IDENTIFY_S} if verb is Verb.IDENTIFY else {"from": first} if verb is Verb.LOG else {}
        try:
            command.ask(house.store, one.id, verb, person.shown_as, now_ms(), arguments)
        except CommandRefused as problem:
            return RedirectResponse(f"/devices/{one.id}?refused={problem.reason}#commands", 303)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/devices/{one.id}#commands", 303)

    @router.post("/devices/{device}/configuration")
    def try_again(request: Request, device: str, person: Commander) -> Response:
        """Tell it once more what it went back from."""
        one, house = found(device, person), house_of(request)
        instruct.try_again(house.store, one.id)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/devices/{one.id}", 303)

    @router.post("/devices/{device}/inherit")
    def inherit(
        request: Request, device: str, person: Commander, field: Annotated[str, Form(max_length=40)]
    ) -> Response:
        """A field is no longer the device's own: it has it from where it stands."""
        one, house = found(device, person), house_of(request)
        try:
            equip.inherit(house.store, one.id, [field])
        except equip.EquipError:
            pass  # somebody else was quicker
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/devices/{one.id}#fields", 303)

    return router


def verbs_of(device: DeviceNow, person: Person) -> tuple[Verb, ...]:
    """What this person may ask of this device."""
    if not person.may(Permission.COMMAND_DEVICES) or device.revoked:
        return ()
    return tuple(verb for verb in ASKED if verb is not Verb.TEST_PRINT or PRINTER in device.roles)
