"""What is made of a device's key, against CPython's own hmac (see `sealing_vectors.json`), on both Pythons."""

import binascii
import json

from protocols.message import ProtocolError
from protocols.sealing import (
    derived,
    hello_proof,
    kept_id,
    password_of,
    psk_of,
    record_proof,
    same,
    sealed,
    unsealed,
)

VECTORS = __file__.rsplit("/", 1)[0] + "/sealing_vectors.json"
KEY = bytes(range(32))
NONCE = b"\1\2\3\4\5\6\7\xff"


def refused(key, text):
    try:
        unsealed(key, text)
    except ProtocolError:
        return True
    return False


def test_all_is_as_cpythons_hmac_says():
    with open(VECTORS, "rb") as f:
        vectors = json.loads(f.read())
    assert len(vectors) >= 3
    for one in vectors:
        key = binascii.unhexlify(one["key"])
        hello = [one[name] for name in ("device", "hw", "boot", "nonce", "epoch", "slot", "claim")]
        assert binascii.hexlify(derived(key, "any purpose")).decode() == one["derived"]
        assert password_of(key) == one["password"] and len(one["password"]) == 32
        assert psk_of(key) == one["psk"] and len(one["psk"]) == 64
        assert hello_proof(key, *hello) == one["hello_proof"]
        assert record_proof(key, one["plain"].encode()) == one["record_proof"]
        assert sealed(key, binascii.unhexlify(one["seal_nonce"]), one["plain"].encode()) == one["sealed"]
        assert kept_id("b", key) == one["kept_id"]


def test_what_was_sealed_comes_out_again_whatever_its_length():
    for length in (0, 1, 31, 32, 33, 64, 400):
        plain = bytes([place & 255 for place in range(length)])
        assert unsealed(KEY, sealed(KEY, NONCE, plain)) == plain


def test_a_seal_that_was_touched_or_is_anothers_is_refused():
    text = sealed(KEY, NONCE, b"a new key, say")
    raw = binascii.a2b_base64(text)
    for place in range(len(raw)):
        spoilt = bytearray(raw)
        spoilt[place] ^= 1 << place % 8
        assert refused(KEY, binascii.b2a_base64(spoilt).decode().strip()), place
    for length in range(len(raw)):
        assert refused(KEY, binascii.b2a_base64(raw[:length]).decode().strip()), length
    assert refused(bytes(32), text) and refused(KEY, "") and refused(KEY, "???")


def test_each_word_of_a_hello_is_under_its_proof():
    words = ["tp-1", "e6614c", 7, "0e24", 3, "a", "7K3M9QXC2"]
    proofs = {hello_proof(KEY, *words)}
    for place in range(len(words)):
        for other in (None, 8, "b"):
            if other != words[place]:
                proofs.add(hello_proof(KEY, *words[:place], other, *words[place + 1 :]))
    assert len(proofs) == 1 + 3 * len(words)
    assert hello_proof(bytes(32), *words) not in proofs


def test_bytes_are_the_same_only_if_all_of_them_are():
    assert same(b"abc", b"abc") and same(b"", b"")
    assert not same(b"abc", b"abd") and not same(b"abc", b"ab") and not same(b"", b"a")
