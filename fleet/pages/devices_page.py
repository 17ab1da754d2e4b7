"""The technician's page: what is to be mended, a map of each office, every device, and what could not be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.device_problems import Problem
from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.firmware_health import FirmwareHealth
from fleet.domain.fleet_loss import FleetLoss
from fleet.domain.registry import HistoryWord
from fleet.domain.rights import Permission, Person
from fleet.flows.changes import DEVICES
from fleet.flows.device_months import firmware_now
from fleet.flows.watch_fleet import fleet_loss
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]
NEEDS_HELP_FIRST = ("lost", "never", "degraded", "leaving", "sleeping", "online")


@dataclass(frozen=True)
class Devices:
    """The devices, those that need someone first."""

    devices: tuple[DeviceNow, ...]
    online: int
    lost: int


@dataclass(frozen=True)
class ToMend:
    """Something to mend at a device."""

    device: DeviceNow
    problem: Problem


@dataclass(frozen=True)
class Spot:
    """A counter, or the lobby where its name is empty, with the devices that stand there."""

    name: str
    devices: tuple[DeviceNow, ...]


@dataclass(frozen=True)
class OfficeMap:
    """An office as one walks through it: the lobby, then the counters in their order. Without a name: in store."""

    name: str
    spots: tuple[Spot, ...]


Lines = tuple[ToMend, ...] | tuple[OfficeMap, ...] | tuple[UnreadableNow, ...] | tuple[FirmwareHealth, ...]
Section = Devices | Lines | FleetLoss | None


def devices_router(
    devices: Callable[[], Sequence[DeviceNow]], unreadable: Callable[[], Sequence[UnreadableNow]]
) -> APIRouter:
    """The page of devices. `devices` gives them all, `unreadable` the last messages that were none."""
    router = APIRouter()

    def look(request: Request, person: Person) -> dict[str, Section]:
        mine = tuple(device for device in devices() if person.belongs_to(device.office))
        return {
            "loss": fleet_loss(house_of(request).store),
            "to_mend": to_mend(mine),
            "map": maps(mine),
            "devices": sorted_devices(mine),
            "versions": firmware_now(house_of(request).store, now_ms()),
            "unreadable": tuple(message for message in unreadable() if person.belongs_to(message.office)),
        }

    @router.get("/devices")
    def devices_page(request: Request, person: Viewer, done: str = "", device: str = "") -> Response:
        """All devices of the person's office, or of every office; `done`: what became of one that was here."""
        gone = device if done == HistoryWord.RETIRED else ""
        return page(request, "devices.html", sections=look(request, person), gone=gone)

    @router.get("/live/devices")
    async def live_devices(request: Request, person: Viewer) -> Response:
        """The sections of the page, as they change."""

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"devices/{name}.html", section=section)

        return stream(request, person, DEVICES, partial(look, request), show)

    return router


def to_mend(devices: tuple[DeviceNow, ...]) -> tuple[ToMend, ...]:
    """What is to be mended: first what delays most residents, then the worst for them."""
    found = [ToMend(device, problem) for device in devices for problem in device.problems]
    return tuple(
        sorted(found, key=lambda one: (-one.problem.delayed, -one.problem.harm, one.device.place, one.device.id))
    )


def maps(devices: tuple[DeviceNow, ...]) -> tuple[OfficeMap, ...]:
    """The offices with the devices that stand there; last what lies in store."""
    in_use = [device for device in devices if not device.revoked]
    offices = sorted({(one.office_name, one.office) for one in in_use if one.office is not None})
    found = [OfficeMap(name, spots([one for one in in_use if one.office == office])) for name, office in offices]
    spare = [one for one in in_use if one.office is None]
    return (*found, OfficeMap("", spots(spare))) if spare else tuple(found)


def spots(devices: list[DeviceNow]) -> tuple[Spot, ...]:
    """The lobby first, then the counters in their order."""
    places = {(one.counter is not None, one.position, one.counter_name, one.counter) for one in devices}
    return tuple(
        Spot(name, tuple(sorted((one for one in devices if one.counter == counter), key=lambda one: one.id)))
        for _, _, name, counter in sorted(places, key=lambda place: place[:3])
    )


def sorted_devices(devices: tuple[DeviceNow, ...]) -> Devices:
    """Lost devices first, revoked ones last."""

    def order(device: DeviceNow) -> tuple[bool, int, str]:
        known = device.state in NEEDS_HELP_FIRST
        return device.revoked, NEEDS_HELP_FIRST.index(device.state) if known else 0, device.id

    in_use = [device for device in devices if not device.revoked]
    return Devices(
        devices=tuple(sorted(devices, key=order)),
        online=sum(device.presence == "online" for device in in_use),
        lost=sum(device.presence == "lost" for device in in_use),
    )
