"""One order to many devices: given once, taken by a few devices a second, with what became of it at each."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body as Told
from fleet.api.answers import answer
from fleet.api.command_routes import told
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.commands import SECONDS_AT_MOST, Verb
from fleet.domain.order_batches import (
    AT_MOST,
    HOLDS_MINUTES,
    HOLDS_MINUTES_AT_MOST,
    Batch,
    BatchRefused,
    Selection,
)
from fleet.flows import command_many
from fleet.flows.once import Answer

router = APIRouter(route_class=RuledRoute, tags=["devices"])

Name = Annotated[str, Field(min_length=1, max_length=64)]


class Chosen(BaseModel):
    """Which devices are meant: those that are all of this at once. Something must be said."""

    model_config = ConfigDict(extra="forbid")

    office: Name | None = Field(None, description="They stand at this office.", examples=["tan-an"])
    unit: Name | None = Field(None, description="They stand below this unit of the tree.", examples=["province-79"])
    role: Literal["printer", "rating", "reader", "keypad", "display"] | None = Field(
        None, description="They have this role.", examples=["rating"]
    )
    presence: Literal["online", "sleeping", "leaving", "lost", "never"] | None = Field(
        None, description="They are there, or not.", examples=["online"]
    )
    version: Name | None = Field(None, description="They run this firmware.", examples=["0.2.0"])
    devices: list[Annotated[str, Field(max_length=32)]] = Field(
        [], max_length=AT_MOST, description="Only these, by id.", examples=[["nut-1", "nut-2"]]
    )


class OrderWanted(BaseModel):
    """What many devices shall do."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["identify", "test_print", "restart", "clock", "snapshot"] = Field(
        description="As for one device; a number and a log are asked of one alone.", examples=["restart"]
    )
    seconds: int | None = Field(None, ge=1, le=SECONDS_AT_MOST, description="Of `identify`: for so long; 10.")
    filter: Chosen = Field(description="Which devices.")
    minutes: int = Field(
        HOLDS_MINUTES,
        ge=1,
        le=HOLDS_MINUTES_AT_MOST,
        description="A device whose turn does not come within this time gets no order.",
    )


class OrderedDevice(Told):
    """The order at one device."""

    device: str = Field(examples=["nut-1"])
    state: Literal["pending", "waiting", "done", "refused", "unanswered", "expired"] = Field(
        description="`pending`: it is not its turn yet; `expired`: it never was; else as of one order.",
        examples=["done"],
    )
    command: str | None = Field(description="The id of its own order, once it has one.", examples=["9f2c41d07a5be813"])
    reason: str = Field(
        description="Why not, in a word: of the fleet, such as `away`, or of the device.", examples=[""]
    )
    found: str = Field(description="What the device says it found there.", examples=[""])


class Order(Told):
    """An order to many devices, and what became of it so far."""

    id: str = Field(examples=["5be8139f2c41d07a"])
    verb: str = Field(examples=["restart"])
    asked: Moment = Field(description="When it was given.")
    asked_by: str = Field(description="Who gave it.", examples=["lan"])
    expires: Moment = Field(description="No device has its turn later than this.")
    over: bool = Field(description="Whether nothing of it is awaited any more.")
    counts: dict[str, int] = Field(description="How many devices are in each state.", examples=[{"done": 41}])
    devices: list[OrderedDevice] = Field(description="In the order in which they have their turn.")


OrderId = Annotated[str, Path(description="The order's id.", max_length=64, examples=["5be8139f2c41d07a"])]


@router.post(
    "/commands",
    response_model=Order,
    status_code=202,
    operation_id="commandDevices",
    summary="Ask many devices to do something",
)
@rule(Scope.COMMAND)
def command_devices(
    request: Request,
    door: AtDoor,
    caller: Calling,
    wanted: Annotated[OrderWanted, Body()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """A few devices a second have their turn. What became of it at each is at the address in `Location`."""
    chosen = wanted.filter
    selection = Selection(
        chosen.office, chosen.unit, chosen.role, chosen.presence, chosen.version, tuple(chosen.devices)
    )
    verb = Verb(wanted.verb)
    asking = partial(
        command_many.ask_many_within,
        selection=selection,
        verb=verb,
        by=caller.name,
        now_ms=door.clock(),
        arguments={"seconds": wanted.seconds} if verb is Verb.IDENTIFY and wanted.seconds is not None else {},
        minutes=wanted.minutes,
        offices=caller.offices,
    )

    def say(asked: Batch) -> Answer:
        return Answer(202, as_body(asked).model_dump_json(), {"Location": f"{request.url.path}/{asked.id}"})

    try:
        return do(request, door, caller, idempotency_key, wanted, asking, say)
    except BatchRefused as refused:
        raise problem_of(refused) from None


@router.get("/commands/{order}", response_model=Order, operation_id="getOrder", summary="What became of such an order")
@rule(Scope.READ)
def get_order(request: Request, door: AtDoor, caller: Calling, order: OrderId) -> Response:
    """Ask again until it is `over`. Devices that stand where the caller may not look are left out."""
    found = command_many.batch_of(door.store, order, door.clock(), caller.offices)
    if found is None:
        raise Problem("no-such-order")
    return answer(request, as_body(found))


@router.post(
    "/commands/{order}/stop",
    response_model=Order,
    operation_id="stopOrder",
    summary="Give it to nobody else",
)
@rule(Scope.COMMAND)
def stop_order(
    request: Request, door: AtDoor, caller: Calling, order: OrderId, idempotency_key: IdempotencyKey = None
) -> Response:
    """Devices that had their turn do it; the others become `expired`. Who sees only a part of it can not stop it."""
    stopping = partial(command_many.stop_within, batch=order, now_ms=door.clock(), offices=caller.offices)

    def say(stopped: Batch | None) -> Answer:
        if stopped is None:
            raise Problem("no-such-order")
        return Answer(200, as_body(stopped).model_dump_json(), {})

    return do(request, door, caller, idempotency_key, None, stopping, say)


def problem_of(refused: BatchRefused) -> Problem:
    """The refusal as an answer."""
    if refused.reason in ("nobody", "too_many"):
        return Problem(f"order-{refused.reason.replace('_', '-')}", most=f"{AT_MOST:,}")
    if refused.reason == "unknown_device":
        return Problem("no-such-device")
    return unfit("/filter", "missing")


def as_body(found: Batch) -> Order:
    """An order as it goes out."""
    return Order(
        id=found.id,
        verb=found.verb.value,
        asked=moment(found.asked_ms),
        asked_by=found.asked_by,
        expires=moment(found.expires_ms),
        over=found.is_over,
        counts={state.value: n for state, n in found.counts.items()},
        devices=[
            OrderedDevice(
                device=one.device,
                state=one.state.value,
                command=one.command,
                reason=told(one.reason),
                found=told(one.found),
            )
            for one in found.ordered
        ],
    )
