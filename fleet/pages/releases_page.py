"""Releases of the firmware: what was published, who runs it and how well, whom devices trust, what is on its way."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.releases_now import ReleasesNow, TrustNow
from fleet.domain.rights import Permission, Person
from fleet.flows.changes import DEVICES
from fleet.flows.rollouts import Actor
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow
from fleet.pages.rollout_start_page import actor_of

Whoever = Annotated[Person, Depends(allow(Permission.ROLL_OUT))]
Section = ReleasesNow | TrustNow | None


def releases_router(look: Callable[[Actor, int], ReleasesNow]) -> APIRouter:
    """The page; `look` gives what somebody may see of them at a moment."""
    router = APIRouter()

    def sections(person: Person) -> dict[str, Section]:
        found = look(actor_of(person), now_ms())
        return {"list": found, "trust": found.trust}

    def show(fragment: Fragment, name: str, section: Section) -> str:
        return fragment(f"releases/{name}.html", section=section)

    @router.get("/releases")
    def releases_page(request: Request, person: Whoever) -> Response:
        """The last releases, the newest first; then the keys that count."""
        return page(request, "releases.html", sections=sections(person))

    @router.get("/live/releases")
    async def live_releases(request: Request, person: Whoever) -> Response:
        """The same, as it changes."""
        return stream(request, person, DEVICES, sections, show)

    return router
