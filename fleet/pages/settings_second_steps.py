"""Of whom a second step of signing in is asked: of roles, everywhere or at the own office."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.domain.rights import Permission, Person
from fleet.flows import set_up_second_step as flow
from fleet.pages import forms
from fleet.pages.form_fields import Fields, Ticks
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page

Manager = Annotated[Person, Depends(allow(Permission.MANAGE_PEOPLE, recent=True))]
FIELDS = Fields("step_rules", (Ticks("roles"),))
ADDRESS = "/settings/people/second-step"


def second_steps_router() -> APIRouter:
    """The page and its form."""
    router = APIRouter()

    def shown(request: Request, by: Person, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        store = house_of(request).store
        asked = flow.what_is_asked(flow.asked_of(store, by.office))
        form = forms.Form(FIELDS, {"roles": asked}, asked, sent, refusal)
        everywhere = sorted(flow.asked_of(store, None)) if by.office is not None else []
        roles = flow.ASKED_OF
        return settings_page(
            request, "settings/second_steps.html", "people", form=form, roles=roles, everywhere=everywhere
        )

    @router.get(ADDRESS)
    def rules(request: Request, by: Manager) -> Response:
        """Of which roles it is asked."""
        return shown(request, by)

    @router.post(ADDRESS)
    def ask(request: Request, by: Manager, sent: Sending) -> Response:
        """Ask it of these roles and no others; whoever has none sets it up before anything else."""
        roles, store = list(dict.fromkeys(sent.typed.get("roles", ()))), house_of(request).store
        refusal = attempt(lambda: flow.ask_of(store, roles, by.office, sent.seen, by))
        return saved(request, ADDRESS) if refusal is None else shown(request, by, sent, refusal)

    return router
