"""What is said of presses for the eyes of a supervisor and of a technician: how many, of what, and why; never a score.

Counts of fewer than five are not told one by one: what is rare is said together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.domain.peers import Flag
from fleet.domain.rating_integrity import BURST
from fleet.domain.rating_ties import NO_CLOCK, NO_COUNTER, NO_FINISH, NO_VISIT_BEFORE, SEVERAL_VISITS
from fleet.domain.satisfaction import CELL, LATE, OTHER_WAY, REPLACED

CODES = {
    BURST: "burst",
    REPLACED: "replaced",
    LATE: "late",
    OTHER_WAY: "other_way",
    NO_COUNTER: "no_counter",
    NO_FINISH: "no_finish",
    NO_VISIT_BEFORE: "no_visit_before",
    NO_CLOCK: "no_clock",
    SEVERAL_VISITS: "several_visits",
}
OTHER = "other"
STUCK = "down for "


@dataclass(frozen=True)
class Cell:
    """So many presses that do not count for this reason (a code); `n` is None where there are fewer than five."""

    code: str
    n: int | None


@dataclass(frozen=True)
class ExclusionNow:
    """Presses that were excluded together. `id` and `day` name it; `decision` is empty, restore or confirm."""

    id: str
    day: str
    code: str
    device: str
    counter: str
    from_ms: int
    to_ms: int
    presses: int
    usual_per_hour: float
    decision: str
    why: str
    by: str


@dataclass(frozen=True)
class FlagNow:
    """What looks strange with somebody: a counter's or a clerk's name as pages show it."""

    who: str
    is_clerk: bool
    flag: Flag


@dataclass(frozen=True)
class DevicePresses:
    """Presses of a device, and how many of them belong to no visit; `orphans` is None where there are one to four."""

    device: str
    place: str
    presses: int
    orphans: int | None


@dataclass(frozen=True)
class IntegrityNow:
    """Everything on the page of ratings: over the days from `first` to `last` that are over, and today's exclusions.

    `counted` in whole groups of five; `served` and `rated` make the response rate.
    """

    office: str
    name: str
    timezone: str
    first: str
    last: str
    served: int
    rated: int
    counted: int
    not_counted: tuple[Cell, ...]
    exclusions: tuple[ExclusionNow, ...]
    flags: tuple[FlagNow, ...]
    devices: tuple[DevicePresses, ...]


@dataclass(frozen=True)
class ButtonNote:
    """A button for a technician to look at: what seems wrong, by the fleet's count or by the device's own word.

    `level` and `scale` name a button that nobody presses any more, of `presses`; `key` is one of which the device says
    what is `told`.
    """

    device: str
    place: str
    level: int | None = None
    scale: int | None = None
    presses: int = 0
    expected: float = 0.0
    key: str = ""
    told: str = ""
    told_ms: int | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether the device says so (`firmware/stuck_keys.py`)."""
        return self.told.startswith(STUCK)


@dataclass(frozen=True)
class ButtonsNow:
    """The buttons of one office: those that seem broken, and how many presses of each device find no visit."""

    office: str
    name: str
    timezone: str
    notes: tuple[ButtonNote, ...]
    devices: tuple[DevicePresses, ...]


def cells(counts: Mapping[str, int]) -> tuple[Cell, ...]:
    """Why presses do not count, the most frequent first; what is rarer than five is one cell, and never told apart.

    The next rarest joins them while they are fewer than five together, so that no difference tells them either.
    """
    by_code: dict[str, int] = {}
    for reason, n in counts.items():
        if reason:
            code = CODES.get(reason, OTHER)
            by_code[code] = by_code.get(code, 0) + n
    left = sorted(by_code.items(), key=lambda one: (-one[1], one[0]))
    rare = 0
    while left and (left[-1][1] < CELL or left[-1][0] == OTHER or 0 < rare < CELL):
        rare += left.pop()[1]
    told = tuple(Cell(code, n) for code, n in left)
    return (*told, Cell(OTHER, rare if rare >= CELL else None)) if rare else told
