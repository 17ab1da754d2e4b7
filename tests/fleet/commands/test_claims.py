"""motcua claims."""

import json
from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua, Window, readable

PLACE = ("--office", "tan-an", "--counter", "quay-1", "--role", "keypad")


@pytest.fixture(autouse=True)
def broker(motcua: Motcua, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DEVICES_HOST", "broker.example.vn")


def test_a_claim_file_is_for_the_bench_alone(motcua: Motcua, data: Path, tmp_path: Path, window: Window) -> None:
    out = tmp_path / "a.claims"
    made = motcua("claims", "make", *PLACE, "--count", 2, "--out", out, "--data", data)
    assert made.exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    first, second = map(json.loads, out.read_text().splitlines())
    assert first["network"] == {"host": "broker.example.vn", "port": 1883, "protocol": 5}
    assert (first["v"], first["device"], first["roles"], first["counter"]) == (1, "quay-1-keypad", ["keypad"], "Quầy 1")
    assert second["device"] == "quay-1-keypad-2"
    assert first["key"] not in made.output
    code, shown = window("claims", "list", "--data", data)
    assert code == 0
    assert readable(shown)
    assert "2 waiting" in shown
    claim = first["claim"]
    typed = f"{claim[:4]}-{claim[4:8]}-{claim[8:]}".lower()
    assert motcua("claims", "withdraw", typed, "--data", data).exit_code == 0
    left = motcua("claims", "list", "--state", "waiting", "--data", data).stdout
    assert "quay-1-keypad-2" in left
    assert typed.upper() not in left


def test_nothing_is_made_without_its_file(motcua: Motcua, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.claims"
    out.write_text("secrets of yesterday")
    refused = motcua("claims", "make", *PLACE, "--out", out, "--data", data)
    assert (refused.exit_code, out.read_text()) == (1, "secrets of yesterday")
    assert "expected a new file" in refused.output
    other = tmp_path / "b.claims"
    refused = motcua("claims", "make", *PLACE, "--device", "Q 1", "--out", other, "--data", data)
    assert refused.exit_code == 1
    assert "expected an id of 1 to 32" in refused.output
    assert not other.exists()
    assert "no claims yet" in motcua("claims", "list", "--data", data).stdout
    mistyped = motcua("claims", "withdraw", "K7MP-4QXT-0", "--data", data)
    assert "as they stand on the label" in mistyped.output


def test_a_table_is_taken_whole_or_not_at_all(motcua: Motcua, data: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "a.csv", tmp_path / "a.claims"
    table.write_bytes(motcua("claims", "example").stdout_bytes)
    assert motcua("claims", "import", table, "--out", out, "--data", data).exit_code == 0
    assert len(out.read_text().splitlines()) == 3
    again = motcua("claims", "import", table, "--out", tmp_path / "b.claims", "--data", data)
    assert again.exit_code == 1
    assert "hãy thu hồi phiếu" in again.output
    assert not (tmp_path / "b.claims").exists()


def test_where_devices_reach_the_broker_must_be_known(
    motcua: Motcua, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOTCUA_DEVICES_HOST")
    make = ("claims", "make", *PLACE, "--data", data, "--out", tmp_path / "a")
    assert "MOTCUA_DEVICES_HOST: expected the host" in motcua(*make).output
    monkeypatch.setenv("MOTCUA_DEVICES_HOST", "h")
    monkeypatch.setenv("MOTCUA_DEVICES_TLS", "cert")
    assert "MOTCUA_DEVICES_TLS_CA: expected a certificate's file" in motcua(*make).output
    bad = tmp_path / "ca.pem"
    bad.write_text("no certificate")
    monkeypatch.setenv("MOTCUA_DEVICES_TLS_CA", str(bad))
    assert "expected a certificate as PEM or DER" in motcua(*make).output
    bad.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    assert motcua(*make).exit_code == 0
    assert json.loads((tmp_path / "a").read_text())["network"]["ca"] == "MIIB"
