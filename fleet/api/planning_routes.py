"""How counters could be opened: a change tried on an office's own days, and how many counters a day needs."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from fleet.api.answers import Body, answer
from fleet.api.moments import fit_day
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.wait_figures import FIGURES, WaitFigures
from fleet.domain.what_if_sentences import clock_of
from fleet.flows.past_days import PATIENCE_S, Busy
from fleet.flows.staffing import GOAL, LEAST_GOAL, MOST_GOAL, Suggested, suggest_staffing
from fleet.flows.what_if import COUNTERS_AT_MOST, Answer, BadQuestion, Question, ask

router = APIRouter(route_class=RuledRoute, tags=["planning"])

Found = TypeVar("Found")
PROBLEMS: Mapping[str, Callable[[], Problem]] = {
    "no_days": lambda: Problem("no-past-days"),
    "nobody_waited": lambda: Problem("no-past-days"),
    "service": lambda: Problem("no-such-service"),
    "counter": lambda: Problem("no-such-counter"),
    "span": lambda: unfit("to", "clock_after"),
    "services_of_counter": lambda: unfit("service", "missing"),
    "closed": lambda: unfit("date", "open_day"),
}

Planned = Annotated[
    date | None,
    Query(
        alias="date", description="The day that is planned; without it the next working day.", examples=["2026-11-23"]
    ),
]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Services = list[Annotated[str, StringConstraints(max_length=32)]]
CalledFor = Annotated[
    Services, Query(max_length=20, description="What the counters more, or `counter`, call for; none: everything.")
]
Without = Annotated[Services, Query(max_length=20, description="Services that nobody comes for.")]


class Figures(Body):
    """How long people wait."""

    people: int = Field(description="How many people these are, of all days together.", examples=[1240])
    p50_min: float = Field(description="Half wait no longer, in minutes.", examples=[14.2])
    p90_min: float = Field(description="Nine of ten wait no longer.", examples=[52.0])
    longest_min: float = Field(description="The longest wait of a day, on average over the days.", examples=[71.4])
    within: float = Field(description="The share called within the target of their service.", examples=[0.61])
    uncalled: int = Field(description="How many were not called before the counters closed.", examples=[0])


class Difference(Body):
    """By how much a figure is more with the change."""

    change: float = Field(description="After less before.", examples=[-21.0])
    low: float | None = Field(description="With 95 % it is not less than this; null: too few days.", examples=[-26.5])
    high: float | None = Field(description="With 95 % it is not more than this.", examples=[-15.1])


class HalfHourOf(Body):
    """The people who came in a half hour."""

    begins: str = Field(description="Its beginning, by the office's clock.", examples=["08:00"])
    people: float = Field(description="How many come in it, on average.", examples=[26.4])
    p90_before_min: float | None = Field(description="Nine of ten wait no longer; null: fewer than five people.")
    p90_after_min: float | None = Field(description="With the change.")


class WhatIfOf(Body):
    """What would have been with a change on days of the same kind."""

    day: date
    days: list[date] = Field(description="The days it was tried on, the newest first.")
    same_weekday: bool = Field(description="They are of the weekday of `day`; else the last days of any weekday.")
    before: Figures
    after: Figures
    differences: dict[str, Difference] = Field(description="By figure: `p50_min`, `p90_min`, `longest_min`, `within`.")
    real: Figures = Field(description="How long people really waited on these days.")
    error_min: float = Field(description="`before.p90_min` less `real.p90_min`: so far off this is.", examples=[-0.4])
    rough: bool = Field(description="It is far off: take the answer for a guess.")
    few_days: bool = Field(description="A few days more may change the answer much.")
    half_hours: list[HalfHourOf]


class SlotOf(Body):
    """A half hour of the sessions."""

    begins: str = Field(examples=["08:00"])
    ends: str = Field(examples=["08:30"])
    people: float = Field(description="How many are expected.", examples=[26.4])
    planned: int = Field(description="How many counters are planned now.", examples=[5])
    planned_within: float = Field(description="The share called within the target with these.", examples=[0.41])
    least: int = Field(description="How many are needed at least.", examples=[6])
    least_within: float = Field(description="The share called within the target with these.", examples=[0.93])


class OneFewerOf(Body):
    """Where one counter is the whole difference."""

    begins: str | None = Field(description="The half hour with one fewer; null: all day.", examples=["08:00"])
    counters: int = Field(description="How many are needed there.", examples=[6])
    within: float = Field(description="The share called within the target with these.", examples=[0.93])
    within_without: float = Field(description="With one fewer.", examples=[0.44])


class StaffingOf(Body):
    """The least counters by half hour for a day."""

    day: date
    share: float = Field(description="So large a share shall be called within the target.", examples=[0.9])
    expected: float = Field(description="How many people are expected.", examples=[212.0])
    days: int = Field(description="From how many past days that is forecast.", examples=[32])
    same_weekday: int = Field(description="How many of them are of its weekday.", examples=[12])
    reached: bool = Field(description="False: at times all counters together do not reach the share.")
    finished: bool = Field(description="False: the search took too long; fewer counters might do as well.")
    planned_hours: float = Field(description="Hours of counters that are planned now.", examples=[37.5])
    least_hours: float = Field(description="Hours of counters that are needed.", examples=[41.0])
    planned_within: float = Field(description="The share of the day called within the target with the planned ones.")
    least_within: float = Field(description="With those that are needed.")
    order: list[str] = Field(description="The names of the counters, in the order in which they open.")
    slots: list[SlotOf]
    one_counter: list[OneFewerOf]


@router.get(
    "/offices/{office}/what-if",
    response_model=WhatIfOf,
    operation_id="getWhatIf",
    summary="How long people would wait with other counters",
)
@rule(Scope.READ)
def get_what_if(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    more: Annotated[
        int, Query(ge=-COUNTERS_AT_MOST, le=COUNTERS_AT_MOST, description="So many counters more; below 0: fewer.")
    ] = 0,
    begins: Annotated[Clock | None, Query(alias="from", description="From then on; without it all day.")] = None,
    ends: Annotated[Clock | None, Query(alias="to", description="Until then.")] = None,
    service: CalledFor = [],  # noqa: B006 (FastAPI never changes it)
    counter: Annotated[
        str | None, Query(max_length=32, description="The counter that is closed, or calls for `service` alone.")
    ] = None,
    lunch_in_turns: Annotated[bool, Query(description="Counters go to lunch in two turns.")] = False,
    without: Without = [],  # noqa: B006
    day: Planned = None,
) -> Response:
    """Tried on the office's own days of that weekday, with the people who came on them; so it takes a while."""
    row = office_seen(door, caller, office)
    question = Question(
        more, minute_of(begins), minute_of(ends), tuple(service), counter, lunch_in_turns, tuple(without)
    )
    planned = None if day is None else fit_day(day, "date")
    found = tried(lambda: ask(door.memory, row, question, planned, door.clock()))
    return answer(request, as_what_if(found))


@router.get(
    "/offices/{office}/staffing",
    response_model=StaffingOf,
    operation_id="getStaffing",
    summary="How many counters a day needs",
)
@rule(Scope.READ)
def get_staffing(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    day: Planned = None,
    share: Annotated[
        float, Query(ge=LEAST_GOAL, le=MOST_GOAL, description="So large a share shall be called within the target.")
    ] = GOAL,
) -> Response:
    """Looked for by serving days that are made after the office's own; so it takes some seconds the first time."""
    row = office_seen(door, caller, office)
    planned = None if day is None else fit_day(day, "date")
    found = tried(lambda: suggest_staffing(door.memory, row, planned, door.clock(), share))
    return answer(request, as_staffing(found))


def tried(work: Callable[[], Found]) -> Found:
    """What was found. Raises Problem."""
    try:
        return work()
    except Busy:
        raise Problem("busy", {"Retry-After": str(int(PATIENCE_S))}, after=int(PATIENCE_S)) from None
    except BadQuestion as problem:
        raise PROBLEMS[problem.code]() from None


def minute_of(clock: str | None) -> int | None:
    """`08:30` in minutes."""
    return None if clock is None else int(clock[:2]) * 60 + int(clock[3:])


def as_what_if(told: Answer) -> WhatIfOf:
    """What was found as it goes out."""
    found = told.found
    return WhatIfOf(
        day=told.planned,
        days=[date.fromisoformat(one) for one in told.days],
        same_weekday=told.alike,
        before=as_figures(found.before),
        after=as_figures(found.after),
        differences={
            name: Difference(
                change=round(found.difference(name), 4),
                low=None if found.ranges is None else round(found.ranges[name].low, 4),
                high=None if found.ranges is None else round(found.ranges[name].high, 4),
            )
            for name in FIGURES
        },
        real=as_figures(found.real),
        error_min=round(found.error_min, 2),
        rough=found.is_rough,
        few_days=found.few_days,
        half_hours=[
            HalfHourOf(
                begins=clock_of(one.begins_min),
                people=round(one.people / found.days, 2),
                p90_before_min=one.before_min and round(one.before_min, 2),
                p90_after_min=one.after_min and round(one.after_min, 2),
            )
            for one in found.half_hours
            if one.people
        ],
    )


def as_figures(of: WaitFigures) -> Figures:
    """Figures as they go out."""
    minutes = {name: round(getattr(of, name), 2) for name in ("p50_min", "p90_min", "longest_min")}
    return Figures(people=of.n, within=round(of.within, 4), uncalled=of.uncalled, **minutes)


def as_staffing(told: Suggested) -> StaffingOf:
    """What is suggested as it goes out."""
    found = told.found
    return StaffingOf(
        day=told.day,
        share=found.goal,
        expected=round(told.expected, 1),
        days=told.days,
        same_weekday=told.alike,
        reached=found.reached,
        finished=found.finished,
        planned_hours=found.hours("planned"),
        least_hours=found.hours("least"),
        planned_within=round(found.planned.whole, 4),
        least_within=round(found.least.whole, 4),
        order=list(told.order),
        slots=[
            SlotOf(
                begins=clock_of(one.begins_min),
                ends=clock_of(one.ends_min),
                people=round(one.people, 2),
                planned=one.planned,
                planned_within=round(one.planned_share, 4),
                least=one.least,
                least_within=round(one.least_share, 4),
            )
            for one in found.slots
        ],
        one_counter=[
            OneFewerOf(
                begins=None if one.slot is None else clock_of(found.slots[one.slot].begins_min),
                counters=one.counters,
                within=round(one.share, 4),
                within_without=round(one.share_without, 4),
            )
            for one in found.differences
        ],
    )
