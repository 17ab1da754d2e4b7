"""What somebody wants to bring onto many devices little by little: of what, to whom, in which waves and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from fleet.domain.order_batches import Selection

TEMPLATE, RELEASE, FIRMWARE = "template", "release", "firmware"
WAVES = "1, 10%, 50%, 100%"
WAVES_AT_MOST = 10
AT_ONCE, AT_ONCE_AT_MOST = 20, 500
DEADLINE_MIN, DEADLINE_MIN_AT_LEAST, DEADLINE_MIN_AT_MOST = 30, 5, 7 * 24 * 60
# A configuration goes back by itself after five minutes, and after three boots without a welcome.
RELEASE_DEADLINE_MIN = 120
# A release is fetched in pieces, waits for a quiet minute, and is on trial for ten.
WATCH_MIN, WATCH_MIN_AT_MOST = 15, 14 * 24 * 60
AWAY_HOURS, AWAY_HOURS_AT_MOST = 24, 90 * 24
SUCCESS, ERRORS, RELEASE_ERRORS = 0.9, 0.05, 0.01
# A configuration is soon another one; what a release breaks is broken until the next one.
DAY_MIN = 24 * 60
NOTE_LETTERS = 200
FROM_DEVICES = 50
# From so many on a second person looks at it, where nothing else is said.


class When(StrEnum):
    """When a device may be touched: `closed` outside of the sessions of its office, `quiet` also while nobody waits."""

    CLOSED = "closed"
    QUIET = "quiet"
    ANY = "any"


class RolloutRefused(ValueError):
    """A rollout can not be made, or this can not be done to it: `reason` is a word, the text a sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Wave:
    """How many devices have it by the end of this wave: so many, or so many of a hundred."""

    devices: int = 0
    percent: float = 0.0

    def limit(self, of: int) -> int:
        """How many of so many devices: rounded up, so that a wave is never of nobody."""
        return min(of, ceil(of * self.percent / 100 - 1e-9) if self.percent else self.devices)

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.percent:g}%" if self.percent else str(self.devices)


def read_waves(text: str) -> tuple[Wave, ...]:
    """The waves in `1, 10%, 50%, 100%`. Raises RolloutRefused."""
    found = tuple(wave_of(part.strip()) for part in text.split(","))
    counts = [one.devices for one in found if not one.percent]
    shares = [one.percent for one in found if one.percent]
    rising = counts == sorted(set(counts)) and shares == sorted(set(shares))
    counts_first = [bool(one.percent) for one in found] == sorted(bool(one.percent) for one in found)
    if not (rising and counts_first and shares and shares[-1] == 100 and len(found) <= WAVES_AT_MOST):
        expected = f"at most {WAVES_AT_MOST} that rise, numbers before shares, the last one 100%"
        raise RolloutRefused("bad_waves", f"waves: expected {expected}, such as {WAVES}; found {text!r}")
    return found


def wave_of(text: str) -> Wave:
    """One wave. Raises RolloutRefused."""
    found = re.fullmatch(r"([0-9]{1,5})(\.[0-9]{1,2})? ?(%?)", text)
    number = float(found[1] + (found[2] or "")) if found else 0.0
    if not found or not number or (found[3] and number > 100) or (found[2] and not found[3]):
        raise RolloutRefused("bad_waves", f"waves: expected a number of devices or a share such as 10%, found {text!r}")
    return Wave(percent=number) if found[3] else Wave(devices=int(number))


def read_hours(text: str) -> tuple[int, int] | None:
    """The minutes of the day in `22:00-05:00`; None for nothing. Raises RolloutRefused."""
    if not text.strip():
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d) ?[-–] ?([01]?\d|2[0-4]):([0-5]\d)", text.strip())
    first, last = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if first == last or last > DAY_MIN:
        raise RolloutRefused("bad_hours", f"hours: expected two times such as 22:00-05:00, found {text!r}")
    return first, last


@dataclass(frozen=True)
class Plan:
    """How it goes. `errors` and `success` are shares of those that have answered; minutes and hours as named.

    `errors`: it stops once more than this have certainly failed; `success`: so many of a wave at least, or no next one;
    both are asked of all, and of each kind of device alone.
    `deadline_min`: who has not answered by then has failed; `watch_min`: so long a wave is looked at before the next.
    `away_hours`: so long the last wave waits for those that are not connected. `hours`: only then, minutes of the day.
    """

    waves: tuple[Wave, ...] = field(default_factory=lambda: read_waves(WAVES))
    when: When = When.CLOSED
    hours: tuple[int, int] | None = None
    success: float = SUCCESS
    errors: float = ERRORS
    deadline_min: int = DEADLINE_MIN
    watch_min: int = WATCH_MIN
    away_hours: int = AWAY_HOURS
    at_once: int = AT_ONCE
    approval: bool = False
    note: str = ""
    selection: Selection = field(default_factory=Selection)

    def checked(self) -> "Plan":
        """The same. Raises RolloutRefused for a number out of its range."""
        ranged("success", self.success * 100, 0, 100)
        ranged("errors", self.errors * 100, 0, 100)
        ranged("deadline_min", self.deadline_min, DEADLINE_MIN_AT_LEAST, DEADLINE_MIN_AT_MOST)
        ranged("watch_min", self.watch_min, 0, WATCH_MIN_AT_MOST)
        ranged("away_hours", self.away_hours, 0, AWAY_HOURS_AT_MOST)
        ranged("at_once", self.at_once, 1, AT_ONCE_AT_MOST)
        ranged("note", len(self.note), 0, NOTE_LETTERS)
        return self

    @property
    def is_any_time(self) -> bool:
        """Whether it does not matter what offices do."""
        return self.when is When.ANY and self.hours is None

    def is_hour(self, minute: int) -> bool:
        """Whether it may be at this minute of the day."""
        if self.hours is None:
            return True
        first, last = self.hours
        return first <= minute < last if first < last else minute >= first or minute < last


def deadline_for(kind: str) -> int:
    """After how many minutes silence is a failure where nobody says otherwise."""
    return RELEASE_DEADLINE_MIN if kind == RELEASE else DEADLINE_MIN


def errors_for(kind: str) -> float:
    """Which share may fail where nobody says otherwise."""
    return RELEASE_ERRORS if kind == RELEASE else ERRORS


def kind_of(subject: str) -> str:
    """What a subject comes in versions of, where nobody says: the firmware in releases, all else are templates."""
    return RELEASE if subject == FIRMWARE else TEMPLATE


def ranged(name: str, found: float, least: float, most: float) -> None:
    """Raises RolloutRefused unless it is within."""
    if not least <= found <= most:
        raise RolloutRefused(f"bad_{name}", f"{name}: expected {least:g} to {most:g}, found {found:g}")


def text_of(waves: Sequence[Wave]) -> str:
    """The waves as people write them."""
    return ", ".join(map(str, waves))


def hours_text(hours: tuple[int, int] | None) -> str:
    """The hours as people write them."""
    return "" if hours is None else "-".join(f"{one // 60:02d}:{one % 60:02d}" for one in hours)
