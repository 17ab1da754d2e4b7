"""What all pages of settings share: the menu beside them, who may open them, and the way back after saving."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from fleet.domain.audit import Entry
from fleet.flows import audit
from fleet.pages.forms import Form
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import visitor_of
from fleet.pages.settings_parts import OF_AN_OFFICE, OF_THE_FLEET, noted_as, parts_for
from fleet.store.audit import Asked
from fleet.store.places import OfficeRow

SAVED = "saved"


def settings_page(
    request: Request,
    template: str,
    part: str,
    office: OfficeRow | None = None,
    form: Form | None = None,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """The page of a part, with the menu beside it. What was not saved says so by its status."""
    visitor = visitor_of(request)
    assert visitor is not None and visitor.person is not None  # noqa: S101 (the guard let them in)
    person = visitor.person
    if form is not None and form.refusal is not None:
        status = form.refusal.status
    return page(
        request,
        template,
        status,
        part=part,
        office=office,
        form=form,
        menu=parts_for(person, OF_AN_OFFICE) if office is not None else [],
        fleet_menu=parts_for(person, OF_THE_FLEET),
        base=f"/settings/offices/{office.id}" if office is not None else "/settings",
        last=None if office is None else last_change(request, part, office.id),
        is_saved=SAVED in request.query_params and request.method == "GET",
        **values,
    )


def last_change(request: Request, part: str, office: str) -> Entry | None:
    """The last change of this part of an office that stands in the log."""
    noted = noted_as(part)
    if not noted:
        return None
    found = audit.entries(house_of(request).store, Asked(what=noted, office=office, most=1))
    return found[0] if found else None


def saved(request: Request, address: str, office: str | None = None) -> Response:
    """It is saved: back to a page that says so; whoever looks at the office is told."""
    if office is not None:
        house_of(request).changes.tell(office)
    before, hash_sign, after = address.partition("#")
    return RedirectResponse(f"{before}?{SAVED}=1{hash_sign}{after}", 303)
