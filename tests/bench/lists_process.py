"""The pages and the API as `motcua serve` has them, and beside each list what could not be less: its rows as they are.

`python -m tests.bench.lists_process` takes what `tests.bench.pages_process` takes. Below `/api/v1/raw/` the rows of the
same statements go out as a JSON list of lists: the same rules and rights, no cursor, no tag, no names of fields.
"""

import os
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from fleet.api.answers import JSON
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.pages.server import PagesServer, pages_config
from fleet.settings import Settings
from fleet.store import audit, day_lists, devices, dossiers, places, province_lists
from fleet.store.rows import every
from tests.bench.lists_made import DAY, OFFICE
from tests.bench.pages_process import api_of, application

Rows = Callable[[Connection, int], list[Any]]


def tickets(connection: Connection, most: int) -> list[Any]:
    """Of a day."""
    its = {"office": OFFICE, "day": DAY, "after_ms": -1, "after_service": "", "after_number": 0, "most": most}
    return [every(connection, places.SERVICES, office=OFFICE), every(connection, day_lists.TICKETS, **its)]


def visits(connection: Connection, most: int) -> list[Any]:
    """Of a day, with the dossiers that were scanned."""
    its = {"office": OFFICE, "day": DAY, "after_ms": -1, "after_id": "", "most": most}
    found = every(connection, day_lists.VISITS, **its)
    scanned = day_lists.DOSSIERS.every(connection, [(row.id,) for row in found], office=OFFICE, day=DAY)
    return [every(connection, places.SERVICES, office=OFFICE), found, scanned]


def offices(connection: Connection, most: int) -> list[Any]:
    """By id."""
    return [every(connection, province_lists.OFFICES_ALL, after="", most=most)]


def boards(connection: Connection, most: int) -> list[Any]:
    """By id, with where they stood."""
    found = every(connection, province_lists.BOARDS_ALL, presence="", after="", most=most)
    return [found, devices.ASSIGNMENTS.every(connection, [(row.id,) for row in found])]


def changed(connection: Connection, most: int) -> list[Any]:
    """Dossiers, with their states."""
    found = every(connection, dossiers.CHANGED, change=0, code="", since_ms=0, most=most)
    codes = [row.code for row in found]
    return [found, dossiers.STATES.every(connection, [(code,) for code in codes])]


def changes(connection: Connection, most: int) -> list[Any]:
    """The log, the newest first."""
    words = {"what": "", "what_like": "", "who": "", "thing": "", "since_ms": 0, "until_ms": audit.EVER}
    return [every(connection, audit.LAST_ANYWHERE, **words, before=audit.EVER, most=most)]


RAW: dict[str, Rows] = {
    "tickets": tickets,
    "visits": visits,
    "offices": offices,
    "devices": boards,
    "dossiers": changed,
    "audit": changes,
}


def raw_router() -> APIRouter:
    """The rows as they are."""
    router = APIRouter(route_class=RuledRoute)

    @router.get("/raw/{name}", response_model=list)
    @rule(Scope.READ)
    def raw(request: Request, door: AtDoor, caller: Calling, name: str, limit: int = 100) -> Response:
        """So many rows of this list, and one more, as the list itself asks for."""
        with door.store.reading() as connection:
            found = [[tuple(row) for row in rows] for rows in RAW[name](connection, limit + 1)]
        return Response(msgspec.json.encode(found), 200, None, JSON)

    return router


def serve() -> None:
    """Serve until this process ends."""
    made, changed = application()
    api_of(made).include_router(raw_router())
    port = int(os.environ["SERVED_PORT"])
    PagesServer(pages_config(made, Settings(), host="127.0.0.1", port=port, log_level="warning"), changed).run()


if __name__ == "__main__":
    serve()
