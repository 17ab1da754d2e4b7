"""What can happen at a device that should not: somebody else speaks in its name, or it has lost its right to."""

from dataclasses import dataclass
from enum import StrEnum

FRESH_MS = 24 * 3_600_000
# An incident that came no more for a day is history, not news.


class Kind(StrEnum):
    """What happened."""

    FORGED = "forged"
    """A hello whose proof its key did not make, or that was said before."""
    CLONED = "cloned"
    """Its key speaks from another board, or an earlier life of it speaks again."""
    CLAIM_EXPIRED = "claim_expired"
    """A board came with a claim whose time was over, or that was withdrawn."""
    CLAIM_REUSED = "claim_reused"
    """A board came with a claim that another one had used, or that is meant for another one."""
    REVOKED_TALKS = "revoked_talks"
    """A device that was revoked says hello."""


@dataclass(frozen=True)
class Incident:
    """This happened at a device so many times; `found` is what it was the last time, partly a stranger's words."""

    device: str
    kind: Kind
    first_ms: int
    last_ms: int
    n: int
    found: str

    def is_fresh(self, now_ms: int) -> bool:
        """Whether it is news."""
        return now_ms - self.last_ms < FRESH_MS
