"""Rollouts: started, watched, and stopped by programs. Approved they are by people alone."""

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
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.order_batches import Selection
from fleet.domain.rollout_letters import as_data
from fleet.domain.rollout_plan import (
    AT_ONCE,
    AT_ONCE_AT_MOST,
    AWAY_HOURS,
    AWAY_HOURS_AT_MOST,
    DEADLINE_MIN,
    DEADLINE_MIN_AT_LEAST,
    DEADLINE_MIN_AT_MOST,
    ERRORS,
    NOTE_LETTERS,
    RELEASE_DEADLINE_MIN,
    RELEASE_ERRORS,
    SUCCESS,
    WATCH_MIN,
    WATCH_MIN_AT_MOST,
    WAVES,
    Plan,
    RolloutRefused,
    When,
    deadline_for,
    errors_for,
    hours_text,
    read_hours,
    read_waves,
    text_of,
)
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows import rollouts
from fleet.flows.once import Answer
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts, after

router = APIRouter(route_class=RuledRoute, tags=["devices"])

CREATED, OK = 201, 200
PROBLEMS = {
    "unknown": "no-such-rollout",
    "bad_subject": "no-such-rollout-version",
    "bad_version": "no-such-rollout-version",
    "under_way": "rollout-under-way",
    "nobody": "rollout-nobody",
    "not_yours": "no-such-rollout-version",
}
WRONG = {"bad_waves": ("/waves", "waves"), "bad_hours": ("/hours", "hours"), "bad_note": ("/note", "missing")}
Share = Annotated[float, Field(ge=0, le=1)]
Place = Annotated[str, Field(min_length=1, max_length=64)]
RolloutId = Annotated[str, Path(description="The rollout's id.", max_length=32, examples=["9f2c41d0"])]


class PlanWanted(BaseModel):
    """A version, and how it goes out."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["template", "release"] = Field("template", description="What it is a version of.")
    subject: str = Field(
        min_length=1,
        max_length=128,
        description="The template, or `firmware`.",
        examples=["office:tan-an:all"],
    )
    version: int = Field(
        ge=1,
        le=LARGEST_INTEGER,
        description="Which of its versions; it is not current yet. Of a release its sequence.",
        examples=[3],
    )
    waves: str = Field(WAVES, max_length=80, description="Numbers of devices, then shares; the last is 100%.")
    when: Literal["closed", "quiet", "any"] = Field(
        "closed", description="Outside of sessions and with nobody there; also in them while nobody waits; or whenever."
    )
    hours: str = Field("", max_length=16, description="Only at these hours of the office.", examples=["11:30-13:30"])
    errors: Share | None = Field(
        None,
        description="It stops once more than this share has certainly failed, of all or of one kind of device: "
        f"{ERRORS:g}, of a release {RELEASE_ERRORS:g}.",
    )
    success: Share = Field(SUCCESS, description="A wave of which fewer succeed is the last.")
    deadline_min: int | None = Field(
        None,
        ge=DEADLINE_MIN_AT_LEAST,
        le=DEADLINE_MIN_AT_MOST,
        description=f"Who is silent so long has failed: {DEADLINE_MIN}, of a release {RELEASE_DEADLINE_MIN}.",
    )
    watch_min: int = Field(WATCH_MIN, ge=0, le=WATCH_MIN_AT_MOST, description="For so many minutes a wave is watched.")
    away_hours: int = Field(
        AWAY_HOURS, ge=0, le=AWAY_HOURS_AT_MOST, description="For so long a wave waits for devices that are away."
    )
    at_once: int = Field(AT_ONCE, ge=1, le=AT_ONCE_AT_MOST, description="So many are given it at once.")
    approval: bool = Field(False, description="A second person approves it first; of many devices always.")
    note: str = Field("", max_length=NOTE_LETTERS, description="A line for the record.")
    office: Place | None = Field(None, description="Only devices at this office.", examples=["tan-an"])
    unit: Place | None = Field(None, description="Only devices below this unit of the tree.")
    role: Literal["printer", "rating", "reader", "keypad", "display"] | None = Field(
        None, description="Only devices with this role."
    )

    def plan(self) -> Plan:
        """The plan. Raises RolloutRefused."""
        names = ("success", "watch_min", "away_hours", "at_once", "approval", "note")
        return Plan(
            waves=read_waves(self.waves),
            when=When(self.when),
            hours=read_hours(self.hours),
            errors=errors_for(self.kind) if self.errors is None else self.errors,
            deadline_min=deadline_for(self.kind) if self.deadline_min is None else self.deadline_min,
            selection=Selection(office=self.office, unit=self.unit, role=self.role),
            **{name: getattr(self, name) for name in names},
        )


class RolloutDevice(Told):
    """A rollout at one device."""

    device: str = Field(examples=["nut-1"])
    at: Literal["pending", "given", "done", "failed", "returned"] = Field(
        description="How far it is.", examples=["failed"]
    )
    hold: str = Field(description="Why it waits, in a word.", examples=[""])
    failure: str = Field(description="Why it failed: refused, reverted, rescue or silent.", examples=["reverted"])
    detail: str = Field(description="What the device said of it.", examples=["not welcomed in 300 s"])
    attempt: int = Field(description="How often it was given it.", examples=[1])
    stage: str = Field(
        description="Of a release: waits, given, fetches, tries, keeps; or went_back, refused, rescue, silent, left, "
        "recalled.",
        examples=[""],
    )


class StoppedWhy(Told):
    """Why it stopped by itself: `k` of `n`; for what is compared `old_k` of `old_n` before and without it."""

    harm: Literal["failures", "first", "too_few", "crashes", "faults"] = Field(
        description="Too many failed, one of the first of a kind did, too few of a wave succeeded, or devices do worse "
        "with it.",
        examples=["failures"],
    )
    k: int = Field(description="So many failed, succeeded, hours with a crash, or faults.", examples=[2])
    n: int = Field(description="Of so many devices, or hours.", examples=[10])
    old_k: int = Field(description="Hours with a crash, or faults, before and without it.", examples=[0])
    old_n: int = Field(description="Of so many hours.", examples=[0])
    board: str = Field(description="Of devices with this board alone; empty: of all.", examples=["pico_w"])
    roles: list[str] = Field(description="And with these roles.", examples=[["printer"]])


class Rollout(Told):
    """A rollout, and how far it is."""

    id: str = Field(examples=["9f2c41d0"])
    kind: str = Field(examples=["template"])
    subject: str = Field(examples=["office:tan-an:all"])
    version: int = Field(examples=[3])
    state: Literal["awaiting", "running", "paused", "stopped", "done", "aborted"] = Field(
        description="`awaiting`: a second person; `stopped`: by itself.", examples=["running"]
    )
    waves: str = Field(examples=[WAVES])
    wave: int = Field(description="Which wave it is in, from 1 on.", examples=[2])
    hours: str = Field(examples=[""])
    started: Moment = Field(description="When somebody started it.")
    started_by: str = Field(examples=["lan"])
    approved_by: str = Field(examples=[""])
    why: StoppedWhy | None = Field(description="Why it stopped by itself.")
    counts: dict[str, int] = Field(description="How many devices are how far.", examples=[{"done": 41}])
    devices: list[RolloutDevice] = Field(description="Its devices, those that failed first; none in a list.")


class RolloutList(Told):
    """The last rollouts."""

    items: list[Rollout] = Field(description="The newest first.")


@router.get("/rollouts", response_model=RolloutList, operation_id="listRollouts", summary="The last rollouts")
@rule(Scope.READ)
def list_rollouts(request: Request, door: AtDoor, caller: Calling) -> Response:
    """The newest first, without their devices."""
    found = Rollouts(door.store).last(actor_of(caller))
    return answer(request, RolloutList(items=[as_body(one) for one in found]))


@router.post(
    "/rollouts",
    response_model=Rollout,
    status_code=CREATED,
    operation_id="startRollout",
    summary="Bring a version onto devices in waves",
)
@rule(Scope.COMMAND)
def start_rollout(
    request: Request,
    door: AtDoor,
    caller: Calling,
    wanted: Annotated[PlanWanted, Body()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Of many devices a person approves it before it begins."""
    try:
        starting = partial(
            rollouts.start,
            kind=wanted.kind,
            subject=wanted.subject,
            version=wanted.version,
            plan=wanted.plan(),
            by=actor_of(caller),
            now_ms=door.clock(),
            approval_from=door.approval_from,
        )
        acting = partial(after, act=starting)
        return do(request, door, caller, idempotency_key, wanted, acting, partial(say, request, CREATED))
    except RolloutRefused as refused:
        raise problem_of(refused) from None


@router.get("/rollouts/{rollout}", response_model=Rollout, operation_id="getRollout", summary="How far a rollout is")
@rule(Scope.READ)
def get_rollout(request: Request, door: AtDoor, caller: Calling, rollout: RolloutId) -> Response:
    """With its devices, why each waits, and why each failed."""
    found = Rollouts(door.store).one(rollout, actor_of(caller), door.clock())
    if found is None:
        raise Problem("no-such-rollout")
    return answer(request, as_body(found))


@router.post(
    "/rollouts/{rollout}/{act}",
    response_model=Rollout,
    operation_id="changeRollout",
    summary="Pause, resume or abort it, or try again where it failed",
)
@rule(Scope.COMMAND)
def change_rollout(
    request: Request,
    door: AtDoor,
    caller: Calling,
    rollout: RolloutId,
    act: Annotated[Literal["pause", "resume", "abort", "retry"], Path(description="What is done to it.")],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """`abort` takes it back from all devices that have it."""
    act_on = partial(rollouts.ACTS[act], rollout=rollout, by=actor_of(caller), now_ms=door.clock())
    acting = partial(after, act=act_on)
    try:
        return do(request, door, caller, idempotency_key, None, acting, partial(say, request, OK))
    except RolloutRefused as refused:
        raise problem_of(refused) from None


def say(request: Request, status: int, found: RolloutNow) -> Answer:
    """What came of it; a new one has an address."""
    headers = {"Location": f"{request.url.path}/{found.id}"} if status == CREATED else {}
    return Answer(status, as_body(found).model_dump_json(), headers)


def actor_of(caller: Caller) -> Actor:
    """The program, as a rollout knows who does something."""
    return Actor(caller.name, f"token:{caller.token}", caller.offices)


def problem_of(refused: RolloutRefused) -> Problem:
    """The refusal as an answer."""
    if refused.reason in WRONG:
        return unfit(*WRONG[refused.reason])
    return Problem(PROBLEMS.get(refused.reason, "rollout-state"))


def as_body(found: RolloutNow) -> Rollout:
    """A rollout as it goes out."""
    return Rollout(
        id=found.id,
        kind=found.kind,
        subject=told(found.subject),
        version=found.version,
        state=found.state.value,
        waves=text_of(found.plan.waves),
        wave=found.wave + 1,
        hours=hours_text(found.plan.hours),
        started=moment(found.made_ms),
        started_by=told(found.made_by),
        approved_by=told(found.approved_by),
        why=why_of(found),
        counts={at.value: n for at, n in found.counts.items()},
        devices=[
            RolloutDevice(
                device=one.device,
                at=one.at.value,
                hold=one.hold or "",
                failure=one.failure,
                detail=told(one.detail),
                attempt=one.attempt,
                stage=one.stage or "",
            )
            for one in found.devices
        ],
    )


def why_of(found: RolloutNow) -> StoppedWhy | None:
    """Why it stopped by itself."""
    why = found.why
    return None if why is None else StoppedWhy.model_validate({**as_data(why), "board": told(why.board)})
