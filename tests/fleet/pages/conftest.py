"""An application with people of every role, and an office that a test can change."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect, sync_playwright
from starlette.routing import BaseRoute

from fleet.clock import now_ms
from fleet.domain.procedures import Procedure
from fleet.domain.rights import Permission, Role
from fleet.flows import sign_in
from fleet.flows.assign_release import Signing
from fleet.flows.changes import Changes
from fleet.flows.compare import compare, units_compared
from fleet.flows.examine import Reviewer
from fleet.flows.history import look_back
from fleet.flows.past_days import Memory
from fleet.flows.planning import Planning
from fleet.flows.report import report
from fleet.flows.report_files import file_of
from fleet.flows.report_units import around
from fleet.flows.see_releases import releases_now
from fleet.flows.see_rollouts import Rollouts
from fleet.flows.virtual_device import begins_later
from fleet.pages.alerts_page import alerts_router
from fleet.pages.app import BIGGEST_BODY, Views, create_app
from fleet.pages.claims_page import claims_router
from fleet.pages.compare_page import compare_router
from fleet.pages.counter_day_page import counter_day_router
from fleet.pages.desk_page import desk_router
from fleet.pages.enrol_page import enrol_router
from fleet.pages.history_page import history_router
from fleet.pages.kiosk_page import kiosk_router
from fleet.pages.lobby_page import lobby_router
from fleet.pages.network_page import network_router
from fleet.pages.planning_page import planning_router
from fleet.pages.privacy_page import privacy_router
from fleet.pages.public_page import public_router
from fleet.pages.ratings_page import ratings_router
from fleet.pages.releases_page import releases_router
from fleet.pages.reports_page import reports_router
from fleet.pages.rights import allow
from fleet.pages.rollout_start_page import rollout_start_router
from fleet.pages.rollouts_page import rollouts_router
from fleet.pages.settings_routers import settings_routers
from fleet.pages.ticket_page import ticket_router
from fleet.pages.visits_page import visits_router
from fleet.settings import Settings
from fleet.store import places, procedures
from fleet.store.database import Store
from fleet.store.places import ServiceRow
from fleet.wiring import at_a_cable
from fleet.workers.metrics_page import metrics_router
from tests.chromium import LAUNCH
from tests.fleet.office import with_tables
from tests.fleet.pages import sample_lobby, sample_office, sample_public, sample_ratings
from tests.fleet.pages.desks import Desks, open_desks
from tests.fleet.pages.town import COUNTERS, OFFICES, PASSWORD, Town, serving
from tests.sqlite_files import SqliteFiles

expect.set_options(timeout=40_000)
# Of playwright's own five seconds a busy machine may be away for all.


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two offices, one person of each role at the first, and `root`, who works everywhere."""
    folder = tmp_path_factory.mktemp("stocked")
    store = Store(with_tables(folder))
    with store.writing() as connection:
        for office, name in OFFICES.items():
            connection.exec_driver_sql(
                "INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, valid_from_ms) "
                "VALUES (?, ?, '1022', 'Asia/Ho_Chi_Minh', 1, 0, 0)",
                (office, name),
            )
        for counter, office in COUNTERS.items():
            connection.exec_driver_sql(
                "INSERT INTO counters (id, office, name, position) VALUES (?, ?, 'Quầy 1', 1)", (counter, office)
            )
        service = ServiceRow("ho-tich", "tan-an", "Hộ tịch", "A", 0)
        places.save_services(connection, [service])
        places.save_skills(connection, "ta-1", {service.id: False})
        procedures.save(
            connection, [Procedure("1.001193", "Đăng ký khai sinh", papers=("Tờ khai",), service="ho-tich")]
        )
    for role in Role:
        sign_in.add_person(store, role.value, PASSWORD, role, now_ms(), office="tan-an")
    sign_in.add_person(store, "root", PASSWORD, Role.ADMINISTRATOR, now_ms())
    store.close()
    return folder / "motcua.sqlite"


@pytest.fixture(scope="session")
def standing_routes() -> list[BaseRoute]:
    """Routes that take all they know from a request: most are, and to make them took most of each test's time.

    A town took 0.12 s and the first request to it 0.1 s; half of both is gone with them (2026-11-23).
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, max_body_size=BIGGEST_BODY)
    stateless = (alerts_router, visits_router, counter_day_router, claims_router, rollout_start_router, network_router)
    stateless += (privacy_router,)
    for router in (*(make() for make in stateless), *settings_routers()):
        app.include_router(router)
    return app.router.routes


@pytest.fixture
def town(tmp_path: Path, stocked: Path, standing_routes: list[BaseRoute]) -> Iterator[Town]:
    store = Store(f"sqlite:///{shutil.copy(stocked, tmp_path)}")
    changes = Changes()
    views = Views(
        look=lambda office, at_ms: made.office(office, at_ms),
        offices=lambda: OFFICES,
        devices=lambda: made.devices,
        unreadable=lambda: made.unreadable,
    )
    metrics = metrics_router(allow(Permission.SEE_METRICS))
    ratings = ratings_router(
        look=lambda office, at_ms: made.ratings(office, at_ms),
        decide=Reviewer(store).decide,
        buttons=lambda at_ms: made.buttons,
    )
    server = begins_later(store, "pages", now_ms)
    desks, tickets, kiosks = desk_router(server), ticket_router(server), kiosk_router(store, server)
    reports = reports_router(
        make=lambda office, period, form, language, at_ms: file_of(
            report(store, office, period, at_ms), form, language
        ),
        around=lambda unit, at_ms: around(store, unit, at_ms),
        published=lambda: frozenset({"tan-an"}),
    )
    comparisons = compare_router(partial(compare, store), lambda: units_compared(store, now_ms()))
    lobbies = lobby_router(lambda office, at_ms: made.lobby(office, at_ms), tmp_path / "voices")
    everybody = public_router(sample_public.views(frozenset({"tan-an"})))
    plans = planning_router(Planning(Memory(store), now_ms))
    routers = [
        metrics,
        ratings,
        reports,
        comparisons,
        desks,
        lobbies,
        everybody,
        tickets,
        kiosks,
        plans,
        history_router(partial(look_back, store)),
        enrol_router(at_a_cable()),
        rollouts_router(Rollouts(store)),
        releases_router(lambda by, at_ms: releases_now(store, by, Signing(None), at_ms)),
    ]
    app = create_app(store, Settings(), changes, views, routers=routers, session_check_s=0)
    app.router.routes[:0] = standing_routes  # before /rollouts/{rollout}, which would take one of them
    devices, unreadable = sample_office.sample_devices(now_ms()), sample_office.sample_unreadable(now_ms())
    made = Town(
        store,
        changes,
        app,
        sample_office.busy_office,
        sample_lobby.busy_lobby,
        devices,
        unreadable,
        sample_ratings.doubtful_ratings,
        [sample_ratings.doubtful_buttons(now_ms())],
    )
    yield made
    store.close()


@pytest.fixture
def desks(tmp_path: Path, sqlite_files: SqliteFiles) -> Iterator[Desks]:
    with open_desks(sqlite_files, tmp_path) as made:
        yield made


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    """The application served on a free port."""
    with serving(town) as port:
        yield f"http://127.0.0.1:{port}"
