"""Templates: what the devices of a unit or an office shall be, field by field; seen before it is published."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.config_fields import FIELDS as CONFIG
from fleet.domain.config_fields import range_of
from fleet.domain.rights import Permission, Person
from fleet.domain.seen import ChangedMeanwhile
from fleet.domain.templates import BadTemplate, Origin, Scope, template_of
from fleet.flows import templates as flow
from fleet.flows.changes import DEVICES
from fleet.flows.look_at_templates import TemplateSeen, all_templates, look_at_template, templates_of
from fleet.flows.rating_reasons import KNOWN
from fleet.flows.templates import Preview
from fleet.pages.config_form import WORDS, Wanted, now_of, offered, wanted_of
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
Everywhere = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE, everywhere=True))]
FIELDS = Fields("config", (*map(Wanted, CONFIG), Field("note")))
PREVIEW, WAVES = "preview", "waves"
SHOWN = 20


def templates_router() -> APIRouter:
    """The list of all, those of an office, and one of them."""
    router = APIRouter()

    @router.get("/settings/templates")
    def all_of_them(request: Request, person: Everywhere) -> Response:
        """Every template that says something."""
        found, names = all_templates(house_of(request).store, now_ms())
        return settings_page(request, "settings/templates.html", "templates", layers=found, names=names, words=WORDS)

    @router.get("/settings/offices/{office}/configuration")
    def of_an_office(request: Request, office: str, person: Setter) -> Response:
        """Those of an office: for all devices, and for each role."""
        place = own_office(request, office, person)
        found = templates_of(house_of(request).store, Scope(Origin.OFFICE, office))
        names = {office: place.name}
        return settings_page(
            request, "settings/templates.html", "configuration", place, layers=found, names=names, words=WORDS
        )

    def seen_by(request: Request, id: str, person: Person) -> TemplateSeen:
        try:
            template = template_of(id)
            is_office = template.scope.origin is Origin.OFFICE
            if not (person.belongs_to(template.scope.id) if is_office else person.office is None):
                raise HTTPException(404)
            return look_at_template(house_of(request).store, template, now_ms())
        except BadTemplate:
            raise HTTPException(404) from None

    def shown(
        request: Request,
        seen: TemplateSeen,
        person: Person,
        sent: Sent | None = None,
        refusal: Refusal | None = None,
        preview: Preview | None = None,
    ) -> Response:
        scope = seen.holds.template.scope
        place = own_office(request, scope.id, person) if scope.origin is Origin.OFFICE else None
        part = "templates" if place is None else "configuration"
        now = {**now_of(list(CONFIG), seen.holds.fields), "note": ""}
        form = Form(FIELDS, now, seen.holds.version, sent, refusal)
        return settings_page(
            request, "settings/template.html", part, place, form, known=KNOWN, seen=seen, preview=preview, words=WORDS,
            groups=groups_of(seen), offered={name: offered(field) for name, field in CONFIG.items()}, most=SHOWN,
            ranges={name: range_of(field) for name, field in CONFIG.items()},
        )  # fmt: skip

    @router.get("/settings/templates/{template}")
    def one(request: Request, template: str, person: Setter) -> Response:
        """What it says, and what is inherited where it says nothing."""
        return shown(request, seen_by(request, template, person), person)

    @router.post("/settings/templates/{template}")
    def say(request: Request, template: str, person: Setter, sent: Sending) -> Response:
        """What it shall say: first with what would change, then for all at once, or in waves."""
        seen, house = seen_by(request, template, person), house_of(request)
        typed, its = FIELDS.read(sent.typed), seen.holds.template
        found: list[Preview] = []
        kept: list[int | None] = []

        def look() -> None:
            with house.store.reading() as connection:
                found.append(flow.preview(connection, its, wanted_of(typed), now_ms()))

        def publish() -> None:
            with house.store.writing() as connection:
                wanted, note = wanted_of(typed), str(typed["note"])
                flow.publish(connection, its, wanted, person.name, now_ms(), note, sent.seen)

        def prepare() -> None:
            with house.store.writing() as connection:
                wanted, note = wanted_of(typed), str(typed["note"])
                kept.append(flow.add_version(connection, its, wanted, person.name, now_ms(), note, sent.seen))

        act = sent.one("act")
        refusal = attempt({PREVIEW: look, WAVES: prepare}.get(act, publish))
        if refusal is not None or act == PREVIEW:
            return shown(request, seen, person, sent, refusal, next(iter(found), None))
        if kept and kept[0] is not None:
            return RedirectResponse(f"/rollouts/new?subject={quote(template)}&version={kept[0]}", 303)
        house.changes.tell(DEVICES)
        return saved(request, request.url.path)

    @router.post("/settings/templates/{template}/back")
    def go_back(request: Request, template: str, person: Setter, sent: Sending) -> Response:
        """It says again what it said in an earlier version."""
        seen, house, version = seen_by(request, template, person), house_of(request), sent.one("version")
        address = f"/settings/templates/{template}"
        try:
            with house.store.writing() as connection:
                number = int(version) if version.isdecimal() and len(version) < 9 else 0
                flow.go_back(connection, seen.holds.template, number, person.name, now_ms())
        except (BadTemplate, ChangedMeanwhile):
            return RedirectResponse(address, 303)
        house.changes.tell(DEVICES)
        return saved(request, address)

    return router


def groups_of(seen: TemplateSeen) -> dict[str, list[str]]:
    """The fields that it may have, by the part that they are of."""
    groups: dict[str, list[str]] = {}
    for name in seen.inherited:
        groups.setdefault(CONFIG[name].role or "all", []).append(name)
    return groups
