"""Who may connect to the broker, and what a broker of any kind is asked to do about it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

MARK_DIGITS = 32
STRANGERS_LEAST, STRANGERS_SHARE = 5, 0.5
# A registry that has never heard of so many whom the broker lets in is hardly the one that let them in.


class AccessFailed(RuntimeError):
    """The broker could not be told who may connect; the text says what stands in the way."""


@dataclass(frozen=True)
class Credential:
    """What a device shows the broker: a password, of which the fleet may know the hash alone, or a pre-shared key."""

    device: str
    hashed: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    psk: str | None = field(default=None, repr=False)

    @property
    def mark(self) -> str:
        """Stands for the password where it cannot be read back: another password, another mark."""
        return hashlib.sha256(f"motcua {self.hashed}".encode()).hexdigest()[:MARK_DIGITS]


def is_strange(strangers: Collection[str], listed: Collection[str]) -> bool:
    """Whether so many of those whom the broker lets in are unknown that it is for a person to say whether they go."""
    return len(strangers) >= STRANGERS_LEAST and len(strangers) > STRANGERS_SHARE * len(listed)


class BrokerAccess(Protocol):
    """A broker that lets in who was put there. What is put or removed holds from the next `apply` on."""

    @property
    def in_doubt(self) -> bool:
        """Whether the broker may have forgotten what it was told, so that it must be told again."""

    def put(self, credentials: Iterable[Credential]) -> None:
        """These devices may connect, each with nothing but this."""

    def remove(self, device: str) -> None:
        """This device may no longer connect."""

    def listed(self) -> Set[str]:
        """The devices that the broker lets in as it is. Raises AccessFailed."""

    def keep(self, devices: Set[str]) -> None:
        """These stay in the broker's list as they are, though nobody put them there; others no longer do."""

    def apply(self) -> Sequence[str]:
        """Tell the broker; the devices that may not go on as they are. Raises AccessFailed."""

    def cut(self, device: str) -> None:
        """End the device's session on every listener. Raises AccessFailed."""

    def leave(self) -> None:
        """Nothing more will be told."""
