"""A claim: the right to enrol one board as one device, for a while. What it is worth, and what goes out of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HOUR_MS = 3_600_000
SHORTEST_HOURS, LONGEST_HOURS = 1, 24 * 90
VERSION = 1
CLAIMED = "claimed"
# The kind of a device's row until its claim is used; from then on it is a board like all others.
KNOCKS_MS = 7 * 24 * HOUR_MS
# So long after it expired a claim still gets as far as the broker, where it is refused by name; then no further.


class ClaimState(StrEnum):
    """What a claim is worth now."""

    WAITING = "waiting"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wanted:
    """What somebody wants a claim for. Without a `device` a name is found; `hw` binds it to one board."""

    device: str | None
    roles: tuple[str, ...]
    office: str
    counter: str | None = None
    hw: str | None = None


@dataclass(frozen=True)
class Claim:
    """A claim as it is known; its secret is the first key of its device. `batch` are those that were made at once."""

    id: str
    device: str
    roles: tuple[str, ...]
    office: str
    counter: str | None
    made_by: str
    made_ms: int
    expires_ms: int
    batch: str
    hw: str | None = None
    used_ms: int | None = None
    used_hw: str | None = None
    withdrawn_ms: int | None = None

    def state(self, now_ms: int) -> ClaimState:
        """What it is worth at this moment."""
        if self.used_ms is not None:
            return ClaimState.USED
        if self.withdrawn_ms is not None:
            return ClaimState.WITHDRAWN
        return ClaimState.WAITING if now_ms < self.expires_ms else ClaimState.EXPIRED


@dataclass(frozen=True)
class ClaimFile:
    """What a technician takes to the board, with the secret in it. It is told once, when the claim is made.

    `office` and `counter` are names, for people; `office_id` and `counter_id` do not go along.
    """

    claim: str
    device: str
    key: str
    roles: tuple[str, ...]
    office: str
    counter: str | None
    until: int
    hw: str | None
    office_id: str = ""
    counter_id: str | None = None

    def line(self, network: Mapping[str, object]) -> str:
        """Its line of a claim file, with where the devices' broker stands."""
        said = {name: value for name, value in vars(self).items() if name not in ("office_id", "counter_id")}
        return json.dumps({"v": VERSION, **said, "network": dict(network)}, ensure_ascii=False, separators=(",", ":"))


def refusal(claim: Claim, hw: str, now_ms: int) -> str | None:
    """Why a board may not use this claim now, in a word: used, withdrawn, expired, other_board; None: it may."""
    state = claim.state(now_ms)
    if state is not ClaimState.WAITING:
        return state.value
    return None if claim.hw in (None, hw) else "other_board"
