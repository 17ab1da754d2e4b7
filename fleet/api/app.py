"""The API: an application of its own, which whoever wires the pages hangs below `/api/v1`."""

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from fleet.api import (
    alert_routes,
    audit_routes,
    claim_routes,
    command_routes,
    compare_routes,
    day_routes,
    desk_routes,
    device_routes,
    dossier_routes,
    estimate_routes,
    evidence_routes,
    indicator_routes,
    network_routes,
    order_routes,
    place_routes,
    planning_routes,
    registry_routes,
    release_routes,
    report_routes,
    report_schedule_routes,
    rollout_routes,
    satisfaction_routes,
    selftest_routes,
    template_routes,
    wait_routes,
)
from fleet.api.answers import JSON, etag, matches
from fleet.api.door import Door, Pace
from fleet.api.openapi import openapi_json
from fleet.api.problems import add_problems
from fleet.api.rules import RuledRoute, open_to_all
from fleet.clock import now_ms
from fleet.devices_network import devices_network
from fleet.flows.past_days import Memory
from fleet.flows.virtual_device import begins_later
from fleet.settings import Settings
from fleet.store.database import Store

BIGGEST_BODY = 2 * 1024 * 1024
# A thousand dossiers with the longest names of procedures.
READ_AT_MOST = 4 * BIGGEST_BODY
# Beyond this the framework itself cuts off, in plain text.
REQUESTS_A_MINUTE = 600

ROUTERS = (
    place_routes.router,
    day_routes.router,
    estimate_routes.router,
    indicator_routes.router,
    wait_routes.router,
    alert_routes.router,
    planning_routes.router,
    satisfaction_routes.router,
    compare_routes.router,
    report_routes.router,
    report_schedule_routes.router,
    desk_routes.router,
    dossier_routes.router,
    device_routes.router,
    claim_routes.router,
    evidence_routes.router,
    registry_routes.router,
    network_routes.router,
    command_routes.router,
    order_routes.router,
    rollout_routes.router,
    release_routes.router,
    selftest_routes.router,
    template_routes.router,
    audit_routes.router,
)


def create_api(
    store: Store,
    clock: Callable[[], int] = now_ms,
    requests_a_minute: int = REQUESTS_A_MINUTE,
    memory: Memory | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """The API of this store. `clock` gives UTC milliseconds; `memory` may be shared with the pages."""
    settings = settings or Settings()
    app = FastAPI(title="motcua", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=READ_AT_MOST)
    server, pace = begins_later(store, "api", clock), Pace(requests_a_minute, clock)
    app.state.door = Door(
        store,
        clock,
        pace,
        server,
        BIGGEST_BODY,
        memory or Memory(store),
        partial(devices_network, settings),
        settings.devices_claim_hours,
        settings.rollout_approval_from,
    )
    add_problems(app, BIGGEST_BODY)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(description_of(app))
    return app


def description_of(app: FastAPI) -> APIRouter:
    """The route that says what the API is."""
    router = APIRouter(route_class=RuledRoute, tags=["api"])
    written: list[str] = []

    @router.get("/openapi.json", operation_id="getDescription", summary="This description", response_model=dict)
    @open_to_all()
    def description(request: Request) -> Response:
        """The API as OpenAPI 3.1; the only thing that needs no token."""
        if not written:
            written.append(openapi_json(app))
        told = {"ETag": etag(written[0]), "Cache-Control": "public, max-age=300"}
        if matches(request.headers.get("if-none-match"), told["ETag"]):
            return Response(None, 304, told)
        return Response(written[0], 200, told, JSON)

    return router
