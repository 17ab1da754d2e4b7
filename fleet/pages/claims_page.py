"""Enrol devices: a technician makes claims, one by one or from a file that is looked at before, and withdraws them.

A claim's file is shown once, with the code of its label. It goes back and forth with its own page and lies nowhere.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import segno
from fastapi import APIRouter, Depends, File, HTTPException, Request, UploadFile
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from fleet.clock import now_ms
from fleet.devices_network import NoNetwork, devices_network
from fleet.domain.claim_ids import BadClaimId, read_claim_id, shown_claim_id
from fleet.domain.claims import ClaimFile, ClaimState, Wanted
from fleet.domain.file_errors import BadFile
from fleet.domain.rights import Permission, Person
from fleet.flows import claim
from fleet.flows.claim_many import claim_content, example, try_content
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow, language
from protocols.configuring import ROLES

UPLOAD_AT_MOST = 512 * 1024
HELD_AT_MOST = 1024 * 1024
SHOWN = 200
LABELS = 60
LONGEST_SEARCH = 40
Spots = list[tuple[str, str, list[tuple[str, str]]]]
NOTHING_TYPED: dict[str, Any] = {"place": "", "device": "", "hw": "", "roles": ()}
Technician = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
Held = Annotated[str, FormField(max_length=HELD_AT_MOST)]
Word = Annotated[str, FormField(max_length=64)]


def claims_router() -> APIRouter:
    """The list, new claims, a file of them in two steps, and their end."""
    router = APIRouter()

    def shown(request: Request, person: Person, errors: Sequence[str] = (), status: int = 200, **more: Any) -> Response:
        store, at_ms = house_of(request).store, now_ms()
        offices = None if person.office is None else [person.office]
        spots = claim.places_for(store, offices)
        looked = Looked.of(request, [office for office, _, _ in spots])
        chosen = offices if not looked.office else [looked.office]
        state = ClaimState(looked.state) if looked.state else None
        found = claim.claims_now(store, chosen, at_ms, SHOWN, state=state, named=looked.device)
        rows = [
            (one, one.state(at_ms).value, shown_claim_id(one.id), place_of(one.office, one.counter, spots))
            for one in found.items
        ]
        values = {
            "rows": rows,
            "counts": {one.value: n for one, n in found.counts.items()},
            "most": SHOWN,
            "happened": claim.happened(store, at_ms),
            "looked": looked,
            "states": tuple(ClaimState),
            "spots": spots,
            "roles": ROLES,
            "tried": None,
            "typed": NOTHING_TYPED,
            **more,
        }
        return page(request, "claims.html", status, errors=errors, hours=hours_of(request), **values)

    def once(request: Request, files: Sequence[ClaimFile]) -> Response:
        network = devices_network(house_of(request).settings)
        held = urlsafe_b64encode("".join(one.line(network) + "\n" for one in files).encode()).decode()
        labels = [(one, shown_claim_id(one.claim), code_of(one.claim)) for one in files[:LABELS]]
        return page(request, "claims_once.html", 201, held=held, labels=labels, n=len(files))

    @router.get("/devices/claims")
    def all_claims(request: Request, person: Technician) -> Response:
        """The claims of the person's office, or of all, and the forms for more."""
        return shown(request, person)

    @router.post("/devices/claims")
    async def make(request: Request, person: Technician) -> Response:
        """One claim, shown this once."""
        sent = await request.form()
        place, device, hw = (str(sent.get(name, ""))[:80].strip() for name in ("place", "device", "hw"))
        roles = tuple(str(one)[:40] for one in sent.getlist("role"))
        typed = {"place": place, "device": device, "hw": hw, "roles": roles}
        office, _, counter = place.partition("/")
        device, hw = device.lower(), hw.lower()
        wanted = Wanted(device or None, roles, office, counter or None, hw or None)
        return made(
            request,
            person,
            lambda offices, at_ms: claim.make_claims(
                house_of(request).store, [wanted], person.shown_as, hours_of(request), at_ms, offices
            ),
            typed=typed,
        )

    def made(request: Request, person: Person, make: Any, **more: Any) -> Response:
        try:
            devices_network(house_of(request).settings)
            return once(request, make(None if person.office is None else [person.office], now_ms()))
        except BadFile as problem:
            return shown(request, person, problem.said(language(request)), 422, **more)
        except NoNetwork as problem:
            return shown(request, person, [str(problem)], 409, **more)

    @router.get("/devices/claims/example.csv")
    def example_file(request: Request, person: Technician) -> Response:
        """A table to begin with."""
        told = {"Content-Disposition": 'attachment; filename="thiet-bi.csv"'}
        return Response(example(), 200, told, "text/csv; charset=utf-8")

    @router.post("/devices/claims/import")
    def try_file(request: Request, person: Technician, file: Annotated[UploadFile | None, File()] = None) -> Response:
        """What a table asks for, or all that is wrong with it. Nothing is made yet."""
        content = file.file.read(UPLOAD_AT_MOST + 1) if file is not None else b""
        name = (file.filename or "").strip()[:80] if file is not None else ""
        if not content or len(content) > UPLOAD_AT_MOST:
            return shown(request, person, [f"size:{UPLOAD_AT_MOST // 1024}"], 422)
        offices = None if person.office is None else [person.office]
        try:
            tried = try_content(house_of(request).store, name, content, now_ms(), None, offices)
        except BadFile as problem:
            return shown(request, person, problem.said(language(request)), 422)
        return shown(request, person, tried=tried, held=urlsafe_b64encode(content).decode())

    @router.post("/devices/claims/take")
    def take_file(request: Request, person: Technician, held: Held = "", name: Word = "") -> Response:
        """The claims of a table that was looked at."""
        content = opened(held)
        return made(
            request,
            person,
            lambda offices, at_ms: claim_content(
                house_of(request).store, name, content, person.shown_as, hours_of(request), at_ms, None, offices
            ),
        )

    @router.post("/devices/claims/file")
    def claim_lines(request: Request, person: Technician, held: Held = "") -> Response:
        """The claim file that a page of this person holds, to be kept."""
        content = opened(held)
        try:
            told = [json.loads(line)["claim"] for line in content.decode().splitlines()]
        except (ValueError, KeyError, TypeError):
            raise HTTPException(400) from None
        headers = {
            "Content-Disposition": f'attachment; filename="motcua-{len(told)}.claims"',
            "Cache-Control": "no-store",
        }
        return Response(content, 200, headers, "application/jsonl")

    @router.post("/devices/claims/withdrawn")
    def withdraw(
        request: Request, person: Technician, wanted: Annotated[str, FormField(max_length=32)] = ""
    ) -> Response:
        """Nobody may use this claim any more."""
        offices = None if person.office is None else [person.office]
        try:
            claim.withdraw(house_of(request).store, read_claim_id(wanted), person.shown_as, now_ms(), offices)
        except (BadClaimId, claim.ClaimRefused):
            raise HTTPException(404) from None
        return RedirectResponse("/devices/claims", 303)

    return router


@dataclass(frozen=True)
class Looked:
    """Which claims somebody looks for; empty: any."""

    office: str
    state: str
    device: str

    @classmethod
    def of(cls, request: Request, offices: Sequence[str]) -> Self:
        """As the address says it; what is none of these is left aside."""
        office, state, device = (request.query_params.get(name, "") for name in ("office", "state", "device"))
        known = [one.value for one in ClaimState]
        return cls(office if office in offices else "", state if state in known else "", device[:LONGEST_SEARCH])

    @property
    def is_any(self) -> bool:
        """Whether nothing is looked for."""
        return not (self.office or self.state or self.device)


def place_of(office: str, counter: str | None, spots: Spots) -> str:
    """The place of a claim as people read it."""
    for one, name, counters in spots:
        if one == office:
            return f"{name} · {dict(counters).get(counter, counter)}" if counter else name
    return office if counter is None else f"{office} · {counter}"


def hours_of(request: Request) -> float:
    """How long a claim holds."""
    return house_of(request).settings.devices_claim_hours


def opened(held: str) -> bytes:
    """What a page held for its next step. A 400 for what is none."""
    try:
        return urlsafe_b64decode(held.encode("ascii"))
    except ValueError:
        raise HTTPException(400) from None


def code_of(claim_id: str) -> Markup:
    """The label's code: the public id, no secret."""
    drawn = segno.make(claim_id, error="m", micro=False).svg_inline(scale=3, light="#fff")
    return Markup(drawn)  # noqa: S704 (segno's own drawing)
