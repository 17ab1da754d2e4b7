"""The rating buttons of an office: their scale, the reasons asked for after a low rating, and how both look."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.config_fields import SCALES
from fleet.domain.rights import Permission, Person
from fleet.flows.rating_buttons import Buttons, Wanted, buttons_at, set_buttons
from fleet.flows.rating_reasons import KNOWN
from fleet.pages.form_fields import Field, Fields, Number, Tick, Ticks
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
MOST = max(SCALES)
REASONS = tuple(f"reason_{number}" for number in range(1, MOST + 1))
FIELDS = Fields(
    "buttons_set",
    (Number("levels"), *map(Field, REASONS), Ticks("scores"), Number("wait_s"), Tick("all_of_office")),
)


def buttons_router() -> APIRouter:
    """The list, and a page for each board."""
    router = APIRouter()

    @router.get("/settings/offices/{office}/buttons")
    def all_buttons(request: Request, office: str, person: Setter) -> Response:
        """Every board with rating buttons, as residents see it."""
        place = own_office(request, office, person)
        found = buttons_at(house_of(request).store, office, now_ms())
        return settings_page(request, "settings/buttons.html", "buttons", place, boards=found)

    def one(request: Request, office: str, device: str) -> Buttons:
        boards = buttons_at(house_of(request).store, office, now_ms())
        board = next((one for one in boards if one.device == device), None)
        if board is None:
            raise HTTPException(404)
        return board

    def shown(
        request: Request, place: OfficeRow, board: Buttons, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        reasons = {name: (board.reasons[n : n + 1] or ("",))[0] for n, name in enumerate(REASONS)}
        now = {"levels": board.levels, "scores": board.scores, "wait_s": board.wait_s, "all_of_office": False}
        form = Form(FIELDS, {**reasons, **now}, board, sent, refusal)
        known = dict.fromkeys((*KNOWN, *board.reasons))
        return settings_page(
            request, "settings/board.html", "buttons", place, form, board=board, known=known, scales=SCALES,
            reasons=REASONS, most=MOST,
        )  # fmt: skip

    @router.get("/settings/offices/{office}/buttons/{device}")
    def one_board(request: Request, office: str, device: str, person: Setter) -> Response:
        """The buttons as they are."""
        return shown(request, own_office(request, office, person), one(request, office, device))

    @router.post("/settings/offices/{office}/buttons/{device}")
    def save_board(request: Request, office: str, device: str, person: Setter, sent: Sending) -> Response:
        """The buttons as somebody wants them."""
        place, board, typed = own_office(request, office, person), one(request, office, device), FIELDS.read(sent.typed)
        store = house_of(request).store
        scores = typed["scores"] if isinstance(typed["scores"], list) else []
        wanted = Wanted(
            typed["levels"],
            [str(typed[name]) for name in REASONS],
            [int(one) if str(one) in "12345" else one for one in scores],
            typed["wait_s"],
        )
        whole = bool(typed["all_of_office"])
        refusal = attempt(lambda: set_buttons(store, office, device, wanted, now_ms(), whole, sent.seen))
        if refusal is not None:
            return shown(request, place, board, sent, refusal)
        return saved(request, request.url.path, office)

    return router
