"""What is done with enrolled devices: another key, a move, another's place, the end; and what was done."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Body as Sent
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body, answer
from fleet.api.command_routes import DeviceId, office_of
from fleet.api.doing import IdempotencyKey, do
from fleet.api.door import Door
from fleet.api.moments import Moment, moment_of
from fleet.api.place_routes import office_seen
from fleet.api.problems import Problem, shortened
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.registry import WHY_AT_MOST, HistoryWord, RegistryRefused
from fleet.flows import registry as flow
from fleet.flows.once import Answer
from fleet.flows.registry import Act, Outcome

router = APIRouter(route_class=RuledRoute, tags=["devices"])

KINDS = {
    "unknown_device": "no-such-device",
    "waits": "device-waits",
    "revoked": "device-revoked",
    "no_office": "no-such-office",
    "no_counter": "no-such-counter-there",
    "other_roles": "device-other-roles",
    "itself": "device-other-roles",
    "nowhere": "device-nowhere",
    "no_key": "device-no-key",
}


class Because(BaseModel):
    """Why it is done."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=WHY_AT_MOST, description="For the history, in your words.", examples=["rơi vỡ"])


class MoveWanted(Because):
    """Where a device shall stand."""

    office: str = Field(max_length=32, examples=["tan-an"])
    counter: str | None = Field(None, max_length=32, description="The counter; null: the lobby.", examples=["quay-1"])


class ReplaceWanted(Because):
    """Which device takes its place."""

    by: str = Field(max_length=32, description="An enrolled device of the same roles.", examples=["tp-2"])


class Registered(Body):
    """What became of it."""

    device: str = Field(examples=["tp-1"])
    what: HistoryWord = Field(description="`move_asked`: it stands there when it has started again.")
    changed: bool = Field(description="Whether it was done just now; false: it was so before.")


class HistoryLine(Body):
    """Something that was done with a device."""

    at: Moment
    by: str = Field(description="Who did it; empty: the device or the fleet itself.", examples=["lan"])
    what: HistoryWord
    found: str = Field(description="More of it: a place, another device, a claim.", examples=["tan-an/quay-1"])
    why: str = Field(description="Why, in the words of whoever did it; empty: nobody said.", examples=["rơi vỡ"])


class History(Body):
    """What was done with a device, the newest first; the last fifty."""

    items: list[HistoryLine]


@router.post(
    "/devices/{device}/move", response_model=Registered, operation_id="moveDevice", summary="Move a device elsewhere"
)
@rule(Scope.ENROL)
def move_device(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    wanted: Annotated[MoveWanted, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Within its office at once; at another one when it has started again."""
    office_of(door, caller, device)
    office = office_seen(door, caller, wanted.office).id
    act = partial(flow.move, device=device, office=office, counter=wanted.counter, why=wanted.why)
    return done(request, door, caller, idempotency_key, act, wanted)


@router.post(
    "/devices/{device}/replace",
    response_model=Registered,
    operation_id="replaceDevice",
    summary="Let another device take its place",
)
@rule(Scope.ENROL)
def replace_device(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    wanted: Annotated[ReplaceWanted, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The other one stands there and is set as this one was; this one is revoked."""
    if flow.replaced_by(door.store, device) != wanted.by:  # it stands nowhere any more, and may be asked for again
        office_of(door, caller, device)
    office_of(door, caller, wanted.by)
    act = partial(flow.replace, old=device, device=wanted.by, why=wanted.why)
    return done(request, door, caller, idempotency_key, act, wanted)


@router.post(
    "/devices/{device}/rotate", response_model=Registered, operation_id="rotateKey", summary="Give it another key"
)
@rule(Scope.ENROL)
def rotate_key(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    because: Annotated[Because | None, Sent()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It is told at its next welcome, or now; the old key holds until it has shown the new one."""
    office_of(door, caller, device)
    act = partial(flow.rotate, device=device, why=reason_of(because))
    return done(request, door, caller, idempotency_key, act, because)


@router.post(
    "/devices/{device}/revoke", response_model=Registered, operation_id="revokeDevice", summary="Revoke a device"
)
@rule(Scope.ENROL)
def revoke_device(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    because: Annotated[Because | None, Sent()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It may no longer connect, and nothing that it sends is stored."""
    office_of(door, caller, device)
    act = partial(flow.revoke, device=device, why=reason_of(because))
    return done(request, door, caller, idempotency_key, act, because)


@router.post(
    "/devices/{device}/retire", response_model=Registered, operation_id="retireDevice", summary="Retire a device"
)
@rule(Scope.ENROL)
def retire_device(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    because: Annotated[Because | None, Sent()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It is out of service for good, and stands nowhere."""
    office_of(door, caller, device)
    act = partial(flow.retire, device=device, why=reason_of(because))
    return done(request, door, caller, idempotency_key, act, because)


@router.get(
    "/devices/{device}/history",
    response_model=History,
    operation_id="getDeviceHistory",
    summary="What was done with it",
)
@rule(Scope.READ)
def device_history(request: Request, door: AtDoor, caller: Calling, device: DeviceId) -> Response:
    """How it was enrolled, moved, replaced; and by whom."""
    office_of(door, caller, device)
    items = [
        HistoryLine(
            at=moment_of(one.at_ms),
            by=shortened(one.by),
            what=HistoryWord(one.what),
            found=one.found,
            why=shortened(one.why),
        )
        for one in flow.history(door.store, device)
    ]
    return answer(request, History(items=items))


def reason_of(because: Because | None) -> str:
    """What was given as the reason."""
    return "" if because is None else because.why


def done(
    request: Request, door: Door, caller: Caller, key: str | None, act: Act, wanted: BaseModel | None = None
) -> Response:
    """Do it once, and answer what became of it. Raises Problem."""

    def say(outcome: Outcome) -> Answer:
        told = Registered(device=outcome.device, what=outcome.word, changed=outcome.changed)
        return Answer(200, told.model_dump_json())

    try:
        return do(request, door, caller, key, wanted, partial(act, by=caller.name, now_ms=door.clock()), say)
    except RegistryRefused as refused:
        raise Problem(KINDS[refused.reason]) from None
