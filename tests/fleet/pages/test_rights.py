"""Every route has a guard, and every guard lets in whom this table says."""

import re
from collections.abc import Iterator, Mapping

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

from fleet.clock import now_ms
from fleet.domain.named_periods import Length, holding
from fleet.domain.rights import MAY, Permission, Role
from fleet.finer_rights import OF_ONE_OFFICE
from fleet.flows import sign_in
from fleet.flows.changes import Changes
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.pages.headers import security_headers
from fleet.pages.rights import Allowed, Holder, Public, SignedByProvider
from fleet.settings import Settings
from fleet.wiring import API, web
from tests.fleet.pages.town import PASSWORD, Town, token_in

TO_LOGIN = 303
LAST_MONTH = str(holding(Length.MONTH, day_in_viet_nam(now_ms())).before())
WHO = ("nobody", "administrator", "supervisor", "technician", "clerk")
# What each gets, in the order of WHO; forms are sent with their token. 303 leads on: nobody to /login.
TABLE = {
    ("GET", "/healthz"): (200, 200, 200, 200, 200),
    ("GET", "/health/live"): (200, 200, 200, 200, 200),
    ("GET", "/health/ready"): (200, 200, 200, 200, 200),
    ("GET", "/login"): (200, 303, 303, 303, 303),
    ("POST", "/login"): (303, 303, 303, 303, 303),
    ("GET", "/login/code"): (303, 303, 303, 303, 303),
    ("POST", "/login/code"): (303, 303, 303, 303, 303),
    ("POST", "/logout"): (TO_LOGIN, 303, 303, 303, 303),
    ("GET", "/login/sso"): (404, 404, 404, 404, 404),
    ("GET", "/login/sso/back"): (404, 404, 404, 404, 404),
    ("POST", "/login/sso/ended"): (404, 404, 404, 404, 404),
    ("POST", "/account/identity"): (TO_LOGIN, 404, 404, 404, 404),
    ("POST", "/account/identity/part"): (TO_LOGIN, 303, 303, 303, 303),
    ("POST", "/language"): (303, 303, 303, 303, 303),
    ("GET", "/"): (TO_LOGIN, 200, 200, 303, 303),
    ("GET", "/offices/{office}"): (TO_LOGIN, 200, 200, 403, 200),
    ("GET", "/live/offices/{office}"): (401, 200, 200, 403, 200),
    ("GET", "/lobby/{office}"): (TO_LOGIN, 200, 200, 200, 403),
    ("GET", "/live/lobby/{office}"): (401, 200, 200, 200, 403),
    ("GET", "/kiosk/{office}"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/kiosk/{office}/notice/privacy"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/kiosk/{office}/{service}"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/kiosk/{office}/{service}"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/kiosk/{office}/{service}/paper/{command}"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/live/kiosk/{office}"): (401, 200, 403, 403, 403),
    ("GET", "/voices/{folder}/{clip}"): (TO_LOGIN, 404, 404, 404, 403),
    ("GET", "/offices/{office}/visits"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/due"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/visits/one"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/dossiers"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/ratings"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/offices/{office}/ratings/reviews"): (TO_LOGIN, 409, 409, 403, 403),
    ("POST", "/offices/{office}/alerts/{alert}/acknowledge"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/offices/{office}/reports"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/reports/{period}.{form}"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/compare"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/compare.csv"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/units/{unit}/reports"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/units/{unit}/reports/{period}.{form}"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/cong-khai/{office}"): (200, 200, 200, 200, 200),
    ("GET", "/cong-khai/{office}/{period}.csv"): (200, 200, 200, 200, 200),
    ("GET", "/cong-khai/{office}/to-dan"): (200, 200, 200, 200, 200),
    ("GET", "/offices/{office}/counters/{counter}"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/clerks/{number}"): (TO_LOGIN, 404, 404, 403, 403),
    ("GET", "/offices/{office}/history"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/history.{form}"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/what-if"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/offices/{office}/staffing"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/settings"): (TO_LOGIN, 303, 303, 403, 403),
    ("GET", "/settings/offices/{office}"): (TO_LOGIN, 200, 200, 403, 403),
    ("GET", "/settings/offices/{office}/office"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/office"): (TO_LOGIN, 409, 403, 403, 403),
    ("GET", "/settings/offices/{office}/services"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/services"): (TO_LOGIN, 422, 403, 403, 403),
    ("GET", "/settings/offices/{office}/services/{service}"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/services/{service}"): (TO_LOGIN, 409, 403, 403, 403),
    ("POST", "/settings/offices/{office}/services/{service}/place"): (TO_LOGIN, 303, 403, 403, 403),
    ("GET", "/settings/offices/{office}/counters"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/counters"): (TO_LOGIN, 422, 403, 403, 403),
    ("GET", "/settings/offices/{office}/counters/{counter}"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/counters/{counter}"): (TO_LOGIN, 409, 403, 403, 403),
    ("POST", "/settings/offices/{office}/counters/{counter}/place"): (TO_LOGIN, 303, 403, 403, 403),
    ("POST", "/settings/offices/{office}/counters/{counter}/{state}"): (TO_LOGIN, 303, 403, 403, 403),
    ("GET", "/settings/offices/{office}/kiosk"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/kiosk"): (TO_LOGIN, 409, 403, 403, 403),
    ("GET", "/settings/offices/{office}/configuration"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/settings/offices/{office}/privacy"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/privacy"): (TO_LOGIN, 409, 403, 403, 403),
    ("GET", "/du-lieu-ca-nhan"): (200, 200, 200, 200, 200),
    ("GET", "/du-lieu-ca-nhan/{office}"): (200, 200, 200, 200, 200),
    ("GET", "/settings/templates"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/templates/{template}"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/templates/{template}"): (TO_LOGIN, 409, 403, 403, 403),
    ("POST", "/settings/templates/{template}/back"): (TO_LOGIN, 303, 403, 403, 403),
    ("GET", "/settings/offices/{office}/queue"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/queue"): (TO_LOGIN, 409, 409, 403, 403),
    ("GET", "/settings/offices/{office}/calendar"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/calendar"): (TO_LOGIN, 409, 409, 403, 403),
    ("GET", "/settings/offices/{office}/calendar/days"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/calendar/days"): (TO_LOGIN, 422, 422, 403, 403),
    ("POST", "/settings/offices/{office}/calendar/days/removed"): (TO_LOGIN, 303, 303, 403, 403),
    # Programs concern the whole fleet: the administrator here is of one office.
    ("GET", "/settings/tokens"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/tokens/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/tokens/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/tokens/services/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/tokens/services/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/tokens/services/ended"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/tokens/revoked"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/certificates"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/webhooks"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/webhooks/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/webhooks/new"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/webhooks/{webhook}"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/webhooks/{webhook}/deeds"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/changes"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/settings/offices/{office}/classes"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/classes"): (TO_LOGIN, 422, 422, 403, 403),
    ("GET", "/settings/offices/{office}/classes/{name}"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/classes/{name}"): (TO_LOGIN, 409, 409, 403, 403),
    ("POST", "/settings/offices/{office}/classes/{name}/place"): (TO_LOGIN, 303, 303, 403, 403),
    ("POST", "/settings/offices/{office}/classes/{name}/end"): (TO_LOGIN, 303, 303, 403, 403),
    ("GET", "/settings/offices/{office}/appointments"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/appointments"): (TO_LOGIN, 409, 409, 403, 403),
    ("GET", "/settings/offices/{office}/alerts"): (TO_LOGIN, 200, 200, 403, 403),
    ("POST", "/settings/offices/{office}/alerts"): (TO_LOGIN, 409, 409, 403, 403),
    ("GET", "/settings/offices/{office}/tickets"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/offices/{office}/tickets"): (TO_LOGIN, 409, 403, 403, 403),
    # So does the tree.
    ("GET", "/settings/units"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/units"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/units.csv"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/units/import"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/units/import"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/units/office"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/units/office"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/offices/{office}/buttons"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/settings/offices/{office}/buttons/{device}"): (TO_LOGIN, 404, 403, 403, 403),
    ("POST", "/settings/offices/{office}/buttons/{device}"): (TO_LOGIN, 404, 403, 403, 403),
    ("GET", "/settings/people"): (TO_LOGIN, 200, 403, 403, 403),
    ("GET", "/settings/people/second-step"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/people/second-step"): (TO_LOGIN, 409, 403, 403, 403),
    ("GET", "/settings/people/new"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/people/new"): (TO_LOGIN, 422, 403, 403, 403),
    ("GET", "/settings/people/{number}"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/settings/people/{number}"): (TO_LOGIN, 409, 403, 403, 403),
    ("POST", "/settings/people/{number}/acts"): (TO_LOGIN, 303, 403, 403, 403),
    ("GET", "/account"): (TO_LOGIN, 200, 200, 200, 200),
    ("POST", "/account"): (TO_LOGIN, 422, 422, 422, 422),
    ("GET", "/account/second-step"): (TO_LOGIN, 200, 200, 200, 200),
    ("POST", "/account/second-step"): (TO_LOGIN, 422, 422, 422, 422),
    ("POST", "/account/second-step/begun"): (TO_LOGIN, 303, 303, 303, 303),
    ("POST", "/account/second-step/paper"): (TO_LOGIN, 422, 422, 422, 422),
    ("POST", "/account/second-step/given-up"): (TO_LOGIN, 422, 422, 422, 422),
    ("POST", "/account/sessions"): (TO_LOGIN, 303, 303, 303, 303),
    ("GET", "/counters"): (TO_LOGIN, 200, 200, 403, 200),
    ("GET", "/counters/{counter}"): (TO_LOGIN, 200, 200, 403, 200),
    ("GET", "/live/counters/{counter}"): (401, 200, 200, 403, 200),
    ("GET", "/counters/{counter}/visits"): (TO_LOGIN, 404, 404, 403, 404),
    ("POST", "/counters/{counter}/acts"): (TO_LOGIN, 303, 403, 403, 303),
    ("GET", "/devices/enrol"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/devices/enrol/means"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/devices/enrol/package"): (TO_LOGIN, 400, 403, 400, 403),
    ("POST", "/devices/enrol/claim"): (TO_LOGIN, 400, 403, 400, 403),
    ("GET", "/devices/enrol/boards/{hw}"): (TO_LOGIN, 404, 403, 404, 403),
    ("POST", "/devices/enrol/selftest"): (TO_LOGIN, 400, 403, 400, 403),
    ("GET", "/devices/enrol/code/{shown}.svg"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/live/enrol/{claim}"): (401, 404, 403, 404, 403),
    ("GET", "/devices/claims"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/claims"): (TO_LOGIN, 409, 403, 409, 403),
    ("GET", "/devices/claims/example.csv"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/claims/import"): (TO_LOGIN, 422, 403, 422, 403),
    ("POST", "/devices/claims/take"): (TO_LOGIN, 409, 403, 409, 403),
    ("POST", "/devices/claims/file"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/claims/withdrawn"): (TO_LOGIN, 404, 403, 404, 403),
    ("GET", "/devices/network"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/network"): (TO_LOGIN, 422, 403, 422, 403),
    ("POST", "/devices/network/withdrawn"): (TO_LOGIN, 303, 403, 303, 403),
    ("GET", "/devices/buttons"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/devices/{device}"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/live/devices/{device}"): (401, 200, 403, 200, 403),
    ("GET", "/devices/{device}/evidence"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/{device}/commands"): (TO_LOGIN, 303, 403, 303, 403),
    # Of a device that is only in what the page shows: test_registry_page.py has one.
    ("GET", "/devices/{device}/registry/{verb}"): (TO_LOGIN, 404, 403, 404, 403),
    ("POST", "/devices/{device}/registry/{verb}"): (TO_LOGIN, 404, 403, 404, 403),
    ("POST", "/devices/{device}/configuration"): (TO_LOGIN, 303, 403, 303, 403),
    ("GET", "/releases"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/live/releases"): (401, 200, 403, 200, 403),
    ("GET", "/rollouts"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/live/rollouts"): (401, 200, 403, 200, 403),
    ("GET", "/rollouts/new"): (TO_LOGIN, 200, 403, 403, 403),
    ("POST", "/rollouts"): (TO_LOGIN, 422, 403, 403, 403),
    ("GET", "/rollouts/{rollout}"): (TO_LOGIN, 404, 403, 404, 403),
    ("GET", "/live/rollouts/{rollout}"): (401, 404, 403, 404, 403),
    ("POST", "/rollouts/{rollout}/{act}"): (TO_LOGIN, 404, 403, 404, 403),
    ("POST", "/devices/{device}/inherit"): (TO_LOGIN, 303, 403, 303, 403),
    ("GET", "/devices/orders"): (TO_LOGIN, 200, 403, 200, 403),
    ("POST", "/devices/orders"): (TO_LOGIN, 422, 403, 422, 403),
    ("GET", "/devices/orders/{order}"): (TO_LOGIN, 404, 403, 404, 403),
    ("GET", "/live/devices/orders/{order}"): (401, 404, 403, 404, 403),
    ("POST", "/devices/orders/{order}/stop"): (TO_LOGIN, 404, 403, 404, 403),
    ("GET", "/devices"): (TO_LOGIN, 200, 403, 200, 403),
    ("GET", "/live/devices"): (401, 200, 403, 200, 403),
    ("GET", "/t/{code}"): (404, 404, 404, 404, 404),
    ("POST", "/t/{code}"): (404, 404, 404, 404, 404),
    ("GET", "/t/{code}/papers"): (404, 404, 404, 404, 404),
    ("GET", "/metrics"): (401, 200, 403, 200, 403),
}
FORMS = {"/login": {"name": "clerk", "password": "mot-hai-ba-bon"}, "/logout": {}, "/language": {"language": "en"}}
REVIEW = {"press": "nut-1/1/1/1", "day": "2026-11-23", "decision": "restore", "why": "Lớp học đến thăm"}
FORMS["/offices/{office}/ratings/reviews"] = REVIEW
FORMS["/offices/{office}/alerts/{alert}/acknowledge"] = {}
FORMS["/counters/{counter}/acts"] = {"verb": "next", "key": "chua-co-ai-cho", "seen": "free"}
FORMS["/settings/people/{number}/acts"] = {"verb": "unlock"}
FORMS["/settings/webhooks/{webhook}/deeds"] = {"deed": "pause"}
FORMS["/login/code"] = {"code": "123456"}
FORMS |= {f"/account/second-step{more}": {} for more in ("", "/begun", "/paper", "/given-up")}
FORMS |= {"/account": {}, "/account/sessions": {}, "/account/identity": {}, "/account/identity/part": {}}
FORMS["/login/sso/ended"] = {"logout_token": "x"}
FORMS["/settings/offices/{office}/services/{service}/place"] = {"by": "1"}
FORMS["/settings/offices/{office}/classes/{name}/place"] = {"by": "1"}
FORMS["/settings/offices/{office}/counters/{counter}/place"] = {"by": "1"}
# Without the mark of what its page showed a form of settings is out of date: test_settings_forms.py.
FORMS |= {path: {} for _, path in TABLE if path not in FORMS and path.startswith("/settings/")}
FORMS["/devices/{device}/commands"] = {"verb": "identify"}
FORMS["/devices/{device}/configuration"] = {}
FORMS["/devices/{device}/registry/{verb}"] = {}
FORMS["/devices/{device}/inherit"] = {"field": "printer.width"}
FORMS |= {f"/devices/claims{more}": {} for more in ("", "/import", "/take", "/file", "/withdrawn")}
FORMS |= {"/devices/enrol/claim": {}, "/devices/enrol/selftest": {}}
FORMS |= {"/devices/network": {}, "/devices/network/withdrawn": {}}
FORMS["/devices/orders"] = {"verb": "restart", "key": "mot-lenh"}
FORMS["/rollouts"] = {"subject": "office:tan-an:all", "version": "1"}
FORMS["/rollouts/{rollout}/{act}"] = {}
FORMS["/devices/orders/{order}/stop"] = {}
FORMS["/kiosk/{office}/{service}"] = {"key": "mot-lan-cham", "way": "phone"}
PARTS = {
    "office": "tan-an",
    "template": "office:tan-an:all",
    "number": "4",
    "device": "tp-1",
    "verb": "move",
    "webhook": "1",
    "order": "khong-co",
    "rollout": "khong-co",
    "act": "pause",
    "unit": "tinh",
    "service": "ho-tich",
    "command": "0123456789abcdef",
    "counter": "ta-1",
    "state": "open",
    "name": "senior",
    "period": LAST_MONTH,
    "form": "csv",
    "folder": "01",
    "clip": "002",
    "alert": "7",
    "hw": "e6614c311b7e6f35",
    "shown": "MCT-1A2B-3C4D",
    "claim": "K7MP4QXTH",
    "code": "MC1:nobody:1:0123456789abcdef",
}
PUBLISHED = {"/du-lieu-ca-nhan", "/du-lieu-ca-nhan/{office}"}
# What is kept of them may be read by all.
PUBLISHED |= {"/cong-khai/{office}", "/cong-khai/{office}/{period}.csv", "/cong-khai/{office}/to-dan"}
FORMS["/t/{code}"] = {"score": "5"}
BY_TICKET = {"/t/{code}", "/t/{code}/papers"}
# Whoever knows the code of a ticket may; nobody here does (`test_ticket_page.py`).
SCREENS = {"/lobby/{office}", "/live/lobby/{office}", "/voices/{folder}/{clip}"}
SCREENS |= {"/kiosk/{office}", "/kiosk/{office}/{service}", "/live/kiosk/{office}"}
SCREENS |= {"/kiosk/{office}/{service}/paper/{command}", "/kiosk/{office}/notice/privacy"}
FOR_ALL = {"/healthz", "/health/live", "/health/ready", "/login", "/login/code", "/logout", "/language", "/"}
BY_PROVIDER = {"/login/sso", "/login/sso/back", "/login/sso/ended"}
# What comes of them is shown where there is a provider (`test_single_sign_on.py`).
OF_A_VISIT = {
    "/counters/{counter}/visits": "?visit=q-1/1/1/1",
    "/offices/{office}/visits/one": "?day=2026-11-23&visit=q-1/1/1/1",
}


def guards(dependant: Dependant) -> Iterator[Allowed | Public | Holder | SignedByProvider]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Allowed | Public | Holder | SignedByProvider):
            yield needed.call
        yield from guards(needed)


def routes(app: FastAPI) -> dict[tuple[str, str], set[Allowed | Public | Holder | SignedByProvider]]:
    """The guards of every route; only the folder of static files is no route."""
    found = {}
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            its_own_rules = str(context.path) == API  # tests/fleet/api/test_rules.py walks it
            assert its_own_rules or str(context.path).startswith("/static/"), f"{context.path} has no guard"
            continue
        assert isinstance(context.original_route, APIRoute), f"{context.path} can have no guard"
        for method in context.methods or ():
            found[method, str(context.path)] = set(guards(context.dependant))
    return found


def test_every_route_of_the_real_application_has_one_guard(town: Town) -> None:
    found = routes(web(town.store, Settings(), Changes()))
    assert {route for route, its in found.items() if len(its) != 1} == set()
    assert len(found) >= len(TABLE)


def test_the_walk_finds_a_route_without_a_guard(town: Town) -> None:
    @town.app.get("/open-to-all")
    def open_to_all() -> None: ...

    assert [route for route, its in routes(town.app).items() if len(its) != 1] == [("GET", "/open-to-all")]


def test_the_table_knows_every_route(town: Town) -> None:
    assert set(routes(town.app)) == set(TABLE)


@pytest.mark.parametrize("who", WHO)
def test_everyone_gets_what_the_table_says(town: Town, address: str, who: str) -> None:
    for (method, path), expected in TABLE.items():
        token, csrf = town.session(who) if who != "nobody" else (None, None)
        cookies = {"motcua": token} if token else None
        # Not `verify`: each client would read all certificates of the world again, for an address without any.
        with httpx2.Client(base_url=address, cookies=cookies, timeout=60, verify=False) as client:
            form = None
            if method == "POST":
                form = {"csrf": csrf or token_in(client.get("/login").text), **FORMS[path]}
            address_of = path.format(**PARTS) + OF_A_VISIT.get(path, "")
            with client.stream(method, address_of, data=form) as answer:
                assert answer.status_code == expected[WHO.index(who)], (method, path)
                assert unguarded(answer.headers) == set(), (method, path)
                if (
                    who == "nobody"
                    and answer.status_code == TO_LOGIN
                    and path not in ("/login", "/login/code", "/language")
                ):
                    assert answer.headers["location"].startswith("/login")


def unguarded(headers: Mapping[str, str]) -> set[str]:
    """What an answer lacks of what every answer tells a browser; its policy may only say more."""
    wanted = security_headers(Settings())
    kept = headers.get("Cache-Control", "")
    found = {name for name, value in wanted.items() if not headers.get(name, "").startswith(value)}
    for_all = "public" in kept and "set-cookie" not in headers
    return found - {"Cache-Control"} | (set() if for_all or "no-store" in kept or "private" in kept else {kept})


def test_the_api_and_files_tell_browsers_the_same(town: Town) -> None:
    app = web(town.store, Settings(), Changes())
    mounted = next(str(one.path) for one in app.routes if isinstance(one, Mount) and one.path.startswith("/static/"))
    own = (f"{mounted}/motcua.css", "/static/khong-co", "/khong-co")
    with TestClient(app, follow_redirects=False) as client:
        for path in (*own, f"{API}/openapi.json", f"{API}/offices", f"{API}/khong-co"):
            assert unguarded(client.get(path).headers) == set(), path


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SUPERVISOR, Role.TECHNICIAN, Role.CLERK])
def test_of_another_office_nobody_gets_or_changes_anything(town: Town, role: Role) -> None:
    """Every route that names something of one office, asked by somebody with the right role at the other one."""
    sign_in.add_person(town.store, "other", PASSWORD, role, now_ms(), office="cai-khe")
    with town.browser("other") as browser:
        for method, path in TABLE:
            if not OF_ONE_OFFICE & set(re.findall(r"{(\w+)}", path)) or path in PUBLISHED | BY_TICKET:
                continue
            address = path.format(**PARTS) + OF_A_VISIT.get(path, "")
            answer = browser.get(address) if method == "GET" else browser.post(address, **FORMS[path])
            assert answer.status_code in (403, 404), (method, path)


def test_a_screen_on_a_wall_sees_the_lobby_and_nothing_else(town: Town) -> None:
    with town.browser("display") as browser:
        for method, path in TABLE:
            if method == "GET" and path not in FOR_ALL | SCREENS | PUBLISHED | BY_TICKET | BY_PROVIDER:
                assert browser.get(path.format(**PARTS)).status_code == 403, path
        assert browser.get("/").headers["location"] == "/lobby/tan-an"
        assert browser.get("/lobby/tan-an").status_code == 200
        assert browser.get("/lobby/cai-khe").status_code == 404
        assert browser.post("/counters/ta-1/acts", **FORMS["/counters/{counter}/acts"]).status_code == 403


@pytest.mark.parametrize(
    ("who", "given"),
    [*((who, given) for who in WHO for given in (None, "of another session")), ("technician", ""), ("clerk", "ánh")],
)
def test_a_form_without_its_token_changes_nothing(town: Town, who: str, given: str | None) -> None:
    with town.browser(who if who != "nobody" else None) as browser:
        browser.get("/login")
        token = town.session("root")[1] if given == "of another session" else given
        for method, path in TABLE:
            if method == "POST" and path not in BY_TICKET | BY_PROVIDER:
                form = FORMS[path] | ({} if token is None else {"csrf": token})
                refused = browser.client.post(path.replace("{counter}", "ta-1"), data=form)
                if who == "nobody" and path not in ("/login", "/login/code", "/language"):
                    assert refused.headers["location"] == "/login"
                    continue
                assert refused.status_code == 403, path
                may = TABLE[method, path][WHO.index(who)] != 403
                assert ("Biểu mẫu đã hết hạn" in refused.text) is may
        if who != "nobody":
            assert browser.client.get("/login").status_code == 303, "still signed in"


def test_the_token_may_come_as_a_header(town: Town) -> None:
    with town.browser("clerk") as browser:
        assert browser.client.post("/logout", headers={"X-CSRF-Token": "wrong"}).status_code == 403
        assert browser.client.post("/logout", headers={"X-CSRF-Token": str(browser.csrf)}).status_code == 303


def test_a_stranger_who_brings_both_halves_of_a_token_needs_the_cookie(town: Town) -> None:
    """A login form on another site can choose the field, but neither reads nor sets our cookie."""
    with town.browser() as browser:
        form = {"csrf": "chosen", **FORMS["/login"]}
        assert browser.client.post("/login", data=form).status_code == 403


def test_roles_hold_at_their_office_only(town: Town) -> None:
    for path in ("/offices/cai-khe", "/live/offices/cai-khe", "/offices/nowhere"):
        with town.browser("supervisor") as browser:
            assert browser.get(path).status_code == 404
    for path in ("/counters/ck-1", "/live/counters/ck-1", "/counters/ck-1/visits?visit=x", "/counters/nowhere"):
        with town.browser("clerk") as browser:
            assert browser.get(path).status_code == 404
            form = FORMS["/counters/{counter}/acts"]
            assert browser.post("/counters/ck-1/acts", **form).status_code == 404
    with town.browser("root") as browser:
        assert browser.get("/offices/cai-khe").status_code == 200
        assert browser.get("/offices/nowhere").status_code == 404


def test_a_number_that_fits_no_column_is_refused(town: Town) -> None:
    form = FORMS["/rollouts"] | {"version": str(10**20)}
    with town.browser("root") as browser:
        assert browser.get(f"/settings/people/{10**20}").status_code == 400
        assert browser.post(f"/settings/people/{10**20}/acts", verb="unlock").status_code == 400
        assert browser.post("/rollouts", **form).status_code == 400


def test_every_role_has_its_rights_and_administrators_all() -> None:
    assert set(MAY) == set(Role)
    assert [role for role in Role if MAY[role] == set(Permission)] == [Role.ADMINISTRATOR]
    assert Permission.SEE_RATINGS not in MAY[Role.CLERK]
