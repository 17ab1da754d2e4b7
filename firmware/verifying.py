"""Whether a signature is one: RSA-3072 with SHA-256, as PKCS #1 v1.5 has it. It is lent.

What the signature hides is compared whole, byte for byte, with the only thing that may be there. Whoever reads it
instead, and looks for the hash, takes forgeries in which something else stands behind it.
"""

from firmware.sparing import const

KEY_BYTES = 384
_EXPONENT = const(65_537)
_SHA_256 = const(b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20")
# What PKCS #1 puts before a SHA-256.


def signed(modulus: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether the owner of this key has signed what has this SHA-256."""
    if len(modulus) != KEY_BYTES or len(signature) != KEY_BYTES or len(digest) != 32:
        return False
    n, number = int.from_bytes(modulus, "big"), int.from_bytes(signature, "big")
    if number >= n:  # another number with the same remainder would be a second signature of the same
        return False
    return pow(number, _EXPONENT, n).to_bytes(KEY_BYTES, "big") == expected(digest)


def expected(digest: bytes) -> bytes:
    """All that a signature of this hash may hide."""
    tail = _SHA_256 + digest
    return b"\0\1" + b"\xff" * (KEY_BYTES - 3 - len(tail)) + b"\0" + tail
