"""The real application with its API, an office in the middle of its morning, and programs with tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount

from fleet.api.app import create_api
from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from fleet.flows.changes import Changes
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.wiring import API, web
from protocols import events
from tests.fleet.office import NINE, NewDatabase, Speaker, open_office_at_nine

MIN = 60_000
OTHER = "cai-khe"
NOW = NINE + 60 * MIN


class Town:
    """The application and its programs. `now_ms` is what its clock says."""

    def __init__(self, store: Store, app: FastAPI) -> None:
        self.store = store
        self.now_ms = NOW
        self.api: FastAPI = next(one.app for one in app.router.routes if isinstance(one, Mount) and one.path == API)
        self.api.state.door = create_api(store, lambda: self.now_ms).state.door  # all that an application knows
        self.client = TestClient(app, raise_server_exceptions=False)

    def token(self, *scopes: Scope, office: str | None = None) -> str:
        """A token with these scopes, or all."""
        wanted = frozenset(scopes or (Scope if office is None else (Scope.READ, Scope.CALL, Scope.ALERTS)))
        return tokens.issue(self.store, f"test {office or ''}".strip(), wanted, office, 1, self.now_ms).secret

    def program(self, *scopes: Scope, office: str | None = None) -> "Program":
        """A program with a token of these scopes."""
        return Program(self.client, self.token(*scopes, office=office))

    def link(self) -> None:
        """What was recorded becomes visits."""
        link_marked(self.store, self.now_ms)


@dataclass
class Program:
    """Sends requests with its token."""

    client: TestClient
    token: str

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> Any:
        """One request below /api/v1."""
        told = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **(headers or {})}
        return self.client.request(method, API + path, headers=told, **options)

    def get(self, path: str, **options: Any) -> Any:
        """Ask for something."""
        return self.ask("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        """Have something done."""
        return self.ask("POST", path, json=json, **options)


Said = Callable[..., None]


def morning(store: Store) -> None:
    """Twelve tickets; five were served and rated, one did not come, one is being served; five wait."""
    printer, keypad, buttons = Speaker("tp-1"), Speaker("q-1"), Speaker("nut-1")
    for number in range(1, 13):
        at = NINE + number * MIN
        service = "dat-dai" if number % 3 == 0 else "ho-tich"
        priority = "senior" if number == 10 else ""
        taken = events.TicketTaken(service=service, number=number, lease="l", priority=priority, up=at - NINE, at=at)
        printer.does(taken)
    for number in range(1, 8):
        at = NINE + (number + 10) * 2 * MIN
        service = "dat-dai" if number % 3 == 0 else "ho-tich"
        keypad.does(events.NumberCalled(service=service, number=number, up=at - NINE, at=at))
        if number <= 5:
            code = f"H15.50.05.13-261008-{number:04d}"
            keypad.does(events.CodeScanned(what="dossier", code=code, up=at + 1 - NINE, at=at + 1))
            seq = keypad.does(events.VisitFinished(service=service, number=number, up=at + MIN - NINE, at=at + MIN))
            finish = f"q-1/1/1/{seq}"
            up = at + MIN + 5000 - NINE
            buttons.does(events.RatingGiven(score=number, scale=5, armed=finish, held_ms=90, up=up, at=NINE + up))
        if number == 6:
            keypad.does(events.NoShow(service=service, number=number, up=at + MIN - NINE, at=at + MIN))
    for speaker in (printer, keypad, buttons):
        for seq in speaker.held:
            receive(store, [Arrival(speaker.topic, speaker.batch(seq, oldest=0))], NINE + 40 * MIN)
    link_marked(store, NOW)


def second_office(store: Store) -> None:
    """An office of its own, with one counter and one device."""
    plan = OfficePlan(
        office=OfficeRow(OTHER, "Phường Cái Khế", "1022"),
        services=[("chung-thuc", "C", "Chứng thực")],
        counters=[CounterPlan("ck-1", "Quầy 1", ("chung-thuc",))],
        devices=[DevicePlan("ck-q-1", ("keypad",), "ck-1")],
    )
    set_up_office(store, plan, NINE - 60 * MIN)


def two_offices(database: str) -> None:
    """Both offices in this database, and the morning of the first."""
    open_office_at_nine(database)
    store = Store(database)
    second_office(store)
    morning(store)
    store.close()


@pytest.fixture(scope="session")
def whole() -> Iterator[FastAPI]:
    """The application as it is wired, for as long as a worker works: each test gives its API another door.

    To make its pages anew, which nobody here opens, took 0.2 s, and to find a way through the routes of a new API,
    which the first request of each has to wait for, 0.1 s (2026-11-23).
    """
    store = Store("sqlite://")
    yield web(store, Settings(), Changes())
    store.close()


@pytest.fixture
def town(new_database: NewDatabase, whole: FastAPI) -> Iterator[Town]:
    store = Store(new_database("town", two_offices))
    made = Town(store, whole)
    with made.client:
        yield made
    store.close()
