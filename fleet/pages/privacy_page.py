"""Personal data, for everybody: `/du-lieu-ca-nhan`, and what an office says of its own at `/du-lieu-ca-nhan/<office>`.

Whether or not an office shows its figures: who takes a number there may know what is kept. No cookie is read or set.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from fleet.domain.personal_data import Whose, of
from fleet.flows.privacy_notice import Told, look
from fleet.flows.watch import UnknownOffice
from fleet.pages.house import house_of
from fleet.pages.public_page import answer
from fleet.pages.rights import public
from fleet.pages.texts import FIRST

LASTS_S = 60.0
Lang = Annotated[str, Query(max_length=2)]


def privacy_router() -> APIRouter:
    """Both pages."""
    router = APIRouter(dependencies=[Depends(public())])

    def shown(request: Request, lang: str, office: Told | None) -> Response:
        days = house_of(request).settings.keep_days
        groups = [(whose, of(whose)) for whose in Whose]
        return answer(request, "privacy.html", lang, LASTS_S, office=office, groups=groups, days=days)

    @router.get("/du-lieu-ca-nhan")
    def privacy(request: Request, lang: Lang = FIRST) -> Response:
        """What is kept wherever motcua runs."""
        return shown(request, lang, None)

    @router.get("/du-lieu-ca-nhan/{office}")
    def privacy_of_office(request: Request, office: str, lang: Lang = FIRST) -> Response:
        """The same, and whom to ask at an office."""
        try:
            return shown(request, lang, look(house_of(request).store, office))
        except UnknownOffice:
            raise HTTPException(404) from None

    return router
