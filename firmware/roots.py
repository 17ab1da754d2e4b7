"""Another root: what it says of keys and roles, and how it takes the place of the one before. It is lent."""

import binascii
import hashlib

from firmware.documents import document_of, json_of, number_in, typed
from firmware.sparing import const, lent
from protocols.message import ProtocolError
from protocols.parts import parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import Any

    from firmware.documents import Signed
    from firmware.trust import Trust

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
_BEGINNING = const(16)
# By so much of it a key is known from all others.


def next_of(trust: "Trust", raw: "bytes | bytearray") -> "Iterator[None]":
    """The next root, which enough owners of the last one's keys and of its own have signed. Raises ValueError."""
    document = document_of(raw)
    yield from trust.signed("root", document)
    yield from take(trust, document)


def first_of(trust: "Trust", raw: "bytes | bytearray") -> "Iterator[None]":
    """The first root, which its own owners have signed. Raises ValueError."""
    if trust.root is None:
        yield from take(trust, document_of(raw))


def take(trust: "Trust", document: "Signed") -> "Iterator[None]":
    """Believe it, if it is the next one and its own owners signed it. Raises ValueError."""
    found = cut(document)
    version = number_in({"version": json_of(found.get("version", b""))}, "version")
    if trust.root is not None and version != trust.root + 1:
        raise ValueError("root: expected version %d, found %d" % (trust.root + 1, version))
    keys = keys_in(found)
    roles = roles_in(found, keys)
    threshold, ids = roles["root"]
    yield from lent("trust").enough("root", threshold, ids, lambda name: key_of(json_of(keys[name])), document)
    keep_keys(trust, keys)
    keep(trust, version, roles)


def keep_keys(trust: "Trust", keys: "dict[str, memoryview]") -> None:
    """Keep the keys of a root that is believed. None of them counts before `trust` names it, and none ever changes."""
    kept = trust.kept()
    for name in keys:
        kept.put("key-" + name, str(binascii.b2a_base64(key_of(json_of(keys[name]))).strip(), "ascii"))


def keep(trust: "Trust", version: int, roles: "dict[str, Any]") -> None:
    """From now on it is believed."""
    before, known = trust.known, {"root": version, "roles": roles}
    named = [name for role in ROLES for name in roles[role][1]]
    if before:
        gone = before.get("gone", []) + [name for role in ROLES for name in before["roles"][role][1]]
        known["gone"] = [name for name in gone if name not in named]
        if sorted(before["roles"]["targets"][1]) != sorted(roles["targets"][1]):
            known["floor"] = 0
            if before.get("left"):
                lent("disowning").disown(trust.board)
        elif "floor" in before:
            known["floor"] = before["floor"]
    trust.kept().put("trust", known)
    trust.known, trust.root = known, version
    trust.sweep()


def cut(document: "Signed") -> "dict[str, memoryview]":
    """The parts of a root, unread: it is large. Raises ValueError."""
    try:
        found = parts(document.signed, "root")
    except ProtocolError as err:
        raise ValueError("signature: " + str(err)) from None
    typed({"_type": json_of(found.get("_type", b""))}, "root")
    return found


def roles_in(found: "dict[str, memoryview]", names: "Container[str]") -> "dict[str, list[Any]]":
    """Threshold and ids of the keys of each role that a device knows. Raises ValueError."""
    said = json_of(found.get("roles", b""))
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


def keys_in(found: "dict[str, memoryview]") -> "dict[str, memoryview]":
    """The keys of a root by their ids, unread: read they would be 2 KB just when a signature takes most. ValueError.

    Each stands there once, for one that stood there twice would be two; and its id is its hash, as TUF makes it, so
    that no root can put another key in the place of one that signed it, or of one that is believed already.
    """
    try:
        said = parts(found.get("keys", b""), "keys")
    except ProtocolError as err:
        raise ValueError("root: " + str(err)) from None
    seen: "list[bytes]" = []
    for name in said:
        key = key_of(json_of(said[name]))
        if binascii.hexlify(hashlib.sha256(said[name]).digest()) != name.encode() or key[:_BEGINNING] in seen:
            raise ValueError("root: expected each key once, under its own id")
        seen.append(key[:_BEGINNING])
    return said


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
