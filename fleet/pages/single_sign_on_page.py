"""Signing in through a provider of identities: away to it, back from it, and out when it says so.

Back comes an address that a stranger may have made: without the secret that this very browser was given it opens
nothing, so nobody is signed in as somebody else by a link. What went wrong is said on the sign-in page, where the
password is still taken.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.browser_secrets import CONNECT, SIGN_IN, Journey
from fleet.domain.id_tokens import TokenUnfit
from fleet.domain.provider import ProviderAway, ProviderRefused, ProviderUnfit
from fleet.domain.rights import Permission, Person
from fleet.flows import single_sign_on
from fleet.flows.known_provider import Answer
from fleet.flows.single_sign_on import NotLetIn
from fleet.pages import cookies
from fleet.pages.house import House, house_of
from fleet.pages.rendering import page
from fleet.pages.rights import Visitor, allow, public, signed_by_provider
from fleet.pages.settings_frame import SAVED
from fleet.pages.sign_in_page import leave_for, local_path, went_on
from fleet.sign_on import SignOn
from fleet.store.identities import IdentityRow

ASKED_AT_ONCE = 4
# A provider that answers slowly holds up those who wait for it, and no other page.
LINE = anyio.CapacityLimiter(ASKED_AT_ONCE)
LONGEST = 2048

Text = Annotated[str, Query(max_length=LONGEST)]
OWN, RECENT = allow(Permission.KEEP_ACCOUNT), allow(Permission.KEEP_ACCOUNT, recent=True)
Failed = (ProviderAway, ProviderUnfit, ProviderRefused, TokenUnfit, NotLetIn)
Result = TypeVar("Result")

log = logging.getLogger(__name__)


def single_sign_on_router() -> APIRouter:
    """All addresses of it; without a provider there is nothing at them."""
    router = APIRouter()

    @router.get("/login/sso")
    async def away(
        request: Request, visitor: Annotated[Visitor, Depends(public())], next: Text = "/", again: bool = False
    ) -> Response:
        """To the provider, to sign in; `again`: even if it knows this browser."""
        journey = Journey(SIGN_IN, secrets.token_urlsafe(32), local_path(next))
        try:
            address = await way_in(request, journey, again)
        except Failed as problem:
            return failed(request, journey, problem)
        response = RedirectResponse(address, 303)
        cookies.set_journey(response, house_of(request).settings, journey.kept)
        return response

    @router.get("/login/sso/back")
    async def back(
        request: Request,
        visitor: Annotated[Visitor, Depends(public())],
        state: Text = "",
        code: Text = "",
        iss: Annotated[str | None, Query(max_length=LONGEST)] = None,
        error: Text = "",
    ) -> Response:
        """From the provider, with its answer."""
        journey = journey_of(request)
        try:
            response = await arrived(request, visitor, journey, Answer(state, code, iss), error)
        except Failed as problem:
            response = failed(request, journey, problem)
        cookies.drop_journey(response, house_of(request).settings)
        return response

    @router.post("/login/sso/ended")
    async def ended(request: Request, token: Annotated[str, Depends(signed_by_provider())]) -> Response:
        """The provider says that somebody signed out there (OpenID Connect Back-Channel Logout)."""
        sign_on, store = sign_on_of(request), house_of(request).store
        try:
            await in_line(
                lambda: single_sign_on.signed_out_there(store, sign_on.provider.signed_out(token, now_ms() / 1000))
            )
        except Failed as problem:
            log.warning("single sign-on: a sign-out was not believed: %s", problem)
            return Response(status_code=400)
        return Response(status_code=200)

    @router.post("/account/identity")
    async def connect(request: Request, person: Annotated[Person, Depends(RECENT)]) -> Response:
        """To the provider, to connect the own identity there."""
        journey = Journey(CONNECT, secrets.token_urlsafe(32), "/account")
        try:
            address = await way_in(request, journey, True)
        except Failed as problem:
            return failed(request, journey, problem)
        response = leave_for(request, address)
        cookies.set_journey(response, house_of(request).settings, journey.kept)
        return response

    @router.post("/account/identity/part")
    def part(request: Request, person: Annotated[Person, Depends(OWN)]) -> Response:
        """The own identity there opens nothing here any more."""
        single_sign_on.part(house_of(request).store, person)
        return RedirectResponse(f"/account?{SAVED}=1", 303)

    return router


async def arrived(request: Request, visitor: Visitor, journey: Journey | None, answer: Answer, error: str) -> Response:
    """What comes of an answer of the provider. Raises what `Failed` says."""
    sign_on, store = sign_on_of(request), house_of(request).store
    if journey is None or not journey.is_answered_by(answer.state):
        raise TokenUnfit("state: expected that of this browser, found another or none")
    if error:
        raise ProviderRefused(f"answered {error[:80]!r}")
    identity = await in_line(lambda: sign_on.provider.identity(journey, answer, now_ms() / 1000))
    if journey.purpose == CONNECT:
        person = visitor.person
        if person is None:
            raise TokenUnfit("session: expected somebody who is signed in, found nobody")
        await in_line(lambda: single_sign_on.connect(store, person, identity, sign_on.rules, now_ms()))
        return RedirectResponse(f"/account?{SAVED}=1", 303)
    hours = house_of(request).settings.session_hours
    signed_in = await in_line(lambda: single_sign_on.enter(store, identity, sign_on.rules, now_ms(), hours))
    return await went_on(request, signed_in, journey.after)


async def way_in(request: Request, journey: Journey, again: bool) -> str:
    """Where this browser goes. Raises what `Failed` says."""
    sign_on = sign_on_of(request)
    return await in_line(lambda: sign_on.provider.way_in(journey, again, now_ms() / 1000))


async def in_line(work: Callable[[], Result]) -> Result:
    """What may wait for the provider waits beside those who do not."""
    return await anyio.to_thread.run_sync(work, limiter=LINE)


def failed(request: Request, journey: Journey | None, problem: Exception) -> Response:
    """The page that says what to do now."""
    log.warning("single sign-on: %s", problem)
    status, notice = 403, "strange"
    if isinstance(problem, NotLetIn):
        notice = problem.why.value
    elif isinstance(problem, ProviderRefused):
        notice = "refused"
    elif isinstance(problem, (ProviderAway, ProviderUnfit)):
        status, notice = 503, "away"
    if journey is not None and journey.purpose == CONNECT:
        return page(request, "sign_on_failed.html", status, notice=notice)
    after = "/" if journey is None else journey.after
    return page(request, "sign_in.html", status, next=after, name="", refused=False, over=False, notice=notice)


def journey_of(request: Request) -> Journey | None:
    """The journey that this browser is on."""
    settings = house_of(request).settings
    journey = Journey.of(request.cookies.get(cookies.journey_name(settings), ""))
    return None if journey is None else Journey(journey.purpose, journey.secret, local_path(journey.after))


def identity_of(house: House, person: int) -> IdentityRow | None:
    """Who somebody is to the provider, where there is one."""
    return None if house.sign_on is None else single_sign_on.identity_at(house.store, person, house.sign_on.issuer)


def sign_on_of(request: Request) -> SignOn:
    """The provider; where there is none, neither is this page."""
    found = house_of(request).sign_on
    if found is None:
        raise HTTPException(404)
    return found
