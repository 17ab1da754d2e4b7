"""Whatever a signature hides that is not exactly what it must hide, however alike, is refused."""

import hashlib

from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import verifying
from firmware.verifying import KEY_BYTES, expected, signed
from tests.examples import examples

DIGEST = hashlib.sha256(b"what is signed").digest()
RIGHT = expected(DIGEST)
INFO = RIGHT[-51:-32]
MODULUS = b"\xff" * KEY_BYTES
# Of a key that hides whatever it is told to, see `hides`.


def hides(found, monkeypatch=verifying):
    """Whether a signature is taken under which lies this."""
    monkeypatch.pow = lambda number, exponent, modulus: int.from_bytes(found, "big")
    try:
        return signed(MODULUS, bytes(KEY_BYTES), DIGEST)
    finally:
        del monkeypatch.pow


def padded(info, behind=b"", filling=b"\xff", kind=b"\0\1", count=None):
    """The same with something else somewhere, at its whole length."""
    tail = b"\0" + info + DIGEST + behind
    count = KEY_BYTES - len(kind) - len(tail) if count is None else count
    return (kind + filling * count + tail)[:KEY_BYTES].ljust(KEY_BYTES, b"\0")


def test_what_must_be_there_is_taken():
    assert hides(RIGHT) and RIGHT == padded(INFO) and len(RIGHT) == KEY_BYTES


def test_forgeries_that_readers_of_paddings_took():
    garbage = bytes(range(100))
    others = [
        padded(INFO, behind=garbage),  # Bleichenbacher: what stands behind is looked at by nobody
        padded(INFO, behind=garbage, count=8),
        padded(INFO, behind=garbage, count=0),
        padded(INFO[:-2].replace(b"\x30\x31", b"\x30\x2f")),  # no NULL beside the name of the hash
        padded(b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x20"),  # another hash's name
        padded(b"\x30\x81" + INFO[1:]),  # a length in a longer form
        padded(b""),
        padded(INFO, kind=b"\0\2"),
        padded(INFO, kind=b"\1\1"),
        padded(INFO, kind=b"\0\0"),
        padded(INFO, filling=b"\0"),
        padded(INFO, filling=b"\xfe"),
        DIGEST.rjust(KEY_BYTES, b"\0"),
        bytes(KEY_BYTES),
    ]
    assert [one.hex() for one in others if hides(one)] == []


@settings(max_examples=examples(500))
@given(st.integers(0, 8 * KEY_BYTES - 1), st.binary(max_size=40), st.integers(0, KEY_BYTES))
def test_any_other_bytes_are_refused(bit, spoilt, place):
    flipped = bytearray(RIGHT)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not hides(bytes(flipped))
    other = (RIGHT[:place] + spoilt + RIGHT[place + len(spoilt) :])[:KEY_BYTES]
    moved = (RIGHT[:place] + spoilt + RIGHT[place:])[:KEY_BYTES]
    assert hides(other) is (other == RIGHT) and hides(moved) is (moved == RIGHT)


def test_the_same_with_a_real_key():
    private = rsa.generate_private_key(65_537, 3_072).private_numbers()
    n = private.public_numbers.n
    modulus = n.to_bytes(KEY_BYTES, "big")

    def sign(found):
        return pow(int.from_bytes(found, "big"), private.d, n)

    def taken(number):
        return signed(modulus, number.to_bytes(KEY_BYTES, "big"), DIGEST)

    right = sign(RIGHT)
    assert taken(right) and not taken(n - right) and not taken(right + 1)
    assert not taken(sign(padded(INFO, behind=b"!" * 9))) and not taken(sign(padded(INFO, kind=b"\0\2")))
    if right + n < 1 << 8 * KEY_BYTES:
        assert not taken(right + n), "the same signature in other bytes"
