"""What is secret lies in no database in the clear, and stands in no log, no setting as it is shown, and no refusal."""

import io
import logging
from pathlib import Path
from urllib.parse import quote

import pytest

from fleet.clock import now_ms
from fleet.commands import shared
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Role
from fleet.flows import sealing, sign_in, tokens, webhooks
from fleet.logs import JsonLines, set_up_logs
from fleet.secret_files import HIDDEN, Scrubbed, SecretUnreadable, hide
from fleet.settings import Settings
from fleet.store import device_keys
from fleet.store.database import Store
from fleet.store.device_keys import NewKey
from fleet.workers.mail_server import password_of
from tests.fleet.office import open_office

PASSWORD, KEY = "mật khẩu của Lan", bytes(range(7, 39))
BROKER, DATABASE = "broker-biết-thôi", "postgresql://motcua:c%40-so-du-lieu@db/motcua"


def test_what_is_secret_lies_nowhere_in_the_clear(tmp_path: Path) -> None:
    store, device_passwords = open_office(tmp_path, now_ms())
    sign_in.add_person(store, "lan", PASSWORD, Role.SUPERVISOR, now_ms())
    session, *_ = vars(sign_in.sign_in(store, "lan", PASSWORD, now_ms(), 12)).values()
    token = tokens.issue(store, "cổng", frozenset({Scope.READ}), None, 30, now_ms()).secret
    _, webhook = webhooks.add(store, "https://example.vn/hook", frozenset({"visit.closed"}), None, now_ms())
    with store.writing() as connection:
        device_keys.give(connection, [NewKey("tp-1", KEY)], now_ms())
    assert webhooks.secret_of(store, webhooks.listening(store)[0]) == webhook
    store.close()
    planted = [PASSWORD, str(session), token, webhook, KEY.hex(), *device_passwords.values()]
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "fleet-key"]
    assert files
    for secret in planted:
        held = [file.name for file in files if secret.encode() in file.read_bytes()]
        assert held == [], f"{secret!r} lies in {held}"
    assert all(KEY not in file.read_bytes() for file in files)


def test_a_webhooks_secret_is_one_for_its_own_address_and_this_fleet_only(tmp_path: Path) -> None:
    store, _ = open_office(tmp_path, now_ms())
    webhooks.add(store, "https://example.vn/hook", frozenset({"visit.closed"}), None, now_ms())
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE webhook_endpoints SET url = 'https://elsewhere.vn/'")
    with pytest.raises(RuntimeError, match="expected the fleet key"):
        webhooks.secret_of(store, webhooks.listening(store)[0])
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE webhook_endpoints SET secret = 'whsec_cu'")
    assert webhooks.secret_of(store, webhooks.listening(store)[0]) == "whsec_cu", "kept before they were sealed"
    store.close()


def test_what_was_kept_in_the_clear_is_sealed_and_no_second_key_is_made(tmp_path: Path) -> None:
    store, _ = open_office(tmp_path, now_ms())
    key = tmp_path / "fleet-key"
    assert sealing.prepare(store) == (True, 0) and key.exists(), "whoever backs up can take it along"
    webhooks.add(store, "https://example.vn/hook", frozenset({"visit.closed"}), None, now_ms())
    with store.writing() as connection:
        device_keys.give(connection, [NewKey("tp-1", KEY)], now_ms())
        connection.exec_driver_sql("UPDATE webhook_endpoints SET secret = 'whsec_cu-va-de-doc'")
    aside = key.rename(tmp_path.parent / "aside")
    assert sealing.prepare(store) == (False, 0) and not key.exists(), "another key would open nothing"
    aside.rename(key)
    assert sealing.prepare(store) == (True, 1) and sealing.prepare(store) == (True, 0)
    assert webhooks.secret_of(store, webhooks.listening(store)[0]) == "whsec_cu-va-de-doc"
    store.close()
    held = [file.name for file in tmp_path.rglob("*") if file.is_file() and b"va-de-doc" in file.read_bytes()]
    assert held == []


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with secrets, in files and in the environment."""
    (tmp_path / "broker").write_text(f"{BROKER}\n")
    (tmp_path / "database").write_text(DATABASE)
    monkeypatch.setenv("MOTCUA_BROKER_PASSWORD_FILE", str(tmp_path / "broker"))
    monkeypatch.setenv("MOTCUA_DATABASE_FILE", str(tmp_path / "database"))
    monkeypatch.setenv("MOTCUA_MAIL_PASSWORD", "thư-từ")
    return Settings()


def test_settings_take_secrets_from_files_and_do_not_show_them(told: Settings) -> None:
    assert (told.broker_password, told.database) == (BROKER, DATABASE)
    assert told.secrets == {BROKER, "c@-so-du-lieu", "c%40-so-du-lieu", "thư-từ"}
    assert not [secret for secret in told.secrets if secret in f"{told!r} {told}"]


def test_no_refusal_shows_a_secret(
    told: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_BROKER_PASSWORD_FILE", "/nowhere")
    with pytest.raises(SecretUnreadable, match="MOTCUA_BROKER_PASSWORD_FILE: expected a file that can be read"):
        Settings()
    with pytest.raises(shared.Refused):
        shared.settings_of(None)
    monkeypatch.delenv("MOTCUA_BROKER_PASSWORD_FILE")
    monkeypatch.setenv("MOTCUA_LISTEN_PORT", "0")
    with pytest.raises(shared.Refused):
        shared.settings_of(None)
    said = "".join(capsys.readouterr())
    assert "MOTCUA_LISTEN_PORT" in said and not [secret for secret in told.secrets if secret in said]


def test_no_log_shows_a_secret_and_no_traceback_in_it(told: Settings) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Scrubbed(logging.Formatter("%(message)s"), told.secrets))
    log = logging.Logger("planted")
    log.addHandler(handler)
    try:
        Store(told.database.replace("postgresql:", "nothing:"))
    except ValueError:
        log.exception("no database at %s", told.database)
    try:
        raise RuntimeError(f"the broker refuses {BROKER}")
    except RuntimeError:
        log.exception("no broker")
    found = written.getvalue()
    assert found.count(HIDDEN) >= 2 and "Traceback" in found
    assert not [secret for secret in told.secrets if secret in found]


@pytest.mark.parametrize("secret", ["abc", "hoà", 'mật "khẩu"', "c@-sổ/du\\lieu", "two\nlines"])
@pytest.mark.parametrize("shape", ["{}", "postgresql://motcua:{}@db/motcua", "password={} refused", "('{}',)"])
def test_however_a_secret_is_written_no_log_shows_it(secret: str, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In lines and in JSON, in an address, in what Python shows of a value, in a traceback; learnt at once or later."""
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.INFO)
    lines, objects = io.StringIO(), io.StringIO()
    set_up_logs(Settings(broker_password=secret), "serve", logging.StreamHandler(lines))
    late = logging.StreamHandler(objects)
    late.setFormatter(Scrubbed(JsonLines("serve"), ["another"]))
    logging.root.addHandler(late)
    hide(secret)
    written = {secret, repr(secret)[1:-1], ascii(secret)[1:-1], quote(secret, safe="")}
    for one in written:
        try:
            raise RuntimeError(shape.format(one))
        except RuntimeError as problem:
            logging.exception("%s, another %r", problem, one)
    found = lines.getvalue() + objects.getvalue()
    assert found.count("Traceback") == 2 * len(written) and found.count(HIDDEN) >= 6 * len(written)
    assert not [one for one in written if one in found]


def test_the_password_of_letters_is_hidden_once_it_was_read_and_another_one_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Scrubbed(logging.Formatter(), []))
    monkeypatch.setattr(logging.root, "handlers", [handler])
    file = tmp_path / "mail"
    for password in ("thư1", "mật khẩu thư"):
        file.write_text(password)
        assert password_of(Settings(mail_password_file=file)) == password
        logging.warning("the server refuses %s", password)
    assert written.getvalue() == f"the server refuses {HIDDEN}\n" * 2


def test_a_short_secret_leaves_words_alone_that_hold_it() -> None:
    record = logging.LogRecord("one", logging.INFO, "", 0, "the broker at 1883 refused: key=bro, broken", (), None)
    assert Scrubbed(logging.Formatter(), ["bro"]).format(record) == "the broker at 1883 refused: key=•••, broken"
