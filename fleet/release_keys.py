"""Private keys that sign releases and assignments: PEM files of RSA-3072, for us alone, best under a passphrase."""

import stat
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from fleet.domain.release_roles import EXPONENT, KEY_BITS, SCHEME, RoleRefused, public_key
from fleet.private_files import write_private


class KeyRefused(ValueError):
    """A key can not be used; the text says why."""


class PassphraseWanted(KeyRefused):
    """The key is under a passphrase, and this is not it."""


def new_key() -> CryptoSigner:
    """A key that nobody else has."""
    return signer_of(rsa.generate_private_key(EXPONENT, KEY_BITS))


def signer_of(key: rsa.RSAPrivateKey) -> CryptoSigner:
    """What signs with this key as devices verify it."""
    return CryptoSigner(key, SSlibKey.from_crypto(key.public_key(), scheme=SCHEME))


def write_key(signer: CryptoSigner, path: Path, passphrase: str | None) -> None:
    """Keep the private key in a file that only we may read. Raises FileExistsError: no key is ever written over."""
    if path.exists():
        raise FileExistsError(17, "there is a key already", str(path))
    key = load_pem_private_key(signer.private_bytes, None, unsafe_skip_rsa_key_validation=True)
    # It was validated, or made, where the signer comes from; to do it again takes a tenth of a second.
    how = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode())


def read_key(path: Path, passphrase: str | None = None) -> CryptoSigner:
    """The key in this file. Raises OSError, KeyRefused, PassphraseWanted."""
    if stat.S_IMODE(path.stat().st_mode) & 0o007:
        raise KeyRefused(f"{path}: expected a key that others may not read, found mode {path.stat().st_mode & 0o777:o}")
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except TypeError:  # under a passphrase and none was given, or the other way round
        if passphrase:
            return read_key(path)
        raise PassphraseWanted(f"{path}: expected the passphrase of this key, found none") from None
    except ValueError:
        if passphrase:
            raise PassphraseWanted(f"{path}: expected the passphrase of this key, found another one") from None
        raise KeyRefused(f"{path}: expected a private key as PEM, found something else") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != KEY_BITS:
        raise KeyRefused(f"{path}: expected a key of RSA with {KEY_BITS} bits, found another one")
    return signer_of(key)


def read_again(path: Path) -> CryptoSigner:
    """The same for a key without a passphrase that is needed often: it is read anew once its file is another one.

    To read a key is to check it, which takes a tenth of a second. Raises OSError, KeyRefused.
    """
    at = path.stat()
    return read_once(path, (at.st_ino, at.st_size, at.st_mtime_ns, at.st_mode))


@lru_cache(2)
def read_once(path: Path, _as_it_is: tuple[int, ...]) -> CryptoSigner:
    """The key in this file as it is. Raises OSError, KeyRefused."""
    return read_key(path)


def pem_of(key: SSlibKey) -> str:
    """The public half as PEM."""
    return str(key.keyval["public"])


def read_public(path: Path) -> SSlibKey:
    """The public key in this file. Raises OSError, KeyRefused."""
    try:
        return public_key(path.read_text("ascii"))
    except (RoleRefused, UnicodeDecodeError) as problem:
        raise KeyRefused(f"{path}: {problem}") from None


def signed(text: bytes, signers: list[CryptoSigner]) -> dict[str, bytes]:
    """Signatures of these bytes, under the ids of the keys."""
    return {one.public_key.keyid: bytes.fromhex(one.sign(text).signature) for one in signers}
