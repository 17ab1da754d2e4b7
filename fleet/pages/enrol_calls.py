"""What the page that enrols a board asks of the fleet: firmware, a claim, what is known of a board, a record kept.

Answers are JSON, and a no is a word with sentences. A claim goes into the page's memory and is kept nowhere;
Wi-Fi never comes here.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi import Form as FormField
from fastapi.responses import JSONResponse, Response

from fleet.clock import now_ms
from fleet.devices_network import NoNetwork, devices_network
from fleet.domain.claim_ids import shown_claim_id
from fleet.domain.claims import Claim, ClaimState, Wanted
from fleet.domain.file_errors import BadFile
from fleet.domain.rights import Permission, Person
from fleet.domain.selftests import RECORD_BYTES, BadRecord
from fleet.flows import claim_board
from fleet.flows.claim_board import IfOther
from fleet.flows.keep_selftest import RecordRefused, keep_within
from fleet.pages.house import house_of
from fleet.pages.rendering import wording_for
from fleet.pages.rights import allow, language
from protocols.configuring import ROLES

TOOL = "motcua web"
HW = "^[0-9a-f]{2,32}$"
Technician = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
Word = Annotated[str, FormField(max_length=80)]


class NoPackage(Exception):
    """This fleet can build no firmware for that board and those roles; the text says why."""


@dataclass(frozen=True)
class Cable:
    """What a browser needs at a cable, from the bench: `files` of a board (by what MicroPython says of its machine;
    None: of a kind that nobody knows) with these roles, `scripts` that run on it, and the USB numbers of `ports`:
    vendor, product, whether the port goes away with a reset, whether its board looks at DTR. Files raise NoPackage.
    `brought`: further files for every board, which its firmware takes in as it begins.
    """

    files: Callable[[str, tuple[str, ...]], Mapping[str, bytes] | None]
    scripts: Mapping[str, str]
    ports: Sequence[tuple[int, int, bool, bool]]
    brought: Callable[[], Mapping[str, bytes]] = dict


def add_calls(router: APIRouter, cable: Cable) -> None:
    """The routes."""

    @router.get("/devices/enrol/means")
    def means(request: Request, person: Technician) -> Response:
        """What runs on a board at its prompt, what each is brought, and which ports may be boards."""
        try:
            brought = as_told(cable.brought())
        except NoPackage as problem:
            return no("package", [str(problem)])
        return JSONResponse({"scripts": dict(cable.scripts), "brought": brought, "ports": list(cable.ports)})

    @router.get("/devices/enrol/package")
    def package(
        request: Request,
        person: Technician,
        machine: Annotated[str, Query(max_length=200)],
        role: Annotated[list[str], Query(max_length=len(ROLES))],
    ) -> Response:
        """The firmware of these roles for this machine, each file with its hash."""
        try:
            files = cable.files(machine, tuple(one for one in ROLES if one in role))
        except NoPackage as problem:
            return no("package", [str(problem)])
        return no("unknown_board", []) if files is None else JSONResponse({"files": as_told(files)})

    @router.post("/devices/enrol/claim")
    def claim_of_board(
        request: Request,
        person: Technician,
        place: Word,
        hw: Annotated[str, FormField(pattern=HW)],
        role: Annotated[list[Word], FormField(max_length=len(ROLES))],
        other: Annotated[IfOther, FormField()] = IfOther.ASK,
    ) -> Response:
        """The claim of this board: the same one however often it is asked for."""
        house, (office, _, counter) = house_of(request), place.partition("/")
        wanted = Wanted(None, tuple(role), office, counter or None, hw)
        hours = house.settings.devices_claim_hours
        try:
            network = devices_network(house.settings)
            made = claim_board.claim_for_board(
                house.store, wanted, person.shown_as, hours, now_ms(), offices_of(person), other
            )
        except NoNetwork as problem:
            return no("no_network", [str(problem)])
        except BadFile as problem:
            enrolled = any(getattr(error, "expected", "") == "board_free" for error in problem.errors)
            return no("stranger" if enrolled else "claim", problem.said(language(request)))
        except claim_board.WaitsElsewhere as problem:
            return no("other_claim", [told(request, problem.claim)])
        return JSONResponse(json.loads(made.line(network)), 201)

    @router.get("/devices/enrol/boards/{hw}")
    def known_board(
        request: Request,
        hw: Annotated[str, Path(pattern=HW)],
        person: Technician,
        device: Annotated[str | None, Query(max_length=40)] = None,
    ) -> Response:
        """The claim of a board that says it is this device."""
        found = claim_board.board_of(house_of(request).store, hw, device, now_ms(), offices_of(person))
        if found is None:
            raise HTTPException(404)
        gone = found.revoked and found.state is not ClaimState.WAITING
        return JSONResponse({"claim": found.claim.id, "device": found.claim.device, "revoked": gone})

    @router.post("/devices/enrol/selftest")
    def keep_selftest(
        request: Request,
        person: Technician,
        record: Annotated[str, FormField(max_length=RECORD_BYTES)],
        proof: Annotated[str, FormField(pattern="^[0-9a-f]{32}$")],
    ) -> Response:
        """Keep what the board found out about itself, if it signed it."""
        try:
            with house_of(request).store.writing() as connection:
                keep_within(connection, record, proof, TOOL, person.shown_as, now_ms(), offices_of(person))
        except (BadRecord, RecordRefused) as problem:
            return no("broken", [str(problem)])
        return Response(status_code=204)


def offices_of(person: Person) -> list[str] | None:
    """The offices at which this person may enrol; None: all."""
    return None if person.office is None else [person.office]


def as_told(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """The files as the page takes them."""
    return {
        path: {"sha256": hashlib.sha256(content).hexdigest(), "data": base64.b64encode(content).decode()}
        for path, content in files.items()
    }


def told(request: Request, other: Claim) -> str:
    """What a claim is for, in a line."""
    wording = wording_for(request)
    roles = ", ".join(wording.word("device_role", role) for role in other.roles)
    return f"{shown_claim_id(other.id)} · {other.device} · {roles} · {other.counter or other.office}"


def no(error: str, said: Sequence[str]) -> Response:
    """Why it does not go on: a word of TROUBLES, and what was found."""
    return JSONResponse({"error": error, "said": list(said)}, 409)
