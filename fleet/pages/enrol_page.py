"""Enrol a board that hangs at this computer, in the browser: the page, and how far the board is as the fleet knows it.

The browser speaks with the board by itself (`static/enrol`); what it asks of the fleet on the way is in `enrol_calls`.
"""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.claim_ids import shown_claim_id
from fleet.domain.rights import Permission, Person
from fleet.flows import claim_board
from fleet.flows.changes import DEVICES
from fleet.flows.claim import places_for
from fleet.flows.claim_board import BoardNow
from fleet.pages.enrol_calls import Cable, add_calls, offices_of
from fleet.pages.house import house_of
from fleet.pages.live import stream
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow
from protocols.configuring import ROLES

WORDS = {
    "steps": ("looking", "installing", "starting", "wifi", "testing", "labelling", "keeping", "connecting"),
    "states": ("waiting", "now", "done", "failed", "passed_over"),
    "notes": ("labelled", "no_label", "tries", "enrolled"),
    "parts": (
        "flash",
        "memory",
        "chip",
        "wifi",
        "broker",
        "printer",
        "reader",
        "buttons",
        "lamps",
        "screen",
        "voice",
        "clock",
    ),
    "results": ("pass", "fail", "ask", "skipped"),
    "asks": (
        *(
            "other_claim",
            "test_again",
            "lamps",
            "printer",
            "buttons",
            "reader",
            "screen",
            "voice",
            "wifi",
            "wifi_failed",
        ),
    ),
    "answers": ("take", "withdraw", "again", "stop", "yes", "no", "repeat", "skip", "other_wifi"),
    "troubles": (
        *("busy", "closed", "gone", "stalled", "silent", "garbled", "no_micropython", "old_micropython"),
        *("unknown_board", "other_board", "hw", "stranger", "revoked", "refused", "install", "full", "test"),
        *("wifi", "network", "fleet", "signed_out", "package", "no_network", "claim", "broken"),
    ),
}
# All that `static/enrol` may say; a board's own words stand beside them as they are.
CODE_LETTERS = 32
Technician = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]


def enrol_router(cable: Cable) -> APIRouter:
    """The page, what it asks for, and what it is told."""
    router = APIRouter()

    @router.get("/devices/enrol")
    def enrol_page(request: Request, person: Technician) -> Response:
        """What to choose, the steps, and every sentence that may be said."""
        spots = places_for(house_of(request).store, offices_of(person))
        return page(request, "enrol.html", spots=spots, roles=ROLES, words=WORDS)

    add_calls(router, cable)

    @router.get("/devices/enrol/code/{shown}.svg")
    def code_for_reader(shown: str, person: Technician) -> Response:
        """What a reader must read in a self-test, as a picture."""
        if not shown.isascii() or not shown.replace("-", "").isalnum() or len(shown) > CODE_LETTERS:
            raise HTTPException(404)
        drawn = io.BytesIO()
        segno.make(shown, error="m", micro=False).save(drawn, "svg", scale=6, light="#fff", xmldecl=False)
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    @router.get("/live/enrol/{claim}")
    async def live_board(request: Request, claim: str, person: Technician) -> Response:
        """How far the board of this claim is, as it changes."""
        store = house_of(request).store

        def look(somebody: Person) -> dict[str, BoardNow]:
            found = claim_board.board_now(store, claim, now_ms(), offices_of(somebody))
            return {} if found is None else {"board": found}

        def show(fragment: Fragment, name: str, section: BoardNow) -> str:
            return fragment("enrol_board.html", board=section, shown_id=shown_claim_id(section.claim.id))

        if not look(person):
            raise HTTPException(404)
        return stream(request, person, DEVICES, look, show)

    return router
