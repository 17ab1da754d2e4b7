"""The life of one device on one sheet, to be read or printed."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.devices_now import DeviceNow
from fleet.domain.rights import Permission, Person
from fleet.flows.device_evidence import evidence
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]


def evidence_router(devices: Callable[[], Sequence[DeviceNow]]) -> APIRouter:
    """The sheet of a device; `devices` gives them all."""
    router = APIRouter()

    @router.get("/devices/{device}/evidence")
    def evidence_page(request: Request, device: str, person: Viewer) -> Response:
        """Birth, places, keys, tests, firmware, orders and alerts of one device."""
        one = next((one for one in devices() if one.id == device and person.belongs_to(one.office)), None)
        if one is None:
            raise HTTPException(404)
        sheet = evidence(house_of(request).store, one.id, now_ms())
        return page(request, "device_evidence.html", device=one, sheet=sheet)

    return router
