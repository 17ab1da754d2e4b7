"""Where the doors and the flows are put together; the only place, beside `laptop/run.py`, that knows several doors."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from fastapi import APIRouter, FastAPI

from fleet.api.app import create_api
from fleet.clock import now_ms
from fleet.domain.rights import Permission
from fleet.flows import integrity, publish, report, watch
from fleet.flows.assign_release import Signing
from fleet.flows.changes import Changes
from fleet.flows.compare import compare, units_compared
from fleet.flows.day_trend import Trends
from fleet.flows.device_health import DeviceEyes
from fleet.flows.examine import Reviewer
from fleet.flows.history import look_back
from fleet.flows.lobby import lobby_now
from fleet.flows.measure import Measure
from fleet.flows.past_days import Memory
from fleet.flows.planning import Planning
from fleet.flows.report_files import file_of
from fleet.flows.report_units import around
from fleet.flows.see_releases import releases_now
from fleet.flows.see_rollouts import Rollouts
from fleet.flows.virtual_device import begins_later
from fleet.pages.alerts_page import alerts_router
from fleet.pages.app import Views, create_app
from fleet.pages.claims_page import claims_router
from fleet.pages.compare_page import compare_router
from fleet.pages.counter_day_page import counter_day_router
from fleet.pages.desk_page import desk_router
from fleet.pages.enrol_calls import Cable, NoPackage
from fleet.pages.enrol_page import enrol_router
from fleet.pages.history_page import history_router
from fleet.pages.kiosk_page import kiosk_router
from fleet.pages.lobby_page import lobby_router
from fleet.pages.network_page import network_router
from fleet.pages.planning_page import planning_router
from fleet.pages.privacy_page import privacy_router
from fleet.pages.public_page import PublicViews, public_router
from fleet.pages.ratings_page import ratings_router
from fleet.pages.releases_page import releases_router
from fleet.pages.rendering import translate_templates
from fleet.pages.reports_page import reports_router
from fleet.pages.rights import allow
from fleet.pages.rollout_start_page import rollout_start_router
from fleet.pages.rollouts_page import rollouts_router
from fleet.pages.settings_routers import settings_routers
from fleet.pages.ticket_page import ticket_router
from fleet.pages.visits_page import visits_router
from fleet.provisioning import board_scripts, boards_known
from fleet.provisioning.installing import TRUST
from fleet.release_folder import trust_of
from fleet.settings import Settings
from fleet.sign_on import sign_on_of
from fleet.store.database import Store
from fleet.workers.metrics_page import metrics_router
from fleet.workers.provider_line import HttpLine

API = "/api/v1"


def web(
    store: Store, settings: Settings, changes: Changes, routers: Sequence[APIRouter] = (), bench: str | None = None
) -> FastAPI:
    """The pages and the API of this store; `bench` is the address of the bench page where there is one."""
    eyes = DeviceEyes(store)
    views = Views(
        look=Trends(store).look,
        offices=lambda: {office.id: office.name for office in watch.offices(store)},
        devices=lambda: eyes.look(now_ms()),
        unreadable=lambda: watch.unreadable_now(store, now_ms()),
    )
    ratings = ratings_router(
        look=lambda office, at_ms: integrity.integrity_now(store, office, at_ms),
        decide=Reviewer(store).decide,
        buttons=lambda at_ms: integrity.buttons_now(store, at_ms),
    )
    server = begins_later(store, "pages", now_ms)
    desks, tickets, kiosks = desk_router(server), ticket_router(server), kiosk_router(store, server)
    reports = reports_router(
        make=lambda office, period, form, language, at_ms: file_of(
            report.report(store, office, period, at_ms), form, language
        ),
        around=lambda unit, at_ms: around(store, unit, at_ms),
        published=lambda: publish.public_offices(store),
    )
    comparisons = compare_router(partial(compare, store), lambda: units_compared(store, now_ms()))
    lobbies = lobby_router(lambda office, at_ms: lobby_now(store, office, at_ms), settings.voices_folder)
    least = settings.published_least
    everybody = public_router(
        PublicViews(
            offices=lambda: publish.public_offices(store),
            look=lambda office, at_ms: publish.public_now(store, office, at_ms),
            achieved=lambda office, period, at_ms: publish.public_period(store, office, period, at_ms, least),
            data=lambda office, period, at_ms: publish.open_data(store, office, period, at_ms, least),
        )
    )
    metrics = metrics_router(allow(Permission.SEE_METRICS), Measure(store))
    memory = Memory(store)
    plans = planning_router(Planning(memory, now_ms))
    histories = history_router(partial(look_back, store))
    own = (metrics, ratings, reports, comparisons, desks, lobbies, alerts_router(), visits_router(), plans, everybody)
    enrolling = claims_router(), enrol_router(at_a_cable(settings.release_root)), network_router()
    signing = Signing(settings.release_key)
    released = releases_router(lambda by, at_ms: releases_now(store, by, signing, at_ms))
    rolled = (rollout_start_router(), rollouts_router(Rollouts(store)), released)
    about = (privacy_router(), counter_day_router())
    touched = (tickets, kiosks, histories, *about, *enrolling, *rolled, *settings_routers())
    sign_on = sign_on_of(settings, HttpLine(settings.oidc_tls_ca))
    app = create_app(store, settings, changes, views, routers=(*own, *touched, *routers), bench=bench, sign_on=sign_on)
    translate_templates()
    app.mount(
        API, create_api(store, requests_a_minute=settings.api_requests, memory=memory, settings=settings), name="api"
    )
    return app


def at_a_cable(root: Path | None = None) -> Cable:
    """What the page that enrols boards shares with the bench. `root`: the first root of releases, for new boards."""
    ports = [
        (vendor, product, kind.way in (boards_known.NATIVE, boards_known.JTAG), kind.raises_dtr)
        for (vendor, product), kind in boards_known.KINDS.items()
        if kind.way != boards_known.BOOT_ROM
    ]
    scripts = {"probe": board_scripts.PROBE, "on_board": board_scripts.ON_BOARD, "list": board_scripts.LIST}
    return Cable(firmware_of, {**scripts, "reset": board_scripts.RESET}, ports, partial(believed, root))


def firmware_of(machine: str, roles: tuple[str, ...]) -> Mapping[str, bytes] | None:
    """The package of a board with these roles; None for a machine that nobody knows. Raises NoPackage."""
    board = boards_known.board_of(machine)
    return None if board is None else package_maker()(board, roles)


def believed(root: Path | None) -> dict[str, bytes]:
    """The root of releases as the file that a board takes in, where there is one. Raises NoPackage."""
    try:
        return {} if root is None else {TRUST: trust_of(root)}
    except ValueError as problem:
        raise NoPackage(str(problem)) from None


@cache
def package_maker() -> Callable[[str, tuple[str, ...]], Mapping[str, bytes]]:
    """What compiles firmware; where its compiler is not installed, what says so."""
    try:
        from fleet.laptop.firmware_tree import FirmwareError
        from fleet.laptop.package import PackageError
        from fleet.laptop.packages import Packages
    except ImportError as missing:
        reason = f"expected the firmware's compiler (pip install 'motcua[laptop]'), found no {missing.name}"

        def nothing(board: str, roles: tuple[str, ...]) -> Mapping[str, bytes]:
            raise NoPackage(reason)

        return nothing
    packages = Packages()

    def files(board: str, roles: tuple[str, ...]) -> Mapping[str, bytes]:
        try:
            return packages.files(board, roles)
        except (PackageError, FirmwareError) as problem:
            raise NoPackage(str(problem)) from None

    return files
