"""From when on an office is alerted, of what, and who is told; and when nothing is told."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.domain.alerts import Cause
from fleet.domain.rights import Permission, Person
from fleet.flows import alert_rules
from fleet.pages.form_fields import Field, Fields, Lines, Minutes, Number, Ticks
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rendering import wording_for
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]


class Causes(Ticks):
    """The causes that are on; those that are off are kept."""

    def shown(self, value: object) -> list[str]:
        """Those that are not off."""
        off = super().shown(value)
        return [cause for cause in Cause if cause not in off]

    def read(self, typed: Sequence[str]) -> object:
        """Those that are not ticked; and what is no cause, to be refused."""
        return [*(str(one) for one in Cause if one not in typed), *(one for one in typed if one not in tuple(Cause))]


class Numbers(Ticks):
    """Several numbers of those that are offered."""

    def read(self, typed: Sequence[str]) -> object:
        """The numbers; and what is none, to be refused."""
        return [int(one) if one.isascii() and one.isdecimal() and len(one) == 1 else one for one in typed]


FIELDS = Fields(
    "set_alert",
    (
        Causes("off"),
        Minutes("wait_s"),
        Number("told"),
        Minutes("silent_s"),
        Minutes("serving_s"),
        Minutes("printer_s"),
        Number("ratings"),
        Field("dossiers_at"),
        Number("dossiers"),
        Number("closes"),
        Minutes("calm_s"),
        Number("again_min"),
        Lines("quiet"),
        Numbers("quiet_days"),
        Lines("mail"),
        Field("language"),
    ),
)


def alert_settings_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        limits = alert_rules.limits_of(house_of(request).store, place.id)
        form, wording = Form(FIELDS, limits.to_dict(), limits, sent, refusal), wording_for(request)
        offered = {
            "causes": {cause.value: wording.word("alert_cause", cause) for cause in Cause},
            "days": {str(day): wording.say(f"date.weekday.{day}") for day in range(1, 8)},
            "languages": {code: one.say("name") for code, one in house_of(request).wordings.items()},
        }
        return settings_page(request, "settings/alerts.html", "alerts", place, form, offered=offered)

    @router.get("/settings/offices/{office}/alerts")
    def alerts_page(request: Request, office: str, person: Setter) -> Response:
        """The limits as they are."""
        return shown(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/alerts")
    def save_alerts(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """The limits as somebody wants them."""
        place, wanted, store = own_office(request, office, person), FIELDS.read(sent.typed), house_of(request).store
        refusal = attempt(lambda: alert_rules.set_limits(store, office, wanted, sent.seen))
        return shown(request, place, sent, refusal) if refusal else saved(request, request.url.path, office)

    return router
