"""Orders to devices, for the tools of technicians and for screens that take numbers."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body as Told
from fleet.api.answers import answer
from fleet.api.doing import IdempotencyKey, do
from fleet.api.door import Door
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem, shortened, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.commands import SECONDS_AT_MOST, CommandRefused, DeviceCommand, Verb
from fleet.flows import command, look_up
from fleet.flows.once import Answer
from protocols.message import BIGGEST

router = APIRouter(route_class=RuledRoute, tags=["devices"])

SHOWN = 100
KINDS = {"too_soon": "device-busy", "unknown_device": "no-such-device"}
# The others are `device-` and the word: away, revoked, no-printer.

DeviceId = Annotated[str, Path(description="The id of a device.", max_length=32, examples=["tp-1"])]
Word = Annotated[str, Field(max_length=32, pattern="^[a-z0-9][a-z0-9_-]*$")]


class CommandWanted(BaseModel):
    """What the device shall do."""

    model_config = ConfigDict(extra="forbid")

    verb: Verb = Field(
        description="`identify`: lamps and displays say where it stands; `test_print`: a page of all ways to print; "
        "`restart`; `take`: print the next number of a service; `snapshot`: what the device is now; `log`: the last "
        "lines that it said of itself; `clock`: it hears the fleet's time at once.",
        examples=["take"],
    )
    seconds: int | None = Field(None, ge=1, le=SECONDS_AT_MOST, description="Of `identify`: for so long; 10.")
    service: Word | None = Field(None, description="Of `take`: the service.", examples=["ho-tich"])
    priority: bool = Field(False, description="Of `take`: the number has priority.")
    first: int = Field(0, ge=0, le=BIGGEST, description="Of `log`: the byte to begin at, such as its last `next`.")


class Commanded(Told):
    """An order to a device, and what became of it."""

    id: str = Field(examples=["9f2c41d07a5be813"])
    device: str = Field(examples=["tp-1"])
    verb: Verb = Field(examples=["take"])
    asked: Moment = Field(description="When it was given.")
    asked_by: str = Field(description="Who gave it.", examples=["lan"])
    state: Literal["waiting", "done", "refused", "unanswered"] = Field(
        description="`refused`: the device says why not; `unanswered`: nothing was heard in time.", examples=["done"]
    )
    answered: Moment | None = Field(description="When the device answered.")
    reason: str = Field(description="Why not, in a word of the device, such as `no_paper`.", examples=[""])
    found: str = Field(description="What the device says it found there.", examples=[""])
    service: str | None = Field(description="The service of the number that was taken.", examples=["ho-tich"])
    number: int | None = Field(description="The number that was taken.", examples=[7])
    label: str | None = Field(description="The number as it is called.", examples=["A007"])
    report: dict[str, Any] | None = Field(
        description="What the device says of itself, after `snapshot` (`up`, `heap_free`, `outbox`, `oldest`, "
        "`config`, `leases`, `slots`, `network`, `wires`, `refused`, `trial`, `parts`), `log` (`first`, `lines`, "
        "`next`, `up`) or `clock` (`offset_ms`). All of it is a stranger's text.",
        examples=[None],
    )


class CommandList(Told):
    """The last orders to a device, the newest first."""

    items: list[Commanded]


@router.post(
    "/devices/{device}/commands",
    response_model=Commanded,
    status_code=202,
    operation_id="commandDevice",
    summary="Ask a device to do something",
)
@rule(Scope.COMMAND)
def command_device(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    wanted: Annotated[CommandWanted, Body()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It is told at once, and refused if it is away. What became of it is at the address in `Location`."""
    office = office_of(door, caller, device)
    if wanted.verb is Verb.TAKE and wanted.service is None:
        raise unfit("/service", "missing")
    now_ms = door.clock()
    asking = partial(
        command.ask_within,
        device=device,
        verb=wanted.verb,
        by=caller.name,
        now_ms=now_ms,
        arguments=arguments_of(wanted),
    )
    prefixes = {} if office is None else look_up.prefixes_of(door.store, office)

    def say(asked: DeviceCommand) -> Answer:
        where = {"Location": f"{request.url.path}/{asked.id}"}
        return Answer(202, as_body(asked, prefixes).model_dump_json(), where)

    try:
        return do(request, door, caller, idempotency_key, wanted, asking, say)
    except CommandRefused as refused:
        raise Problem(KINDS.get(refused.reason, f"device-{refused.reason.replace('_', '-')}")) from None


@router.get(
    "/devices/{device}/commands",
    response_model=CommandList,
    operation_id="listCommands",
    summary="The last orders to a device",
)
@rule(Scope.READ)
def list_commands(request: Request, door: AtDoor, caller: Calling, device: DeviceId) -> Response:
    """The last hundred, with what became of each."""
    office = office_of(door, caller, device)
    prefixes = {} if office is None else look_up.prefixes_of(door.store, office)
    found = command.last_commands(door.store, device, SHOWN, door.clock())
    return answer(request, CommandList(items=[as_body(one, prefixes) for one in found]))


@router.get(
    "/devices/{device}/commands/{command_id}",
    response_model=Commanded,
    operation_id="getCommand",
    summary="What became of an order",
)
@rule(Scope.READ)
def get_command(
    request: Request,
    door: AtDoor,
    caller: Calling,
    device: DeviceId,
    command_id: Annotated[str, Path(description="The order's id.", max_length=40, examples=["9f2c41d07a5be813"])],
) -> Response:
    """Ask again until it is no longer `waiting`: a number takes a second, a restart half a minute at most."""
    office = office_of(door, caller, device)
    found = command.answer_of(door.store, command_id, door.clock())
    if found is None or found.device != device:
        raise Problem("no-such-command")
    return answer(request, as_body(found, {} if office is None else look_up.prefixes_of(door.store, office)))


def office_of(door: Door, caller: Caller, device: str) -> str | None:
    """Where this device stands, if it concerns the caller. Raises Problem."""
    found = look_up.device_for(door.store, caller, device, door.clock())
    if found is None:
        raise Problem("no-such-device")
    return None if found[1] is None else found[1].office


def arguments_of(wanted: CommandWanted) -> dict[str, object]:
    """What the device is told beside the verb."""
    if wanted.verb is Verb.IDENTIFY and wanted.seconds is not None:
        return {"seconds": wanted.seconds}
    if wanted.verb is Verb.LOG:
        return {"from": wanted.first}
    if wanted.verb is Verb.TAKE:
        return {"service": wanted.service, **({"priority": True} if wanted.priority else {})}
    return {}


def told(value: Any) -> Any:
    """The same with every text as it may be shown."""
    if isinstance(value, dict):
        return {told(name): told(one) for name, one in value.items()}
    if isinstance(value, list):
        return [told(one) for one in value]
    if not isinstance(value, str):
        return value
    return value if value.isprintable() else "".join([c if c.isprintable() else "?" for c in value])


def as_body(one: DeviceCommand, prefixes: dict[str, str]) -> Commanded:
    """An order as it goes out."""
    return Commanded(
        id=one.id,
        device=one.device,
        verb=one.verb,
        asked=moment(one.asked_ms),
        asked_by=one.asked_by,
        state=one.state.value,
        answered=moment(one.answered_ms),
        reason=shortened(one.reason),
        found=shortened(one.found),
        service=None if one.service is None else shortened(one.service),
        number=one.number,
        label=look_up.label(prefixes, one.service, one.number),
        report=None if one.report is None else told(one.report.to_dict()),
    )
