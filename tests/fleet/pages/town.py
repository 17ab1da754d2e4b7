"""What a test of the pages has in its hands: the application, its people, its office, and browsers."""

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fleet.clock import now_ms
from fleet.domain.devices_now import DeviceNow, UnreadableNow
from fleet.domain.integrity_now import ButtonsNow, IntegrityNow
from fleet.domain.lobby_now import LobbyNow
from fleet.domain.office_now import OfficeNow
from fleet.flows import sign_in
from fleet.flows.changes import Changes
from fleet.pages.server import PagesServer
from fleet.store import people
from fleet.store.database import Store

PASSWORD = "mot-hai-ba-bon"
OFFICES = {"tan-an": "Phường Tân An", "cai-khe": "Phường Cái Khế"}
COUNTERS = {"ta-1": "tan-an", "ta-2": "tan-an", "ck-1": "cai-khe"}
HOUR_MS = 3_600_000
HOST = "testserver.local"  # what the test client takes the application for


@dataclass
class Town:
    """The application and what stands behind it. `office` makes what the supervisor's page shows."""

    store: Store
    changes: Changes
    app: FastAPI
    office: Callable[[str, int], OfficeNow]
    lobby: Callable[[str, int], LobbyNow]
    devices: list[DeviceNow]
    unreadable: list[UnreadableNow]
    ratings: Callable[[str, int], IntegrityNow]
    buttons: list[ButtonsNow]

    def session(self, name: str, lasts_ms: int = HOUR_MS) -> tuple[str, str]:
        """A new session of this person, without the work of a password: its token and its CSRF token."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self.store.writing() as connection:
            person = connection.exec_driver_sql("SELECT id FROM users WHERE name = ?", (name,)).scalar_one()
            people.add_session(connection, sign_in.token_hash(token), person, csrf, now_ms(), now_ms() + lasts_ms)
        return token, csrf

    @contextmanager
    def browser(self, name: str | None = None) -> Iterator["Browser"]:
        """A browser that follows nothing by itself, signed in as this person."""
        with TestClient(self.app, follow_redirects=False) as client:
            csrf = None
            if name:
                token, csrf = self.session(name)
                client.cookies.set("motcua", token, domain=HOST)
            yield Browser(client, csrf)


@dataclass
class Browser:
    """A client that knows the token for forms."""

    client: TestClient
    csrf: str | None

    def get(self, path: str, **more: Any) -> Any:
        """Read a page."""
        return self.client.get(path, **more)

    def post(self, path: str, **fields: str) -> Any:
        """Send a form of our own page."""
        if self.csrf is None:
            self.csrf = token_in(self.get("/login").text)
        return self.client.post(path, data={"csrf": self.csrf, **fields})


@contextmanager
def serving(town: Town, port: int = 0) -> Iterator[int]:
    """The application on this port of 127.0.0.1, or on a free one."""
    config = uvicorn.Config(town.app, host="127.0.0.1", port=port, log_level="warning")
    server = PagesServer(config, town.changes)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(120)
    assert not thread.is_alive(), "the server did not stop"


def token_in(html: str) -> str:
    """The CSRF token that a page carries."""
    found = re.search(r'<meta name="csrf" content="([^"]+)">', html)
    assert found, "the page carries no token"
    return found[1]
