"""The devices of a rollout: how far each is, and what becomes of it when it answers, or does not.

    pending → given → done
                 └──→ failed → (retry) pending

A device that failed is what it was before: the fleet takes back what it gave. Those that are done keep it, until
somebody aborts.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from fleet.domain.rollout_plan import Plan

MINUTE_MS = 60_000
ONLINE, SLEEPING = "online", "sleeping"
ASLEEP_MS = 24 * 60 * MINUTE_MS
# A board that sleeps hears of it when somebody presses a key, maybe not before tomorrow.


class At(StrEnum):
    """How far a device is."""

    PENDING = "pending"
    GIVEN = "given"
    DONE = "done"
    FAILED = "failed"
    RETURNED = "returned"


HAD_IT = frozenset({At.GIVEN, At.DONE, At.FAILED})


class Failure(StrEnum):
    """Why a device failed."""

    REFUSED = "refused"
    REVERTED = "reverted"
    RESCUE = "rescue"
    SILENT = "silent"


@dataclass(frozen=True)
class Answer:
    """What a device says of what it was given: `ok` it has it; `failure` it can not. Neither: nothing yet.

    `detail` is a stranger's word.
    """

    ok: bool = False
    failure: Failure | None = None
    detail: str = ""


class Kind(NamedTuple):
    """What is alike in devices: their board, and what hangs on it. Empty: devices of all kinds."""

    board: str = ""
    roles: tuple[str, ...] = ()


ALL = Kind()


@dataclass(frozen=True)
class Target:
    """A device as a rollout sees it."""

    id: str
    roles: tuple[str, ...] = ()
    office: str | None = None
    counter: str | None = None
    presence: str = ONLINE
    rescue: bool = False
    at: At = At.PENDING
    given_ms: int | None = None
    settled_ms: int | None = None
    board: str = ""

    @cached_property
    def kind(self) -> Kind:
        """Its kind of device."""
        return Kind(self.board, tuple(sorted(self.roles)))

    @cached_property
    def stands_for(self) -> frozenset[tuple[str, str]]:
        """Its office with each of its roles: who has one of these in common with it stands in for it."""
        return frozenset() if self.office is None else frozenset((self.office, role) for role in self.roles)


def settle(plan: Plan, target: Target, answer: Answer, now_ms: int, from_ms: int = 0) -> tuple[At, Failure | None]:
    """What becomes of a device that was given it. Who had it and falls into rescue, or goes back, has failed.

    `from_ms`: silence before does not count.
    """
    if target.at not in (At.GIVEN, At.DONE):
        return target.at, None
    if answer.failure is not None:
        return At.FAILED, answer.failure
    if target.at is At.DONE or answer.ok:
        return At.DONE, None
    patience_ms = max(plan.deadline_min * MINUTE_MS, ASLEEP_MS if target.presence == SLEEPING else 0)
    is_late = target.given_ms is not None and now_ms - max(target.given_ms, from_ms) >= patience_ms
    return (At.FAILED, Failure.SILENT) if is_late else (At.GIVEN, None)


def is_away(one: Target) -> bool:
    """Whether it would not hear of it."""
    return one.presence not in (ONLINE, SLEEPING)
