"""What is secret lies in no database in the clear, and stands in no log, no setting as it is shown, and no refusal."""

import io
import logging
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.commands import shared
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Role
from fleet.flows import sealing, sign_in, tokens, webhooks
from fleet.secret_files import HIDDEN, Scrubbed, SecretUnreadable
from fleet.settings import Settings
from fleet.store import device_keys
from fleet.store.database import Store
from fleet.store.device_keys import NewKey
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
