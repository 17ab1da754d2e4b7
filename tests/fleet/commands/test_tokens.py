"""motcua tokens."""

from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.api_rights import Caller, Scope
from fleet.flows.tokens import caller
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable

DAY_MS = 86_400_000


def shown_by(data: Path, secret: str, later_ms: int = 0) -> Caller | None:
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    found = caller(store, secret, now_ms() + later_ms)
    store.close()
    return found


def test_the_printed_token_holds_until_it_is_over_or_revoked(motcua: Motcua, data: Path) -> None:
    made = motcua(
        *("tokens", "add", "portal", "--scope", "read", "--scope", "call"), "--office", "tan-an", "--data", data
    )
    token, secret = made.stdout.split()
    found = shown_by(data, secret)
    assert found is not None
    assert (found.token, found.scopes, found.offices) == (token, {Scope.READ, Scope.CALL}, {"tan-an"})
    assert shown_by(data, secret + "x") is None
    assert shown_by(data, secret, 366 * DAY_MS) is None
    assert motcua("tokens", "revoke", token, "--data", data).exit_code == 0
    assert shown_by(data, secret) is None
    assert "revoked" in motcua("tokens", "list", "--data", data).stdout


def test_no_token_holds_for_good_or_longer_than_is_set(
    motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert motcua("tokens", "add", "x", "--scope", "read", "--days", 0, "--data", data).exit_code != 0
    monkeypatch.setenv("MOTCUA_TOKEN_DAYS", "30")
    refused = motcua("tokens", "add", "x", "--scope", "read", "--days", 31, "--data", data)
    assert "days: expected 1 to 30, found 31" in " ".join(refused.stderr.split())
    secret = motcua("tokens", "add", "x", "--scope", "read", "--data", data).stdout.split()[1]
    assert shown_by(data, secret, 30 * DAY_MS) is None
    motcua("tokens", "add", "y", "--scope", "read", "--days", 9, "--data", data)
    assert ", soon" in motcua("tokens", "list", "--data", data).stdout


def test_a_service_ends_with_its_tokens(motcua: Motcua, data: Path) -> None:
    made = motcua("tokens", "add-service", "Cổng [/]", "--about", "Sở TTTT", "--office", "tan-an", "--data", data)
    assert made.exit_code == 0
    scope = ("--scope", "read", "--service", "Cổng [/]")
    secret = motcua("tokens", "add", "khóa", *scope, "--data", data).stdout.split()[1]
    found = shown_by(data, secret)
    assert found is not None and found.offices == {"tan-an"}, "where its service is"
    assert "Cổng [/]" in motcua("tokens", "services", "--data", data).stdout
    assert "and 1 tokens" in motcua("tokens", "end-service", "Cổng [/]", "--data", data).stdout
    assert shown_by(data, secret) is None
    assert motcua("tokens", "add", "khóa", *scope, "--data", data).exit_code == 1


def test_the_list_shows_no_token_and_fits_a_window(motcua: Motcua, data: Path, window: Window) -> None:
    assert "no tokens yet" in motcua("tokens", "list", "--data", data).stdout
    secret = motcua("tokens", "add", "Cổng dịch vụ [/]", "--scope", "read", "--data", data).stdout.split()[1]
    assert shown_by(data, secret) is not None
    code, shown = window("tokens", "list", "--data", data)
    assert code == 0 and readable(shown)
    assert "Cổng dịch vụ [/]" in shown and "never" not in shown and secret not in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "", "--scope", "read"), "name: expected 1 to 64 visible characters"),
        (
            ("add", "x", "--scope", "read", "--office", "y"),
            "the id of an office or of a unit above some, found 'y'",
        ),
        (("add", "x", "--scope", "write-dossiers", "--office", "tan-an"), "so it takes no unit"),
        (("revoke", "[/]"), "expected the id of one that holds, found '[/]'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    motcua: Motcua, data: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = motcua("tokens", *arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())
