"""Until when a roll of paper lasts, by what was used of it: nothing is said where too little was seen."""

from collections.abc import Sequence
from dataclasses import dataclass

HOUR_MS = 3_600_000
SEEN_AT_LEAST_MS = 10 * 60_000
LOOK_BACK_MS = 3 * HOUR_MS
USED_AT_LEAST_M = 1


@dataclass(frozen=True)
class PaperSeen:
    """So many metres were left then; None where the roll's length is not known yet."""

    at_ms: int
    state: str
    metres_left: int | None


@dataclass(frozen=True)
class PaperUse:
    """Of one roll: from when to when so many metres were used, and how many were left then."""

    from_ms: int
    to_ms: int
    used_m: int
    left_m: int

    @property
    def until_ms(self) -> int:
        """When it ends if it is used as fast as before."""
        return self.to_ms + round(self.left_m * (self.to_ms - self.from_ms) / self.used_m)

    def tickets_left(self, tickets: int) -> int:
        """How many tickets fit on the rest, if `tickets` took what was used."""
        return self.left_m * tickets // self.used_m


def use_of(readings: Sequence[PaperSeen]) -> PaperUse | None:
    """How the last hours of this roll went; None: nobody can tell yet."""
    known = [(one.at_ms, one.metres_left) for one in readings if one.metres_left is not None]
    known.sort()
    roll: list[tuple[int, int]] = []
    for at_ms, left in known:
        if roll and left > roll[-1][1]:
            roll = []  # another roll
        roll.append((at_ms, left))
    recent = [one for one in roll if one[0] >= roll[-1][0] - LOOK_BACK_MS]
    if not recent:
        return None
    (from_ms, before), (to_ms, left) = recent[0], recent[-1]
    if before - left < USED_AT_LEAST_M or to_ms - from_ms < SEEN_AT_LEAST_MS:
        return None
    return PaperUse(from_ms, to_ms, before - left, left)
