"""The own account: password, language, and where one is signed in. For everybody who signs in."""

from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.flows import people, set_up_second_step
from fleet.flows.sign_in import SignedIn, token_hash
from fleet.pages import cookies
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, attempt
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import LINE, allow, visitor_of
from fleet.pages.settings_frame import SAVED
from fleet.pages.single_sign_on_page import identity_of

Anyone = Annotated[Person, Depends(allow(Permission.KEEP_ACCOUNT, at_once=True))]
FIELDS = Fields("account", (Field("old"), Field("new"), Field("again")))
EMPTY = {"old": "", "new": "", "again": ""}


def account_router() -> APIRouter:
    """The page and its forms."""
    router = APIRouter()

    def shown(request: Request, person: Person, refusal: Refusal | None = None) -> Response:
        # What was typed does not come back: it is a password.
        form = Form(FIELDS, EMPTY, "own", None, refusal)
        sessions = people.own_sessions(house_of(request).store, person, now_ms())
        own = token_hash(request.cookies.get(cookies.session_name(house_of(request).settings), ""))
        return page(
            request,
            "account.html",
            200 if refusal is None else refusal.status,
            form=form,
            sessions=sessions,
            own=own,
            second_step_since_ms=set_up_second_step.standing(house_of(request).store, person).since_ms,
            identity=identity_of(house_of(request), person.id),
            is_saved=SAVED in request.query_params and request.method == "GET",
        )

    @router.get("/account")
    def account(request: Request, person: Anyone) -> Response:
        """The own account."""
        return shown(request, person)

    @router.post("/account")
    async def replace(request: Request, person: Anyone, sent: Sending) -> Response:
        """A new password that nobody else knows; this browser stays signed in, all others do not."""

        def work() -> Response:
            settings, store, made = house_of(request).settings, house_of(request).store, list[SignedIn]()
            old, new, again = (sent.one(one.name) for one in FIELDS.each)
            hours = settings.session_hours
            visitor = visitor_of(request)
            session = visitor.session if visitor else None
            refusal = attempt(
                lambda: made.append(people.replace_own(store, person, old, new, again, now_ms(), hours, session))
            )
            if refusal is not None:
                return shown(request, person, refusal)
            response = RedirectResponse(f"/account?{SAVED}=1", 303)
            cookies.set_session(response, settings, made[0].token, made[0].hours)
            return response

        return await anyio.to_thread.run_sync(work, limiter=LINE)

    @router.post("/account/sessions")
    def sign_out_elsewhere(
        request: Request, person: Annotated[Person, Depends(allow(Permission.KEEP_ACCOUNT))]
    ) -> Response:
        """End all sessions but this one."""
        house = house_of(request)
        token = request.cookies.get(cookies.session_name(house.settings), "")
        people.sign_out_elsewhere(house.store, person, token)
        return RedirectResponse(f"/account?{SAVED}=1", 303)

    return router
