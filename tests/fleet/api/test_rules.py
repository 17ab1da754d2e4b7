"""Every route of the API has a rule, and lets in whom it says."""

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from fleet.api.rules import Rule, RuledRoute
from fleet.domain.api_rights import Scope
from fleet.domain.org_tree import Kind, Node
from fleet.flows import tokens
from fleet.store import units
from fleet.wiring import API
from tests.fleet.api.conftest import OTHER, Town

SCHEDULE, ALERTS = Rule(Scope.SCHEDULE_REPORTS), Rule(Scope.ALERTS)
ENROL, CONFIGURE = Rule(Scope.ENROL), Rule(Scope.CONFIGURE)
READ, CALL, WRITE = Rule(Scope.READ), Rule(Scope.CALL), Rule(Scope.WRITE_DOSSIERS, whole_province=True)
RULES = {
    ("GET", "/openapi.json"): Rule(None),
    ("GET", "/offices"): READ,
    ("GET", "/offices/{office}"): READ,
    ("GET", "/offices/{office}/services"): READ,
    ("GET", "/offices/{office}/counters"): READ,
    ("GET", "/offices/{office}/queue"): READ,
    ("GET", "/offices/{office}/tickets"): READ,
    ("GET", "/offices/{office}/visits"): READ,
    ("GET", "/offices/{office}/satisfaction"): READ,
    ("GET", "/offices/{office}/indicators"): READ,
    ("GET", "/offices/{office}/indicators/{item}/{cell}"): READ,
    ("GET", "/offices/{office}/services/{service}/estimate"): READ,
    ("GET", "/offices/{office}/tickets/{service}/{number}/estimate"): READ,
    ("GET", "/offices/{office}/waits"): READ,
    ("GET", "/units/{unit}/waits"): READ,
    ("GET", "/offices/{office}/what-if"): READ,
    ("GET", "/offices/{office}/staffing"): READ,
    ("GET", "/offices/{office}/satisfaction/{period}"): READ,
    ("GET", "/units/{unit}/satisfaction/{period}"): READ,
    ("GET", "/units/{unit}/comparison/{period}"): READ,
    ("GET", "/offices/{office}/reports/{form}"): READ,
    ("GET", "/report-schedules"): SCHEDULE,
    ("POST", "/report-schedules"): SCHEDULE,
    ("DELETE", "/report-schedules/{schedule}"): SCHEDULE,
    ("GET", "/offices/{office}/alerts"): READ,
    ("POST", "/offices/{office}/alerts/{alert}/acknowledge"): ALERTS,
    ("GET", "/offices/{office}/alerts/limits"): ALERTS,
    ("PUT", "/offices/{office}/alerts/limits"): ALERTS,
    ("GET", "/devices"): READ,
    ("POST", "/commands"): Rule(Scope.COMMAND),
    ("GET", "/commands/{order}"): READ,
    ("POST", "/commands/{order}/stop"): Rule(Scope.COMMAND),
    ("GET", "/releases"): READ,
    ("GET", "/audit"): Rule(Scope.AUDIT, whole_province=True),
    ("GET", "/rollouts"): READ,
    ("POST", "/rollouts"): Rule(Scope.COMMAND),
    ("GET", "/rollouts/{rollout}"): READ,
    ("POST", "/rollouts/{rollout}/{act}"): Rule(Scope.COMMAND),
    ("POST", "/devices/{device}/configuration/retry"): Rule(Scope.COMMAND),
    ("GET", "/devices/{device}/evidence"): READ,
    ("GET", "/firmware-health"): Rule(Scope.READ, whole_province=True),
    ("POST", "/devices/{device}/commands"): Rule(Scope.COMMAND),
    ("GET", "/devices/{device}/commands"): READ,
    ("GET", "/devices/{device}/commands/{command_id}"): READ,
    ("POST", "/selftests"): Rule(Scope.ENROL),
    **{("POST", f"/devices/{{device}}/{verb}"): ENROL for verb in ("move", "replace", "rotate", "revoke", "retire")},
    ("GET", "/devices/{device}/history"): READ,
    ("POST", "/devices/{device}/network"): ENROL,
    ("POST", "/devices/{device}/network/withdraw"): ENROL,
    ("POST", "/offices/{office}/network"): ENROL,
    ("GET", "/offices/{office}/network"): ENROL,
    ("GET", "/devices/{device}/settings"): READ,
    ("GET", "/templates"): READ,
    ("GET", "/templates/{template}"): READ,
    ("GET", "/templates/{template}/versions"): READ,
    ("PUT", "/templates/{template}"): CONFIGURE,
    ("POST", "/templates/{template}/preview"): CONFIGURE,
    ("POST", "/templates/{template}/back"): CONFIGURE,
    ("GET", "/claims"): ENROL,
    ("POST", "/claims"): ENROL,
    ("POST", "/claims/{claim}/withdraw"): ENROL,
    ("GET", "/dossiers"): Rule(Scope.READ, whole_province=True),
    ("POST", "/dossiers/bulk"): WRITE,
    ("GET", "/dossiers/{code}"): READ,
    ("GET", "/dossiers/{code}/visits"): READ,
    ("PUT", "/dossiers/{code}"): WRITE,
    ("GET", "/counters/{counter}"): READ,
    ("POST", "/counters/{counter}/call"): CALL,
    ("POST", "/counters/{counter}/next"): CALL,
    ("POST", "/counters/{counter}/recall"): CALL,
    ("POST", "/counters/{counter}/finish"): CALL,
    ("POST", "/counters/{counter}/go-on"): CALL,
    ("POST", "/counters/{counter}/no-show"): CALL,
    ("POST", "/counters/{counter}/transfer"): CALL,
    ("POST", "/counters/{counter}/park"): CALL,
    ("POST", "/counters/{counter}/resume"): CALL,
    ("POST", "/counters/{counter}/pause"): CALL,
    ("POST", "/counters/{counter}/undo"): CALL,
}
PARTS = {
    "{form}": "csv",
    "{schedule}": "1",
    "{alert}": "7",
    "{item}": "2.1",
    "{cell}": "late",
    "{office}": "tan-an",
    "{service}": "ho-tich",
    "{number}": "7",
    "{unit}": "tan-an",
    "{period}": "2026-10",
    "{counter}": "quay-1",
    "{claim}": "K7MP4QXTH",
    "{device}": "tp-1",
    "{command_id}": "9f2c41d07a5be813",
    "{code}": "H15.50.05.13-261008-0001",
}


GOES_ON = {"to_service": "ho-tich"}
# The one request of these that is not understood without a body.


def routes(app: FastAPI) -> Iterator[tuple[str, str, object]]:
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ("?",):
            yield method, str(context.path), context.original_route


def filled(path: str) -> str:
    for part, value in PARTS.items():
        path = path.replace(part, value)
    return path


def test_the_table_knows_every_route_and_its_rule(town: Town) -> None:
    found = {(method, path): getattr(route, "rule", None) for method, path, route in routes(town.api)}
    assert found == RULES
    assert all(isinstance(route, RuledRoute) for _, _, route in routes(town.api))


def test_a_route_without_a_rule_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="expected a rule"):
        APIRouter(route_class=RuledRoute).get("/open-to-all")(lambda: None)


# Who may is decided before the database is asked for anything but the token: one kind of it tells.
ON_ONE_DATABASE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (None, "no-token"),
        ("Bearer ", "no-token"),
        ("Basic bGFuOmxhbg==", "no-token"),
        ("Bearer mc1_guessed", "bad-token"),
        ("Bearer \x00\xff", "bad-token"),
    ],
)
def test_nothing_answers_without_a_token(town: Town, header: str | None, kind: str) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    for (method, path), its in RULES.items():
        answer = town.client.request(method, API + filled(path), headers=headers)  # type: ignore[arg-type]
        if its.scope is None:
            assert answer.status_code == 200, path
        else:
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["type"] == f"urn:motcua:problem:{kind}", path


@ON_ONE_DATABASE
@pytest.mark.parametrize("scope", Scope)
def test_only_the_scope_that_the_table_says_opens_a_route(town: Town, scope: Scope) -> None:
    program = town.program(scope)
    for (method, path), its in RULES.items():
        answer = program.ask(method, filled(path))
        if its.scope is None or scope is its.scope:
            assert answer.status_code not in (401, 403), path
        else:
            assert answer.status_code == 403, path
            assert answer.json()["type"].endswith("no-scope")
            assert its.scope.value in answer.json()["detail"]


def test_a_token_of_one_office_sees_nothing_of_another(town: Town) -> None:
    program, bodies = (
        town.program(Scope.READ, Scope.CALL, Scope.ALERTS, Scope.ENROL, office=OTHER),
        {"go-on": GOES_ON, "network": {}},
    )
    assert [one["id"] for one in program.get("/offices").json()["items"]] == [OTHER]
    for (method, path), its in RULES.items():
        if its.scope is None:
            continue
        body = bodies.get(path.rpartition("/")[2])
        answer = program.ask(method, filled(path), **({} if body is None else {"json": body}))
        if any(part in path for part in ("{office}", "{counter}", "{unit}")):
            assert answer.status_code == 404, path
            assert "tan-an" not in answer.text.replace(answer.json()["instance"], "")
        elif its.whole_province:
            assert answer.status_code == 403, path
    assert [one["id"] for one in program.get("/devices").json()["items"]] == ["ck-q-1"]
    assert program.get("/devices?office=tan-an").json()["items"] == []


def test_a_token_of_a_unit_sees_the_offices_below_it_while_they_are(town: Town) -> None:
    nodes = [
        Node("tinh", Kind.PROVINCE, "Thành phố Cần Thơ"),
        Node("ninh-kieu", Kind.CENTRE, "Trung tâm Ninh Kiều", "tinh"),
        Node(OTHER, Kind.OFFICE, "Phường Cái Khế", "ninh-kieu", valid_to=date(2026, 11, 11)),
        Node("tan-an", Kind.OFFICE, "Phường Tân An", "tinh"),
    ]
    with town.store.writing() as connection:
        units.save(connection, nodes)
    whole, part = town.program(office="tinh"), town.program(office="ninh-kieu")
    assert [one["id"] for one in whole.get("/offices").json()["items"]] == [OTHER, "tan-an"]
    assert [one["id"] for one in part.get("/offices").json()["items"]] == [OTHER]
    town.now_ms += 2 * 86_400_000 - 60_000
    with town.store.writing() as connection:
        connection.exec_driver_sql("UPDATE api_tokens SET expires_ms = expires_ms + 864000000")
    assert part.get("/offices").json()["items"] == [], "it was abolished"
    assert [one["id"] for one in whole.get("/offices").json()["items"]] == ["tan-an"]


def test_a_token_ends_when_its_days_are_over_or_it_is_revoked(town: Town) -> None:
    program = town.program(Scope.READ)
    assert program.get("/offices").status_code == 200
    town.now_ms += 86_400_000
    assert program.get("/offices").status_code == 401
    other = town.program(Scope.READ)
    assert other.get("/offices").status_code == 200
    tokens.revoke(town.store, tokens.all_tokens(town.store)[-1].id, town.now_ms)
    assert other.get("/offices").status_code == 401


def test_a_token_is_kept_as_a_hash(town: Town) -> None:
    secret = town.token()
    with town.store.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM api_tokens").all()
    assert secret not in str(kept) and len(kept) == 1


def test_who_calls_too_often_waits(town: Town) -> None:
    town.api.state.door.pace.most = 3
    first, second = town.program(Scope.READ), town.program(Scope.READ)
    answers = [first.get("/offices") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert second.get("/offices").status_code == 200
    town.now_ms += 1000 * int(answers[3].headers["retry-after"])
    assert first.get("/offices").status_code == 200
    assert first.get("/offices").status_code == 429
