"""A certificate authority for a test, and what a broker shows that it signed."""

import base64
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleet.authority import issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.domain.certificate_names import names_of

OPENSSL = "/usr/bin/openssl"
RSA, P256 = ["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


@dataclass(frozen=True)
class Certificates:
    """Files for a Mosquitto listener, and the CA as a device knows it."""

    certificate: Path
    key: Path
    ca: Path

    @property
    def ca_base64(self) -> str:
        """DER in base64: the PEM without its first and last line."""
        lines = self.ca.read_text().splitlines()
        der = base64.b64decode("".join(lines[lines.index("-----BEGIN CERTIFICATE-----") + 1 : -1]))
        return base64.b64encode(der).decode()


def make_certificates(directory: Path, name: str, kind: list[str] = RSA, days: int = 9000) -> Certificates:
    """A CA, and a certificate for a broker of this name."""
    directory.mkdir(parents=True, exist_ok=True)
    made = Certificates(directory / "broker.crt", directory / "broker.key", directory / "ca.crt")
    request, names = directory / "broker.csr", directory / "names"
    names.write_text(f"subjectAltName=DNS:{name}\n")
    new = ["req", "-newkey", *kind, "-nodes"]
    openssl(
        *new, "-x509", "-days", "9000", "-subj", "/CN=motcua test CA", "-keyout", directory / "ca.key", "-out", made.ca
    )
    openssl(*new, "-subj", f"/CN={name}", "-keyout", made.key, "-out", request)
    authority = ["-CA", made.ca, "-CAkey", directory / "ca.key", "-CAcreateserial", "-days", str(days)]
    openssl("x509", "-req", "-in", request, *authority, "-extfile", names, "-out", made.certificate)
    return made


def own_certificates(directory: Path, *hosts: str) -> Certificates:
    """The same, made by what `motcua ca` is made of."""
    now, folder = datetime.now(UTC), AuthorityFolder(directory)
    authority = make_authority("motcua test", names_of(hosts), now + timedelta(days=30))
    folder.keep(authority, "mười hai con giáp", None)
    made = folder.keep_issued("broker", issue(authority, hosts, now, 20, for_devices=True))
    return Certificates(*made, folder.certificate_file)


def openssl(*arguments):
    """Run it; what it said is in the error."""
    done = subprocess.run([OPENSSL, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr}"
