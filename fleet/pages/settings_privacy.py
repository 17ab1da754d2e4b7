"""What an office says of personal data, and for whoever looks after that: what is kept, of whom, and where it lies."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.domain.personal_data import Whose, of
from fleet.domain.privacy_notice import Notice
from fleet.domain.rights import Permission, Person
from fleet.flows import privacy_notice
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
FIELDS = Fields("set_privacy", (Field("contact"), Field("ground")))


def privacy_settings_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        house = house_of(request)
        notice = privacy_notice.look(house.store, place.id).notice
        form = Form(FIELDS, asdict(notice), None, sent, refusal)
        more: dict[str, Any] = {"groups": [(whose, of(whose)) for whose in Whose], "days": house.settings.keep_days}
        return settings_page(request, "settings/privacy.html", "privacy", place, form, **more)

    @router.get("/settings/offices/{office}/privacy")
    def privacy_settings(request: Request, office: str, person: Setter) -> Response:
        """What the office says, and what is kept."""
        return shown(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/privacy")
    def save_privacy(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """What the office is to say."""
        place, wanted = own_office(request, office, person), FIELDS.read(sent.typed)
        notice = Notice(**{name: str(value) for name, value in wanted.items()})
        refusal = attempt(lambda: privacy_notice.say(house_of(request).store, office, notice, sent.seen))
        return shown(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    return router
