"""The technician's page: what is to be mended, a map of each office, every device, and what could not be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.device_problems import Problem
from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.firmware_health import FirmwareHealth
from fleet.domain.fleet_loss import FleetLoss
from fleet.domain.registry import HistoryWord
from fleet.domain.rights import Permission, Person
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows.changes import DEVICES
from fleet.flows.device_months import firmware_now
from fleet.flows.see_rollouts import stopped
from fleet.flows.watch_fleet import fleet_loss
from fleet.pages.devices_narrowed import MANY, Narrowed, OfficeCount, narrowed
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment
from fleet.pages.rendering import page as shown
from fleet.pages.rights import allow
from fleet.pages.rollout_start_page import actor_of

Viewer = Annotated[Person, Depends(allow(Permission.SEE_DEVICES))]
AtPage = Annotated[int, Query(ge=1, le=10_000)]
MENDED_FIRST = 50
NEEDS_HELP_FIRST = ("lost", "never", "degraded", "leaving", "sleeping", "online")


@dataclass(frozen=True)
class Devices:
    """The devices, those that need someone first."""

    devices: tuple[DeviceNow, ...]
    online: int
    lost: int
    all: int = 0
    pages: int = 1
    narrowed: Narrowed | None = None


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


@dataclass(frozen=True)
class Maps:
    """Maps of offices, or, where they would be many, the offices to choose one from."""

    offices: tuple[OfficeCount, ...]
    maps: tuple[OfficeMap, ...]


@dataclass(frozen=True)
class Mending:
    """What is to be mended first, and how many more there are."""

    lines: tuple[ToMend, ...]
    all: int


Lines = tuple[UnreadableNow, ...] | tuple[FirmwareHealth, ...] | tuple[RolloutNow, ...]
Section = Devices | Maps | Mending | Lines | FleetLoss | None


def devices_router(
    devices: Callable[[], Sequence[DeviceNow]], unreadable: Callable[[], Sequence[UnreadableNow]]
) -> APIRouter:
    """The page of devices. `devices` gives them all, `unreadable` the last messages that were none."""
    router = APIRouter()

    def look(request: Request, office: str, at_page: int, person: Person) -> dict[str, Section]:
        mine = tuple(device for device in devices() if person.belongs_to(device.office))
        some = narrowed(mine, office, at_page)
        mending = to_mend(some.devices)
        is_mapped = some.is_whole or bool(some.office)
        return {
            "loss": fleet_loss(house_of(request).store),
            "stopped": tuple(stopped(house_of(request).store, actor_of(person))),
            "to_mend": Mending(mending if is_mapped else mending[:MENDED_FIRST], len(mending)),
            "map": Maps(some.offices, maps(some.devices) if is_mapped else ()),
            "devices": paged(sorted_devices(some.devices), some),
            "versions": firmware_now(house_of(request).store, now_ms()),
            "unreadable": tuple(message for message in unreadable() if person.belongs_to(message.office)),
        }

    @router.get("/devices")
    def devices_page(
        request: Request, person: Viewer, office: str = "", page: AtPage = 1, done: str = "", device: str = ""
    ) -> Response:
        """All devices of the person's office, or of every office; `done`: what became of one that was here."""
        gone = device if done == HistoryWord.RETIRED else ""
        sections = look(request, office, page, person)
        its = narrowed_in(sections)
        stream_at = its.address(its.page, "/live/devices")
        return shown(request, "devices.html", sections=sections, gone=gone, stream=stream_at)

    @router.get("/live/devices")
    async def live_devices(request: Request, person: Viewer, office: str = "", page: AtPage = 1) -> Response:
        """The sections of the page, as they change."""

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"devices/{name}.html", section=section)

        return stream(request, person, DEVICES, partial(look, request, office, page), show)

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
        all=len(devices),
    )


def paged(found: Devices, some: Narrowed) -> Devices:
    """So many of them at once as a page shows."""
    if some.is_whole:
        return found
    pages = max(1, -(-len(found.devices) // MANY))
    at_page = min(some.page, pages)
    shown = found.devices[(at_page - 1) * MANY : at_page * MANY]
    return replace(found, devices=shown, pages=pages, narrowed=replace(some, devices=(), page=at_page))


def narrowed_in(sections: dict[str, Section]) -> Narrowed:
    """What the page shows of all devices."""
    found = sections["devices"]
    assert isinstance(found, Devices)  # noqa: S101 (as `look` gives it)
    return found.narrowed or Narrowed((), (), "", 1)
