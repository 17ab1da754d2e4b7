"""The folder of a certificate authority, on a stick in a safe.

`authority.crt`, and its key under a passphrase; `issued`, what it signed for servers, each a chain and a key; where it
follows another authority, `bridge.crt`, which every chain then ends with.
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from fleet.authority import Authority, Issued, names_in
from fleet.domain.certificate_names import Names
from fleet.private_files import private_folder, write_private

PEM = b"-----BEGIN"


class AuthorityRefused(ValueError):
    """A folder or a file of an authority can not be used; the text says why."""


class AuthorityFolder:
    """What lies in the folder, and how it comes there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issued = folder / "issued"
        self.certificate_file, self.key_file = folder / "authority.crt", folder / "authority.key"
        self.bridge_file = folder / "bridge.crt"

    def refuse_made(self) -> None:
        """Raises AuthorityRefused where an authority is already."""
        if self.certificate_file.exists() or self.key_file.exists():
            raise AuthorityRefused(f"{self.folder}: there is an authority already; it is never written over")

    def keep(self, authority: Authority, passphrase: str, bridge: x509.Certificate | None) -> None:
        """Keep a new authority, its key under the passphrase. Raises AuthorityRefused."""
        self.refuse_made()
        private_folder(self.folder)
        write_private(self.key_file, key_pem(authority.key, BestAvailableEncryption(passphrase.encode())))
        if bridge is not None:
            write_private(self.bridge_file, pem(bridge))
        write_private(self.certificate_file, pem(authority.certificate))

    def keep_issued(self, name: str, issued: Issued) -> tuple[Path, Path]:
        """Keep what was signed for a server: its chain, which a bridge is part of, and its key."""
        private_folder(self.issued)
        chain, key = self.issued / f"{name}.crt", self.issued / f"{name}.key"
        write_private(key, key_pem(issued.key, NoEncryption()))
        bridges = [read_certificate(self.bridge_file)] if self.bridge_file.exists() else []
        write_private(chain, "".join(map(pem, [issued.certificate, *bridges])))
        return chain, key

    @property
    def certificate(self) -> x509.Certificate:
        """The authority's own. Raises AuthorityRefused."""
        if not self.certificate_file.exists():
            raise AuthorityRefused(f"{self.folder}: expected an authority, found none; `motcua ca make` makes one")
        return read_certificate(self.certificate_file)

    @property
    def names(self) -> Names:
        """What it may speak for. Raises AuthorityRefused."""
        return names_in(self.certificate)

    def servers(self) -> dict[str, x509.Certificate]:
        """The certificates of servers by their names. Raises AuthorityRefused."""
        return {path.stem: read_certificate(path) for path in sorted(self.issued.glob("*.crt"))}

    def opened(self, passphrase: str) -> Authority:
        """The authority with its key, so that it can sign. Raises AuthorityRefused, OSError."""
        certificate = self.certificate
        try:
            key = load_pem_private_key(self.key_file.read_bytes(), passphrase.encode())
        except (ValueError, TypeError):
            raise AuthorityRefused(f"{self.key_file}: expected the passphrase of this key, found another one") from None
        if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
            raise AuthorityRefused(f"{self.key_file}: expected the key of {self.certificate_file}, found another one")
        return Authority(certificate, key)


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate of a file, PEM or DER. Raises AuthorityRefused, OSError."""
    raw = path.read_bytes()
    try:
        return x509.load_pem_x509_certificate(raw) if PEM in raw else x509.load_der_x509_certificate(raw)
    except ValueError:
        raise AuthorityRefused(f"{path}: expected a certificate as PEM or DER, found something else") from None


def pem(certificate: x509.Certificate) -> str:
    """As files have it."""
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: RSAPrivateKey, how: KeySerializationEncryption) -> str:
    """A private key as files have it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()
