"""Self-tests of boards, for the tools that enrol them."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Body as FromBody
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.selftests import RECORD_BYTES, BadRecord
from fleet.flows import keep_selftest
from fleet.flows.once import Answer
from fleet.store.selftests import Tested

router = APIRouter(route_class=RuledRoute, tags=["devices"])

PROBLEMS = {"no_claim": "no-such-claim", "not_proved": "not-proved"}
EXAMPLE = (
    '{"v":1,"claim":"K7MP4QXTH","device":"nut-1","hw":"e6614c311b7e6f35","board":"pico_w","firmware":"0.1.0",'
    '"passed":true,"parts":[{"part":"flash","result":"pass","found":"1408 KiB"}]}'
)


class SelftestSaid(BaseModel):
    """What a board found out about itself, as it signed it."""

    model_config = ConfigDict(extra="forbid")

    record: str = Field(
        description="The record: the text that the board sent, letter by letter.",
        max_length=RECORD_BYTES,
        examples=[EXAMPLE],
    )
    proof: str = Field(
        description="The board's signature over that text.",
        pattern="^[0-9a-f]{32}$",
        examples=["0f1e2d3c4b5a69788796a5b4c3d2e1f0"],
    )
    tool: str = Field("", description="What tested it.", max_length=64, examples=["motcua bench"])


class SelftestKept(Body):
    """A self-test that the fleet keeps."""

    claim: str = Field(description="The claim under which the board was tested.", examples=["K7MP4QXTH"])
    device: str = Field(description="The device of that claim.", examples=["nut-1"])
    hw: str = Field(description="The chip's own number.", examples=["e6614c311b7e6f35"])
    passed: bool = Field(description="Whether no part failed.", examples=[True])
    at: Moment = Field(description="When the fleet heard of it first, or now.")


@router.post(
    "/selftests",
    response_model=SelftestKept,
    status_code=201,
    operation_id="keepSelftest",
    summary="Keep the record of a board's self-test",
)
@rule(Scope.ENROL)
def keep_selftest_of_board(
    request: Request,
    door: AtDoor,
    caller: Calling,
    said: Annotated[SelftestSaid, FromBody()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Days after the test is early enough; the same record twice is one. Only what the board signed is kept."""
    keeping = partial(
        keep_selftest.keep_within,
        record=said.record,
        proof=said.proof,
        tool=said.tool,
        by=caller.name,
        now_ms=door.clock(),
        offices=caller.offices,
    )
    try:
        return do(request, door, caller, idempotency_key, said, keeping, answered)
    except BadRecord as bad:
        raise unfit("/record", "selftest_record", field=bad.field) from None
    except keep_selftest.RecordRefused as refused:
        raise Problem(PROBLEMS[refused.reason]) from None


def answered(kept: Tested) -> Answer:
    """A self-test as it goes out."""
    body = SelftestKept(claim=kept.claim, device=kept.device, hw=kept.hw, passed=kept.passed, at=moment(kept.at_ms))
    return Answer(201, body.model_dump_json())
