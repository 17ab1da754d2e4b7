"""What speaks against touching a device now: what its office does, and who stands there."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.rollout_plan import Plan, When

MARGIN_MS = 10 * 60_000
# A device that begins anew, tries, and goes back is there again within it.
GONE_MS = 60 * 60_000
# Numbers of an office that closed for the day so long ago belong to nobody who still sits there.


class Hold(StrEnum):
    """Why a device does not get it yet."""

    AWAY = "away"
    RESCUE = "rescue"
    OPEN = "open"
    OPENS_SOON = "opens_soon"
    HOURS = "hours"
    QUEUE = "queue"
    RESIDENT = "resident"
    ROLE = "role"
    OTHER = "other"
    PACE = "pace"
    WATCH = "watch"
    WAVE = "wave"


@dataclass(frozen=True)
class Doing:
    """What an office does now: whether it is open, when it opens next, since when its day is over, and who is there.

    `waiting`: how many wait there; `serving`: the counters at which somebody is served; `minute`: of its day.
    """

    is_open: bool = False
    opens_ms: int | None = None
    over_ms: int | None = None
    waiting: int = 0
    serving: frozenset[str] = frozenset()
    minute: int = 0


def speaks_against(plan: Plan, doing: Doing | None, counter: str | None, now_ms: int) -> Hold | None:
    """What of an office's doing speaks against touching a device there; None for an office: it stands nowhere."""
    if plan.when is When.ANY or doing is None:
        return None if doing is None or plan.is_hour(doing.minute) else Hold.HOURS
    if plan.when is When.CLOSED and doing.is_open:
        return Hold.OPEN
    if plan.when is When.CLOSED and doing.opens_ms is not None and doing.opens_ms - now_ms < MARGIN_MS:
        return Hold.OPENS_SOON
    if not plan.is_hour(doing.minute):
        return Hold.HOURS
    if doing.over_ms is not None and now_ms - doing.over_ms >= GONE_MS:
        return None
    if counter in doing.serving or (counter is None and doing.serving and doing.is_open):
        return Hold.RESIDENT
    return Hold.QUEUE if doing.waiting else None
