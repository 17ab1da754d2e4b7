"""`motcua ca`: an authority, what it signs and what it refuses, as OpenSSL sees it."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from cryptography import x509

from fleet.authority import VALID_FROM, issue, make_authority
from fleet.authority_folder import AuthorityFolder, read_certificate
from fleet.domain.certificate_names import names_of
from tests.firmware.certificates import OPENSSL

WORDS = "mười hai con giáp"
Motcua = Callable[..., Result]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `old`, an authority, `new`, which follows it, and their passphrase. Look at it only."""
    from typer.testing import CliRunner

    from fleet.__main__ import app

    folder = tmp_path_factory.mktemp("authorities")
    (folder / "words").write_text(f"{WORDS}\n")
    words, old = f"--passphrase-file={folder / 'words'}", folder / "old"
    for more in (
        [f"--folder={old}"],
        [f"--folder={folder / 'new'}", f"--after={old}", f"--after-passphrase-file={folder / 'words'}"],
    ):
        done = CliRunner().invoke(app, ["ca", "make", "tinh.example.vn", "10.0.0.0/8", words, *more])
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "authorities"))


def said_by_openssl(authority: Path, chain: Path) -> str:
    """What OpenSSL says of a chain when it trusts this authority only."""
    given = ["-CAfile", authority, "-untrusted", chain, chain]
    done = subprocess.run([OPENSSL, "verify", "-x509_strict", *given], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def sign(motcua: Motcua, folder: Path, *hosts: str) -> Result:
    """Sign a certificate for these hosts."""
    words = f"--passphrase-file={folder.parent / 'words'}"
    return motcua("ca", "issue", *hosts, f"--folder={folder}", words)


def test_what_it_signs_is_for_that_server_and_for_two_years(motcua: Motcua, folder: Path) -> None:
    done = sign(motcua, folder / "old", "Mot-Cua.tinh.example.vn", "10.0.0.5")
    assert done.exit_code == 0, done.output
    chain = folder / "old" / "issued" / "mot-cua.tinh.example.vn.crt"
    assert said_by_openssl(folder / "old" / "authority.crt", chain).endswith(": OK\n")
    lasts = read_certificate(chain).not_valid_after_utc - read_certificate(chain).not_valid_before_utc
    assert 800 <= lasts.days <= 825, "browsers refuse more"
    key = chain.with_suffix(".key")
    assert [path.stat().st_mode & 0o777 for path in (key, folder / "old" / "authority.key")] == [0o600, 0o600]
    assert "ENCRYPTED" in (folder / "old" / "authority.key").read_text()
    shown = motcua("ca", "show", chain).output
    assert "hosts    mot-cua.tinh.example.vn, 10.0.0.5\n" in shown and "799 days left" in shown


def test_who_knows_only_the_old_authority_believes_the_new_one(motcua: Motcua, folder: Path) -> None:
    assert sign(motcua, folder / "new", "mqtt.tinh.example.vn").exit_code == 0
    chain = folder / "new" / "issued" / "mqtt.tinh.example.vn.crt"
    for authority in ("old", "new"):
        said = said_by_openssl(folder / authority / "authority.crt", chain)
        assert said.endswith(": OK\n"), authority
    chain.write_text(chain.read_text().partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n")
    assert "unable to get" in said_by_openssl(folder / "old" / "authority.crt", chain), "it is the bridge that does it"


def test_for_another_name_nobody_believes_it_even_if_its_key_is_stolen(motcua: Motcua, folder: Path) -> None:
    here = AuthorityFolder(folder / "old")
    done = sign(motcua, here.folder, "nganhang.vn")
    assert done.exit_code == 1 and "expected a host of tinh.example.vn, 10.0.0.0/8" in " ".join(done.output.split())
    authority = here.opened(WORDS)
    for host in ("nganhang.vn", "8.8.8.8", "2001:db8::1"):
        chain, _ = here.keep_issued("stolen", issue(authority, [host], datetime.now(UTC), 90, False))
        assert "subtree violation" in said_by_openssl(here.certificate_file, chain), host


def test_where_no_server_has_a_name_addresses_are_enough(tmp_path: Path) -> None:
    here = AuthorityFolder(tmp_path / "ca")
    authority = make_authority("Một cửa", names_of(["10.0.0.0/8"]), datetime.now(UTC) + timedelta(days=30))
    here.keep(authority, WORDS, None)
    for host, good in (("10.0.0.5", True), ("mqtt.example.vn", False)):
        chain, _ = here.keep_issued(host, issue(authority, [host], datetime.now(UTC), 20, True))
        assert said_by_openssl(here.certificate_file, chain).endswith(": OK\n") is good, host


def test_renewed_it_is_for_the_same_hosts_with_another_key(motcua: Motcua, folder: Path) -> None:
    words, where = f"--passphrase-file={folder / 'words'}", f"--folder={folder / 'old'}"
    hosts = ("mqtt.tinh.example.vn", "10.0.0.9")
    assert motcua("ca", "issue", *hosts, "--for-devices", "--days=20", where, words).exit_code == 0
    file = folder / "old" / "issued" / "mqtt.tinh.example.vn.crt"
    before = read_certificate(file)
    assert before.not_valid_before_utc == VALID_FROM, "a board without a clock believes that it is long ago"
    assert motcua("ca", "renew", "mqtt.tinh.example.vn", where, words).exit_code == 0
    after = read_certificate(file)
    assert after.public_key() != before.public_key() and after.not_valid_before_utc == VALID_FROM
    assert after.extensions.get_extension_for_class(x509.SubjectAlternativeName) == (
        before.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    )
    listed = motcua("ca", "list", where).output
    assert "mqtt.tinh.example.vn" in listed and "devices" in listed and "799" in listed
    assert "expected one of mqtt.tinh.example.vn" in motcua("ca", "renew", "khac", where, words).output


def test_it_is_given_away_without_its_key(motcua: Motcua, made: Path) -> None:
    certificate = AuthorityFolder(made / "old").certificate
    pem = motcua("ca", "export", f"--folder={made / 'old'}").stdout_bytes
    der = motcua("ca", "export", f"--folder={made / 'old'}", "--form=der").stdout_bytes
    assert x509.load_pem_x509_certificate(pem) == x509.load_der_x509_certificate(der) == certificate
    assert b"PRIVATE" not in pem  # shorter words stand in base64 now and then


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("make", "example.vn", "--folder=old"), "there is an authority already"),
        (("make", "*.vn", "--folder=khac"), "expected a name such as"),
        (("make", "example.vn", "--folder=khac", "--name="), "name: expected 1 to 48 letters"),
        (("make", "example.vn", "--folder=khac"), "passphrase: expected 12 letters at least, found 4"),
        (("issue", "a.tinh.example.vn", "--folder=old"), "expected the passphrase of this key, found another one"),
        (("issue", "a.tinh.example.vn", "--folder=khac"), "expected an authority, found none"),
        (("show", "words"), "expected a certificate as PEM or DER"),
    ],
)
def test_what_it_refuses(
    motcua: Motcua, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    monkeypatch.chdir(made)
    (tmp_path / "short").write_text("ngan")
    words = [f"--passphrase-file={tmp_path / 'short'}"] if arguments[0] in ("make", "issue") else []
    done = motcua("ca", *arguments, *words)
    assert done.exit_code == 1 and reason in " ".join(done.output.split())
    assert not (made / "khac").exists(), "nothing was begun"
