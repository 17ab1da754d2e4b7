"""Rollouts: which there are, how far each is, why devices wait or failed, and what people do to it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.domain.rollout_plan import RolloutRefused, hours_text, text_of
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows import rollouts
from fleet.flows.changes import DEVICES
from fleet.flows.see_rollouts import Rollouts
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow
from fleet.pages.rollout_start_page import actor_of

Whoever = Annotated[Person, Depends(allow(Permission.ROLL_OUT, recent=True))]
UNSURE, MEANWHILE = "unsure", "bad_state"
REFUSALS = frozenset({UNSURE, MEANWHILE, "same_person", "none_failed"})
SECTIONS = ("progress", "stages", "acts", "failed", "held", "steps")


def rollouts_router(seen: Rollouts) -> APIRouter:
    """The list, and a page of each with its buttons."""
    router = APIRouter()

    def found(rollout: str, person: Person) -> RolloutNow:
        one = seen.one(rollout, actor_of(person), now_ms())
        if one is None:
            raise HTTPException(404)
        return one

    def sections(rollout: str, person: Person) -> Mapping[str, RolloutNow]:
        return dict.fromkeys(SECTIONS, found(rollout, person))

    def shown(request: Request, rollout: str, person: Person, refused: str = "", status: int = 200) -> Response:
        its = sections(rollout, person)
        more = {"refused": refused, "text_of": text_of, "hours_text": hours_text}
        return page(request, "rollout.html", status, sections=its, rollout=its["progress"], **more)

    def show(fragment: Fragment, name: str, section: Any) -> str:
        return fragment(f"rollouts/{name}.html", section=section)

    @router.get("/rollouts")
    def listed(request: Request, person: Whoever) -> Response:
        """The last rollouts, the newest first."""
        return page(request, "rollouts.html", sections={"list": seen.last(actor_of(person))})

    @router.get("/live/rollouts")
    async def live_list(request: Request, person: Whoever) -> Response:
        """The same, as they change."""
        return stream(request, person, DEVICES, lambda somebody: {"list": seen.last(actor_of(somebody))}, show)

    @router.get("/rollouts/{rollout}")
    def one_rollout(request: Request, person: Whoever, rollout: str) -> Response:
        """How far it is."""
        return shown(request, rollout, person)

    @router.get("/live/rollouts/{rollout}")
    async def live_rollout(request: Request, person: Whoever, rollout: str) -> Response:
        """The sections of the page, as they change."""
        found(rollout, person)
        return stream(request, person, DEVICES, lambda somebody: sections(rollout, somebody), show)

    @router.post("/rollouts/{rollout}/{act}")
    def do_it(
        request: Request,
        person: Whoever,
        rollout: str,
        act: str,
        sure: Annotated[str, Form(max_length=8)] = "",
        keep: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        """Somebody lets it wait, go on, end, or try again."""
        house = house_of(request)
        found(rollout, person)
        if act not in rollouts.ACTS:
            raise HTTPException(404)
        if act == "abort" and not sure:
            return shown(request, rollout, person, UNSURE, 422)
        try:
            rollouts.act(house.store, act, rollout, actor_of(person), now_ms(), keep=bool(keep))
        except RolloutRefused as problem:
            return shown(request, rollout, person, problem.reason if problem.reason in REFUSALS else MEANWHILE, 409)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/rollouts/{rollout}", 303)

    return router
