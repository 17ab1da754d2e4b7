"""Another Wi-Fi, or another way to the broker, for devices that are far away; and how far each of them is."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi import Body as Sent
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from fleet.api.answers import Body, answer
from fleet.api.command_routes import DeviceId, office_of
from fleet.api.doing import IdempotencyKey, do
from fleet.api.door import Door
from fleet.api.moments import Moment, moment_of
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem, shortened, unfit
from fleet.api.registry_routes import KINDS
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.devices_network import certificate_in
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.network_changes import NetworkChange, NetworkRefused, NetworkWanted, Step
from fleet.domain.registry import RegistryRefused
from fleet.flows import change_network as flow
from fleet.flows.once import Act, Answer

router = APIRouter(route_class=RuledRoute, tags=["devices"])

REFUSED = {"no_key": "device-no-key", "nobody": "order-nobody"}


class NewNetwork(BaseModel):
    """What shall change; what is null stays as it is."""

    model_config = ConfigDict(extra="forbid")

    ssid: str | None = Field(None, max_length=32, description="The Wi-Fi that they join.", examples=["Một cửa"])
    wifi_password: SecretStr | None = Field(
        None, max_length=63, description="Its password; null: it is open. It is never told again."
    )
    host: str | None = Field(None, max_length=200, description="Where the broker stands.", examples=["mqtt.example.vn"])
    port: int | None = Field(None, description="Its port.", examples=[8883])
    tls: Literal["none", "cert", "psk"] | None = Field(None, description="How the line to it is protected.")
    ca: str | None = Field(None, max_length=8_192, description="With `cert`: the authority's certificate, as PEM.")


class NetworkNow(Body):
    """How far a device is."""

    device: str = Field(examples=["tp-1"])
    step: Step = Field(description="`trying`: it has it on flash beside the old one; `back`: it came back with that.")
    what: str = Field(description="What changes, without a secret.", examples=["Wi-Fi Một cửa"])
    by: str = Field(examples=["lan"])
    made: Moment
    since: Moment
    reason: str = Field(description="Why it went back, in the device's words; `first_failed`: another one did.")


class Networks(Body):
    """The last change of each device, the newest first."""

    items: list[NetworkNow]


@router.post(
    "/devices/{device}/network",
    response_model=Networks,
    status_code=202,
    operation_id="changeDeviceNetwork",
    summary="Give a device another network",
)
@rule(Scope.ENROL)
def change_network(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    wanted: Annotated[NewNetwork, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It tries it, and comes back to its old one by itself if the fleet does not welcome it there."""
    office_of(door, caller, device)
    act = partial(flow.begin, wanted=network_of(wanted), chosen=[device], by=caller.name, now_ms=door.clock())
    return begun(request, door, caller, idempotency_key, act, wanted)


@router.post(
    "/offices/{office}/network",
    response_model=Networks,
    status_code=202,
    operation_id="changeOfficeNetwork",
    summary="Give all devices of an office another network",
)
@rule(Scope.ENROL)
def change_networks(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    wanted: Annotated[NewNetwork, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """One first, and the others when it has come back with it. Devices without a key are left as they are."""
    at = office_seen(door, caller, office).id
    act = partial(flow.begin_at, wanted=network_of(wanted), office=at, by=caller.name, now_ms=door.clock())
    return begun(request, door, caller, idempotency_key, act, wanted)


@router.get(
    "/offices/{office}/network",
    response_model=Networks,
    operation_id="getOfficeNetwork",
    summary="How far the devices of an office are",
)
@rule(Scope.ENROL)
def networks(request: Request, door: AtDoor, caller: Calling, office: OfficeId) -> Response:
    """The last change of each device that was asked there."""
    found = flow.changes_at(door.store, office_seen(door, caller, office).id)
    return answer(request, Networks(items=[as_told(one) for one in found]))


@router.post(
    "/devices/{device}/network/withdraw",
    response_model=Networks,
    operation_id="withdrawNetwork",
    summary="Tell a device no more of another network",
)
@rule(Scope.ENROL)
def withdraw_network(
    request: Request, door: AtDoor, caller: Calling, device: DeviceId, idempotency_key: IdempotencyKey = None
) -> Response:
    """One that has it on flash already goes on with it."""
    office_of(door, caller, device)
    act = partial(flow.withdraw, device=device, by=caller.name, now_ms=door.clock())

    def say(_: bool) -> Answer:
        return Answer(200, "")

    do(request, door, caller, idempotency_key, None, act, say)
    found = flow.change_of(door.store, device)
    return answer(request, Networks(items=[] if found is None else [as_told(found)]))


def begun(
    request: Request, door: Door, caller: Caller, key: str | None, act: Act[list[NetworkChange]], wanted: NewNetwork
) -> Response:
    """Do it once, and answer what was begun. Raises Problem."""

    def say(made: list[NetworkChange]) -> Answer:
        return Answer(202, Networks(items=[as_told(one) for one in made]).model_dump_json())

    try:
        # The password is a secret even for the mark by which a repetition is known.
        return do(request, door, caller, key, wanted, act, say)
    except NetworkRefused as refused:
        raise problem_of(refused) from None
    except RegistryRefused as refused:
        raise Problem(KINDS[refused.reason]) from None


def problem_of(refused: NetworkRefused) -> Problem:
    """The refusal as the API says it."""
    if refused.reason in REFUSED:
        return Problem(REFUSED[refused.reason])
    where = "" if refused.reason == "nothing" else f"/{refused.reason}"
    return unfit(where, f"network_{refused.reason}")


def network_of(wanted: NewNetwork) -> NetworkWanted:
    """What is wanted, as a value. Raises Problem."""
    ca = None if wanted.ca is None else certificate_in(wanted.ca.encode())
    if wanted.ca is not None and ca is None:
        raise unfit("/ca", "network_ca")
    password = None if wanted.wifi_password is None else wanted.wifi_password.get_secret_value() or None
    return NetworkWanted(wanted.ssid, password, wanted.host, wanted.port, wanted.tls, ca)


def as_told(change: NetworkChange) -> NetworkNow:
    """A change as the API tells it."""
    return NetworkNow(
        device=change.device,
        step=change.step,
        what=shortened(change.what),
        by=shortened(change.by),
        made=moment_of(change.made_ms),
        since=moment_of(change.step_ms),
        reason=shortened(change.reason),
    )
