"""Lists are written row by row, not by their models: the bytes are just what the models would have said."""

import json

from fleet.api.answers import write_cursor
from fleet.api.audit_routes import AuditEntries
from fleet.api.day_routes import Tickets, Visits
from fleet.api.device_routes import Devices
from fleet.api.dossier_routes import Dossiers
from fleet.api.place_routes import Offices
from fleet.domain.api_rights import Scope
from fleet.flows.presence import healthy, welcome
from fleet.store import devices
from protocols.presence import Health
from tests.fleet.api.conftest import MIN, OTHER, Program, Town
from tests.fleet.office import NINE, hello

WRITTEN = {
    "/offices": Offices,
    "/offices/tan-an/tickets": Tickets,
    "/offices/tan-an/visits": Visits,
    "/devices": Devices,
    "/dossiers": Dossiers,
    "/audit": AuditEntries,
}
CODE = "H15.50.05.13-261008-0001"


DAYS = {"received_on": "2026-10-08", "due_on": "2026-11-01"}


def lived_in(town: Town) -> None:
    """All that lists can show has been seen: states, warnings, a device that says much, another that went back."""
    system = town.program(Scope.WRITE_DOSSIERS)
    for state in ("Đang xử lý", "Chờ bổ sung hồ sơ"):
        assert system.ask("PUT", f"/dossiers/{CODE}", json={**DAYS, "state": state}).is_success
        town.now_ms += MIN + 7
    born = hello(boot=2, nonce="n2")
    born.reverted = {"version": 3, "reason": "không được chào đón\x07 “kịp”"}
    born.rescue = "its wiring is missing"
    welcome(town.store, "q-1", born, NINE + MIN)
    healthy(town.store, {"q-2": (Health(up=5, heap_free=91_000, outbox=3), NINE + MIN)}, NINE + MIN)


def test_a_list_says_what_its_model_would_say(town: Town) -> None:
    lived_in(town)
    program = town.program(Scope.READ, Scope.AUDIT)
    for path, model in WRITTEN.items():
        for asked in (path, f"{path}?limit=1"):
            text = program.get(asked).text
            assert model.model_validate_json(text).model_dump_json() == text, asked
            assert json.loads(text)["items"], asked


def test_boards_and_offices_come_whole_however_they_are_cut_and_asked_for(town: Town) -> None:
    with town.store.writing() as connection:
        devices.assign(connection, "q-2", OTHER, "ck-1", NINE)
    everywhere, there = town.program(Scope.READ), town.program(Scope.READ, office="tan-an")
    for program, path, found in (
        (everywhere, "/offices?", {OTHER, "tan-an"}),
        (there, "/offices?", {"tan-an"}),
        (everywhere, "/devices?", {"ck-q-1", "nut-1", "nut-2", "q-1", "q-2", "tp-1"}),
        (everywhere, "/devices?presence=online&", set()),
        (everywhere, f"/devices?office={OTHER}&presence=never&", {"ck-q-1", "q-2"}),
        (there, "/devices?", {"nut-1", "nut-2", "q-1", "tp-1"}),
        (there, f"/devices?office={OTHER}&", set()),
    ):
        assert ids(program, path + "limit=1") == ids(program, path) == sorted(found), path


def ids(program: Program, path: str) -> list[str]:
    """What the pages of a list name, in their order."""
    found: list[str] = []
    while path:
        answer = program.get(path).json()
        found += [one["id"] for one in answer["items"]]
        path = f"{path.partition('&cursor')[0]}&cursor={answer['next']}" if answer["next"] else ""
    return found


def test_what_no_database_holds_is_found_nowhere(town: Town) -> None:
    program = town.program(Scope.READ)
    for asked in ("office=%00", "presence=%00"):
        assert program.get(f"/devices?{asked}").status_code in (200, 422), asked


def test_no_cursor_asks_a_database_for_what_it_can_not_hold(town: Town) -> None:
    program = town.program(Scope.READ)
    for place in ("\0", "\ud800"):
        answer = program.get(f"/devices?cursor={write_cursor([place])}")
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "cursor")
