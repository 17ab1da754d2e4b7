"""What looks for secrets and for advisories finds those that were planted, and none in the repository."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.attacks import advisories, planted_secrets

PLANTED = {
    "private key": "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "cloud key": "key = AKIA" + "IOSFODNN7EXAMPLE",
    "token of a forge": "ghp_" + "a1B2" * 9,
    "password in an address": "postgresql://motcua:" + "that-long-one@db/motcua",
    "word of chance under a secret's name": 'broker_password = "' + 'x7Kq2vN9pLw4Zt8R"',
}
HARMLESS = (
    'password = "mot-hai-ba-bon-nam-sau"\npostgresql://user:password@host/name\ntoken = secrets.token_urlsafe(32)'
)


def test_the_repository_holds_no_secret() -> None:
    bad, _ = planted_secrets.scan()
    assert bad == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_secret_is_found(what: str) -> None:
    assert (2, what) in list(planted_secrets.found_in(f"# a file\n{PLANTED[what]}\n"))
    assert list(planted_secrets.found_in(HARMLESS)) == []


@pytest.mark.parametrize(
    ("affected", "found"),
    [
        ({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9999"}]}]}, True),
        ({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.1"}]}]}, False),
        ({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "9999"}]}]}, True),
        ({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "9999"}]}]}, False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
        ({"versions": ["LOCKED"]}, True),
    ],
)
def test_a_locked_version_with_an_advisory_is_found(affected: dict, found: bool, tmp_path: Path) -> None:  # type: ignore[type-arg]
    version = str(advisories.locked()["jinja2"])
    affected = json.loads(json.dumps(affected).replace("LOCKED", version))
    told = {"id": "PLANTED-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Jinja2"}, **affected}]}
    file, zipped = tmp_path / "one.json", tmp_path / "all.zip"
    file.write_text(json.dumps([told, {**told, "withdrawn": "2026-01-01T00:00:00Z"}]))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("PLANTED-1.json", json.dumps(told))
    for one in (file, zipped):
        assert [(f.name, f.advisory) for f in advisories.findings(one)] == [("jinja2", "PLANTED-1")] * found
