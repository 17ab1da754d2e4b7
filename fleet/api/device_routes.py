"""Devices and how they are, for the tools of technicians. What a device says of itself is a stranger's word."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Limit, answer, read_cursor, turned
from fleet.api.moments import Moment, moment
from fleet.api.problems import shortened
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.flows import look_up
from fleet.store.devices import DeviceRow, Place

router = APIRouter(route_class=RuledRoute, tags=["devices"])


class Device(Body):
    """A board, where it stands, and what it last said of itself."""

    id: str = Field(examples=["q-1"])
    roles: list[str] = Field(examples=[["keypad", "reader"]])
    office: str | None = Field(description="Where it stands; null: nowhere.", examples=["tan-an"])
    counter: str | None = Field(description="The counter where it stands; null: the lobby.", examples=["quay-1"])
    presence: str = Field(description="`never`, `online`, `sleeping`, `leaving` or `lost`.", examples=["online"])
    last_seen: Moment | None = Field(description="When it was heard last.")
    revoked: bool = Field(description="It may no longer connect.")
    board: str = Field(description="What kind of board it says it is.", examples=["rp2-pico-w"])
    firmware: str = Field(description="The firmware it says it runs.", examples=["0.1.0"])
    boot: int | None = Field(description="How often it has started.")
    reset_reason: str = Field(description="Why it started last, in its words.")
    rescue: str | None = Field(description="Why it runs without its roles, in its words; null: it does not.")
    waiting_events: int | None = Field(description="How many events it still holds.")
    heap_free: int | None = Field(description="Its free memory in bytes.")


class Devices(Body):
    """A page of devices, by id."""

    items: list[Device]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


@router.get("/devices", response_model=Devices, operation_id="listDevices", summary="Devices and their health")
@rule(Scope.READ)
def list_devices(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: Annotated[str | None, Query(description="Of this office only.", max_length=32)] = None,
    presence: Annotated[str | None, Query(description="Of this presence only, such as `lost`.", max_length=16)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The boards at the offices where the token holds. Revoked ones are among them."""
    after = read_cursor(cursor, [str])
    rows = [
        (row, place)
        for row, place in look_up.devices_for(door.store, caller, door.clock())
        if (after is None or row.id > after[0])
        and (office is None or (place is not None and place.office == office))
        and presence in (None, row.presence)
    ]
    page, following, headers = turned(request, rows[: limit + 1], limit, lambda one: [one[0].id])
    return answer(request, Devices(items=[as_device(*one) for one in page], next=following), headers)


def as_device(row: DeviceRow, place: Place | None) -> Device:
    """A device as it goes out."""
    health = json.loads(row.health) if row.health else {}
    return Device(
        id=row.id,
        roles=list(row.roles),
        office=None if place is None else place.office,
        counter=None if place is None else place.counter,
        presence=row.presence,
        last_seen=moment(row.last_seen_ms),
        revoked=row.revoked_ms is not None,
        board=shortened(row.board),
        firmware=shortened(row.firmware),
        boot=row.boot,
        reset_reason=shortened(row.reset_reason),
        rescue=None if row.rescue is None else shortened(row.rescue),
        waiting_events=count_in(health, "outbox"),
        heap_free=count_in(health, "heap_free"),
    )


def count_in(health: dict[str, Any], name: str) -> int | None:
    """A count that a device told."""
    value = health.get(name)
    return value if isinstance(value, int) else None
