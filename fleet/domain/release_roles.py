"""Who may say what about releases: the roles of TUF, verified over the bytes that were signed.

| role | its keys | signs |
|---|---|---|
| root | offline, two of three people | who has which role |
| release (TUF: targets) | offline | which images are a release |
| fleet (TUF: timestamp, snapshot) | on the fleet's server | which device gets which release |

The fleet's key alone can make nothing that runs; the release key alone brings nothing onto a device.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp, VerificationResult

from fleet.domain.signed_documents import SignedDocument, read

ROOT, RELEASE, FLEET, FLEET_TOO = Root.type, Targets.type, Timestamp.type, Snapshot.type
SCHEME = "rsa-pkcs1v15-sha256"
KEY_BITS, EXPONENT = 3072, 65537
LEAST_ROOT_SIGNERS = 2
# One person alone, or a thief of one key, can change nothing for good.


class RoleRefused(ValueError):
    """A document that nobody who may say so has signed, or that says what can not be."""


@dataclass(frozen=True)
class Trusted:
    """A root that was verified, with the bytes that it came in."""

    root: Root
    wire: bytes


def first_root(wire: bytes) -> Trusted:
    """The root from which trust begins; it is signed by itself. Raises RoleRefused, BadDocument."""
    first = Trusted(verified_root(None, read(wire)), wire)
    if first.root.version != 1:
        raise RoleRefused(f"root: expected version 1, from which trust begins, found {first.root.version}")
    return first


def next_root(before: Trusted, wire: bytes) -> Trusted:
    """The one behind it, signed by the thresholds of both. Raises RoleRefused, BadDocument."""
    return Trusted(verified_root(before.root, read(wire)), wire)


def chain_of(wires: Iterable[bytes]) -> list[Trusted]:
    """All roots from the first on, each trusted by the one before. Raises RoleRefused, BadDocument."""
    chain: list[Trusted] = []
    for wire in wires:
        chain.append(next_root(chain[-1], wire) if chain else first_root(wire))
    return chain


def verified_root(before: Root | None, document: SignedDocument) -> Root:
    """The root that this document is. Raises RoleRefused, BadDocument."""
    root = root_of(document)
    if before is not None and root.version != before.version + 1:
        raise RoleRefused(f"root: expected version {before.version + 1}, found {root.version}")
    signatures = document.tuf_signatures()
    for one in (root,) if before is None else (before, root):
        result = one.get_verification_result(ROOT, document.signed, signatures)
        enough(f"root {root.version}, by the keys of root {one.version}", result)
    return root


def root_of(document: SignedDocument) -> Root:
    """What it says, whoever signed it. Raises RoleRefused, BadDocument."""
    root = document.metadata().signed
    if not isinstance(root, Root):
        raise RoleRefused(f"root: expected a document of the role root, found {root.type}")
    check_keys(root)
    check_roles(root)
    return root


def check_keys(root: Root) -> None:
    """Raises RoleRefused where a key is of another kind than devices take, or has another name than its own."""
    for keyid, key in root.keys.items():
        if not isinstance(key, SSlibKey) or (key.keytype, key.scheme) != ("rsa", SCHEME):
            raise RoleRefused(f"key {keyid[:8]}: expected {SCHEME}, found {key.keytype} {key.scheme}")
        if public_key(key.keyval.get("public", "")).keyid != keyid:
            # Else one key under two names would count as two signers.
            raise RoleRefused(f"key {keyid[:8]}: expected the hash of the key as its id, found another one")


def check_roles(root: Root) -> None:
    """Raises RoleRefused where one key would have the power of two roles, or a role too few signers."""
    threshold = root.roles[ROOT].threshold
    if threshold < LEAST_ROOT_SIGNERS:
        raise RoleRefused(f"root: expected {LEAST_ROOT_SIGNERS} signers at least, found {threshold}")
    if root.roles[FLEET] != root.roles[FLEET_TOO]:
        raise RoleRefused(f"root: expected the same keys for {FLEET} and {FLEET_TOO}, found others")
    taken: dict[str, str] = {}
    for name in (ROOT, RELEASE, FLEET):
        role = root.roles[name]
        if not set(role.keyids) <= set(root.keys) or len(role.keyids) < role.threshold:
            raise RoleRefused(f"{name}: expected {role.threshold} known keys at least, found {len(role.keyids)}")
        for keyid in role.keyids:
            if taken.setdefault(keyid, name) != name:
                raise RoleRefused(f"key {keyid[:8]}: expected one role, found {taken[keyid]} and {name}")
    if unused := set(root.keys) - set(taken):
        raise RoleRefused(f"root: expected a role for each key, found none for {unused.pop()[:8]}")


def release_of(root: Root, wire: bytes) -> Targets:
    """The release that this document is, signed by who may. Raises RoleRefused, BadDocument."""
    document = read(wire)
    release = document.metadata().signed
    if not isinstance(release, Targets):
        raise RoleRefused(f"release: expected a document of the role targets, found {release.type}")
    result = root.get_verification_result(RELEASE, document.signed, document.tuf_signatures())
    enough(f"release {release.version}", result)
    return release


def signed_by_fleet(root: Root, document: SignedDocument) -> None:
    """Raises RoleRefused unless the fleet's own role has signed these bytes."""
    enough("assignment", root.get_verification_result(FLEET, document.signed, document.tuf_signatures()))


def same_signers(one: Root, other: Root, role: str) -> bool:
    """Whether this role has the same keys in both."""
    return set(one.roles[role].keyids) == set(other.roles[role].keyids)


def public_key(pem: str) -> SSlibKey:
    """A public key as TUF knows it, by the id that its content gives it. Raises RoleRefused."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, AttributeError, TypeError):
        raise RoleRefused("key: expected a public key as PEM, found another text") from None
    if not isinstance(key, RSAPublicKey):
        raise RoleRefused("key: expected a key of RSA, found another kind")
    numbers = key.public_numbers()
    if (key.key_size, numbers.e) != (KEY_BITS, EXPONENT):
        found = f"{key.key_size} bits and {numbers.e}"
        raise RoleRefused(f"key: expected {KEY_BITS} bits and the exponent {EXPONENT}, found {found}")
    if key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() != pem:
        raise RoleRefused("key: expected a public key as PEM and nothing else, found more")
    return SSlibKey.from_crypto(key, scheme=SCHEME)


def enough(what: str, result: VerificationResult) -> None:
    """Raises RoleRefused where too few have signed."""
    if not result.verified:
        raise RoleRefused(f"{what}: expected {result.threshold} valid signatures, found {len(result.signed)}")
