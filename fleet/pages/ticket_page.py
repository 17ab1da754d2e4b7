"""The page of a ticket, for whoever holds it: no sign-in, no cookie, and the code in its address is the only key.

It works without scripts. It asks again by itself, the oftener the nearer the turn is; with the script only what
changed is exchanged, and a tone is sounded where that is wished.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.figures import number_of
from fleet.domain.procedures import Procedure
from fleet.domain.resident_now import ResidentNow, Stage
from fleet.flows import rate_on_page, ticket_page
from fleet.flows.rate_on_page import NothingAsked
from fleet.flows.ticket_page import NoTicket
from fleet.flows.virtual_device import VirtualDevice
from fleet.pages import figures
from fleet.pages.house import house_of
from fleet.pages.rights import holder
from fleet.pages.texts import FIRST, Wording
from fleet.pages.ticket_tries import Tries

LONGEST_PROOF = 120
AGAIN_S = {Stage.NEAR: 5, Stage.CALLED: 5, Stage.MISSED: 10, Stage.WAITING: 10, Stage.PARKED: 10}
ELSE_AGAIN_S = 30
INLINE = 4
# So many procedures of a service stand on the page itself; more of them only by their names, each on a page of its own.
NAMES_AT_MOST = 60
PRIVATE = {"X-Robots-Tag": "noindex, nofollow, noarchive"}
Code = Annotated[str, Depends(holder())]
Language = Annotated[str | None, Query(max_length=8)]


@dataclass(frozen=True)
class Step:
    """What whoever has just rated is asked: reasons with the proof of their press; `skipped`: no question."""

    proof: str = ""
    reasons: tuple[str, ...] = ()
    skipped: bool = False


def ticket_router(server: Callable[[], VirtualDevice], tries: Tries | None = None) -> APIRouter:
    """The pages of tickets. What is said on them is recorded by `server`, the virtual device of this process."""
    router = APIRouter(prefix="/t")
    tries = Tries() if tries is None else tries

    def seen(request: Request, code: str) -> ResidentNow:
        address, now_s = request.client.host if request.client else "", time.monotonic()
        if not tries.may(address, code, now_s):
            raise HTTPException(429, headers={"Retry-After": "60"})
        try:
            found = ticket_page.look(house_of(request).store, code, now_ms())
        except NoTicket:
            tries.was_wrong(address, now_s)
            raise
        tries.was_right(code, now_s)
        return found

    @router.get("/{code}")
    def ticket(
        request: Request,
        code: Code,
        lang: Language = None,
        press: Annotated[str, Query(max_length=LONGEST_PROOF)] = "",
        skip: bool = False,
    ) -> Response:
        """Where the holder stands, or what is asked of them."""
        wording = wording_of(request, lang)
        try:
            now = seen(request, code)
        except NoTicket:
            return nothing(request, wording)
        step = Step(skipped=skip)
        if press and now.after is not None and now.after.levels is None:
            reasons = rate_on_page.reasons_for(house_of(request).store, code, press, now_ms())
            step = Step(press if reasons else "", reasons, skip)
        return shown(request, wording, code, now, step)

    @router.post("/{code}")
    def say(
        request: Request,
        code: Code,
        lang: Language = None,
        score: Annotated[int | None, Form(ge=1, le=5)] = None,
        reason: Annotated[str, Form(max_length=32)] = "",
        press: Annotated[str, Form(max_length=LONGEST_PROOF)] = "",
        criterion: Annotated[int | None, Form(ge=1, le=9)] = None,
        points: Annotated[int, Form(ge=0, le=2)] = 0,
    ) -> Response:
        """Rate, say why, or answer; then the page again. What is not asked any more changes nothing."""
        store, proof = house_of(request).store, None
        wording = wording_of(request, lang)
        try:
            seen(request, code)
            if score is not None:
                proof = rate_on_page.rate(store, server, code, score, now_ms())
            elif press:
                rate_on_page.give_reason(store, server, code, press, reason, now_ms())
            elif criterion is not None:
                rate_on_page.answer(store, server, code, criterion, points, now_ms())
        except NoTicket:
            return nothing(request, wording)
        except NothingAsked:
            proof = None
        query = "&".join([f"lang={wording.code}"] * (lang is not None) + [f"press={proof}"] * (proof is not None))
        return RedirectResponse(f"/t/{code}{'?' * bool(query)}{query}", 303, headers=PRIVATE)

    @router.get("/{code}/papers")
    def papers(
        request: Request,
        code: Code,
        procedure: Annotated[str, Query(max_length=16)] = "",
        lang: Language = None,
    ) -> Response:
        """The procedures of the ticket's service by name, or one with its papers, time and fee."""
        wording = wording_of(request, lang)
        try:
            now = seen(request, code)
        except NoTicket:
            return nothing(request, wording)
        chosen = next((one for one in now.procedures if one.code == procedure), None)
        if not now.procedures or (procedure and chosen is None):
            return nothing(request, wording)
        return render(request, wording, "ticket/papers.html", code=code, now=now, chosen=chosen)

    return router


def shown(request: Request, wording: Wording, code: str, now: ResidentNow, step: Step) -> Response:
    """The page of a ticket."""
    goes_on = now.after is None and now.stage != Stage.OVER
    return render(
        request,
        wording,
        "ticket/page.html",
        code=code,
        now=now,
        step=step,
        again_s=AGAIN_S.get(now.stage, ELSE_AGAIN_S) if goes_on else 0,
        inline=now.procedures if len(now.procedures) <= INLINE else (),
        back_at="" if now.away_min is None else figures.clock(now_ms() + now.away_min * 60_000, now.timezone),
        due="" if now.due_ms is None else figures.hour_and_day(now.due_ms, now.timezone),
    )


def nothing(request: Request, wording: Wording) -> Response:
    """The one answer for a wrong code, an unknown number and a day that is over."""
    return render(request, wording, "ticket/nothing.html", 404, code="")


def render(request: Request, wording: Wording, template: str, status: int = 200, **values: object) -> Response:
    """A page without a cookie, for nobody's index."""
    house = house_of(request)
    html = house.templates.get_template(template).render(
        say=wording.say,
        word=wording.word,
        language=wording.code,
        wordings=house.wordings,
        static=house.static,
        query=f"?lang={wording.code}" if "lang" in request.query_params else "",
        at_most=NAMES_AT_MOST,
        days=days_of,
        **values,
    )
    return HTMLResponse(html, status, headers={**PRIVATE, "Content-Language": wording.code})


def days_of(procedure: Procedure, language: str) -> str:
    """`3` or `1,5` working days."""
    days = procedure.days or 0
    return number_of(days, language, 0 if float(days).is_integer() else 1)


def wording_of(request: Request, chosen: str | None) -> Wording:
    """The language of the page's own link, else the first that the browser wishes for, else Vietnamese."""
    known = house_of(request).wordings
    if chosen is not None and chosen in known:
        return known[chosen]
    wished = [one.split(";")[0].strip().lower()[:2] for one in request.headers.get("accept-language", "").split(",")]
    return known[next((one for one in wished if one in known), FIRST)]
