"""Keys of the benches of updates: RSA with 3072 bits as any, but of twelve primes, for the VM signs with them.

A VM signs each assignment in the middle of a story, which took 130 ms by two primes and takes 5 ms by twelve
(2026-11-23). Whoever verifies knows the product alone. They are weak, and nobody's.
"""

import secrets
from dataclasses import dataclass
from functools import cache
from math import gcd, prod
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from securesystemslib.signer import SSlibKey

from tests.bench.updates.sealing import padded, power

EXPONENT = 65_537
PRIMES, PRIME_BITS = 12, 256
SCHEME = "rsa-pkcs1v15-sha256"
ROUNDS = 24
FROM = 31 << (PRIME_BITS - 5)
# Twelve that begin with five ones have a product of 3072 bits.
SMALL = prod(range(3, 1_000, 2))
# A number that shares something with one of these is no prime: four of five odd ones, before the dear question.


@dataclass(frozen=True)
class Key:
    """A private key."""

    primes: tuple[int, ...]

    @property
    def modulus(self) -> int:
        """What everybody may know."""
        return prod(self.primes)

    def public_key(self) -> rsa.RSAPublicKey:
        """Its public half."""
        return rsa.RSAPublicNumbers(EXPONENT, self.modulus).public_key()

    def sign(self, message: bytes) -> bytes:
        """A signature by PKCS #1 v1.5 with SHA-256."""
        return power(padded(message), self.parts()).to_bytes(PRIMES * PRIME_BITS // 8, "big")

    def parts(self) -> list[tuple[int, int, int]]:
        """What `sealing.power` needs, of each prime: itself, the exponent below it, and what its remainder counts."""
        others = [(one, self.modulus // one) for one in self.primes]
        return [(one, pow(EXPONENT, -1, one - 1), rest * pow(rest, -1, one)) for one, rest in others]


@cache
def key(owner: str) -> Key:
    """The private key of this owner, made once."""
    primes: set[int] = set()
    while len(primes) < PRIMES:
        number = FROM | secrets.randbits(PRIME_BITS - 5) | 1
        if number % EXPONENT != 1 and gcd(number, SMALL) == 1 and is_prime(number):
            primes.add(number)
    return Key(tuple(primes))


def is_prime(number: int) -> bool:
    """Whether it is, as far as so many rounds of Miller and Rabin tell."""
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    for _ in range(ROUNDS):
        value = pow(2 + secrets.randbelow(number - 3), number >> twos, number)
        if value != 1 and not any(pow(value, 1 << turn, number) == number - 1 for turn in range(twos)):
            return False
    return True


def public(owner: str) -> SSlibKey:
    """The public half of the key of this owner, as roots name it."""
    return SSlibKey.from_crypto(key(owner).public_key(), scheme=SCHEME)


def signing_numbers(owner: str) -> dict[str, Any]:
    """What a VM needs to sign as this owner."""
    return {"keyid": public(owner).keyid, "parts": [[f"{one:x}" for one in part] for part in key(owner).parts()]}
