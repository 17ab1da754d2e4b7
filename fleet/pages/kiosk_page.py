"""The kiosk: a touch screen in the lobby, where residents see what their business needs and take a number.

It is signed in once, as a person of the role `display`; nobody can leave it from there. It works without scripts.
Nothing of whoever stands before it is asked or kept, and a number's code stands in no address of its browser.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from fleet.clock import now_ms
from fleet.domain.kiosk_now import KioskNow, NoNumber, NumberGiven, Paper, Way
from fleet.domain.personal_data import Whose, of
from fleet.domain.procedure_search import ProcedureIndex
from fleet.domain.rights import Permission, Person
from fleet.flows import privacy_notice
from fleet.flows.kiosk import found_in, kiosk_now, papers_of, searchable
from fleet.flows.take_number import Asked, Press, paper_now, take
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import UnknownOffice
from fleet.pages.house import house_of
from fleet.pages.kept_answers import Kept
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow, csrf, speak
from fleet.pages.texts import FIRST
from fleet.pages.ticket_page import days_of
from fleet.store.database import Store

KEY = re.compile(r"[\w-]{8,64}", re.ASCII)
SEARCHED_S = 1800.0
# A catalogue changes a few times a year, and to make it ready takes a while.
LONGEST_SEARCH = 80
NAMES_AT_MOST = 40
ID_DIGITS = 14

Using = Annotated[Person, Depends(allow(Permission.USE_KIOSK))]
Language = Annotated[str, Query(alias="lang", max_length=8)]


def kiosk_router(store: Store, server: Callable[[], VirtualDevice]) -> APIRouter:
    """The kiosks of all offices. Numbers are recorded by `server`, the virtual device of this process."""
    router = APIRouter()
    indexes = Kept[str, ProcedureIndex](partial(searchable, store), SEARCHED_S)

    def seen(request: Request, office: str, person: Using, lang: Language = FIRST) -> KioskNow:
        speak(request, lang)
        if not person.belongs_to(office):
            raise HTTPException(404)
        try:
            now = kiosk_now(store, office, now_ms())
        except UnknownOffice:
            raise HTTPException(404) from None
        if not now.ways:
            raise HTTPException(404)
        return now

    Seen = Annotated[KioskNow, Depends(seen)]

    def service_page(request: Request, now: KioskNow, service: str, procedure: str, refused: str = "") -> Response:
        chosen = now.service(service)
        if chosen is None:
            raise HTTPException(404)
        papers = papers_of(store, service)
        first = [one for one in papers if one.code == procedure]
        return page(
            request,
            "kiosk/service.html",
            409 if refused else 200,
            now_ms=now.now_ms,
            kiosk=now,
            service=chosen,
            procedures=[*first, *(one for one in papers if one not in first)],
            opened=procedure,
            at_most=NAMES_AT_MOST,
            days=days_of,
            key=secrets.token_urlsafe(16),
            refused=refused,
        )

    @router.get("/kiosk/{office}")
    def start(
        request: Request, now: Seen, find: Annotated[str | None, Query(max_length=LONGEST_SEARCH)] = None
    ) -> Response:
        """The services to choose from; or, with `find`, the procedures that these words find."""
        if find is None:
            return page(request, "kiosk/services.html", now_ms=now.now_ms, kiosk=now)
        found = found_in(indexes.get(now.id), find)
        return page(request, "kiosk/find.html", now_ms=now.now_ms, kiosk=now, find=find, found=found)

    @router.get("/kiosk/{office}/notice/privacy")
    def privacy(request: Request, now: Seen) -> Response:
        """What is kept of whoever takes a number, and whom to ask; it leads nowhere else."""
        return page(
            request,
            "kiosk/privacy.html",
            now_ms=now.now_ms,
            kiosk=now,
            office=privacy_notice.look(store, now.id),
            groups=[(Whose.RESIDENT, of(Whose.RESIDENT))],
            days=house_of(request).settings.keep_days,
        )

    @router.get("/kiosk/{office}/{service}")
    def service(
        request: Request, now: Seen, service: str, procedure: Annotated[str, Query(max_length=16)] = ""
    ) -> Response:
        """What a service needs, and the ways to a number. `procedure` stands first, and open."""
        return service_page(request, now, service, procedure)

    @router.post("/kiosk/{office}/{service}")
    def taking(
        request: Request,
        now: Seen,
        service: str,
        key: Annotated[str, Form()],
        way: Annotated[Way, Form()],
        priority: Annotated[bool, Form()] = False,
    ) -> Response:
        """A number; the same for the same key, however often it is sent."""
        if not KEY.fullmatch(key):
            raise HTTPException(400)
        try:
            given = take(store, server(), Press(kiosk_of(request), key, now.id, service, way, priority), now_ms())
        except NoNumber as refusal:
            return service_page(request, now, service, "", refusal.word)
        if isinstance(given, Asked):
            return printing_page(request, now, service, given.command)
        house_of(request).changes.tell(now.id)
        return number_page(request, now, given)

    @router.get("/kiosk/{office}/{service}/paper/{command}")
    def paper(request: Request, now: Seen, service: str, command: str) -> Response:
        """Whether a paper has come that this kiosk asked the printer for, or why not."""
        found = paper_now(store, kiosk_of(request), now.id, service, command, now_ms())
        if found is None:
            raise HTTPException(404)
        if found.given is not None:
            return number_page(request, now, found.given)
        if found.state is Paper.AWAITED:
            return printing_page(request, now, service, command)
        return service_page(request, now, service, "", found.reason)

    @router.get("/live/kiosk/{office}")
    async def live_kiosk(request: Request, now: Seen, person: Using) -> Response:
        """The services, as their waits change."""

        def look_again(_: Person) -> Mapping[str, KioskNow]:
            return {"tiles": replace(kiosk_now(store, now.id, now_ms()), now_ms=0)}

        def show(fragment: Fragment, name: str, kiosk: KioskNow) -> str:
            return fragment(f"kiosk/{name}.html", kiosk=kiosk)

        return stream(request, person, now.id, look_again, show)

    return router


def leads_to(request: Request, address: str) -> str:
    """Where telephones find the page of a ticket: the office's own address for that, or the fleet's."""
    return address or f"{(house_of(request).settings.public_address or str(request.base_url)).rstrip('/')}/t/"


def kiosk_of(request: Request) -> str:
    """Which screen this is: one session of a browser, by a name that is no secret."""
    return f"k-{sha256(csrf(request).encode()).hexdigest()[:ID_DIGITS]}"


def printing_page(request: Request, now: KioskNow, service: str, command: str) -> Response:
    """The printer was asked; the page looks again by itself."""
    again = f"/kiosk/{now.id}/{service}/paper/{command}"
    return page(request, "kiosk/printing.html", now_ms=now.now_ms, kiosk=now, again=again)


def number_page(request: Request, now: KioskNow, given: NumberGiven) -> Response:
    """A number, large, with the code that takes it along or the way to its paper."""
    of = now.service(given.service)
    if given.way is Way.PAPER:
        return page(request, "kiosk/printed.html", now_ms=now.now_ms, kiosk=now, given=given, service=of)
    picture = segno.make(f"{leads_to(request, now.address)}{given.code}", error="m", micro=False).svg_inline(
        svgclass="kiosk-code", lineclass=None, omitsize=True, light="#fff"
    )
    qr = Markup(picture)  # noqa: S704 (segno's own drawing)
    return page(request, "kiosk/number.html", now_ms=now.now_ms, kiosk=now, given=given, service=of, qr=qr)
