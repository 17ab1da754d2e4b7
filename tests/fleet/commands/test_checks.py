"""Every check of `motcua doctor` is made to find what it is for: each outcome that is not good, in a real situation."""

import http.server
import os
import re
import socket
import sqlite3
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from fleet.authority import issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.clock import now_ms
from fleet.commands import checks
from fleet.commands.checks import (
    archives,
    backups,
    behind,
    broker,
    certificates,
    clocks,
    database,
    day_keys,
    disks,
    fleet_key,
    forgetting,
    https,
    known,
    mail,
    processes,
    releases,
    secrets,
    telling,
    zones,
)
from fleet.commands.checks.asking import answers_of
from fleet.commands.checks.known import CHECKS, ORDER, TITLES
from fleet.commands.checks.subject import Answer, Subject
from fleet.domain.certificate_names import names_of
from fleet.domain.findings import Finding, Outcome, Result
from fleet.domain.kept_backups import Keep
from fleet.domain.letters import Letter
from fleet.domain.retention import Kept
from fleet.domain.retrying import Outcome as Answered
from fleet.domain.retrying import Tried
from fleet.flows import backup, mails
from fleet.flows import webhooks as flow
from fleet.flows.enrol import hashed
from fleet.laptop.broker import free_port
from fleet.release_keys import new_key, write_key
from fleet.settings import Settings
from fleet.store import device_keys, ledger, retention, webhooks, windows
from fleet.store.database import Store
from fleet.workers.fitness import Fitness
from fleet.workers.watch_port import WatchPort
from tests.firmware.simulated_fleet import Broker
from tests.fleet.office import DAY, OFFICE, open_office, with_tables
from tests.postgresql import PostgreSQL
from tests.smtp_server import MailServer

HERE = "127.0.0.1"
HOUR_MS = 3_600_000
MODULES = [import_module(f"{checks.__name__}.{one.name}") for one in iter_modules(checks.__path__)]
OUTCOMES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": one
    for module in MODULES
    for name, one in vars(module).items()
    if isinstance(one, Outcome)
}
FINDS = {name for name, one in OUTCOMES.items() if one.result in (Result.WARN, Result.BAD)}
PLACES = re.compile(r"{(\w+?)(?:_vi|_en)?}")
PASSWORD, PATIENT_S = "một mật khẩu dài", 30
# What waits for an event that comes waits long for it; what waits in vain does so for half a second.
LISTENER = """per_listener_settings true
listener {port} 127.0.0.1
certfile {chain}
keyfile {key}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/access
"""
RIGHTS = "user fleet\ntopic readwrite mc/1/#\n\nuser less\ntopic read mc/1/#\n"


class Ward:
    """A fleet that is well, in a folder, with whatever a test adds."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.store, _ = open_office(folder, now_ms() - HOUR_MS)
        stack.callback(self.store.close)

    def subject(self, answers: tuple[Answer, ...] = (), **told: Any) -> Subject:
        """What is checked, with these settings."""
        return Subject(Settings(data=self.folder, **told), self.store, answers, patience_s=0.5)

    def file(self, name: str, text: str = "một mật khẩu dài", mode: int = 0o600) -> Path:
        """A file of its own."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def process(self, name: str, **more: Callable[[], str]) -> str:
        """Where a process of this name tells how it is."""
        port = WatchPort(HERE, 0, Fitness(name, self.store, [], more), lambda: None)
        self.stack.callback(port.close)
        return f"{HERE}:{port.port}"


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    for name in [name for name in os.environ if name.startswith("MOTCUA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(clocks, "is_kept", lambda: True)
    with ExitStack() as stack:
        yield Ward(tmp_path, stack)


def came_to(findings: list[Finding], *names: str) -> None:
    """These outcomes and no others, which can be said in both languages."""
    assert [one.outcome for one in findings] == [OUTCOMES[name] for name in names], findings
    for one in findings:
        assert all("{" not in text for language in ("vi", "en") for text in vars(one.said(language)).values())


def test_each_outcome_is_said_whole_in_both_languages() -> None:
    for name, one in {**OUTCOMES, **{f"known.{check}": one for check, one in known.FAILED.items()}}.items():
        assert one.check in ORDER and one.check in TITLES, name
        for field in ("found", "expected", "remedy"):
            texts = getattr(one.vi, field), getattr(one.en, field)
            assert sorted(set(PLACES.findall(texts[0]))) == sorted(set(PLACES.findall(texts[1]))), name
        if one.result in (Result.WARN, Result.BAD):
            assert one.vi.expected and one.en.expected, name
            assert one.vi.remedy.endswith((".", "}")) and one.en.remedy.endswith((".", "}")), name
        else:
            assert not one.en.remedy, name
    assert set(CHECKS) | {"database"} == set(TITLES) == {one.check for one in OUTCOMES.values()}


def test_a_fleet_that_is_well(ward: Ward) -> None:
    found = [finding for check in CHECKS.values() for finding in check(ward.subject())]
    wrong = {one.check for one in found if one.result in (Result.WARN, Result.BAD)}
    assert wrong == {"backup", "forgetting"}, "neither was ever done here"


# Database and day keys


def test_a_database_that_is_none(ward: Ward, tmp_path: Path) -> None:
    came_to(database.opened(Settings(data=tmp_path / "elsewhere"))[1], "database.NONE")
    assert not (tmp_path / "elsewhere").exists(), "nothing is made"
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/motcua.sqlite").write_bytes(b"no database at all" * 300)
    came_to(database.opened(Settings(data=tmp_path / "broken"))[1], "database.AWAY")
    nobody = f"postgresql://motcua@{HERE}:{free_port()}/motcua"
    came_to(database.opened(Settings(data=tmp_path, database=nobody))[1], "database.AWAY")


@pytest.mark.parametrize(
    ("revision", "oldest", "name"),
    [("0001", None, "database.BEHIND"), ("9999", "9999", "database.AHEAD"), ("9999", None, "database.GOOD")],
)
def test_a_database_of_another_revision_is_left_as_it_is(
    ward: Ward, revision: str, oldest: str | None, name: str
) -> None:
    with closing(sqlite3.connect(ward.folder / "motcua.sqlite")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        raw.execute("UPDATE schema_reach SET oldest_program = COALESCE(?, oldest_program)", (oldest,))
        raw.commit()
    store, found = database.opened(ward.subject().settings)
    came_to(found, name)
    assert (store is None) == (name != "database.GOOD") and ward.store.schema().revision == revision
    if store is not None:
        store.close()
    skipped = day_keys.day_keys(replace(ward.subject(), store=None))
    assert [one.result for one in skipped] == [Result.NOT_ASKED]


def test_a_disk_on_which_no_log_can_be_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with_tables(tmp_path)
    with closing(sqlite3.connect(tmp_path / "motcua.sqlite")) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    store = Store(f"sqlite:///file:{tmp_path}/motcua.sqlite?vfs=unix-none&uri=true", "sqlite://", tmp_path / "key")
    came_to(database.looked_at(store)[1], "database.JOURNAL")
    store.close()


def test_a_postgresql_that_may_lose_what_it_committed_or_takes_nothing(postgresql: PostgreSQL, tmp_path: Path) -> None:
    for encoding in ("SQL_ASCII", "LATIN1"):
        postgresql.do(f"CREATE DATABASE other ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        postgresql.do("ALTER DATABASE other SET default_transaction_read_only = on")
        settings = Settings(data=tmp_path, database=postgresql.address("other"), keys_url="sqlite://")
        more = ("ENCODING",) if encoding == "SQL_ASCII" else ("BEHIND", "UNSAFE", "ENCODING", "ONLY_READS")
        came_to(database.opened(settings)[1], *(f"database.{name}" for name in more))
        postgresql.do("DROP DATABASE other WITH (FORCE)")
    beside = Settings(data=tmp_path, database=postgresql.address("postgres"), keys_url=postgresql.address("template1"))
    store = Store(beside.database_url, beside.keys_database_url)
    came_to(day_keys.day_keys(Subject(beside, store)), "day_keys.BESIDE")
    here_ms = clocks.differences(Subject(beside, store))["database"]
    assert here_ms is not None and abs(here_ms) < HOUR_MS
    store.close()
    postgresql.do("DROP TABLE IF EXISTS day_keys")


def test_day_keys_that_cannot_be_read(ward: Ward) -> None:
    (ward.folder / "day-keys.sqlite").write_bytes(b"no database at all" * 300)
    store = Store(ward.store.url)
    came_to(day_keys.day_keys(replace(ward.subject(), store=store)), "day_keys.AWAY")
    store.close()


# Broker


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> AuthorityFolder:
    """What it signed for this machine: `pages` for long, `soon` for not so long, `ended` before today."""
    here, now = AuthorityFolder(tmp_path_factory.mktemp("ca")), datetime.now(UTC)
    made = make_authority("Một cửa", names_of([f"{HERE}/32", "vi-du.example.vn"]), now + timedelta(days=400))
    here.keep(made, "mười hai con giáp", None)
    for name, since, days in (("pages", now, 300), ("soon", now, 20), ("ended", now - timedelta(days=30), 20)):
        here.keep_issued(name, issue(made, [HERE], since, days, for_devices=False))
    return here


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory, authority: AuthorityFolder) -> Iterator[Broker]:
    """Lets in `fleet`, and `less`, who may not write, by TLS."""
    folder = tmp_path_factory.mktemp("broker")
    (folder / "passwords").write_text("".join(f"{name}:{hashed(PASSWORD)}\n" for name in ("fleet", "less")))
    (folder / "access").write_text(RIGHTS)
    one = Broker(folder)
    chain, key = authority.issued / "pages.crt", authority.issued / "pages.key"
    names = {"port": one.port, "chain": chain, "key": key, "folder": folder}
    one.config.write_text(LISTENER.format(**names) + ("user root\n" if os.geteuid() == 0 else ""))
    one.start()
    yield one
    one.kill()


def test_a_broker_that_lets_us_in_or_not(ward: Ward, mosquitto: Broker, authority: AuthorityFolder) -> None:
    def visited(**told: Any) -> list[Finding]:
        there = {
            "broker_host": HERE,
            "broker_port": mosquitto.port,
            "broker_user": "fleet",
            "broker_password": PASSWORD,
        }
        ours = {"broker_tls": True, "broker_tls_ca": authority.certificate_file}
        return broker.broker(replace(ward.subject(**{**there, **ours, **told}), patience_s=PATIENT_S))

    came_to(visited(), "broker.GOOD")
    came_to(visited(broker_password="another one"), "broker.REFUSED")
    came_to(visited(broker_user="less"), "broker.RIGHTS")
    came_to(visited(broker_tls_ca=None), "broker.TLS")
    came_to(visited(broker_port=free_port()), "broker.AWAY")
    with socket.create_server((HERE, 0)) as deaf:
        told = ward.subject(broker_host=HERE, broker_port=deaf.getsockname()[1])
        came_to(broker.broker(told), "broker.SILENT")


# Processes, versions, and who is behind


def test_processes_that_are_away_or_lack_something_or_are_too_many(ward: Ward) -> None:
    names = [ward.process(name) for name in ("serve", "link", "send")]
    hung = ward.process("receive", receiver=lambda: "hangs, or its thread has ended")
    subject = ward.subject(watched=",".join([*names, hung]))
    told = answers_of(subject.settings, PATIENT_S)
    came_to(processes.processes(replace(subject, answers=told)), "processes.LACKS")
    came_to(processes.versions(replace(subject, answers=told)), "processes.SAME")
    old = tuple(replace(one, version="0.0.9") if one.process == "link" else one for one in told)
    came_to(processes.versions(replace(subject, answers=old)), "processes.MIXED")
    assert all(one.ahead_ms is not None and abs(one.ahead_ms) < HOUR_MS for one in told)
    came_to(processes.processes(replace(subject, answers=told[:3])), "processes.MISSING")
    came_to(
        processes.processes(replace(subject, answers=(*told[:3], *told[2:3]))), "processes.MISSING", "processes.SEVERAL"
    )
    (away,) = answers_of(Settings(watched=f"{HERE}:{free_port()}"), PATIENT_S)
    came_to(processes.processes(replace(subject, answers=(away,))), "processes.SILENT")


def test_what_no_process_of_ours_says(ward: Ward) -> None:
    with serving() as port:
        (stranger,) = answers_of(Settings(watched=f"{HERE}:{port}"), PATIENT_S)
    assert stranger.trouble == "it is no process of motcua"


def test_who_is_behind(ward: Ward) -> None:
    told = Answer(f"{HERE}:1", process="receive", figures={"motcua_receive_waiting_messages": 1500})
    came_to(behind.receiving(ward.subject((told,))), "behind.RECEIVING_BEHIND")
    sender = Answer(f"{HERE}:2", process="send", figures={"motcua_broker_access_behind": 1})
    came_to(behind.access(ward.subject((sender,))), "behind.ACCESS_LATE")
    came_to(behind.linking(ward.subject()), "behind.LINKING")
    with ward.store.writing() as connection:
        windows.mark(connection, [(OFFICE, DAY)])
    came_to(behind.linking(ward.subject()), "behind.LINKING_BEHIND")


def test_who_is_not_told(ward: Ward) -> None:
    endpoint, _ = flow.add(ward.store, "https://vi-du.example.vn/", frozenset({"visit.closed"}), None, now_ms())
    with ward.store.writing() as connection:
        webhooks.say(connection, endpoint, "visit.closed", [("a", "{}"), ("b", "{}")])
        head = webhooks.head(connection, endpoint)
        assert head is not None
        webhooks.tried(connection, head.id, Tried("dead", 9, 0, "410 gone"), now_ms())
        mails.write(connection, Letter("report", "a", "a@example.vn", "Báo cáo", "…"), now_ms() - HOUR_MS)
        mails.write(connection, Letter("report", "b", "a@example.vn", "Báo cáo", "…"), now_ms())
        ledger.no_deed(connection)
    given_up = mails.last(ward.store, 1)[0]
    mails.tried(ward.store, given_up, Answered(False, "550 no such mailbox", True), now_ms())
    came_to(telling.webhooks(ward.subject()), "telling.CALLS_BEHIND", "telling.CALLS_DEAD")
    came_to(telling.letters(ward.subject(mail_host="thu.example.vn")), "telling.LETTERS_LATE", "telling.LETTERS_DEAD")
    came_to(telling.letters(ward.subject()), "telling.LETTERS_DEAD")


def test_a_mail_server_that_lets_us_in_or_not(ward: Ward) -> None:
    server = MailServer()
    told = {"mail_host": HERE, "mail_port": server.port, "mail_security": "none", "mail_from": "a@example.vn"}
    came_to(mail.mail(replace(ward.subject(**told), patience_s=PATIENT_S)), "mail.GOOD")
    assert server.taken == []
    server.close()
    came_to(mail.mail(ward.subject(**{**told, "mail_port": free_port()})), "mail.AWAY")
    came_to(mail.mail(ward.subject(**{**told, "mail_from": "nobody"})), "mail.UNFIT")


def test_what_is_over_is_forgotten_or_not(ward: Ward) -> None:
    came_to(forgetting.forgetting(ward.subject()), "forgetting.NEVER")
    with ward.store.writing() as connection:
        for kept in Kept:
            retention.set_horizon(connection, kept, 0, now_ms())
    came_to(forgetting.forgetting(ward.subject()), "forgetting.GOOD")
    later = replace(ward.subject(), clock=lambda: now_ms() + 5 * HOUR_MS)
    came_to(forgetting.forgetting(later), "forgetting.LATE")


# Time


@pytest.mark.parametrize(
    ("ahead_ms", "names"),
    [(0, ["GOOD"]), (10_000, ["APART"]), (100_000, ["FAR"]), (-9 * HOUR_MS, ["FAR", "BACK"])],
)
def test_a_clock_that_is_wrong(ward: Ward, ahead_ms: int, names: list[str]) -> None:
    subject = replace(ward.subject(), clock=lambda: now_ms() + ahead_ms)
    came_to(clocks.clock(subject), *(f"clocks.{name}" for name in names))


def test_a_clock_that_nobody_keeps_or_that_others_do_not_share(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "is_kept", lambda: False)
    came_to(clocks.clock(ward.subject((Answer(f"{HERE}:1", ahead_ms=-5_000),))), "clocks.APART", "clocks.ALONE")


def test_time_zones_that_nobody_knows_or_that_are_wrong(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    came_to(zones.zones(ward.subject()), "zones.GOOD")
    monkeypatch.setattr(zones, "VIET_NAM", "Asia/Khong_Co")
    came_to(zones.zones(ward.subject()), "zones.MISSING")
    monkeypatch.setattr(zones, "VIET_NAM", "Asia/Tokyo")
    came_to(zones.zones(ward.subject()), "zones.WRONG")


# Certificates and HTTPS


def test_certificates_that_end_or_that_nobody_believes(ward: Ward, authority: AuthorityFolder) -> None:
    def shown(name: str, **told: Any) -> list[Finding]:
        chain, key = authority.issued / f"{name}.crt", authority.issued / f"{name}.key"
        ours = {"listen_tls_cert": chain, "listen_tls_key": key, "devices_tls_ca": authority.certificate_file}
        told = {"public_address": f"https://{HERE}", **ours, **told}
        return certificates.certificates(ward.subject(**told))

    came_to(shown("pages"), "certificates.GOOD")
    came_to(shown("soon"), "certificates.SOON")
    came_to(shown("ended"), "certificates.ENDED")
    came_to(shown("none"), "certificates.UNSEEN")
    came_to(shown("pages", public_address="https://vi-du.example.vn"), "certificates.UNBELIEVED")
    came_to(shown("pages", devices_tls_ca=None), "certificates.UNBELIEVED")
    came_to(shown("pages", listen_tls_key=authority.issued / "soon.key"), "certificates.UNBELIEVED")


def test_what_a_broker_shows_is_checked_as_devices_do(
    ward: Ward, mosquitto: Broker, authority: AuthorityFolder
) -> None:
    told = {"broker_host": HERE, "broker_port": mosquitto.port, "devices_tls": "cert"}
    ours = replace(ward.subject(**told, devices_tls_ca=authority.certificate_file), patience_s=PATIENT_S)
    came_to(certificates.certificates(ours), "certificates.GOOD", "certificates.GOOD")
    came_to(certificates.certificates(replace(ward.subject(**told), patience_s=PATIENT_S)), "certificates.UNBELIEVED")


def test_pages_that_people_reach_in_clear_or_not_at_all(ward: Ward, authority: AuthorityFolder) -> None:
    def found(**told: Any) -> list[Finding]:
        return https.https(replace(ward.subject(**told), patience_s=PATIENT_S))

    behind_one = {"public_address": "https://vi-du.example.vn", "secure_cookies": True}
    came_to(found(listen_host="0.0.0.0"), "https.PLAIN")  # noqa: S104 (what it warns of)
    came_to(found(public_address="https://vi-du.example.vn"), "https.COOKIES")
    address = f"https://{HERE}:{free_port()}"
    away = {**behind_one, "public_address": address, "listen_host": "::"}
    came_to(found(**away), "https.PROXY", "https.UNREACHED")
    with serving(authority) as port:
        there = {**away, "public_address": f"https://{HERE}:{port}", "trusted_proxies": HERE}
        came_to(found(**there), "https.UNBELIEVED")
        came_to(found(**there, devices_tls_ca=authority.certificate_file), "https.GOOD")


# Secrets, keys, disks, backups


def test_secrets_that_others_may_read_or_that_are_none(ward: Ward) -> None:
    def found(path: Path) -> list[Finding]:
        return secrets.secrets(ward.subject(mail_password_file=path))

    came_to(found(ward.file("a")), "secrets.GOOD")
    came_to(found(ward.file("a", mode=0o644)), "secrets.OPEN")
    came_to(found(ward.file("a", mode=0o640)), "secrets.SHARED")
    came_to(found(ward.file("a", text="\n")), "secrets.EMPTY")
    came_to(found(ward.folder / "none"), "secrets.UNREADABLE")


def test_a_fleet_key_that_is_another_one_or_that_others_may_read(ward: Ward) -> None:
    came_to(fleet_key.fleet_key(ward.subject()), "fleet_key.UNUSED")
    with ward.store.writing() as connection:
        device_keys.give(connection, [device_keys.NewKey("tp-1", bytes(32))], now_ms())
        ledger.no_deed(connection)
    key = ward.folder / "fleet-key"
    came_to(fleet_key.fleet_key(ward.subject()), "fleet_key.GOOD")
    key.chmod(0o640)
    came_to(fleet_key.fleet_key(ward.subject()), "fleet_key.OPEN")
    key.write_text("ab" * 32)
    other = Store(ward.store.url)
    came_to(fleet_key.fleet_key(replace(ward.subject(), store=other)), "fleet_key.WRONG")
    other.close()


def test_releases_that_nobody_can_assign(ward: Ward) -> None:
    key = ward.folder / "release.pem"
    write_key(new_key(), key, None)
    came_to(releases.releases(ward.subject(release_key=key)), "releases.KEY")
    came_to(releases.releases(ward.subject(release_root=ward.folder / "1.root.json")), "releases.ROOT")


@pytest.mark.parametrize(
    ("free", "name"),
    [((0.5, 0.5), "GOOD"), ((0.15, 0.5), "FILLING_UP"), ((0.05, 0.5), "FULL_ROOM"), ((0.5, 0.05), "FULL_FILES")],
)
def test_a_disk_that_fills(ward: Ward, free: tuple[float, float], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "free_of", lambda _: free)
    came_to(disks.disks(ward.subject()), f"disks.{name}")


def test_a_folder_that_is_not_ours_or_not_to_write_to(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "free_of", lambda _: (0.5, 0.5))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    came_to(disks.disks(ward.subject()), "disks.GOOD", "disks.UNWRITABLE")
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    came_to(disks.disks(ward.subject()), "disks.GOOD", "disks.STRANGER")


def test_backups_that_are_old_or_missing_or_beside_a_key(ward: Ward, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = tmp_path_factory.mktemp("backups")
    subject = replace(ward.subject(), backups=there)
    came_to(backups.age(subject), "backups.NEVER")
    came_to(backups.folder(subject), "backups.NONE_THERE")
    locked = there / "motcua-20261123T010000Z.zip.cms"
    locked.write_bytes(b"...")
    came_to(backups.folder(subject), "backups.LOCKED")
    made = backup.backup(ward.store, there, "test", {}, now_ms(), Keep(), lambda table, rows: None)
    came_to(backups.age(subject), "backups.GOOD")
    came_to(backups.folder(subject), "backups.APART")
    for hours, name in ((40, "OLD"), (200, "TOO_OLD")):
        came_to(backups.age(replace(subject, clock=lambda at=hours: now_ms() + at * HOUR_MS)), f"backups.{name}")
    made.file.write_bytes(made.file.read_bytes()[:100])
    (there / "keys").mkdir()
    key = there / "keys" / "fleet-key"
    key.write_text("ab" * 32)
    beside = replace(ward.subject(fleet_key_file=key), backups=there)
    came_to(backups.folder(beside), "backups.BESIDE", "backups.BROKEN")
    came_to(backups.folder(replace(subject, backups=there / "none")), "backups.NO_FOLDER")


def test_archives(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ward.folder / "archive"
    subject = ward.subject(archive=folder)
    came_to(archives.archives(ward.subject()), "archives.UNSET")
    came_to(archives.archives(subject), "archives.NO_FOLDER")
    folder.mkdir()
    came_to(archives.archives(subject), "archives.GOOD")
    (folder / "visits-2026-03.parquet").touch()
    came_to(archives.archives(subject), "archives.BROKEN")
    monkeypatch.setattr(archives, "find_spec", lambda name: None)
    came_to(archives.archives(subject), "archives.NO_DUCKDB")


def test_a_mistake_of_a_check_stands_in_nobodys_way(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Subject) -> list[Finding]:
        raise KeyError("x")

    monkeypatch.setitem(CHECKS, "clock", fails)
    found = dict(known.looked_at(ward.subject(), ["clock", "time-zones"]))
    assert [one.result for name in ("clock", "time-zones") for one in found[name]] == [Result.BAD, Result.OK]


def test_nothing_that_is_found_is_left_out_here() -> None:
    """Each outcome that is not good is made to happen above."""
    text = Path(__file__).read_text("utf-8")
    assert [name for name in FINDS if name.rpartition(".")[2] not in text] == []


@contextmanager
def serving(authority: AuthorityFolder | None = None) -> Iterator[int]:
    """A server of somebody else, which says little to everybody; by HTTPS with an authority."""
    server = http.server.HTTPServer((HERE, 0), Little)
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.issued / "pages.crt", authority.issued / "pages.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Little(http.server.BaseHTTPRequestHandler):
    """Answers `{}`."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass
