"""The life of a device, and how each firmware does, for other programs. What a device says is a stranger's word."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem, shortened
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.device_days import DaySum
from fleet.domain.device_evidence import Evidence
from fleet.domain.firmware_health import FirmwareHealth
from fleet.flows import look_up
from fleet.flows.device_evidence import evidence
from fleet.flows.device_months import firmware_now

router = APIRouter(route_class=RuledRoute, tags=["devices"])


class Sums(Body):
    """Days added up. Expected is the time in which the office was open; planned sleep is neither."""

    connected_seconds: int = Field(description="How long it was connected while its office was open.")
    expected_seconds: int = Field(description="How long its office was open, less planned sleep.")
    hours: int = Field(description="Hours of the clock in which it was there for half of them, or crashed.")
    crash_free_hours: int = Field(description="Those of them in which it did not crash.")
    expected_starts: int = Field(description="It was told to, or switched on when nobody missed it.")
    power_cuts: int = Field(description="Power was lost in opening hours.")
    crashes: int = Field(description="Watchdog, fault, or a reset that nobody asked for.")


class UpdateOfDevice(Body):
    """An update of its firmware ended."""

    at: Moment = Field(description="When it ended.")
    release: str = Field(description="The sequence of the release.", examples=["12"])
    result: str = Field(description="confirmed, returned or refused.", examples=["confirmed"])
    reason: str = Field(description="What the device says why.", examples=[""])


class DayOfDevice(Body):
    """A day of a device."""

    day: str = Field(examples=["2026-11-20"])
    sums: Sums


class ClaimOfDevice(Body):
    """The right under which a board became this device."""

    id: str = Field(examples=["7KQ2M4XVA"])
    made_by: str = Field(description="Who made it.")
    made_at: Moment = Field(description="When it was made.")
    used_at: Moment | None = Field(description="When a board used it; null: none has.")
    used_by_board: str = Field(description="The chip's id that the board told; empty: not used.")


class DoneToDevice(Body):
    """Something was done with it in the registry."""

    at: Moment = Field(description="When it was done.")
    by: str = Field(description="Empty: nobody did it.")
    what: str = Field(examples=["moved"])
    found: str = Field(description="What there is to say of it.")


class IncidentOfDevice(Body):
    """What happened at it that should not."""

    kind: str = Field(examples=["cloned"])
    first: Moment = Field(description="When it happened first.")
    last: Moment = Field(description="When it happened last.")
    times: int = Field(description="How often it happened.")


class SelftestOfDevice(Body):
    """A test of the board before it became a device, signed by itself."""

    at: Moment = Field(description="When the fleet heard of it.")
    claim: str = Field(description="The claim under which it was signed.")
    hw: str = Field(description="The chip's id, in its words.")
    passed: bool = Field(description="Whether nothing failed.")
    proof: str = Field(description="The board's signature of its record.")


class FirmwareOfDevice(Body):
    """It ran this firmware on days from one to another."""

    firmware: str = Field(description="The version, in its words.")
    first_day: str = Field(description="The first day on which it ran.")
    last_day: str = Field(description="The last day on which it ran.")
    sums: Sums


class AlertOfDevice(Body):
    """An alert about it."""

    office: str
    opened: Moment | None = Field(description="When it opened.")
    closed: Moment | None = Field(description="When it closed; null: it is open.")
    said: str = Field(description="What it is about, in Vietnamese.")


class DeviceEvidence(Body):
    """The life of a device; lists are newest first, days oldest first."""

    device: str = Field(examples=["q-1"])
    claims: list[ClaimOfDevice]
    done: list[DoneToDevice]
    key_slot: str | None = Field(description="Where its key lies, never the key; null: it has none.")
    key_since: Moment | None = Field(description="Since when it has this key.")
    incidents: list[IncidentOfDevice]
    tests: list[SelftestOfDevice]
    firmware: list[FirmwareOfDevice]
    updates: list[UpdateOfDevice]
    days: list[DayOfDevice]
    alerts: list[AlertOfDevice]


class FirmwareOutcome(Body):
    """How a firmware does on a kind of board, in thirty days that are over; intervals are of 95 %."""

    firmware: str = Field(description="The version, in its words.")
    board: str = Field(description="The kind of board, in its words.")
    devices: int = Field(description="On how many it ran.")
    sums: Sums
    crash_free: float | None = Field(description="Share of its hours; null: no hour is known.", examples=[0.9991])
    crash_free_low: float = Field(description="Wilson's interval, from")
    crash_free_high: float = Field(description="Wilson's interval, to")
    crashes_per_1000_hours: float | None = Field(description="Null: no hour is known.")
    crashes_low: float = Field(description="Garwood's interval, from")
    crashes_high: float = Field(description="Garwood's interval, to")


class FirmwareOutcomes(Body):
    """Every firmware that ran, the most used first."""

    items: list[FirmwareOutcome]


@router.get(
    "/devices/{device}/evidence",
    response_model=DeviceEvidence,
    operation_id="getDeviceEvidence",
    summary="The life of a device",
)
@rule(Scope.READ)
def device_evidence(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: Annotated[str, Path(description="The device.", max_length=32)],
) -> Response:
    """Birth, keys without the keys, incidents, firmware, thirty days and alerts of a device."""
    if look_up.device_for(door.store, caller, device, door.clock()) is None:
        raise Problem("no-such-device", device=device)
    return answer(request, as_evidence(device, evidence(door.store, device, door.clock())))


@router.get(
    "/firmware-health",
    response_model=FirmwareOutcomes,
    operation_id="listFirmwareHealth",
    summary="Crash-free hours and crashes by firmware",
)
@rule(Scope.READ, whole_province=True)
def list_firmware_health(request: Request, door: AtDoor, caller: Calling) -> Response:
    """How each firmware did on each kind of board, with what chance alone would allow."""
    found = firmware_now(door.store, door.clock())
    return answer(request, FirmwareOutcomes(items=[as_outcome(one) for one in found]))


def as_evidence(device: str, found: Evidence) -> DeviceEvidence:
    """A device's life as it goes out."""
    return DeviceEvidence(
        device=device,
        claims=[
            ClaimOfDevice(
                id=one.id,
                made_by=one.made_by,
                made_at=moment(one.made_ms),
                used_at=moment(one.used_ms),
                used_by_board=shortened(one.used_hw),
            )
            for one in found.claims
        ],
        done=[
            DoneToDevice(at=moment(one.at_ms), by=one.by, what=one.what, found=shortened(one.found))
            for one in found.done
        ],
        key_slot=found.key.slot if found.key else None,
        key_since=moment(found.key.since_ms) if found.key else None,
        incidents=[
            IncidentOfDevice(kind=one.kind.value, first=moment(one.first_ms), last=moment(one.last_ms), times=one.n)
            for one in found.incidents
        ],
        tests=[
            SelftestOfDevice(
                at=moment(one.at_ms), claim=one.claim, hw=shortened(one.hw), passed=one.passed, proof=one.proof
            )
            for one in found.bench
        ],
        firmware=[
            FirmwareOfDevice(
                firmware=shortened(one.firmware), first_day=one.first, last_day=one.last, sums=as_sums(one.sums)
            )
            for one in found.firmware
        ],
        updates=[
            UpdateOfDevice(
                at=moment(one.at_ms), release=shortened(one.release), result=one.result, reason=shortened(one.reason)
            )
            for one in found.updates
        ],
        days=[DayOfDevice(day=one.day, sums=as_sums(one.sums)) for one in found.month.days],
        alerts=[
            AlertOfDevice(
                office=one.office, opened=moment(one.opened_ms), closed=moment(one.closed_ms), said=one.said("vi")
            )
            for one in found.alerts
        ],
    )


def as_outcome(one: FirmwareHealth) -> FirmwareOutcome:
    """A firmware as it goes out."""
    return FirmwareOutcome(
        firmware=shortened(one.firmware),
        board=shortened(one.board),
        devices=one.devices,
        sums=as_sums(one.sums),
        crash_free=one.crash_free,
        crash_free_low=one.crash_free_low,
        crash_free_high=one.crash_free_high,
        crashes_per_1000_hours=one.crashes_per,
        crashes_low=one.crashes_low,
        crashes_high=one.crashes_high,
    )


def as_sums(sums: DaySum) -> Sums:
    """Sums as they go out."""
    return Sums(
        connected_seconds=sums.connected_ms // 1000,
        expected_seconds=sums.expected_ms // 1000,
        hours=sums.hours,
        crash_free_hours=sums.crash_free,
        expected_starts=sums.planned + sums.switched_on,
        power_cuts=sums.cuts,
        crashes=sums.crashes,
    )
