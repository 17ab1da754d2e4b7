"""The technician's page: every device, and the last messages that could not be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.rights import Permission, Person
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]
DEVICES = ""
# No office is called so: nobody tells of devices, and the page looks again at each beat.

NEEDS_HELP_FIRST = ("lost", "never", "leaving", "sleeping", "online")


@dataclass(frozen=True)
class Devices:
    """The devices, those that need someone first."""

    devices: tuple[DeviceNow, ...]
    online: int
    lost: int


Section = Devices | tuple[UnreadableNow, ...]


def devices_router(
    devices: Callable[[], Sequence[DeviceNow]], unreadable: Callable[[], Sequence[UnreadableNow]]
) -> APIRouter:
    """The page of devices. `devices` gives them all, `unreadable` the last messages that were none."""
    router = APIRouter()

    def look(person: Person) -> dict[str, Section]:
        return {
            "devices": sorted_devices(tuple(device for device in devices() if person.belongs_to(device.office))),
            "unreadable": tuple(message for message in unreadable() if person.belongs_to(message.office)),
        }

    @router.get("/devices")
    def devices_page(request: Request, person: Viewer) -> Response:
        """All devices of the person's office, or of every office."""
        return page(request, "devices.html", sections=look(person))

    @router.get("/live/devices")
    async def live_devices(request: Request, person: Viewer) -> Response:
        """The sections of the page, as they change."""

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"devices/{name}.html", section=section)

        return stream(request, person, DEVICES, look, show)

    return router


def sorted_devices(devices: tuple[DeviceNow, ...]) -> Devices:
    """Lost devices first, revoked ones last."""

    def order(device: DeviceNow) -> tuple[bool, int, str]:
        known = device.presence in NEEDS_HELP_FIRST
        return device.revoked, NEEDS_HELP_FIRST.index(device.presence) if known else 0, device.id

    in_use = [device for device in devices if not device.revoked]
    return Devices(
        devices=tuple(sorted(devices, key=order)),
        online=sum(device.presence == "online" for device in in_use),
        lost=sum(device.presence == "lost" for device in in_use),
    )
