"""Until when the certificates hold that the fleet lives by. Nothing can be changed there: their keys lie elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.certificates import stage
from fleet.flows.watch_certificates import known
from fleet.pages.house import house_of
from fleet.pages.settings_frame import settings_page
from fleet.pages.settings_tokens import Manager


def certificates_router() -> APIRouter:
    """The list."""
    router = APIRouter()

    @router.get("/settings/certificates")
    def certificates(request: Request, person: Manager) -> Response:
        """Each certificate: for what it is there, whose it is, until when it holds."""
        at_ms = now_ms()
        rows = [(one, one.days_left(at_ms), stage(one, at_ms)) for one in known(house_of(request).store)]
        return settings_page(request, "settings/certificates.html", "certificates", certificates=rows)

    return router
