"""Programs that are told of what happens: their addresses, and what came of telling them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.flows import equip, webhooks
from fleet.flows.webhooks import EVENTS, WebhookUnfit
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields, Ticks
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.settings_frame import saved, settings_page
from fleet.pages.settings_tokens import Manager
from fleet.store.webhooks import DeliveryRow, EndpointRow

FIELDS = Fields("webhook", (Field("url"), Ticks("events"), Field("office")))
EVERYWHERE = "*"
SHOWN = 20
Deed = Literal["pause", "resume", "test", "remove"]


def webhooks_router() -> APIRouter:
    """The list, a page for each, and the form of a new one."""
    router = APIRouter()

    @router.get("/settings/webhooks")
    def all_webhooks(request: Request, person: Manager) -> Response:
        """Every address, and how it was told last."""
        store = house_of(request).store
        found = [(one, next(iter(webhooks.last(store, one.id, 1)), None)) for one in webhooks.endpoints(store)]
        return settings_page(request, "settings/webhooks.html", "webhooks", webhooks=found)

    def asked(request: Request, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        form = forms.Form(FIELDS, {"url": "", "events": [], "office": EVERYWHERE}, "new", sent, refusal)
        offices = {one.id: one.name for one in equip.all_offices(house_of(request).store)}
        return settings_page(
            request, "settings/webhook_new.html", "webhooks", form=form, events=EVENTS, offices=offices
        )

    @router.get("/settings/webhooks/new")
    def new_webhook(request: Request, person: Manager) -> Response:
        """The form of an address."""
        return asked(request)

    @router.post("/settings/webhooks/new")
    def add(request: Request, person: Manager, sent: Sending) -> Response:
        """An address is told from now on; its secret is shown this once."""
        wanted, made = FIELDS.read(sent.typed), list[tuple[int, str]]()
        url, typed, office = str(wanted["url"]), wanted["events"], str(wanted["office"])
        events = frozenset(map(str, typed)) if isinstance(typed, list) else frozenset[str]()
        place, store = None if office == EVERYWHERE else office, house_of(request).store
        refusal = attempt(lambda: made.append(webhooks.add(store, url, events, place, now_ms())))
        if refusal is not None:
            return asked(request, sent, refusal)
        return settings_page(
            request, "settings/secret_once.html", "webhooks", status=201, name=url, secret=made[0][1], of_token=False
        )

    def one(request: Request, number: int) -> tuple[EndpointRow, list[DeliveryRow]]:
        store = house_of(request).store
        found = next((one for one in webhooks.endpoints(store) if one.id == number), None)
        if found is None:
            raise HTTPException(404)
        return found, webhooks.last(store, number, SHOWN)

    @router.get("/settings/webhooks/{webhook}")
    def one_webhook(request: Request, webhook: int, person: Manager) -> Response:
        """What an address was told last, and what it answered."""
        row, deliveries = one(request, webhook)
        return settings_page(request, "settings/webhook.html", "webhooks", row=row, deliveries=deliveries)

    @router.post("/settings/webhooks/{webhook}/deeds")
    def do(request: Request, webhook: int, person: Manager, deed: Annotated[Deed, Form()]) -> Response:
        """It is told nothing for now, or again, or never more; or that this is a test."""
        store = house_of(request).store
        try:
            if deed == "test":
                webhooks.say_test(store, webhook, now_ms())
            elif deed == "remove":
                webhooks.remove(store, webhook)
            else:
                webhooks.pause(store, webhook, deed == "pause", now_ms())
        except WebhookUnfit:
            raise HTTPException(404) from None
        return saved(request, "/settings/webhooks" if deed == "remove" else f"/settings/webhooks/{webhook}")

    return router
