"""The form that brings a version onto devices in waves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from fleet.clock import now_ms
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.order_batches import Selection
from fleet.domain.rights import Permission, Person
from fleet.domain.rollout_plan import (
    AT_ONCE,
    DEADLINE_MIN,
    ERRORS,
    SUCCESS,
    WATCH_MIN,
    WAVES,
    Plan,
    RolloutRefused,
    When,
    deadline_for,
    errors_for,
    read_hours,
    read_waves,
)
from fleet.flows import rollouts
from fleet.flows.changes import DEVICES
from fleet.flows.rollouts import Actor
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow

Starter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE, recent=True))]
OTHER = "other"
REFUSALS = frozenset(
    {"bad_waves", "bad_hours", "bad_success", "bad_errors", "bad_deadline_min", "bad_watch_min", "bad_at_once"}
    | {"under_way", "nobody", "not_yours", "bad_version", OTHER}
)


class Typed(BaseModel):
    """What was typed; shares in percent. It is looked at by the domain, which says what is wrong."""

    kind: str = Field("template", max_length=16)
    subject: str = Field("", max_length=128)
    version: int = Field(0, ge=0, le=LARGEST_INTEGER)
    waves: str = Field(WAVES, max_length=80)
    when: When = When.CLOSED
    hours: str = Field("", max_length=16)
    errors: float = ERRORS * 100
    success: float = SUCCESS * 100
    deadline_min: int = DEADLINE_MIN
    watch_min: int = WATCH_MIN
    at_once: int = AT_ONCE
    approval: bool = False
    role: str = Field("", max_length=16)
    note: str = Field("", max_length=200)

    def plan(self) -> Plan:
        """The plan. Raises RolloutRefused."""
        return Plan(
            waves=read_waves(self.waves),
            when=self.when,
            hours=read_hours(self.hours),
            success=self.success / 100,
            errors=self.errors / 100,
            deadline_min=self.deadline_min,
            watch_min=self.watch_min,
            at_once=self.at_once,
            approval=self.approval,
            note=self.note.strip(),
            selection=Selection(role=self.role or None),
        )


def rollout_start_router() -> APIRouter:
    """The form, and what is sent with it."""
    router = APIRouter()

    def shown(request: Request, typed: Typed, refused: str = "", status: int = 200) -> Response:
        its = {"typed": typed, "refused": refused, "whens": When, "n": house_of(request).settings.rollout_approval_from}
        return page(request, "rollout_new.html", status, **its)

    @router.get("/rollouts/new")
    def form(
        request: Request, person: Starter, subject: str = "", version: int = 0, kind: str = "template"
    ) -> Response:
        """In which waves a version goes out."""
        usual = {"deadline_min": deadline_for(kind), "errors": errors_for(kind) * 100}
        typed = Typed(kind=kind[:16], subject=subject[:128], version=version, **usual)
        return shown(request, typed)

    @router.post("/rollouts")
    def start(request: Request, person: Starter, typed: Annotated[Typed, Form()]) -> Response:
        """It begins, or waits for a second person."""
        house = house_of(request)
        try:
            with house.store.writing() as connection:
                made = rollouts.start(
                    connection,
                    typed.kind,
                    typed.subject,
                    typed.version,
                    typed.plan(),
                    actor_of(person),
                    now_ms(),
                    house.settings.rollout_approval_from,
                )
        except RolloutRefused as problem:
            return shown(request, typed, problem.reason if problem.reason in REFUSALS else OTHER, 422)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/rollouts/{made.id}", 303)

    return router


def actor_of(person: Person) -> Actor:
    """Who it is that does something to a rollout."""
    offices = None if person.office is None else frozenset({person.office})
    return Actor(person.shown_as, f"person:{person.id}", offices)
