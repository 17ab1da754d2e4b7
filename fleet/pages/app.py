"""The application that browsers meet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, FastAPI

from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.office_now import OfficeNow
from fleet.flows.changes import Changes
from fleet.pages import sign_in_page
from fleet.pages.device_page import device_router
from fleet.pages.devices_page import devices_router
from fleet.pages.evidence_page import evidence_router
from fleet.pages.headers import SecurityHeaders, security_headers
from fleet.pages.house import House
from fleet.pages.office_page import office_router
from fleet.pages.one_request import OneRequest
from fleet.pages.orders_page import orders_router
from fleet.pages.overload import Overload
from fleet.pages.refusals import add_refusals
from fleet.pages.registry_page import registry_router
from fleet.pages.rendering import open_templates
from fleet.pages.requests_counted import RequestsCounted
from fleet.pages.rights import public
from fleet.pages.single_sign_on_page import single_sign_on_router
from fleet.pages.static_files import static_files
from fleet.pages.texts import load_wordings
from fleet.settings import Settings
from fleet.sign_on import SignOn
from fleet.store.database import Store

BIGGEST_BODY = 1024 * 1024
SESSION_CHECK_S = 60.0


@dataclass(frozen=True)
class Views:
    """What the pages show; whoever wires the application says where it comes from.

    `look` gives an office at a time (UTC milliseconds), `offices` the names of all by their ids.
    """

    look: Callable[[str, int], OfficeNow]
    offices: Callable[[], Mapping[str, str]]
    devices: Callable[[], Sequence[DeviceNow]]
    unreadable: Callable[[], Sequence[UnreadableNow]]


def create_app(
    store: Store,
    settings: Settings,
    changes: Changes,
    views: Views,
    routers: Sequence[APIRouter] = (),
    session_check_s: float = SESSION_CHECK_S,
    bench: str | None = None,
    sign_on: SignOn | None = None,
) -> FastAPI:
    """The whole application. `routers` come from other doors; all their routes have guards of `fleet.pages.rights`.

    `bench` is the address of a bench page among them, for the link to it. Streams look at their session every
    `session_check_s`. `sign_on`: the provider of identities, where one is set.
    """
    app = FastAPI(title="motcua", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=BIGGEST_BODY)
    static, files = static_files()
    wordings, templates = load_wordings(), open_templates()
    app.state.house = House(store, settings, changes, wordings, templates, static, session_check_s, bench, sign_on)
    app.add_middleware(OneRequest)
    app.add_middleware(Overload)
    app.add_middleware(SecurityHeaders, headers=security_headers(settings))
    app.add_middleware(RequestsCounted)
    add_refusals(app)
    app.mount(static, files, name="static")
    app.include_router(sign_in_page.router)
    app.include_router(single_sign_on_router())
    app.include_router(office_router(views.look, views.offices))
    app.include_router(devices_router(views.devices, views.unreadable))
    app.include_router(orders_router(views.devices))
    app.include_router(registry_router(views.devices))
    for router in routers:
        app.include_router(router)
    app.include_router(evidence_router(views.devices))
    app.include_router(device_router(views.devices))  # last: of all below /devices/ it takes what nobody else does

    @app.get("/health/live", dependencies=[Depends(public())])
    def live() -> dict[str, bool]:
        """Whether this process answers."""
        return {"ok": True}

    @app.get("/healthz", dependencies=[Depends(public())])
    @app.get("/health/ready", dependencies=[Depends(public())])
    def ready() -> dict[str, bool]:
        """Whether this process answers and reaches its database."""
        with store.reading():
            return {"ok": True}

    return app
