"""Everything that somebody can change leaves an entry in the log, or says here why it leaves none.

The tables name every page, call of the API and command that changes something. That each flow which any test reaches by
one of them notes what it did is seen everywhere else: an unnamed change is an error in tests (`ledger.STRICT`).
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from fleet.__main__ import app as motcua
from fleet.api.app import create_api
from fleet.commands.known import PLACES
from fleet.domain.audit import What
from fleet.flows import audit
from fleet.flows.changes import Changes
from fleet.settings import Settings
from fleet.store.acting import somebody_acts
from fleet.store.audit import Asked
from fleet.wiring import web
from tests.fleet.pages.form_reader import FormReader
from tests.fleet.pages.town import Town

ROOT = Path(__file__).parents[3]
Noted = tuple[What, ...] | str
EVENT = "an event of the office, numbered and kept as such"
LOOKS = "shows what would change, and changes nothing"
PAGES: dict[str, Noted] = {
    "/login": (What.SESSION_OPEN,),
    "/login/code": (What.SESSION_OPEN,),
    "/logout": (What.SESSION_END,),
    "/language": (What.USER_CHANGE,),
    "/account": (What.USER_PASSWORD, What.SESSION_OPEN),
    "/account/second-step/begun": "a secret that nothing asks for until it is confirmed",
    "/account/second-step": (What.USER_SECOND_STEP,),
    "/account/second-step/paper": (What.USER_PAPER_CODES,),
    "/account/second-step/given-up": (What.USER_ONE_STEP,),
    "/settings/people/second-step": (What.USER_ASK_SECOND_STEP,),
    "/login/sso/ended": (What.SESSION_END,),
    "/account/identity": "leads to the provider of identities; what comes back from there is noted",
    "/account/identity/part": (What.USER_PART,),
    "/account/sessions": (What.SESSION_END,),
    "/kiosk/{office}/{service}": EVENT,
    "/t/{code}": EVENT,
    "/counters/{counter}/acts": EVENT,
    "/offices/{office}/ratings/reviews": (What.RATING_REVIEW,),
    "/offices/{office}/alerts/{alert}/acknowledge": (What.ALERT_ACKNOWLEDGE,),
    "/settings/offices/{office}/office": (What.OFFICE_CHANGE,),
    "/settings/offices/{office}/services": (What.SERVICE_ADD,),
    "/settings/offices/{office}/services/{service}": (What.SERVICE_CHANGE,),
    "/settings/offices/{office}/services/{service}/place": (What.SERVICE_MOVE,),
    "/settings/offices/{office}/counters": (What.COUNTER_ADD,),
    "/settings/offices/{office}/counters/{counter}": (What.COUNTER_CHANGE,),
    "/settings/offices/{office}/counters/{counter}/place": (What.COUNTER_MOVE,),
    "/settings/offices/{office}/counters/{counter}/{state}": (What.COUNTER_CLOSE, What.COUNTER_OPEN),
    "/settings/offices/{office}/kiosk": (What.KIOSK_CHANGE,),
    "/settings/offices/{office}/privacy": (What.OFFICE_PRIVACY,),
    "/settings/offices/{office}/queue": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/calendar": (What.CALENDAR_CHANGE,),
    "/settings/offices/{office}/calendar/days": (What.CALENDAR_CHANGE,),
    "/settings/offices/{office}/calendar/days/removed": (What.CALENDAR_CHANGE,),
    "/settings/offices/{office}/classes": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/classes/{name}": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/classes/{name}/place": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/classes/{name}/end": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/appointments": (What.QUEUE_CHANGE,),
    "/settings/offices/{office}/alerts": (What.ALERT_LIMITS,),
    "/settings/offices/{office}/tickets": (What.OFFICE_TICKETS,),
    "/settings/offices/{office}/buttons/{device}": (What.DEVICE_CONFIGURE,),
    "/settings/templates/{template}": (What.TEMPLATE_PUBLISH, What.TEMPLATE_KEEP),
    "/settings/templates/{template}/back": (What.TEMPLATE_PUBLISH,),
    "/settings/tokens/new": (What.TOKEN_ISSUE,),
    "/settings/tokens/services/new": (What.TOKEN_ADD_SERVICE,),
    "/settings/tokens/services/ended": (What.TOKEN_END_SERVICE,),
    "/settings/tokens/revoked": (What.TOKEN_REVOKE,),
    "/settings/webhooks/new": (What.WEBHOOK_ADD,),
    "/settings/webhooks/{webhook}/deeds": (
        *(What.WEBHOOK_PAUSE, What.WEBHOOK_RESUME, What.WEBHOOK_REMOVE, What.WEBHOOK_TEST),
    ),
    "/settings/units": (What.UNIT_IMPORT,),
    "/settings/units/import": LOOKS,
    "/settings/units/office": (What.OFFICE_ADD,),
    "/settings/people/new": (What.USER_ADD,),
    "/settings/people/{number}": (What.USER_CHANGE,),
    "/settings/people/{number}/acts": (*(What.USER_PASSWORD, What.USER_UNLOCK, What.USER_KEEP_OUT, What.USER_LET_IN),),
    "/devices/enrol/claim": (What.CLAIM_MAKE,),
    "/devices/enrol/selftest": (What.DEVICE_SELFTEST,),
    "/devices/claims": (What.CLAIM_MAKE,),
    "/devices/claims/import": LOOKS,
    "/devices/claims/take": (What.CLAIM_MAKE,),
    "/devices/claims/file": "hands a claim out once more that was made before",
    "/devices/claims/withdrawn": (What.CLAIM_WITHDRAW,),
    "/devices/network": (What.NETWORK_CHANGE,),
    "/devices/network/withdrawn": (What.NETWORK_WITHDRAW,),
    "/devices/orders": (What.ORDER_GIVE,),
    "/devices/orders/{order}/stop": (What.ORDER_STOP,),
    "/devices/{device}/commands": (What.DEVICE_ORDER,),
    "/devices/{device}/registry/{verb}": (
        *(What.DEVICE_MOVE, What.DEVICE_REPLACE, What.DEVICE_ROTATE, What.DEVICE_REVOKE, What.DEVICE_RETIRE),
    ),
    "/devices/{device}/configuration": (What.DEVICE_CONFIGURE,),
    "/devices/{device}/inherit": (What.DEVICE_CONFIGURE,),
    "/rollouts": (What.ROLLOUT_START,),
    "/rollouts/{rollout}/{act}": (
        *(What.ROLLOUT_APPROVE, What.ROLLOUT_PAUSE, What.ROLLOUT_RESUME, What.ROLLOUT_ABORT, What.ROLLOUT_RETRY),
    ),
}
API: dict[str, Noted] = {
    **{
        f"/counters/{{counter}}/{what}": EVENT
        for what in ("next", "call", "recall", "finish", "no-show", "transfer", "park", "resume", "pause", "go-on")
    },
    "/counters/{counter}/undo": EVENT,
    "/dossiers/bulk": (What.DOSSIER_PUSH,),
    "/dossiers/{code}": (What.DOSSIER_PUSH,),
    "/report-schedules": (What.REPORT_SCHEDULE,),
    "/report-schedules/{schedule}": (What.REPORT_UNSCHEDULE,),
    "/offices/{office}/alerts/{alert}/acknowledge": (What.ALERT_ACKNOWLEDGE,),
    "/offices/{office}/alerts/limits": (What.ALERT_LIMITS,),
    "/commands": (What.ORDER_GIVE,),
    "/commands/{order}/stop": (What.ORDER_STOP,),
    "/rollouts": (What.ROLLOUT_START,),
    "/rollouts/{rollout}/{act}": (
        *(What.ROLLOUT_APPROVE, What.ROLLOUT_PAUSE, What.ROLLOUT_RESUME, What.ROLLOUT_ABORT, What.ROLLOUT_RETRY),
    ),
    "/devices/{device}/configuration/retry": (What.DEVICE_CONFIGURE,),
    "/devices/{device}/commands": (What.DEVICE_ORDER,),
    "/selftests": (What.DEVICE_SELFTEST,),
    "/devices/{device}/move": (What.DEVICE_MOVE,),
    "/devices/{device}/replace": (What.DEVICE_REPLACE,),
    "/devices/{device}/rotate": (What.DEVICE_ROTATE,),
    "/devices/{device}/revoke": (What.DEVICE_REVOKE,),
    "/devices/{device}/retire": (What.DEVICE_RETIRE,),
    "/devices/{device}/network": (What.NETWORK_CHANGE,),
    "/devices/{device}/network/withdraw": (What.NETWORK_WITHDRAW,),
    "/offices/{office}/network": (What.NETWORK_CHANGE,),
    "/templates/{template}": (What.TEMPLATE_PUBLISH, What.TEMPLATE_KEEP),
    "/templates/{template}/preview": LOOKS,
    "/templates/{template}/back": (What.TEMPLATE_PUBLISH,),
    "/claims": (What.CLAIM_MAKE,),
    "/claims/{claim}/withdraw": (What.CLAIM_WITHDRAW,),
}
WEBHOOK = {"url": "https://example.vn/a", "events": "visit.closed", "office": "*"}
COMMANDS: dict[str, Noted] = {
    "relink": (What.DATA_RELINK,),
    "replay": (What.DATA_REPLAY,),
    "restored": (What.DATA_RESTORED,),
    "backup": (What.DATA_BACKUP,),
    "archive": (What.DATA_ARCHIVE,),
    "crowd": (What.DEVICE_PASSWORD,),
    "crowd enrol": (What.DEVICE_PASSWORD,),
    "restore": (What.DATA_RESTORED,),
    "migrate": (What.DATA_TAKEN_BACK,),
    "purge": (What.DATA_PURGE,),
    "sums": "works sums out again from what is kept",
    "report schedule": (What.REPORT_SCHEDULE,),
    "report unschedule": (What.REPORT_UNSCHEDULE,),
    "devices enrol": (What.DEVICE_ENROL,),
    **{
        f"devices {what}": (What.DEVICE_CONFIGURE,)
        for what in ("printer", "reader", "display", "scale", "settings", "inherit", "reasons", "sleep", "retry")
    },
    **{
        f"devices {what}": (What.DEVICE_ORDER,)
        for what in ("identify", "test-print", "restart", "snapshot", "log", "clock")
    },
    **{
        f"devices {one.value.partition('.')[2]}": (one,)
        for one in (
            *(What.DEVICE_MOVE, What.DEVICE_REPLACE, What.DEVICE_ROTATE, What.DEVICE_REVOKE, What.DEVICE_RETIRE),
        )
    },
    "devices network": (What.NETWORK_CHANGE, What.NETWORK_WITHDRAW),
    "devices strangers": "tells the broker whom it lets in; nothing of the fleet changes",
    "claims make": (What.CLAIM_MAKE,),
    "claims import": (What.CLAIM_MAKE,),
    "claims withdraw": (What.CLAIM_WITHDRAW,),
    **{f"templates {what}": (What.TEMPLATE_PUBLISH,) for what in ("set", "unset", "back")},
    "offices tickets": (What.OFFICE_TICKETS,),
    "offices sign-in": (What.OFFICE_SIGN_IN,),
    "offices publish": (What.OFFICE_PUBLISH,),
    "offices thanks": (What.OFFICE_TICKETS,),
    "offices kiosk": (What.KIOSK_CHANGE, What.SERVICE_CHANGE),
    "queue rules": (What.QUEUE_CHANGE,),
    "queue class": (What.QUEUE_CHANGE,),
    "queue counter": (What.COUNTER_CHANGE,),
    "queue closing": EVENT,
    "alerts acknowledge": (What.ALERT_ACKNOWLEDGE,),
    "alerts limits": (What.ALERT_LIMITS,),
    "bookings make": (What.BOOKING_ADD,),
    "bookings cancel": (What.BOOKING_CANCEL,),
    "org import": (What.UNIT_IMPORT,),
    "calendar import": (What.CALENDAR_IMPORT,),
    "procedures import": (What.PROCEDURE_IMPORT,),
    "procedures offer": (What.SERVICE_OFFER,),
    "dossiers import": (What.DOSSIER_IMPORT,),
    "dossiers export": (What.SEEN_DOSSIER,),
    "dossiers erase": (What.DOSSIER_ERASE,),
    "privacy export": (What.SEEN_DOSSIER, What.TICKET_EXPORT, What.USER_EXPORT),
    "privacy erase": (What.DOSSIER_ERASE, What.TICKET_ERASE, What.USER_ERASE),
    "audit export": (What.AUDIT_EXPORT,),
    "audit cut": (What.AUDIT_CUT,),
    "users badge": (What.BADGE_GIVE, What.BADGE_TAKE_BACK),
    "users add": (What.USER_ADD,),
    "users password": (What.USER_PASSWORD,),
    "users keep-out": (What.USER_KEEP_OUT,),
    "users let-in": (What.USER_LET_IN,),
    "users two-steps": (What.USER_ASK_SECOND_STEP,),
    "users take-second-step": (What.USER_ONE_STEP,),
    "users unlock": (What.USER_UNLOCK,),
    "tokens add": (What.TOKEN_ISSUE,),
    "tokens add-service": (What.TOKEN_ADD_SERVICE,),
    "tokens end-service": (What.TOKEN_END_SERVICE,),
    "tokens revoke": (What.TOKEN_REVOKE,),
    "webhooks add": (What.WEBHOOK_ADD,),
    "webhooks remove": (What.WEBHOOK_REMOVE,),
    "webhooks pause": (What.WEBHOOK_PAUSE, What.WEBHOOK_RESUME),
    "webhooks test": (What.WEBHOOK_TEST,),
    "mail again": (What.MAIL_AGAIN,),
    "release publish": (What.RELEASE_PUBLISH,),
    **{f"rollouts {one.value.partition('.')[2]}": (one,) for one in What if one.kind == "rollout"},
}
ONLY_LOOK = """run users:sign-on machine:files machine:containers tokens:services backups:list backups:check
    devices offices visits bench archive:list archive:verify ca:make ca:issue
    ca:renew ca:list ca:show ca:export indicators waits estimates backtest whatif staffing satisfaction
    compare record visits:explain report report:schedules devices:history devices:show
    devices:broker-files claims:example claims:list templates:list templates:show templates:preview
    templates:history offices:check-thanks queue:check alerts:list bookings:list bookings:times
    org:export org:show org:whose org:received org:series calendar:export calendar:show
    procedures:export procedures:search procedures:show procedures:missing audit:list audit:verify
    privacy:list doctor crowd:compare plan
    retention:show users:badges users:sessions users:list tokens:list webhooks:list webhooks:deliveries
    mail:test mail:list firmware:build bench:fetch bench:sync release:keys release:root release:build
    release:sign release:merge release:try release:check release:show rollouts:list rollouts:show serve receive link
    send supply migrate contract"""
# Processes of the fleet are not people; the bench, certificates and the files of releases are not in its database.


def changing(app: FastAPI) -> dict[str, APIRoute]:
    found = {}
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute) and {*context.original_route.methods} - {"GET", "HEAD"}:
            found[str(context.path)] = context.original_route
    return found


def commands(command: object = None, name: str = "") -> Iterator[str]:
    command = typer.main.get_command(motcua) if command is None else command
    inner = getattr(command, "commands", None)
    if inner is None or (name and command.invoke_without_command):  # type: ignore[attr-defined]
        yield name
    for part, its in (inner or {}).items():
        yield from commands(its, f"{name} {part}".strip())


def noted_in(module: str) -> set[str]:
    """What this module and the flows that it uses note."""
    found: set[str] = set()
    known, left = {module}, [module]
    while left:
        noted, used = read_in(left.pop())
        found |= noted
        left += used - known
        known |= used
    return found


@cache
def read_in(module: str) -> tuple[set[str], set[str]]:
    """What stands in this module alone, and the modules that it uses: flows, and what lies beside it."""
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.exists():
        return set(), set()
    source = path.read_text()
    noted = set(re.findall(r"What\.([A-Z_]+)", source))
    if 'What(f"rollout.' in source:
        noted |= {one.name for one in What if one.kind == "rollout"}
    froms = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module]
    names = {name for node in froms for name in (node.module, *(f"{node.module}.{one.name}" for one in node.names))}
    beside = module.rpartition(".")[0] + "."
    return noted, {str(name) for name in names if str(name).startswith(("fleet.flows.", beside))}


def test_every_page_that_changes_something_is_in_the_table_with_what_it_notes(town: Town) -> None:
    found = changing(web(town.store, Settings(), Changes()))
    assert set(found) == set(PAGES)
    assert [(p, its) for p, route in found.items() if (its := missing(PAGES[p], route.endpoint.__module__))] == []


def test_every_call_of_the_api_that_changes_something_is_in_the_table_with_what_it_notes(town: Town) -> None:
    found = changing(create_api(town.store))
    assert set(found) == set(API)
    assert [(p, its) for p, route in found.items() if (its := missing(API[p], route.endpoint.__module__))] == []


def test_every_command_that_changes_something_is_in_the_table_with_what_it_notes() -> None:
    assert set(commands()) == set(COMMANDS) | {one.replace(":", " ") for one in ONLY_LOOK.split()}
    for name, noted in COMMANDS.items():
        module = "fleet.commands." + PLACES[name.split()[0]].partition(":")[0]
        assert missing(noted, module) == set(), name


def missing(noted: Noted, module: str) -> set[str]:
    return set() if isinstance(noted, str) else {one.name for one in noted} - noted_in(module)


def test_every_word_of_the_log_is_said_somewhere() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "fleet").rglob("*.py") if path.name != "audit.py")
    said = {*re.findall(r"What\.([A-Z_]+)", sources), "AUDIT_EXPORT", "AUDIT_CUT"}
    assert {one.name for one in What} - said == {one.name for one in What if one.kind == "rollout"} - said


@pytest.mark.parametrize(
    ("address", "form", "what"),
    [
        ("/settings/people/new", {"name": "mai", "role": "clerk", "office": "tan-an", "language": "vi"}, "user.add"),
        ("/settings/people/4/acts", {"verb": "keep_out"}, "user.keep-out"),
        ("/settings/tokens/new", {"name": "cổng", "scopes": "read", "days": "30"}, "token.issue"),
        (
            "/settings/webhooks/new",
            {"url": "https://example.vn/a", "events": "visit.closed", "office": "*"},
            "webhook.add",
        ),
        ("/settings/offices/tan-an/counters/ta-1/closed", {}, "counter.close"),
        ("/settings/offices/tan-an/services/ho-tich/place", {"by": "1"}, "service.move"),
        ("/language", {"language": "en"}, "user.change"),
        ("/logout", {}, "session.end"),
    ],
)
def test_who_did_it_and_how_stands_beside_what(town: Town, address: str, form: dict[str, str], what: str) -> None:
    with town.browser("root") as browser:
        assert browser.post(address, **form).status_code in (201, 303)
    entry = audit.entries(town.store, Asked(most=1))[0]
    assert (entry.what, entry.name, entry.how) == (what, "root", "page")
    assert entry.who.startswith("user:") and not somebody_acts()
    audit.verify(town.store)


def test_the_page_shows_to_each_administrator_what_is_theirs(town: Town) -> None:
    with town.browser("root") as root:
        root.post("/settings/people/new", name="lan.mai", role="clerk", office="tan-an", language="vi")
        root.post("/settings/people/new", name="tuấn", role="clerk", office="cai-khe", language="vi")
        root.post("/settings/tokens/new", name="cổng", scopes="read", days="30")
        everything = root.get("/settings/changes").text
        assert all(word in everything for word in ("thêm người dùng", "cấp khóa API", "lan.mai", "tuấn"))
        only = root.get("/settings/changes?kind=token").text
        assert "cấp khóa API" in only and "lan.mai" not in only
        assert "Không có thay đổi nào" in root.get("/settings/changes?who=nobody").text
    with town.browser("administrator") as administrator:
        own = administrator.get("/settings/changes").text
        assert "lan.mai" in own and "tuấn" not in own and "cấp khóa API" not in own
        assert "tuấn" not in administrator.get("/settings/changes?office=cai-khe").text


def test_a_form_of_settings_says_who_changed_it_last(town: Town) -> None:
    with town.browser("root") as root:
        assert "Thay đổi gần nhất" not in root.get("/settings/offices/tan-an/kiosk").text
        form = next(one for one in FormReader(root.get("/settings/offices/tan-an/kiosk").text).forms if one.names)
        sent = {**form.filled(), "csrf": str(root.csrf)}
        assert root.client.post("/settings/offices/tan-an/kiosk", data=sent).status_code == 303
        assert "Thay đổi gần nhất: root" in root.get("/settings/offices/tan-an/kiosk").text


def test_who_looks_at_a_clerk_or_takes_figures_away_is_noted(town: Town) -> None:
    with town.browser("root") as root:
        for _ in range(2):
            assert root.get("/offices/tan-an/history.csv").status_code == 200
    seen = audit.entries(town.store, Asked(what="seen"))
    assert [(one.what, one.name, one.office) for one in seen] == [("seen.export", "root", "tan-an")]
