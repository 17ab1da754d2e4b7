"""What whoever holds a ticket is shown of it now: where they stand, and after the visit what they may say of it."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.nine_criteria import Criterion
from fleet.domain.procedures import Procedure
from fleet.domain.telling import STEP_MIN, Told

NEAR_AHEAD = 1
# With one ahead, whoever stands outside had better come in.
LEAST_AWAY_MIN = 15
# For less nobody is told to come back later.


class Stage(StrEnum):
    """Where the holder of a ticket stands."""

    BOOKED = "booked"
    """An appointment, whose time has not come or whose holder has not."""
    UNHEARD = "unheard"
    """The ticket was printed, and its printer has not said so yet."""
    WAITING = "waiting"
    NEAR = "near"
    CALLED = "called"
    PARKED = "parked"
    MISSED = "missed"
    DONE = "done"
    OVER = "over"
    """The number was given up: for another one, or with the day."""


OF_STATE = {
    "waiting": Stage.WAITING,
    "called": Stage.CALLED,
    "parked": Stage.PARKED,
    "no_show": Stage.MISSED,
    "done": Stage.DONE,
}


@dataclass(frozen=True)
class After:
    """What may be said of a visit that is over. `levels`: of the scale, None once it was rated.

    `question`: the criterion that is asked, once it was rated and until it was answered. `thanks` and `code`: what the
    office gives to whoever rated, and by which code; both empty if nothing.
    """

    levels: int | None
    question: Criterion | None = None
    thanks: str = ""
    code: str = ""


@dataclass(frozen=True)
class ResidentNow:
    """A ticket, for its holder. `office` and `counter` are names, the latter of where it was called to."""

    office_id: str
    office: str
    hotline: str
    timezone: str
    label: str
    service: str
    stage: Stage
    ahead: int | None = None
    told: Told | None = None
    due_ms: int | None = None
    counter: str = ""
    procedures: tuple[Procedure, ...] = ()
    after: After | None = None

    @property
    def away_min(self) -> int | None:
        """For how many minutes its holder may leave: a tenth are called sooner. None: they had better stay."""
        if self.stage != Stage.WAITING or self.told is None:
            return None
        away = int(self.told.spread.low // STEP_MIN) * STEP_MIN
        return away if away >= LEAST_AWAY_MIN else None


def stage_of(state: str, told: Told | None) -> Stage:
    """Where the holder of a ticket in this state stands."""
    stage = OF_STATE.get(state, Stage.OVER)
    if stage == Stage.WAITING and told is not None and (told.p50 == 0 or told.ahead <= NEAR_AHEAD):
        return Stage.NEAR
    return stage
