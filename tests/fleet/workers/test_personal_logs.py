"""A day of a province's processes at their most talkative, with everything that no log, metric or audit may hold."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from fleet.domain.api_rights import Scope
from fleet.domain.claims import Wanted
from fleet.domain.rights import Role
from fleet.flows import audit, claim, sign_in, tokens, webhooks
from fleet.laptop.broker import free_port
from fleet.secret_files import written
from fleet.store.acting import acting, person_acts
from protocols import events
from protocols.commands import Want
from protocols.presence import Welcome
from tests.fleet.pages.town import token_in
from tests.fleet.workers.house import House, now_ms
from tests.fleet.workers.played_device import PlayedDevice

FORMS = {"receive": "json", "link": "human", "send": "json", "supply": "human", "serve": "json"}
TOLD = {"data", "database", "broker_host", "broker_port", "broker_user"}
ALIVE_S = 120.0

NAME, PHONE, CARD = "Nguyễn Thị Mô Phỏng", "0912345678", "092045001234"
CODE, REFUSED_CODE = "H15.50.05.13-261008-0975", "H15.50.05.13-261008-0976"
HOLDER, TICKET = "c0ffee5eed5afe77", f"MC1:l-0:1:{'5eedc0de' * 2}"
PASSWORD, WRONG, NOBODY = "mot-hai-ba-bon-nam", "sai-mat-khau-roi", "nguyen.thi.mo.phong"
HOOK = "mat-ma-cua-nguoi-nghe"
BROKEN = {
    "events": "ALTER TABLE events ADD CONSTRAINT broken CHECK (body NOT LIKE '%" + REFUSED_CODE + "%') NOT VALID",
    "visit_dossiers": f"ALTER TABLE visit_dossiers ADD CONSTRAINT broken CHECK (code <> '{CODE}') NOT VALID",
    "dossiers": f"ALTER TABLE dossiers ADD CONSTRAINT broken CHECK (code <> '{CODE}') NOT VALID",
}
# PostgreSQL then tells the whole row that it refused.


class Province:
    """The processes, each with its log and the port at which it tells how it is."""

    def __init__(self, house: House, folder: Path) -> None:
        told = {name.upper(): str(value) for name, value in house.settings.model_dump(include=TOLD).items()}
        self.password = folder / "broker-password"
        self.password.write_text(house.settings.broker_password)
        told |= {"BROKER_PASSWORD_FILE": str(self.password), "LOG_LEVEL": "debug"}
        self.told = {f"MOTCUA_{name}": value for name, value in told.items()}
        self.ports = {name: free_port() for name in FORMS}
        self.pages = free_port()
        self.logs = {name: folder / f"{name}.log" for name in FORMS}
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, stack: ExitStack) -> None:
        """All of them."""
        for name, form in FORMS.items():
            more = {"LOG": form, "WATCH_PORT": str(self.ports[name]), "LISTEN_PORT": str(self.pages)}
            environment = {**os.environ, **self.told, **{f"MOTCUA_{key}": value for key, value in more.items()}}
            log = stack.enter_context(self.logs[name].open("wb"))
            command = [sys.executable, "-m", "fleet", name]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            stack.enter_context(process)
            stack.callback(process.kill)
            self.started[name] = process

    def wait_for(self, name: str, words: str) -> None:
        """Until the log of this process says so."""
        deadline = time.monotonic() + ALIVE_S
        while words not in (said := self.logs[name].read_text("utf-8")):
            assert self.started[name].poll() is None, f"{name} ended: {said[-2000:]}"
            assert time.monotonic() < deadline, f"awaited {words!r} of {name}, found {said[-2000:]!r}"
            threading.Event().wait(0.05)


@pytest.fixture
def province(house: House, tmp_path: Path) -> Iterator[Province]:
    with ExitStack() as stack:
        province = Province(house, tmp_path)
        province.start(stack)
        for name in FORMS:
            province.wait_for(name, "tells how it is")
        yield province


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_day_leaves_nothing_of_anybody_in_any_log_metric_or_audit(
    house: House, province: Province, tmp_path: Path
) -> None:
    planted = [NAME, PHONE, CARD, CODE, REFUSED_CODE, HOLDER, TICKET, PASSWORD, WRONG, NOBODY, HOOK]
    planted += [house.settings.broker_password, *house.passwords.values()]
    planted += office_opens(house)
    residents_come(house, province)
    planted += people_look(house, province)
    metrics = [httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text for port in province.ports.values()]
    for process in province.started.values():
        process.send_signal(signal.SIGTERM)
    assert {process.wait(ALIVE_S) for process in province.started.values()} <= {0, -signal.SIGTERM}
    kept = {name: log.read_text("utf-8") for name, log in province.logs.items()}
    kept |= {file.name: file.read_text(errors="replace") for file in (tmp_path / "broker").glob("*.log")}
    kept |= {"metrics": "".join(metrics), "audit": "\n".join(one.line() for one in audit.exported(house.store))}
    assert [name for name in ("receive", "link", "serve") if "Traceback" not in kept[name]] == [], "all went well"
    assert "motcua_events_total" in kept["metrics"] and "broker.log" in kept and '"user.add"' in kept["audit"]
    found = {(one, name) for one in planted for name, text in kept.items() for form in written(one) if form in text}
    assert found == set()


def office_opens(house: House) -> list[str]:
    """Somebody makes a claim and a listener; what is secret of these."""
    with acting(person_acts(sign_in.add_person(house.store, "lan", PASSWORD, Role.ADMINISTRATOR, now_ms()), "page")):
        (made,) = claim.make_claims(house.store, [Wanted(None, ("rating",), "tan-an", "quay-1")], "lan", 24, now_ms())
        _, secret = webhooks.add(house.store, f"http://127.0.0.1:9/{HOOK}", frozenset({"visit.closed"}), None, now_ms())
    return [made.key, secret]


def residents_come(house: House, province: Province) -> None:
    """A visit with a card and a dossier; and devices in error, which send what they never should."""
    printer, keypad, reader = (house.device(device).come().born() for device in ("tp-1", "q-1", "q-2"))
    assert {one.told(Welcome).epoch for one in (printer, keypad, reader)} == {1}
    speaks_badly(reader)
    printer.did(events.TicketTaken(service="ho-tich", number=1, lease="l", holder=HOLDER, up=1, at=now_ms()))
    house.wait_for_rows("SELECT state FROM tickets", [("waiting",)])
    keypad.say("want", Want(id=1, want="next"))
    assert keypad.shown().label == "A001"
    refuse(house, "visit_dossiers", "events")
    keypad.did(events.NumberCalled(service="ho-tich", number=1, up=2, at=now_ms()))
    keypad.did(events.CodeScanned(what="citizen", holder=HOLDER, up=3, at=now_ms()))
    keypad.did(events.CodeScanned(what="dossier", code=CODE, up=4, at=now_ms()))
    reader.speaker.does(events.CodeScanned(what="dossier", code=REFUSED_CODE, up=9, at=now_ms()))
    reader.say("events", reader.speaker.batch())
    province.wait_for("receive", "kept apart")
    province.wait_for("link", "failed, and tries again")
    refuse_no_more(house, "visit_dossiers", "events")
    keypad.did(events.VisitFinished(up=5, at=now_ms()))
    house.wait_for_rows("SELECT outcome FROM visits", [("done",)])


def speaks_badly(reader: PlayedDevice) -> None:
    """A card as it is, on every topic, in messages that are none and in some that nearly are."""
    card = f"{CARD}||{NAME}|01011990|Nam|{PHONE}"
    for name in ("events", "health", "hello", "want", "reply", "file", card.replace("|", "-")):
        for what in (f'{{"card":"{card}"', f'["{card}"]', f'{{"v":1,"id":"{card}","want":"{card}","up":"{card}"}}'):
            reader.say(name, what.encode())
    header = '{"v":1,"epoch":1,"boot":1,"oldest":0,"events":'
    for event in (f'{{"kind":"{card}","seq":70}}', f'{{"kind":"scan","seq":71,"what":"{card}","code":"{card}"}}'):
        reader.say("events", f"{header}[{event}]}}".encode())


def people_look(house: House, province: Province) -> list[str]:
    """People and programs ask for what is there and what is not, rightly and wrongly; their secrets."""
    base = f"http://127.0.0.1:{province.pages}"
    token = tokens.issue(house.store, "cổng", frozenset({Scope.READ, Scope.WRITE_DOSSIERS}), None, 30, now_ms()).secret
    forged = secrets.token_urlsafe(32)
    refuse(house, "dossiers")
    # A mishap ends the connection on which it came.
    with httpx2.Client(base_url=base, timeout=60, verify=False, headers={"Connection": "close"}) as client:
        for typed in ({"name": NOBODY, "password": WRONG}, {"name": "lan", "password": PASSWORD}):
            client.post("/login", data={"csrf": token_in(client.get("/login").text), **typed})
        session, csrf = client.cookies["motcua"], token_in(client.get("/account").text)
        assert client.get("/dossiers", params={"code": CODE}).status_code == 200
        client.get("/dossiers", params={"code": NAME})
        client.get(f"/t/{TICKET}")
        client.post(f"/t/{TICKET}", data={"score": PHONE})
        client.get(f"/{NAME}/{PHONE}", headers={"X-Request-Id": CARD + NAME.encode().hex()[:60]})
        client.post("/login", content=f"--{NAME}\n{PHONE}".encode(), headers={"Content-Type": "multipart/form-data"})
        for bearer in (forged, token):
            system = {"Authorization": f"Bearer {bearer}"}
            dossier = {"received_on": "2026-10-08", "state": f"Đang xử lý\n{CODE}"}
            for body in (
                dossier,
                {**dossier, "state": "Đang xử lý"},
                {**dossier, "owner": NAME},
                {"state": CARD},
                NAME,
            ):
                answer = client.put(f"/api/v1/dossiers/{CODE}", json=body, headers=system)
            client.put(f"/api/v1/dossiers/{NAME}", json=dossier, headers=system)
            client.post("/api/v1/dossiers/bulk", content=f'{{"{NAME}'.encode(), headers=system)
    province.wait_for("serve", "Traceback")
    refuse_no_more(house, "dossiers")
    assert answer.status_code == 422
    return [session, csrf, token, forged]


def refuse(house: House, *tables: str) -> None:
    with house.store.writing() as connection:
        for table in tables:
            connection.exec_driver_sql(BROKEN[table].replace("%", "%%"))


def refuse_no_more(house: House, *tables: str) -> None:
    with house.store.writing() as connection:
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT broken")
