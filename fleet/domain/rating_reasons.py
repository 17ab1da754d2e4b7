"""What visitors said was the cause of their rating: each tied to the rating that it names, and to no other.

A reason counts with its rating, once. One that names a rating of another device, or none, is kept with why it is left
aside; it is never guessed to which rating it belongs, for it is worth nothing without the press before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.named_periods import Length
from fleet.domain.rating_cells import divided
from fleet.domain.satisfaction import CELL

NO_RATING_NAMED = "it names no rating"
NO_RATING = "the rating it names is not known"
SAID_BEFORE = "a reason was given before"
NOT_COUNTED = "the rating does not count"


@dataclass(frozen=True)
class ReasonGiven:
    """A second press: its identity, the board's life that it belongs to, the rating it names, and what it says."""

    id: str
    life: tuple[str, int, int]
    counter: str | None
    rating: str | None
    said: str
    pressed_ms: int


@dataclass(frozen=True)
class ReasonSeen:
    """A reason, counted or not, and why not."""

    id: str
    counter: str | None
    rating: str | None
    said: str
    pressed_ms: int
    counted: bool
    reason: str | None


@dataclass(frozen=True)
class Said:
    """A reason that counts: of which day and rating. `excluded`: with its rating."""

    day: str
    rating: str
    word: str
    excluded: bool = False


def judge_reasons(
    given: Iterable[ReasonGiven], lives: Mapping[str, tuple[str, int, int]], counted: Iterable[str]
) -> tuple[ReasonSeen, ...]:
    """Judge the reasons, in the order in which they were given.

    `lives`: the board's life of each rating, by the rating's identity; `counted`: the ratings that count.
    """
    counting = set(counted)
    answered: set[str] = set()
    seen = []
    for one in given:
        rating = one.rating if one.rating is not None and lives.get(one.rating) == one.life else None
        why = None
        if rating is None:
            why = NO_RATING_NAMED if one.rating is None else NO_RATING
        elif rating in answered:
            why = SAID_BEFORE
        elif rating not in counting:
            why = NOT_COUNTED
        if rating is not None:
            answered.add(rating)
        seen.append(ReasonSeen(one.id, one.counter, rating, one.said, one.pressed_ms, why is None, why))
    return tuple(seen)


def publish_reasons(said: Iterable[tuple[str, str]], published: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How often each reason was said, the most frequent first, as far as it may be shown.

    `said`: (rating, reason) in the order in which the fleet learnt of them; `published`: the ratings whose scores are
    shown. A reason tells that there was a bad rating, so it never runs ahead of the scores; and like them reasons are
    shown in whole groups of five.
    """
    shown = set(published)
    words = [reason for rating, reason in said if rating in shown]
    return by_frequency(words[: len(words) // CELL * CELL])


def shown_reasons(said: Sequence[Said], length: Length, published: Iterable[str]) -> list[str]:
    """What was said at an office in a period of this length, as far as it may be shown.

    Reasons are divided as ratings are (`rating_cells`), so that no two answers can be taken from one another; and a
    group is shown only where the ratings of all in it are.
    """
    ratings = set(published)
    shown = divided(said, length)[0]
    groups = [shown[at : at + CELL] for at in range(0, len(shown), CELL)]
    return [one.word for group in groups if all(one.rating in ratings for one in group) for one in group]


def by_frequency(words: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """How often each was said, the most frequent first."""
    return tuple(sorted(((word, words.count(word)) for word in set(words)), key=lambda one: (-one[1], one[0])))
