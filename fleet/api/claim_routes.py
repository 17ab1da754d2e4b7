"""Claims, for the tools of technicians: rights to enrol boards.

Their secrets go out with the answer, and again with a repeated one until a board has come; they are kept nowhere else
but sealed.
"""

import json
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi import Body as Sent
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import JSON, Body, Cursor, Limit, answer, read_cursor, turned
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment, moment_of
from fleet.api.place_routes import office_seen
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.devices_network import NoNetwork
from fleet.domain.api_rights import Scope
from fleet.domain.claim_ids import BadClaimId, read_claim_id
from fleet.domain.claims import LONGEST_HOURS, SHORTEST_HOURS, Claim, ClaimFile, ClaimState, Wanted
from fleet.domain.file_errors import BadFile, RowError
from fleet.flows import claim as flow
from fleet.flows.claim import ClaimRefused
from fleet.flows.once import Answer

router = APIRouter(route_class=RuledRoute, tags=["devices"])

MOST = 1000
ClaimId = Annotated[str, Path(description="The id of a claim.", max_length=32, examples=["K7MP4QXTH"])]


class ClaimWanted(BaseModel):
    """A device that is to be enrolled."""

    model_config = ConfigDict(extra="forbid")

    device: str | None = Field(None, max_length=40, description="Its id; null: one is made of place and role.")
    roles: list[str] = Field(description="Its roles.", max_length=8, examples=[["keypad", "reader"]])
    office: str = Field(max_length=40, description="Where it shall stand.", examples=["tan-an"])
    counter: str | None = Field(None, max_length=40, description="The counter; null: the lobby.", examples=["quay-1"])
    hw: str | None = Field(None, max_length=40, description="Only the board of this id may use it.")


class ClaimsWanted(BaseModel):
    """Devices that are to be enrolled."""

    model_config = ConfigDict(extra="forbid")

    claims: list[ClaimWanted] = Field(min_length=1, max_length=MOST)
    hours: float | None = Field(
        None, ge=SHORTEST_HOURS, le=LONGEST_HOURS, description="They hold so long; null: as the fleet is set."
    )


class ClaimTold(Body):
    """A line of a claim file: what the bench takes to a board."""

    v: int = Field(examples=[1])
    claim: str = Field(examples=["K7MP4QXTH"])
    device: str = Field(examples=["quay-1-keypad"])
    key: str = Field(description="The secret; empty when a board has come with it.", examples=["00" * 32])
    roles: list[str] = Field(examples=[["keypad", "reader"]])
    office: str = Field(description="The name of the office.", examples=["Phường Tân An"])
    counter: str | None = Field(description="The name of the counter.", examples=["Quầy 1"])
    until: int = Field(description="When it expires, UTC milliseconds.")
    hw: str | None = Field(description="The board that it is for; null: any.")
    network: dict[str, Any] = Field(description="Where devices reach the broker.")


class ClaimsTold(Body):
    """The claims that were made, in the order in which they were wanted."""

    items: list[ClaimTold]


class ClaimNow(Body):
    """A claim, without its secret."""

    id: str = Field(examples=["K7MP4QXTH"])
    state: ClaimState = Field(examples=["waiting"])
    device: str = Field(examples=["quay-1-keypad"])
    roles: list[str] = Field(examples=[["keypad", "reader"]])
    office: str = Field(examples=["tan-an"])
    counter: str | None = Field(examples=["quay-1"])
    made: Moment
    made_by: str = Field(examples=["lan"])
    expires: Moment
    hw: str | None = Field(description="The board that it is for; null: any.")
    used: Moment | None = Field(description="When a board came with it.")
    used_hw: str | None = Field(description="The board that came with it.")


class ClaimList(Body):
    """A page of claims, the newest first."""

    items: list[ClaimNow]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


@router.post(
    "/claims",
    response_model=ClaimsTold,
    status_code=201,
    operation_id="makeClaims",
    summary="Make claims: rights to enrol boards",
)
@rule(Scope.ENROL)
def make_claims(
    request: Request,
    door: AtDoor,
    caller: Calling,
    wanted: Annotated[ClaimsWanted, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """All of them or none; each is told once, with its secret."""
    try:
        network = door.network()
    except NoNetwork:
        raise Problem("no-devices-network") from None
    made: list[ClaimFile] = []
    lines = [(row, as_wanted(one)) for row, one in enumerate(wanted.claims)]
    making = partial(
        flow.make_within,
        lines=lines,
        by=caller.name,
        hours=wanted.hours or door.claim_hours,
        now_ms=door.clock(),
        offices=caller.offices,
    )

    def say(files: list[ClaimFile]) -> Answer:
        made.extend(files)
        return Answer(201, json.dumps([one.claim for one in files]))  # what is kept for a repetition has no secret

    try:
        told = do(request, door, caller, idempotency_key, wanted, making, say)
    except BadFile as problem:
        raise Problem("unfit", errors=[as_error(one) for one in problem.errors if isinstance(one, RowError)]) from None
    files = made or flow.files_of(door.store, json.loads(bytes(told.body)))
    items = [ClaimTold(**json.loads(one.line(network))) for one in files]
    headers = {name: told.headers[name] for name in ("cache-control", "idempotency-replayed") if name in told.headers}
    return Response(ClaimsTold(items=items).model_dump_json(), 201, headers, JSON)


@router.get("/claims", response_model=ClaimList, operation_id="listClaims", summary="Claims and their states")
@rule(Scope.ENROL)
def list_claims(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: Annotated[str | None, Query(description="At this office only.", max_length=32)] = None,
    state: Annotated[ClaimState | None, Query(description="In this state only.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The claims at the offices where the token holds. Never their secrets."""
    past = (read_cursor(cursor, [int]) or [0])[0]
    offices = caller.offices if office is None else [office_seen(door, caller, office).id]
    at_ms = door.clock()
    found = flow.claims_now(door.store, offices, at_ms, limit + 1, max(0, past), state)
    page, following, headers = turned(request, found.items, limit, lambda _: [past + limit])
    return answer(request, ClaimList(items=[as_now(one, at_ms) for one in page], next=following), headers)


@router.post(
    "/claims/{claim}/withdraw", response_model=ClaimNow, operation_id="withdrawClaim", summary="Withdraw a claim"
)
@rule(Scope.ENROL)
def withdraw_claim(
    request: Request, door: AtDoor, caller: Calling, claim: ClaimId, idempotency_key: IdempotencyKey = None
) -> Response:
    """Nobody may use it any more; again changes nothing."""
    at_ms = door.clock()
    try:
        known = read_claim_id(claim)
        withdrawing = partial(flow.withdraw_within, claim=known, by=caller.name, now_ms=at_ms, offices=caller.offices)
        return do(
            request,
            door,
            caller,
            idempotency_key,
            None,
            withdrawing,
            lambda found: Answer(200, as_now(found, at_ms).model_dump_json()),
        )
    except BadClaimId:
        raise Problem("no-such-claim") from None
    except ClaimRefused as refused:
        raise Problem("claim-used" if refused.reason == "used" else "no-such-claim") from None


def as_wanted(one: ClaimWanted) -> Wanted:
    """What a program wants, for the rules."""
    return Wanted(one.device, tuple(one.roles), one.office, one.counter, None if one.hw is None else one.hw.lower())


def as_error(error: RowError) -> tuple[str, str, dict[str, Any]]:
    """What is wrong with one value; `row` is its place in the list that was sent."""
    where = f"/claims/{error.row}/{error.column}" if error.column not in ("", "hours") else f"/{error.column}"
    return where, f"claim_{error.expected}", {"detail": error.detail}


def as_now(one: Claim, at_ms: int) -> ClaimNow:
    """A claim as it goes out."""
    return ClaimNow(
        id=one.id,
        state=one.state(at_ms),
        device=one.device,
        roles=list(one.roles),
        office=one.office,
        counter=one.counter,
        made=moment_of(one.made_ms),
        made_by=one.made_by,
        expires=moment_of(one.expires_ms),
        hw=one.hw,
        used=moment(one.used_ms),
        used_hw=one.used_hw,
    )
