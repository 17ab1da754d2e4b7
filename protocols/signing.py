"""Keyed hashes: a ticket's token, a holder's hash, a badge's. HMAC-SHA256 after RFC 2104.

MicroPython's hashlib has sha256 but no hmac.
"""

import binascii
import hashlib

BLOCK = 64
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# Crockford's base 32: no i, l, o, u, so a token read aloud is not mistaken.

BADGE_KEY = b"motcua badge"
# No secret: it keeps these hashes apart from all others.


def hmac_sha256(key: bytes, message: "bytes | memoryview") -> bytes:
    """The 32 bytes of HMAC-SHA256."""
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    inner = hashlib.sha256(padded(key, 0x36))
    inner.update(message)
    outer = hashlib.sha256(padded(key, 0x5C))
    outer.update(inner.digest())
    return outer.digest()


def padded(key: bytes, pad: int) -> bytearray:
    """The key mixed with its padding. In place: a list of it takes half a KB of a device's RAM in one piece."""
    mixed = bytearray(BLOCK)
    for place in range(BLOCK):
        mixed[place] = pad ^ (key[place] if place < len(key) else 0)
    return mixed


def holder_hash(day_key: str, number: str) -> str:
    """64 bits (16 hex digits) that stand for a card's number at one office on one day."""
    return binascii.hexlify(hmac_sha256(binascii.unhexlify(day_key), number.encode())[:8]).decode()


def badge_hash(code: "bytes | bytearray") -> str:
    """128 bits (32 hex digits) that stand for a badge of the staff, in events and in the fleet alike.

    A badge's code is chance, 80 bits of it, so nobody finds it from this. `code`: what stands behind `MCB:`.
    """
    return binascii.hexlify(hmac_sha256(BADGE_KEY, bytes(code).strip().upper())[:16]).decode()


def ticket_token(secret: str, lease: str, number: int) -> str:
    """80 bits (16 letters) that only the holder of the lease's secret can make for this ticket."""
    digest = hmac_sha256(binascii.unhexlify(secret), f"{lease}:{number}".encode())[:10]
    value = int.from_bytes(digest, "big")
    places = [value >> shift & 31 for shift in range(75, -1, -5)]
    return "".join([ALPHABET[place : place + 1] for place in places])
