"""One key a device, 32 random bytes, and all that is made of it: password, pre-shared key, seals and proofs.

Everything is HMAC-SHA256 under a key of its own purpose, so what is known of one tells nothing of another. A seal is a
stream of it in counter mode and a tag over nonce and cipher (encrypt, then MAC); a nonce must never come twice under
one key, so it is chance.
"""

import binascii
import hashlib

from protocols.message import ProtocolError
from protocols.signing import hmac_sha256

KEY_BYTES = 32
NONCE_BYTES = 8
_TAG_BYTES = 16
_BLOCK_BYTES = 32
_PROOF_BYTES = 16
_PASSWORD_BYTES = 16
SLOTS = ("a", "b")


def derived(key: bytes, purpose: str) -> bytes:
    """The 32 bytes that stand for the key where this is its purpose."""
    return hmac_sha256(key, b"motcua " + purpose.encode())


def password_of(key: bytes) -> str:
    """What the device says to its broker."""
    return binascii.hexlify(derived(key, "password")[:_PASSWORD_BYTES]).decode()


def psk_of(key: bytes) -> str:
    """What device and broker share where TLS needs no certificate, in hex."""
    return binascii.hexlify(derived(key, "psk")).decode()


def sealed(key: bytes, nonce: bytes, plain: bytes) -> str:
    """These bytes so that only who has the key can read them, and nobody else can have made them; base64."""
    body = nonce + streamed(key, nonce, plain)
    return binascii.b2a_base64(body + tag_of(key, body)).decode().strip()


def unsealed(key: bytes, text: str) -> "bytes | bytearray":
    """What was sealed with this key. Raises ProtocolError for anything else."""
    try:
        raw = memoryview(binascii.a2b_base64(text))
    except ValueError:
        raw = memoryview(b"")
    body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    if len(body) < NONCE_BYTES or not same(bytes(tag), tag_of(key, body)):
        raise ProtocolError("sealed", "what was sealed with this device's key", len(text))
    return streamed(key, bytes(body[:NONCE_BYTES]), body[NONCE_BYTES:])


def hello_proof(
    key: bytes,
    device: str,
    hw: "str | None",
    boot: int,
    nonce: str,
    epoch: "int | None",
    slot: "str | None",
    claim: "str | None",
) -> str:
    """That a hello was said by who has the key: 32 hex digits over what it says of who and which life it is."""
    said = "|".join(["" if one is None else str(one) for one in (device, hw, boot, nonce, epoch, slot, claim)])
    return proof(key, "hello", said.encode())


def record_proof(key: bytes, body: bytes) -> str:
    """That the record of a self-test was made by who has the key: 32 hex digits."""
    return proof(key, "record", body)


def kept_id(slot: str, key: bytes) -> str:
    """The id of the reply by which a device says that it keeps this new key: who can not unseal it can not say it."""
    return "key-" + slot + "-" + binascii.hexlify(hashlib.sha256(key).digest()[:4]).decode()


def proof(key: bytes, purpose: str, body: bytes) -> str:
    """32 hex digits over these bytes."""
    return binascii.hexlify(hmac_sha256(derived(key, purpose), body)[:_PROOF_BYTES]).decode()


def same(one: bytes, other: bytes) -> bool:
    """Whether they are equal, in a time that does not tell where they differ."""
    different = len(one) ^ len(other)
    for a, b in zip(one, other):  # noqa: B905 - MicroPython knows no strict
        different |= a ^ b
    return different == 0


def streamed(key: bytes, nonce: bytes, data: "bytes | memoryview") -> bytearray:
    """The bytes under the stream of this key and nonce; twice is the bytes again."""
    under, out = derived(key, "seal"), bytearray(data)
    for start in range(0, len(out), _BLOCK_BYTES):
        stream = hmac_sha256(under, nonce + (start // _BLOCK_BYTES).to_bytes(4, "big"))
        for place in range(start, min(start + _BLOCK_BYTES, len(out))):
            out[place] ^= stream[place - start]
    return out


def tag_of(key: bytes, body: "bytes | memoryview") -> bytes:
    """What nobody without the key can put behind these bytes."""
    return hmac_sha256(derived(key, "seal tag"), body)[:_TAG_BYTES]
