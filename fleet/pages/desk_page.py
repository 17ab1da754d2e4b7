"""The page of a counter: a clerk calls, finishes, sends on and pauses here as with the keys of a keypad."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.day import day_of
from fleet.domain.desk_now import DeskNow
from fleet.domain.rights import Permission, Person
from fleet.flows import desk_view, look_up
from fleet.flows.call_in import call_in
from fleet.flows.desk import SERVING, AtCounter, DeskRefused, Wish, act
from fleet.flows.explain import NotExplained, explain_visits
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.once import Answer, Key, KeyReused, once
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import offices
from fleet.pages import cookies
from fleet.pages.desk_sections import REASONS, Section, sections
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow, visitor_of
from fleet.store.places import CounterRow, OfficeRow
from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError

KEY = re.compile(r"[\w-]{8,64}", re.ASCII)
WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
NUMBER = re.compile(r"[0-9]{1,4}")
LABEL = re.compile(r"([^\W\d]{0,2}) ?0*([0-9]{1,4})")
NOBODY = "nobody"
# Nobody waits: the call found none.
SCANNED = "scanned"
# The dossier's code is kept.
SAID = (NOBODY, SCANNED)
NO_CODE = "no-dossier-code"

Viewer = Annotated[Person, Depends(allow(Permission.SEE_COUNTER))]
Working = Annotated[Person, Depends(allow(Permission.WORK_COUNTER))]


@dataclass(frozen=True)
class Place:
    """A counter that concerns whoever asks, and its office."""

    office: OfficeRow
    counter: CounterRow


def desk_router(server: Callable[[], VirtualDevice]) -> APIRouter:
    """The pages of counters. What is done on them is recorded by `server`, the virtual device of this process."""
    router = APIRouter()

    def place_for(request: Request, counter: str, person: Person) -> Place:
        found = desk_view.office_of(house_of(request).store, counter)
        if found is None or not person.belongs_to(found[0].id):
            raise HTTPException(404)
        return Place(*found)

    def place_of(request: Request, counter: str, person: Viewer) -> Place:
        return place_for(request, counter, person)

    Here = Annotated[Place, Depends(place_of)]

    def look(request: Request, place: Place, person: Person) -> DeskNow:
        at_once = person.may(Permission.SEE_VISITS)
        return desk_view.desk_now(house_of(request).store, place.office, place.counter, now_ms(), at_once)

    def shown(request: Request, person: Person, place: Place, status: int = 200, said: str | None = None) -> Response:
        desk = look(request, place, person)
        answer = page(
            request,
            "desk.html",
            status,
            now_ms=desk.now_ms,
            desk=desk,
            sections=sections(desk, person),
            said=said,
            reasons=REASONS,
            key=secrets.token_urlsafe,
        )
        cookies.set_counter(answer, house_of(request).settings, place.counter.id)
        return answer

    @router.get("/counters")
    def choose(request: Request, person: Viewer) -> Response:
        """The counters of the person's office; where there is one, it."""
        store = house_of(request).store
        mine = [row.id for row in offices(store) if person.belongs_to(row.id)]
        found = desk_view.tiles(store, mine, now_ms())
        ids = [counter.id for office in found for counter in office.counters]
        if len(ids) == 1:
            return RedirectResponse(f"/counters/{ids[0]}", 303)
        return page(request, "counters.html", offices=found)

    @router.get("/counters/{counter}")
    def counter_page(
        request: Request, here: Here, person: Viewer, said: Annotated[str | None, Query(max_length=16)] = None
    ) -> Response:
        """One counter, now."""
        return shown(request, person, here, said=said if said in SAID else None)

    @router.post("/counters/{counter}/acts")
    def acting(
        request: Request,
        counter: str,
        person: Working,
        verb: Annotated[str, Form()],
        key: Annotated[str, Form()],
        seen: Annotated[str, Form(max_length=128)],
        what: Annotated[str, Form(max_length=128)] = "",
    ) -> Response:
        """Do one thing at the counter, once, if it is still as the form's page showed it."""
        here = place_for(request, counter, person)
        if verb == "call":
            what = waiting_as(look_up.prefixes_of(house_of(request).store, here.office.id), what)
            if not what:
                return shown(request, person, here, 409, "number-not-waiting")
        try:
            wish = wish_of(verb, seen, what, now_ms())
        except ProtocolError:
            return shown(request, person, here, 409, NO_CODE)  # what it was instead is nobody's business
        if wish is None or not KEY.fullmatch(key):
            raise HTTPException(400)
        house, store = house_of(request), house_of(request).store
        kept = Key(f"page-{person.id}", key, sha256(f"{counter}\n{wish}".encode()).hexdigest())
        if wish.verb == "next":
            call_in(store, here.office, counter, now_ms)
        doing = partial(act, server=server(), office=here.office, counter=counter, wish=wish, now_ms=now_ms())
        try:
            done = once(store, kept, now_ms(), doing, partial(answer_to, wish), alone=False)
        except DeskRefused as refused:
            return shown(request, person, here, 409, refused.kind)
        except KeyReused:
            return shown(request, person, here, 409, "outdated")
        house.changes.tell(here.office.id)
        said = json.loads(done.body)["said"]
        return RedirectResponse(f"/counters/{counter}" + (f"?said={said}" if said else ""), 303)

    @router.get("/counters/{counter}/visits")
    def why_page(request: Request, here: Here, person: Viewer, visit: Annotated[str, Query(max_length=84)]) -> Response:
        """Why a visit of today at this counter is what it is: event by event, in words; no more than its page says."""
        day = day_of(now_ms(), here.office.timezone)
        store, clerks = house_of(request).store, person.may(Permission.SEE_VISITS)
        presses = all(one.rated is not None for one in look(request, here, person).past if one.id == visit)
        try:
            found = explain_visits(store, here.office.id, day, visit, clerks, presses)
        except NotExplained:
            raise HTTPException(404) from None
        its = [one for one in found if (one.visit.id, one.visit.counter) == (visit, here.counter.id)]
        if not its:
            raise HTTPException(404)
        return page(
            request,
            "visit.html",
            explained=its[0],
            timezone=here.office.timezone,
            day=None,
            place=here.counter.name,
            back=f"/counters/{here.counter.id}",
        )

    @router.get("/live/counters/{counter}")
    async def live_counter(request: Request, here: Here, person: Viewer) -> Response:
        """The sections of the counter's page, as they change."""

        def look_again(somebody: Person) -> Mapping[str, Section]:
            return sections(look(request, here, somebody), somebody)

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"desk/{name}.html", section=section, reasons=REASONS, key=secrets.token_urlsafe)

        return stream(request, person, here.office.id, look_again, show, own=True)  # the keys of its forms are

    return router


def own_counter(request: Request) -> str:
    """Where a clerk begins the day: the counter at which this browser stood last, or the choice of one."""
    counter = request.cookies.get(cookies.COUNTER, "")
    visitor = visitor_of(request)
    found = desk_view.office_of(house_of(request).store, counter) if WORD.fullmatch(counter) else None
    if found is None or visitor is None or visitor.person is None or not visitor.person.belongs_to(found[0].id):
        return "/counters"
    return f"/counters/{counter}"


def wish_of(verb: str, seen: str, what: str, at_ms: int) -> Wish | None:
    """What a form wants done; None if that is nothing. `what` says to whom, where to or why, with colons between.

    Raises ProtocolError where a dossier's code is none.
    """
    parts = what.split(":") if what else []
    match verb, parts:
        case (("next" | "recall" | "finish" | "no-show" | "park"), []):
            return Wish(verb, seen=seen)
        case "undo", [step]:
            return Wish(verb, seen=seen, step=step)
        case "pause", [reason] if reason in REASONS:
            return Wish(verb, seen=seen, reason=reason)
        case "scan", [code]:
            today = day_in_viet_nam(at_ms)
            read = parse_dossier_code(code.strip().upper(), (today.year, today.month, today.day))
            return Wish(verb, seen=seen, code=read.text)
        case "go-on", [service] if WORD.fullmatch(service):
            return Wish(verb, to_service=service, seen=seen)
        case "resume", []:
            return Wish(verb, seen=seen)
        case (("call" | "resume" | "come-back"), [service, number]) if WORD.fullmatch(service) and NUMBER.fullmatch(
            number
        ):
            # Whoever did not come waits again whatever the counter does meanwhile.
            return Wish(verb, service=service, number=int(number), seen=None if verb == "come-back" else seen)
        case "transfer", [service, counter] if all(WORD.fullmatch(one) for one in parts if one):
            return Wish(verb, to_service=service or None, to_counter=counter or None, seen=seen)
    return None


def waiting_as(prefixes: Mapping[str, str], label: str) -> str:
    """Service and number of what somebody typed, `A007` or `a7`; empty where no number here is called so."""
    found = LABEL.fullmatch(label.strip().upper())
    services = [service for service, prefix in prefixes.items() if found is not None and prefix.upper() == found[1]]
    return f"{services[0]}:{int(found[2])}" if found is not None and services else ""


def answer_to(wish: Wish, at: AtCounter) -> Answer:
    """What is remembered of an act: whether there is something to say that the page does not show by itself."""
    said = NOBODY if wish.verb == "next" and at.state != SERVING else SCANNED if wish.verb == "scan" else ""
    return Answer(303, json.dumps({"said": said}))
