"""Call from anywhere: what a clerk's keypad does at a counter, another program can do."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body as Told
from fleet.api.answers import answer
from fleet.api.doing import IdempotencyKey, do
from fleet.api.door import Door
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.flows import look_up
from fleet.flows.call_in import call_in
from fleet.flows.desk import AtCounter, DeskRefused, Wish, act, look
from fleet.flows.look_up import NoSuchCounter
from fleet.flows.once import Answer
from fleet.store.places import OfficeRow

router = APIRouter(route_class=RuledRoute, tags=["counters"])

CounterId = Annotated[str, Path(description="The id of a counter.", max_length=32, examples=["quay-1"])]
Word = Annotated[str, Field(max_length=32, pattern="^[a-z0-9][a-z0-9_-]*$")]
Reason = Annotated[str, Field(max_length=32, pattern="^[a-z0-9_-]*$")]


class AtTheCounter(Told):
    """What a counter does, and whom it serves."""

    office: str = Field(examples=["tan-an"])
    counter: str = Field(examples=["quay-1"])
    state: str = Field(description="`closed` (nothing yet today), `free`, `serving` or `paused`.", examples=["serving"])
    since: Moment | None = Field(description="Since when.")
    service: str | None = Field(description="The service of the number that is served.", examples=["ho-tich"])
    number: int | None = Field(description="The number that is served; null: nobody is, or it has none.", examples=[7])
    label: str | None = Field(description="The number as it is called.", examples=["A007"])
    visit: str | None = Field(description="The visit that goes on.", examples=["srv-api/3/1/41"])


class Wanted(BaseModel):
    """Nothing need be said."""

    model_config = ConfigDict(extra="forbid")


class Certain(Wanted):
    """Who is called."""

    service: Word = Field(description="The service of the number.", examples=["ho-tich"])
    number: int = Field(ge=1, le=9999, description="The number.", examples=[7])


class Finishing(Wanted):
    """How a visit ends."""

    outcome: Word = Field("done", description="What came of it, in a word of the office.", examples=["done"])


class Because(Wanted):
    """Why."""

    reason: Reason = Field("", description="Why, in a word of the office.", examples=["lunch"])


class Sending(Because):
    """Where a resident is sent on to."""

    to_service: Word | None = Field(None, description="Another service; null: the same.", examples=["dat-dai"])
    to_counter: Word | None = Field(None, description="A certain counter; null: any other.", examples=["quay-2"])


class GoingOn(Wanted):
    """With what the resident goes on."""

    to_service: Word = Field(description="Another service of the office.", examples=["dat-dai"])


class Resuming(Wanted):
    """Who comes back; without a number a paused counter works again."""

    service: Word | None = Field(None, description="The service of the number.", examples=["ho-tich"])
    number: int | None = Field(None, ge=1, le=9999, description="The number of who was parked.", examples=[7])


@router.get(
    "/counters/{counter}", response_model=AtTheCounter, operation_id="getCounter", summary="What a counter does now"
)
@rule(Scope.READ)
def get_counter(request: Request, door: AtDoor, caller: Calling, counter: CounterId) -> Response:
    """Whom it serves; what a program did there a moment ago is known at once."""
    office = office_seen(door, caller, counter)
    prefixes = look_up.prefixes_of(door.store, office.id)
    return answer(request, as_body(look(door.store, office, counter, door.clock()), prefixes))


@router.post("/counters/{counter}/next", response_model=AtTheCounter, operation_id="callNext", summary="Call the next")
@rule(Scope.CALL)
def call_next(
    request: Request, door: AtDoor, caller: Calling, counter: CounterId, idempotency_key: IdempotencyKey = None
) -> Response:
    """The fleet decides who is next, as for a keypad. Where nobody waits the counter stays free."""
    return at_counter(request, door, caller, counter, idempotency_key, None, Wish("next"))


@router.post(
    "/counters/{counter}/call", response_model=AtTheCounter, operation_id="callNumber", summary="Call a certain number"
)
@rule(Scope.CALL)
def call_number(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Certain | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Out of its turn, whoever waits: even a number that is lent to a keypad that is cut off, or of another service."""
    office_seen(door, caller, counter)
    if wanted is None:
        raise unfit("/number", "missing")
    wish = Wish("call", service=wanted.service, number=wanted.number)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post(
    "/counters/{counter}/recall", response_model=AtTheCounter, operation_id="recall", summary="Call the number again"
)
@rule(Scope.CALL)
def recall(
    request: Request, door: AtDoor, caller: Calling, counter: CounterId, idempotency_key: IdempotencyKey = None
) -> Response:
    """Displays show and say it once more."""
    return at_counter(request, door, caller, counter, idempotency_key, None, Wish("recall"))


@router.post(
    "/counters/{counter}/finish", response_model=AtTheCounter, operation_id="finish", summary="Finish the visit"
)
@rule(Scope.CALL)
def finish(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Finishing | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The resident's business is done; the rating buttons of the counter wait for a press."""
    wish = Wish("finish", outcome="done" if wanted is None else wanted.outcome)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post("/counters/{counter}/no-show", response_model=AtTheCounter, operation_id="noShow", summary="Nobody came")
@rule(Scope.CALL)
def no_show(
    request: Request, door: AtDoor, caller: Calling, counter: CounterId, idempotency_key: IdempotencyKey = None
) -> Response:
    """The number was called and nobody came; the visit ends."""
    return at_counter(request, door, caller, counter, idempotency_key, None, Wish("no-show"))


@router.post(
    "/counters/{counter}/transfer", response_model=AtTheCounter, operation_id="transfer", summary="Send the resident on"
)
@rule(Scope.CALL)
def transfer(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Sending | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The resident waits for another service or counter, under the same number."""
    sent = Sending() if wanted is None else wanted
    wish = Wish("transfer", to_service=sent.to_service, to_counter=sent.to_counter, reason=sent.reason)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post(
    "/counters/{counter}/go-on",
    response_model=AtTheCounter,
    operation_id="goOn",
    summary="Go on with another service here",
)
@rule(Scope.CALL)
def go_on(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[GoingOn, Body()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """One service is done, and the same resident goes on with another one, under the same number.

    Another visit begins, for which nobody waited; the rating is asked for at the end of the last one.
    """
    wish = Wish("go-on", to_service=wanted.to_service)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post(
    "/counters/{counter}/park", response_model=AtTheCounter, operation_id="park", summary="Set the resident aside"
)
@rule(Scope.CALL)
def park(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Because | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The resident comes back to this counter; others may be called meanwhile."""
    wish = Wish("park", reason="" if wanted is None else wanted.reason)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post(
    "/counters/{counter}/resume",
    response_model=AtTheCounter,
    operation_id="resume",
    summary="Bring back a resident, or work again",
)
@rule(Scope.CALL)
def resume(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Resuming | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """With service and number whoever was parked is served again; without them a paused counter works again."""
    who = Resuming() if wanted is None else wanted
    if (who.service is None) != (who.number is None):
        raise unfit("/number" if who.number is None else "/service", "missing")
    wish = Wish("resume", service=who.service, number=who.number)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post("/counters/{counter}/pause", response_model=AtTheCounter, operation_id="pause", summary="Pause")
@rule(Scope.CALL)
def pause(
    request: Request,
    door: AtDoor,
    caller: Calling,
    counter: CounterId,
    wanted: Annotated[Because | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The counter calls nobody for a while."""
    wish = Wish("pause", reason="" if wanted is None else wanted.reason)
    return at_counter(request, door, caller, counter, idempotency_key, wanted, wish)


@router.post(
    "/counters/{counter}/undo", response_model=AtTheCounter, operation_id="undo", summary="Take the last step back"
)
@rule(Scope.CALL)
def undo(
    request: Request, door: AtDoor, caller: Calling, counter: CounterId, idempotency_key: IdempotencyKey = None
) -> Response:
    """Within ten minutes: a call, a finish, a no-show, a transfer, parking or a pause, by whomever it was done."""
    return at_counter(request, door, caller, counter, idempotency_key, None, Wish("undo"))


def at_counter(
    request: Request, door: Door, caller: Caller, counter: str, key: str | None, body: BaseModel | None, wish: Wish
) -> Response:
    """Do this at the counter, and answer what it does then. Raises Problem."""
    office = office_seen(door, caller, counter)
    prefixes = look_up.prefixes_of(door.store, office.id)
    if wish.verb in ("next", "call"):
        number = None if wish.service is None or wish.number is None else (wish.service, wish.number)
        call_in(door.store, office, counter, door.clock, number)
    doing = partial(act, server=door.server(), office=office, counter=counter, wish=wish, now_ms=door.clock())

    def say(found: AtCounter) -> Answer:
        return Answer(200, as_body(found, prefixes).model_dump_json())

    try:
        return do(request, door, caller, key, body, doing, say, alone=False)
    except DeskRefused as refused:
        raise Problem(refused.kind) from None


def office_seen(door: Door, caller: Caller, counter: str) -> OfficeRow:
    """The office of this counter, if it concerns the caller. Raises Problem."""
    try:
        return look_up.office_of_counter(door.store, caller, counter)
    except NoSuchCounter:
        raise Problem("no-such-counter") from None


def as_body(found: AtCounter, prefixes: dict[str, str]) -> AtTheCounter:
    """What a counter does as it goes out."""
    return AtTheCounter(
        office=found.office,
        counter=found.counter,
        state=found.state,
        since=moment(found.since_ms),
        service=found.service,
        number=found.number,
        label=look_up.label(prefixes, found.service, found.number),
        visit=found.visit,
    )
