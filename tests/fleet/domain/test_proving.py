"""What a hello means under each state of a device's keys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.claims import Claim
from fleet.domain.incidents import Kind
from fleet.domain.proving import NONCES_KEPT, Judged, Keys, Life, Outcome, judge, with_nonce
from protocols.presence import Hello
from protocols.sealing import hello_proof

OLD, NEW, OTHER = bytes(32), bytes(range(32)), b"\xff" * 32
NOW = 1_000_000
CLAIM = Claim("7K3M9QXC2", "tp-1", ("printer",), "tan-an", None, "lan", 1, NOW + 1, "b")
USED = replace(CLAIM, used_ms=NOW - 5, used_hw="e661", expires_ms=NOW - 1)
ONE = Keys("a", OLD, hw="e661", nonces=("n0", "n1"))
TWO = replace(ONE, next_key=NEW)
CLAIMED = Keys("a", OLD, claim=CLAIM)
LIFE = Life(3, 7)
WELCOME = Judged(Outcome.WELCOME)


def hello(key: bytes | None = OLD, slot: str | None = "a", **said: object) -> Hello:
    """A hello that is proven by this key; what is said otherwise is said before the proof."""
    words: dict[str, object] = {"hw": "e661", "boot": 7, "nonce": "n2", "epoch": 3, "claim": None, **said}
    proof = None if key is None else hello_proof(key, "tp-1", slot=slot, **words)  # type: ignore[arg-type]
    return Hello(firmware="1", board="b", roles=[], up=1, slot=slot, proof=proof, **words)  # type: ignore[arg-type]


def judged(said: Hello, keys: Keys = ONE, named: Claim | None = None, live: bool = True) -> Judged:
    return judge("tp-1", said, keys, named, LIFE, NOW, live)


@pytest.mark.parametrize(
    "said, keys, meant",
    [
        (hello(), ONE, WELCOME),
        (hello(boot=8, epoch=None), ONE, WELCOME),
        (hello(boot=1, epoch=4), ONE, WELCOME),
        (hello(), replace(ONE, hw=None), Judged(Outcome.WELCOME, learn=True)),
        (hello(), TWO, WELCOME),
        (hello(NEW, "b"), TWO, Judged(Outcome.WELCOME, promote=True)),
        (hello(NEW, "b", claim=USED.id), replace(TWO, claim=USED), Judged(Outcome.WELCOME, promote=True)),
        (hello(claim=CLAIM.id), CLAIMED, Judged(Outcome.NEW_KEY, burn=True, learn=True)),
        (hello(), CLAIMED, Judged(Outcome.NEW_KEY, burn=True, learn=True)),
        (hello(), replace(TWO, claim=USED), Judged(Outcome.NEW_KEY)),
        (hello(nonce="n1", boot=2), ONE, WELCOME),
    ],
    ids=[
        "its key",
        "storage was lost",
        "a later epoch",
        "its first hello",
        "the old of two",
        "the new of two",
        "the new one after a claim",
        "a claim, first",
        "a claim that it does not name",
        "a claim, again, late",
        "the broker says it again",
    ],
)
def test_a_device_that_is_what_it_says_goes_on(said: Hello, keys: Keys, meant: Judged) -> None:
    assert judged(said, keys) == meant


@pytest.mark.parametrize(
    "said, keys, kind, found",
    [
        (hello(OTHER), ONE, Kind.FORGED, "found one that it did not make, for slot a"),
        (hello(None), ONE, Kind.FORGED, "found no proof"),
        (hello(None, None), ONE, Kind.FORGED, "found no proof"),
        (hello(OLD, "b"), ONE, Kind.FORGED, "for slot b"),
        (hello(NEW, "a"), TWO, Kind.FORGED, "for slot a"),
        (hello(nonce="n0"), ONE, Kind.FORGED, "found that of an earlier hello, n0"),
        (hello(hw="24dc"), ONE, Kind.CLONED, "expected the board e661, found 24dc"),
        (hello(NEW, "b", hw="24dc"), TWO, Kind.CLONED, "expected the board e661, found 24dc"),
        (hello(hw=None), ONE, Kind.CLONED, "expected the board e661, found None"),
        (hello(boot=6), ONE, Kind.CLONED, "expected epoch 3, boot 7 or later, found epoch 3, boot 6"),
        (hello(epoch=2, boot=9), ONE, Kind.CLONED, "found epoch 2, boot 9"),
        (hello(), replace(CLAIMED, claim=replace(CLAIM, expires_ms=NOW)), Kind.CLAIM_EXPIRED, "whose time is over"),
        (hello(), replace(CLAIMED, claim=replace(CLAIM, withdrawn_ms=1)), Kind.CLAIM_EXPIRED, "was withdrawn"),
        (hello(hw="24dc"), replace(TWO, claim=USED), Kind.CLAIM_REUSED, "expected the board e661, found 24dc"),
        (hello(hw="24dc"), replace(TWO, hw=None, claim=USED), Kind.CLAIM_REUSED, "expected the board e661"),
        (hello(), replace(CLAIMED, claim=replace(CLAIM, hw="24dc")), Kind.CLAIM_REUSED, "expected the board 24dc"),
        (hello(hw=None), CLAIMED, Kind.FORGED, "expected a board that says which one it is"),
    ],
)
def test_whoever_is_not_is_told_nothing(said: Hello, keys: Keys, kind: Kind, found: str) -> None:
    what = judged(said, keys)
    assert (what.outcome, what.incident) == (Outcome.NOTHING, kind) and found in what.found
    assert not (what.promote or what.burn or what.learn)


def test_a_claim_that_was_used_is_known_by_name_when_its_secret_is_gone() -> None:
    rotated = Keys("b", NEW, hw="e661")
    what = judged(hello(OLD, "a", claim=USED.id, hw="24dc"), rotated, named=USED)
    assert what.incident is Kind.CLAIM_REUSED and "found it again with the board 24dc" in what.found
    assert judged(hello(OLD, "a", claim="none"), rotated).incident is Kind.FORGED


def test_a_hello_that_lay_about_is_passed_over_in_silence() -> None:
    assert judged(hello(nonce="n0"), live=False) == Judged(Outcome.NOTHING)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=80))
def test_the_last_nonces_are_known_each_once(said: list[str]) -> None:
    known: tuple[str, ...] = ()
    for one in said:
        known = with_nonce(known, one)
        assert known[-1] == one and len(set(known)) == len(known) <= NONCES_KEPT
    assert set(known) == set(said)


@given(
    signer=st.sampled_from([OLD, NEW, OTHER, None]),
    slot=st.sampled_from(["a", "b", None]),
    hw=st.sampled_from(["e661", "24dc", None]),
    boot=st.integers(5, 9),
    epoch=st.sampled_from([None, 2, 3, 4]),
    nonce=st.sampled_from(["n0", "n1", "n2"]),
    keys=st.sampled_from([ONE, TWO, CLAIMED, replace(TWO, claim=USED), replace(ONE, hw=None)]),
    live=st.booleans(),
)
def test_nobody_is_welcomed_without_a_key_that_no_file_ever_held(
    signer: bytes | None,
    slot: str | None,
    hw: str | None,
    boot: int,
    epoch: int | None,
    nonce: str,
    keys: Keys,
    live: bool,
) -> None:
    what = judged(hello(signer, slot, hw=hw, boot=boot, epoch=epoch, nonce=nonce), keys, live=live)
    if what.outcome is Outcome.WELCOME:
        own = [(keys.next_key, "b")] + ([(keys.key, "a")] if keys.claim is None else [])
        assert (signer, slot) in own and hw in (keys.hw, *(["e661", "24dc", None] if keys.hw is None else []))
        assert nonce == "n1" or epoch is None or (epoch, boot) >= (3, 7) or keys.hw is None
    assert (what.incident is None) == (not what.found)
