"""The plan of a morning: who comes when, for what, with which papers, and what they will think of it.

A pure function of the office, the seed and the day's number: two laptops with one seed see the same people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from fleet.laptop.office import Office

OPEN_MINUTES = 240.0
LAST_COMES_MINUTES = 225.0
PEAK_MINUTES = 45.0
AT_THE_DOOR = 7
PEOPLE = (62, 74)
# Three counters serve about 80 in 240 minutes, so some thirteen wait at the worst time and the room empties by noon.

PRIORITY_SHARE = 0.12
NO_SHOW_SHARE = 0.06
SLOW_SHARE = 0.05
RATING_SHARE = 0.7
DOSSIERS = ((0, 0.15), (1, 0.70), (2, 0.15))
SCORES = ((5, 0.56), (4, 0.27), (3, 0.10), (2, 0.04), (1, 0.03))
VARIATION = 0.6
# Standard deviation of a service's length over its mean; field studies of counters find 0.5 to 0.9.


@dataclass(frozen=True)
class Visitor:
    """One resident of the plan. `comes_at` is the call that brings them to the counter (1 or 2), or None: they left.

    `takes_minutes` is how long they are served, `score` what they press afterwards, or None.
    """

    arrives_minutes: float
    service: str
    priority: bool
    comes_at: int | None
    takes_minutes: float
    dossiers: tuple[str, ...]
    score: int | None


def plan_morning(office: Office, dossier_codes: Sequence[str], seed: int, day: int = 0) -> tuple[Visitor, ...]:
    """The visitors of this morning, by arrival."""
    dice = Random(f"{seed}/{day}")  # noqa: S311 - a plan that can be repeated, no secret
    people = [visitor(office, dossier_codes, dice) for _ in range(dice.randint(*PEOPLE))]
    # Before an office opens, some stand at its door.
    people[:AT_THE_DOOR] = [replace(one, arrives_minutes=dice.random()) for one in people[:AT_THE_DOOR]]
    return tuple(sorted(people, key=lambda one: one.arrives_minutes))


def visitor(office: Office, dossier_codes: Sequence[str], dice: Random) -> Visitor:
    """One resident."""
    service = dice.choices(office.services, [one.share for one in office.services])[0]
    luck = dice.random()
    count = pick(DOSSIERS, dice)
    return Visitor(
        arrives_minutes=dice.triangular(0.0, LAST_COMES_MINUTES, PEAK_MINUTES),
        service=service.id,
        priority=dice.random() < PRIORITY_SHARE,
        comes_at=None if luck < NO_SHOW_SHARE else 2 if luck < NO_SHOW_SHARE + SLOW_SHARE else 1,
        takes_minutes=service_minutes(service.minutes, dice),
        dossiers=tuple(dice.sample(dossier_codes, count)),
        score=pick(SCORES, dice) if dice.random() < RATING_SHARE else None,
    )


def service_minutes(mean: float, dice: Random) -> float:
    """A length of service around this mean: most are shorter, a few much longer."""
    shape = 1 / VARIATION**2
    return min(4 * mean, max(mean / 4, dice.gammavariate(shape, mean / shape)))


def pick(weighted: Sequence[tuple[int, float]], dice: Random) -> int:
    """One of the numbers by its weight."""
    return dice.choices([number for number, _ in weighted], [weight for _, weight in weighted])[0]
