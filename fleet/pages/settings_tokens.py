"""Programs that call the API: their tokens, of which each is shown once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Permission, Person
from fleet.flows import tokens
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields, Number, Ticks
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page

allowed = allow(Permission.MANAGE_PROGRAMS, recent=True)
FIELDS = Fields("token", (Field("name"), Ticks("scopes"), Field("unit"), Number("days")))
DAYS = 365


async def everywhere(person: Annotated[Person, Depends(allowed)]) -> Person:
    """Whoever works everywhere: programs concern the whole fleet. A 404 else."""
    if person.office is not None:
        raise HTTPException(404)
    return person


Manager = Annotated[Person, Depends(everywhere)]


def tokens_router() -> APIRouter:
    """The list, and the form of a new one."""
    router = APIRouter()

    @router.get("/settings/tokens")
    def all_tokens(request: Request, person: Manager) -> Response:
        """Every token: what it may do, until when, and when it was used last."""
        rows = sorted(
            tokens.all_tokens(house_of(request).store), key=lambda one: (one.revoked_ms is not None, one.name)
        )
        return settings_page(request, "settings/tokens.html", "tokens", tokens=rows)

    def asked(request: Request, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        now = {"name": "", "scopes": [Scope.READ.value], "unit": "", "days": DAYS}
        form = forms.Form(FIELDS, now, "new", sent, refusal)
        return settings_page(request, "settings/token_new.html", "tokens", form=form, scopes=tuple(Scope))

    @router.get("/settings/tokens/new")
    def new_token(request: Request, person: Manager) -> Response:
        """The form of a token."""
        return asked(request)

    @router.post("/settings/tokens/new")
    def issue(request: Request, person: Manager, sent: Sending) -> Response:
        """A new token, shown this once."""
        wanted, made = FIELDS.read(sent.typed), list[tokens.Issued]()
        typed, days, unit = wanted["scopes"], wanted["days"], str(wanted["unit"])
        known = [one.value for one in Scope]
        scopes = frozenset(Scope(one) for one in typed if one in known) if isinstance(typed, list) else frozenset()
        until = (days or None) if isinstance(days, int) else -1  # what is no number can not be
        store, name = house_of(request).store, str(wanted["name"])
        refusal = attempt(lambda: made.append(tokens.issue(store, name, scopes, unit or None, until, now_ms())))
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

    return router
