"""A certificate authority for a test, and what a broker shows that it signed."""

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path

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


def openssl(*arguments):
    """Run it; what it said is in the error."""
    done = subprocess.run([OPENSSL, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr}"
