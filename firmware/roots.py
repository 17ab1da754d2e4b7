"""What the metadata of a root says: which keys have which role, and how many of them must sign. It is lent."""

import binascii

from firmware.documents import value_in
from firmware.sparing import const
from protocols.message import ProtocolError, only
from protocols.parts import parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

ROLES = ("root", "targets", "timestamp")
_SCHEME = const("rsa-pkcs1v15-sha256")
_PEM = const("-----BEGIN PUBLIC KEY-----")
_DER_BYTES = const(422)
_HEAD = const(
    b"\x30\x82\x01\xa2\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82\x01\x8f\x00"
    b"\x30\x82\x01\x8a\x02\x82\x01\x81\x00"
)
_TAIL = const(b"\x02\x03\x01\x00\x01")
# A public key of RSA with 3,072 bits and the exponent 65,537 has no other.
_KEYS_AT_MOST = const(12)
_KEY_ID_LETTERS = const(64)
_BEGINNING = const(16)
# By so much of it a key is known from all others.
_HEX = const("0123456789abcdef")


def roles_in(found: "dict[str, memoryview]", names: "list[str]") -> "dict[str, list[Any]]":
    """Threshold and ids of the keys of each role that a device knows. Raises ValueError."""
    said = value_in(found, "roles")
    roles = {}
    for role in ROLES:
        one = said.get(role) if type(said) is dict else None
        ids, threshold = (one.get("keyids"), one.get("threshold")) if type(one) is dict else (None, None)
        if type(ids) is not list or type(threshold) is not int or not 0 < threshold <= len(ids) <= _KEYS_AT_MOST:
            raise ValueError("root: expected keys and a threshold for the role " + role)
        if [name for name in ids if name not in names]:
            raise ValueError("root: expected every key of the role %s beside it" % role)
        roles[role] = [threshold, ids]
    return roles


def keys_in(found: "dict[str, memoryview]") -> "Iterator[tuple[str, bytes]]":
    """The keys of a root with their ids, each once: one that stood there twice would be two. Raises ValueError."""
    try:
        said = parts(found.get("keys", b""), "keys")
    except ProtocolError as err:
        raise ValueError("root: " + str(err)) from None
    seen = []
    for name in said:
        key = key_of(value_in(said, name))
        if len(name) != _KEY_ID_LETTERS or not only(name, _HEX) or key[:_BEGINNING] in seen:
            raise ValueError("root: expected each key once, under its own id")
        seen.append(key[:_BEGINNING])
        yield name, key


def key_of(said: "Any") -> bytes:
    """What a key is made of, of the one kind that we verify. Raises ValueError."""
    try:
        kind, scheme, pem = said["keytype"], said["scheme"], said["keyval"]["public"]
        der = binascii.a2b_base64(pem.replace(_PEM, "").split("-----")[0])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ValueError("root: expected keys with a PEM") from None
    if kind != "rsa" or scheme != _SCHEME or len(der) != _DER_BYTES or der[:33] != _HEAD or der[-5:] != _TAIL:
        raise ValueError("root: expected keys of RSA with 3072 bits and the exponent 65537")
    return der[33:-5]  # type: ignore[no-any-return]
