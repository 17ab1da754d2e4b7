"""What a browser that goes to a provider and comes back keeps meanwhile: one secret, of which all else is made.

The provider sees a state, a nonce and a challenge; nobody can make the secret of them. So nothing is kept here of
those who never come back, and an answer that was meant for another browser, another purpose or another page fits none.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from fleet.domain.provider import Asked

SIGN_IN, CONNECT = "in", "connect"
# What a browser goes to the provider for: to sign in, or to connect who is signed in already with an identity.
PURPOSES = (SIGN_IN, CONNECT)
LEAST_SECRET = 40


@dataclass(frozen=True)
class Journey:
    """A browser's way to the provider and back: for what, under which secret, and to which of our pages after."""

    purpose: str
    secret: str
    after: str

    @classmethod
    def of(cls, kept: str) -> "Journey | None":
        """The journey that a browser kept; None for what is none."""
        parts = kept.split(".")
        if len(parts) != 3 or parts[0] not in PURPOSES or len(parts[1]) < LEAST_SECRET or not kept.isascii():
            return None
        try:
            return cls(parts[0], parts[1], urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4)).decode())
        except ValueError:
            return None

    @property
    def state(self) -> str:
        """What the answer must bring back."""
        return self.made("state")

    @property
    def nonce(self) -> str:
        """What the token must say."""
        return self.made("nonce")

    @property
    def verifier(self) -> str:
        """What only this browser's server can show for the code (RFC 7636)."""
        return self.made("verifier")

    @property
    def asked(self) -> Asked:
        """What the provider is told of it."""
        return Asked(self.state, self.nonce, in_letters(sha256(self.verifier.encode()).digest()))

    @property
    def kept(self) -> str:
        """As the browser keeps it."""
        return f"{self.purpose}.{self.secret}.{in_letters(self.after.encode())}"

    def is_answered_by(self, state: str) -> bool:
        """Whether an answer with this state is meant for this browser."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "surrogatepass"))

    def made(self, what: str) -> str:
        """256 bits that are this journey's alone."""
        text = f"motcua {what} {self.purpose} {self.after}"
        return in_letters(hmac.digest(self.secret.encode(), text.encode(), sha256))


def in_letters(data: bytes) -> str:
    """Bytes as an address takes them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
