"""Programs that call the API: services, and the tokens of services and people, of which each is shown once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Permission, Person
from fleet.flows import tokens
from fleet.flows.service_accounts import add_service, all_services, end_service
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields, Number, Ticks
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page

SERVICE = Fields("service_account", (Field("name"), Field("about"), Field("unit")))
FIELDS = Fields("token", (Field("name"), Field("service"), Ticks("scopes"), Field("unit"), Number("days")))
DAYS = 365


# Programs concern the whole fleet.
Manager = Annotated[Person, Depends(allow(Permission.MANAGE_PROGRAMS, recent=True, everywhere=True))]


def tokens_router() -> APIRouter:
    """The lists, and the forms of a new token and of a new service."""
    router = APIRouter()

    @router.get("/settings/tokens")
    def all_tokens(request: Request, person: Manager) -> Response:
        """Every token: whose it is, what it may do, until when, and when it was used last; and the services."""
        store, at_ms = house_of(request).store, now_ms()
        rows = sorted(tokens.all_tokens(store), key=lambda one: (one.revoked_ms is not None, one.name))
        soon = frozenset(one.id for one in rows if tokens.ends_soon(one, at_ms))
        services = sorted(all_services(store), key=lambda one: (one.ended_ms is not None, one.name))
        return settings_page(
            request, "settings/tokens.html", "tokens", tokens=rows, soon=soon, services=services, now_ms=at_ms
        )

    def asked(request: Request, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        house = house_of(request)
        days = min(DAYS, house.settings.token_days)
        now = {"name": "", "service": "", "scopes": [Scope.READ.value], "unit": "", "days": days}
        form = forms.Form(FIELDS, now, "new", sent, refusal)
        services = {one.id: one.name for one in all_services(house.store) if one.ended_ms is None}
        return settings_page(
            request, "settings/token_new.html", "tokens", form=form, scopes=tuple(Scope), services=services
        )

    @router.get("/settings/tokens/new")
    def new_token(request: Request, person: Manager) -> Response:
        """The form of a token."""
        return asked(request)

    @router.post("/settings/tokens/new")
    def issue(request: Request, person: Manager, sent: Sending) -> Response:
        """A new token, shown this once; of a service, or of whoever asks."""
        wanted, made, house = FIELDS.read(sent.typed), list[tokens.Issued](), house_of(request)
        typed, days, unit = wanted["scopes"], wanted["days"], str(wanted["unit"])
        known = [one.value for one in Scope]
        scopes = frozenset(Scope(one) for one in typed if one in known) if isinstance(typed, list) else frozenset()
        until = days if isinstance(days, int) else 0  # what is no number can not be
        name, service, most = str(wanted["name"]), str(wanted["service"]), house.settings.token_days
        owner = {"service": service} if service else {"person": person}
        refusal = attempt(
            lambda: made.append(
                tokens.issue(house.store, name, scopes, unit or None, until, now_ms(), most_days=most, **owner)
            )
        )
        if refusal is not None:
            return asked(request, sent, refusal)
        row, secret = made[0].row, made[0].secret
        return settings_page(
            request, "settings/secret_once.html", "tokens", status=201, name=row.name, secret=secret, of_token=True
        )

    @router.post("/settings/tokens/revoked")
    def revoke(request: Request, person: Manager, token: Annotated[str, Form(max_length=16)] = "") -> Response:
        """A token opens nothing any more; one that is none stays none."""
        attempt(lambda: tokens.revoke(house_of(request).store, token, now_ms()))
        return saved(request, "/settings/tokens")

    def asked_service(request: Request, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        form = forms.Form(SERVICE, {"name": "", "about": "", "unit": ""}, "new", sent, refusal)
        return settings_page(request, "settings/service_account.html", "tokens", form=form)

    @router.get("/settings/tokens/services/new")
    def new_service(request: Request, person: Manager) -> Response:
        """The form of a service."""
        return asked_service(request)

    @router.post("/settings/tokens/services/new")
    def take_in(request: Request, person: Manager, sent: Sending) -> Response:
        """A new service; its tokens come after."""
        wanted = {name: str(value) for name, value in SERVICE.read(sent.typed).items()}
        name, about, unit = wanted["name"], wanted["about"], wanted["unit"] or None
        refusal = attempt(lambda: add_service(house_of(request).store, name, about, unit, now_ms()))
        return saved(request, "/settings/tokens") if refusal is None else asked_service(request, sent, refusal)

    @router.post("/settings/tokens/services/ended")
    def end(request: Request, person: Manager, service: Annotated[str, Form(max_length=16)] = "") -> Response:
        """A service is no more, nor are its tokens; one that is none stays none."""
        attempt(lambda: end_service(house_of(request).store, service, now_ms()))
        return saved(request, "/settings/tokens")

    return router
