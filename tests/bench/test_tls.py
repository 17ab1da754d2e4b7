"""The TLS bench, once for each way to meet a broker."""

import json

from tests.bench import tls


def test_each_way_to_meet_a_broker_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(tls, "ROUNDS", 1)
    tls.run()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    connected = {one["mode"]: one["value"] for one in said if one["name"] == "tls_connect_ms"}
    assert set(connected) == {"none", "psk", "cert-rsa-2048", "cert-p-256", "cert-motcua-ca"}
    assert all(connected.values()), connected
