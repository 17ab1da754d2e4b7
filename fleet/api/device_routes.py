"""Devices and how they are, for the tools of technicians. What a device says of itself is a stranger's word."""

import json
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Item, Limit, answer_rows, read_cursor, turned
from fleet.api.command_routes import DeviceId, office_of
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment
from fleet.api.problems import shortened
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.devices_now import reverted_of
from fleet.flows import look_up
from fleet.flows.instruct import try_again_within
from fleet.flows.once import Answer
from fleet.store.devices import Place

router = APIRouter(route_class=RuledRoute, tags=["devices"])


class Reverted(Body):
    """A configuration with which a device could not live: it went back by itself."""

    version: int = Field(examples=[3])
    reason: str = Field(description="Why, in its words.", examples=["not welcomed in time"])


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
    config_version: int = Field(description="The version of the configuration that it shall have.", examples=[3])
    config_reported: int | None = Field(description="The version that it says it has.", examples=[2])
    reverted: Reverted | None = Field(description="What it took and could not live with; null: it lives with all.")


class Retried(Body):
    """What a device is told once more."""

    device: str = Field(examples=["tp-1"])
    version: int | None = Field(description="Under this version; null: it has not gone back from what it shall be.")


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
    (after,) = read_cursor(cursor, [str]) or ("",)
    rows = look_up.boards_for(door.store, caller, office, presence or "", after, limit + 1, door.clock())
    page, following, headers = turned(request, rows, limit, lambda one: [one[0].id])
    return answer_rows(request, {"items": (as_device(*one) for one in page), "next": following}, headers)


@router.post(
    "/devices/{device}/configuration/retry",
    response_model=Retried,
    operation_id="retryConfiguration",
    summary="Tell it once more what it went back from",
)
@rule(Scope.COMMAND)
def retry_configuration(
    request: Request, door: AtDoor, caller: Calling, device: DeviceId, idempotency_key: IdempotencyKey = None
) -> Response:
    """Of itself a device is not told again what it went back from, until somebody changes it."""
    office_of(door, caller, device)

    def say(version: int | None) -> Answer:
        return Answer(200, Retried(device=device, version=version).model_dump_json())

    return do(request, door, caller, idempotency_key, None, partial(try_again_within, device=device), say)


def as_device(row: Any, place: Place | None) -> Item:
    """A `Device` as it goes out."""
    (id, roles, presence, last_seen_ms, revoked_ms, board, firmware, boot, reset_reason, rescue, told, *config) = row
    health = msgspec.json.decode(told) if told else {}
    version, reported, reverted = config
    return {
        "id": id,
        "roles": roles.split(),
        "office": None if place is None else place.office,
        "counter": None if place is None else place.counter,
        "presence": presence,
        "last_seen": moment(last_seen_ms),
        "revoked": revoked_ms is not None,
        "board": shortened(board),
        "firmware": shortened(firmware),
        "boot": boot,
        "reset_reason": shortened(reset_reason),
        "rescue": None if rescue is None else shortened(rescue),
        "waiting_events": count_in(health, "outbox"),
        "heap_free": count_in(health, "heap_free"),
        "config_version": version,
        "config_reported": reported,
        "reverted": as_reverted(reverted),
    }


def as_reverted(told: str | None) -> Item | None:
    """What it says that it went back from, as a `Reverted`."""
    found = reverted_of(json.loads(told)) if told else None
    return None if found is None else {"version": found.version, "reason": shortened(found.reason)}


def count_in(health: dict[str, Any], name: str) -> int | None:
    """A count that a device told."""
    value = health.get(name)
    return value if isinstance(value, int) else None
