"""The own second step of signing in: a picture for the telephone, a first code, codes on paper, and the way back."""

from typing import Annotated

import anyio
import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.flows import set_up_second_step as flow
from fleet.pages import cookies
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, attempt
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import LINE, allow, visitor_of
from fleet.pages.settings_frame import SAVED

Anyone = Annotated[Person, Depends(allow(Permission.KEEP_ACCOUNT, at_once=True))]
Proved = Annotated[Person, Depends(allow(Permission.KEEP_ACCOUNT, at_once=True, recent=True))]
# To hang a telephone of one's own on somebody's account is as good as their password.
FIELDS = Fields("own_step", (Field("password"), Field("code")))
EMPTY = {"password": "", "code": ""}
ADDRESS = "/account/second-step"


def second_step_router() -> APIRouter:
    """The page and its forms."""
    router = APIRouter()

    def shown(request: Request, person: Person, refusal: Refusal | None = None) -> Response:
        # What was typed does not come back: it is a password, or a code that is over.
        store, form = house_of(request).store, Form(FIELDS, EMPTY, "own", None, refusal)
        offer = flow.offer(store, person)
        return page(
            request,
            "account_second_step.html",
            200 if refusal is None else refusal.status,
            form=form,
            standing=flow.standing(store, person),
            offer=offer,
            picture=None if offer is None else picture_of(offer.address),
            is_saved=SAVED in request.query_params and request.method == "GET",
        )

    @router.get(ADDRESS)
    def second_step(request: Request, person: Anyone) -> Response:
        """How it stands with the own second step."""
        return shown(request, person)

    @router.post(f"{ADDRESS}/begun")
    def begin(request: Request, person: Proved) -> Response:
        """A new secret, and the picture of it."""
        flow.begin(house_of(request).store, person, now_ms())
        return RedirectResponse(ADDRESS, 303)

    @router.post(ADDRESS)
    def confirm(request: Request, person: Anyone, sent: Sending) -> Response:
        """The telephone shows the right code: from now on it is asked for. The codes on paper are shown this once."""
        house, visitor, codes = house_of(request), visitor_of(request), list[str]()
        assert visitor is not None and visitor.session is not None  # noqa: S101 (the guard let them in)
        session, token = visitor.session, request.cookies.get(cookies.session_name(house.settings), "")
        code = sent.one("code")
        refusal = attempt(lambda: codes.extend(flow.confirm(house.store, session, token, code, now_ms())))
        return shown(request, person, refusal) if refusal is not None else paper(request, codes)

    @router.post(f"{ADDRESS}/paper")
    def new_paper(request: Request, person: Proved) -> Response:
        """New codes on paper instead of those before, shown this once."""
        codes = list[str]()
        refusal = attempt(lambda: codes.extend(flow.new_paper(house_of(request).store, person)))
        return shown(request, person, refusal) if refusal is not None else paper(request, codes)

    @router.post(f"{ADDRESS}/given-up")
    async def give_up(request: Request, person: Anyone, sent: Sending) -> Response:
        """One step is enough again, for who shows both."""

        def work() -> Response:
            password, code, store = sent.one("password"), sent.one("code"), house_of(request).store
            refusal = attempt(lambda: flow.give_up(store, person, password, code, now_ms()))
            return shown(request, person, refusal) if refusal else RedirectResponse(f"{ADDRESS}?{SAVED}=1", 303)

        return await anyio.to_thread.run_sync(work, limiter=LINE)

    return router


def paper(request: Request, codes: list[str]) -> Response:
    """The page with the codes on paper."""
    return page(request, "account_paper.html", 201, codes=codes)


def picture_of(address: str) -> Markup:
    """What the telephone reads."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff")
    return Markup(drawn)  # noqa: S704 (segno's own drawing)
