"""What a hello under a device's key means: welcome, another key first, or nothing and an incident. Pure rules.

A device has one key, and for a while two: the one in force and the next. Whoever says hello proves that it has one of
them. A claim's secret was in a file and may be used once, by one board, to get a key that nobody else ever saw: a
device is welcomed only with such a one.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from fleet.domain.claims import Claim
from fleet.domain.incidents import Kind
from protocols.presence import Hello
from protocols.sealing import hello_proof, same

NONCES_KEPT = 32
OTHER_SLOT = {"a": "b", "b": "a"}


class Outcome(StrEnum):
    """What follows for the device."""

    WELCOME = "welcome"
    NEW_KEY = "new_key"
    """It is given a key of its own, and welcomed with that."""
    NOTHING = "nothing"
    """It is told nothing: nobody waits for the answer, or nobody should get one."""


@dataclass(frozen=True)
class Keys:
    """The keys of a device, and what is known of who used them; `claim`: the one whose secret `key` is.

    `nonces`: of its last hellos; `births`: of the last ones that asked for an epoch. Those come seldom, are told from
    an old one by nothing else, and said again would make an earlier life of the device that lives.
    """

    slot: str
    key: bytes
    next_key: bytes | None = None
    claim: Claim | None = None
    hw: str | None = None
    nonces: tuple[str, ...] = ()
    births: tuple[str, ...] = ()

    @property
    def next_slot(self) -> str:
        """Where the next key goes."""
        return OTHER_SLOT[self.slot]


@dataclass(frozen=True)
class Life:
    """The last life of the device that was welcomed: its epoch, and the number of the boot."""

    epoch: int
    boot: int | None


@dataclass(frozen=True)
class Judged:
    """What a hello means. `promote`: the next key is in force, and the one before it is worth nothing; `burn`: the
    claim is used up; `learn`: this board is the device's. `incident`: what should not have happened, in a sentence.
    """

    outcome: Outcome
    promote: bool = False
    burn: bool = False
    learn: bool = False
    incident: Kind | None = None
    found: str = ""


def judge(device: str, hello: Hello, keys: Keys, named: Claim | None, life: Life, now_ms: int, live: bool) -> Judged:
    """What this hello means. `named`: the claim of this device that it names; `live`: it was said just now, and was not
    kept by somebody on the way, so that an old one was said again by a stranger.
    """
    signed = signed_by(device, hello, keys)
    if signed is None:
        return unproven(hello, named)
    again = hello.nonce == (keys.nonces or ("",))[-1]
    if hello.nonce in (*keys.nonces, *keys.births) and not again:
        said = f"expected a nonce of its own, found that of an earlier hello, {hello.nonce}"
        return Judged(Outcome.NOTHING, incident=Kind.FORGED, found=said) if live else Judged(Outcome.NOTHING)
    if keys.hw is not None and hello.hw != keys.hw:
        kind = Kind.CLONED if keys.claim is None else Kind.CLAIM_REUSED
        return refused(kind, f"expected the board {keys.hw}, found {hello.hw}")
    if not again and hello.epoch is not None and (hello.epoch, hello.boot) < (life.epoch, life.boot or 0):
        expected = f"epoch {life.epoch}, boot {life.boot} or later"
        return refused(Kind.CLONED, f"expected {expected}, found epoch {hello.epoch}, boot {hello.boot}")
    learn = keys.hw is None and hello.hw is not None
    if signed == keys.next_slot:
        return Judged(Outcome.WELCOME, promote=True, learn=learn)
    if keys.claim is None:
        return Judged(Outcome.WELCOME, learn=learn)
    judged = under_claim(hello, keys.claim, now_ms)
    return replace(judged, learn=learn and judged.incident is None)


def signed_by(device: str, hello: Hello, keys: Keys) -> str | None:
    """The slot whose key made the proof; None: neither did."""
    for slot, key in ((keys.slot, keys.key), (keys.next_slot, keys.next_key)):
        if key is not None and hello.slot == slot and hello.proof is not None:
            said = hello.hw, hello.boot, hello.nonce, hello.epoch, hello.slot, hello.claim
            if same(hello.proof.encode(), hello_proof(key, device, *said).encode()):
                return slot
    return None


def unproven(hello: Hello, named: Claim | None) -> Judged:
    """No key of the device made this. Who names a claim that was used has its file, and came too late."""
    if named is not None and named.used_ms is not None:
        return refused(Kind.CLAIM_REUSED, f"expected claim {named.id} once, found it again with the board {hello.hw}")
    found = "no proof" if hello.proof is None else f"one that it did not make, for slot {hello.slot}"
    return refused(Kind.FORGED, f"expected a proof by its key, found {found}, of the board {hello.hw}")


def under_claim(hello: Hello, claim: Claim, now_ms: int) -> Judged:
    """It came with the secret of a claim: used up now, or by this board before and its new key is still on the way."""
    if claim.used_ms is not None:
        if claim.used_hw == hello.hw:
            return Judged(Outcome.NEW_KEY)
        return refused(Kind.CLAIM_REUSED, f"expected the board {claim.used_hw}, found {hello.hw}")
    if claim.withdrawn_ms is not None:
        return refused(Kind.CLAIM_EXPIRED, f"expected a claim that waits, found {claim.id}, which was withdrawn")
    if now_ms >= claim.expires_ms:
        return refused(Kind.CLAIM_EXPIRED, f"expected a claim that waits, found {claim.id}, whose time is over")
    if hello.hw is None:
        return refused(Kind.FORGED, "expected a board that says which one it is, found none")
    if claim.hw not in (None, hello.hw):
        return refused(Kind.CLAIM_REUSED, f"expected the board {claim.hw}, found {hello.hw}")
    return Judged(Outcome.NEW_KEY, burn=True)


def refused(kind: Kind, found: str) -> Judged:
    """No answer, and somebody should look."""
    return Judged(Outcome.NOTHING, incident=kind, found=found)


def with_nonce(nonces: tuple[str, ...], nonce: str) -> tuple[str, ...]:
    """The nonces of the last hellos, this one the latest."""
    return (*(one for one in nonces if one != nonce), nonce)[-NONCES_KEPT:]
