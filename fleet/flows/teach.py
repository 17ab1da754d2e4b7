"""Days that are over teach how long visits take, and are scored: what people were told, and what came true.

A day that is linked anew, since something of it came late, teaches anew.
"""

from dataclasses import dataclass

from fleet.domain.day import day_of
from fleet.domain.estimate_scores import DayScore, Promised, score_day, together
from fleet.domain.spread import Spread
from fleet.domain.waiting_knowledge import taught_by
from fleet.flows.lived import lived_day
from fleet.flows.office_knowledge import judged
from fleet.store import estimates, places
from fleet.store.database import Store
from fleet.store.estimates import CameTrue
from fleet.store.failures import again_after_conflict

RULES = 1
# Raise it when the same day would teach something else.
AT_ONCE = 20


class NoSuchOffice(LookupError):
    """There is no office of this id."""

    def __init__(self, office: str) -> None:
        super().__init__(f"there is no office {office!r}")
        self.office = office


@dataclass(frozen=True)
class OfficeScores:
    """The scores of an office's days, and all of them together."""

    days: tuple[tuple[str, DayScore], ...]
    together: DayScore


def teach_due(store: Store, now_ms: int, most: int = AT_ONCE) -> list[tuple[str, str]]:
    """Let days that are over teach, some at a time: the (office, day) that did."""
    with store.reading() as connection:
        zones = {office.id: office.timezone for office in places.offices(connection)}
        found = estimates.to_teach(connection, RULES, most + 2 * len(zones))
    over = [one for one in found if one[0] in zones and one[1] < day_of(now_ms, zones[one[0]])]
    for office, day, linked in over[:most]:
        teach_day(store, office, day, linked)
    return [(office, day) for office, day, _ in over[:most]]


@again_after_conflict
def teach_day(store: Store, office: str, day: str, linked: int) -> None:
    """Let an office's day teach, as it is linked now."""
    with store.writing(alone=False) as connection:
        place = places.office(connection, office)
        if place is None:
            return
        taught = taught_by(lived_day(connection, place, day))
        promises = judged(connection, place, estimates.came_true(connection, office, day, day))
        score = score_day([found for one in promises if (found := as_promised(one)) is not None])
        estimates.teach(connection, office, day, linked, RULES, taught.to_dict(), score.to_dict())


def as_promised(one: CameTrue) -> Promised | None:
    """A promise and what came of it, in minutes."""
    low, middle, high = (seconds / 60 for seconds in one.promise.told_s)
    return (
        None if one.wait_ms is None else Promised(Spread(low, middle, high), one.promise.rivals, one.wait_ms / 60_000)
    )


def scores_of(store: Store, office: str, first: str, last: str) -> OfficeScores:
    """How well an office has told its waits, from a day to a day. Raises NoSuchOffice."""
    with store.reading() as connection:
        if places.office(connection, office) is None:
            raise NoSuchOffice(office)
        days = [(day, DayScore.from_dict(told)) for day, told in estimates.scores(connection, office, first, last)]
    scored = tuple((day, score) for day, score in days if score.ours is not None)
    return OfficeScores(scored, together([score for _, score in scored]))
