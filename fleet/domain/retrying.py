"""When something that was not taken is tried again, and when it is given up."""

from dataclasses import dataclass

RETRY_AFTER_S = (5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 43_200)
# Ten tries within about a day.
LONGEST_MS = RETRY_AFTER_S[-1] * 1000


@dataclass(frozen=True)
class Outcome:
    """What came of a try, and what was said, in a sentence without any secret. `for_good`: no other try would help."""

    taken: bool
    said: str
    for_good: bool = False


@dataclass(frozen=True)
class Tried:
    """How it stands after a try: `state` is done, dead or waiting (until `next_ms`)."""

    state: str
    attempts: int
    next_ms: int
    said: str


def rests(next_ms: int, now_ms: int) -> bool:
    """Whether the next try is still to come; one that is farther off than any was put off by a clock that was ahead."""
    return now_ms < next_ms <= now_ms + LONGEST_MS


def after(attempts: int, outcome: Outcome, now_ms: int) -> Tried:
    """What follows from another try, after so many before it."""
    attempts += 1
    if outcome.taken:
        return Tried("done", attempts, 0, outcome.said)
    if outcome.for_good:
        return Tried("dead", attempts, 0, f"given up at once: {outcome.said}")
    if attempts > len(RETRY_AFTER_S):
        return Tried("dead", attempts, 0, f"given up after {attempts} tries; the last: {outcome.said}")
    return Tried("waiting", attempts, now_ms + RETRY_AFTER_S[attempts - 1] * 1000, outcome.said)
