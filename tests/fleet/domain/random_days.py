"""Days of an office's queue by chance: people come, counters call whom the rules give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from fleet.domain.fairness import Stood, Turn
from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.queueing import Preferred, Waiting, is_preferred, next_of, passed_ms

MIN = 60_000
SERVICES = ("chung-thuc", "dat-dai", "ho-tich")


@dataclass(frozen=True)
class Ruled:
    """What held until a moment of the day (None: to its end)."""

    skills: Mapping[str, tuple[str, ...]]
    policy: QueuePolicy
    until_ms: int | None = None


@dataclass(frozen=True)
class Played:
    """What was done on a day: the turns, who in no class waited from when to when, and who was never called."""

    turns: tuple[Turn, ...]
    stood: tuple[Stood, ...]
    left: int
    came: int


def a_policy(chance: Random) -> QueuePolicy:
    """Rules that an office might have."""
    return QueuePolicy(most_in_a_row=chance.randint(0, 4), most_added_s=chance.choice((0, 300, 900, 1800)))


def some_skills(chance: Random) -> dict[str, tuple[str, ...]]:
    """One to four counters; each service is called for by one of them at least."""
    counters = [f"quay-{number}" for number in range(1, chance.randint(1, 4) + 1)]
    skills = {one: set(chance.sample(SERVICES, chance.randint(1, len(SERVICES)))) for one in counters}
    for service in SERVICES:
        skills[chance.choice(counters)].add(service)
    return {counter: tuple(sorted(services)) for counter, services in skills.items()}


def some_people(chance: Random) -> list[Waiting]:
    """Up to 90 who come within three hours; some are in a class, some have an appointment later than they come."""
    people = []
    for number in range(1, chance.randint(2, 90)):
        place = chance.choice((None, None, None, 0, 1, 2))
        people.append(Waiting(chance.choice(SERVICES), number, chance.randint(0, 180) * MIN, place, str(number)))
    return people


def play(chance: Random, people: list[Waiting], rules: Sequence[Ruled]) -> Played:
    """The day: whichever counter is free first calls next, by the skills and the policy of its moment."""
    free = {counter: 0 for one in rules for counter in one.skills}
    recent: dict[str, list[bool]] = {counter: [] for counter in free}
    calls: list[Preferred] = []
    turns, given = [], {}
    waiting = list(people)
    while waiting and min(free.values()) < 600 * MIN:
        counter = min(free, key=lambda one: (free[one], one))
        now_ms = free[counter]
        skills, policy = next(
            (one.skills, one.policy) for one in rules if one.until_ms is None or now_ms < one.until_ms
        )
        seen = [
            Waiting(
                one.service,
                one.number,
                one.since_ms,
                one.place,
                one.rank,
                passed_ms(one.service, one.since_ms, calls, skills),
            )
            for one in waiting
            if one.since_ms < now_ms and one.service in skills.get(counter, ())
        ]
        chosen = next_of(seen, recent[counter][-9:], now_ms, policy)
        if chosen is None:
            free[counter] += MIN
            continue
        preferred = is_preferred(chosen, now_ms)
        recent[counter].append(preferred)
        turns.append(Turn(counter, now_ms, chosen.since_ms, preferred))
        if preferred:
            calls.append(Preferred(counter, now_ms, chosen.since_ms))
        given[chosen.number] = now_ms
        waiting = [one for one in waiting if one.number != chosen.number]
        free[counter] = now_ms + chance.randint(1, 25) * MIN
    stood = [
        Stood(one.service, one.number, one.since_ms, one.since_ms, given.get(one.number))
        for one in people
        if one.place is None
    ]
    return Played(tuple(turns), tuple(stood), len(waiting), len(people))
