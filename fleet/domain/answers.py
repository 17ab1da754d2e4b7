"""What residents answered after their visits: each answer tied to the visit whose finish it names, one a visit.

The first answer counts. What names a finish that is not known, or was taken back, is kept with that reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FINISH_UNKNOWN = "the finish that it names is not known"
ANSWERED_BEFORE = "a question was answered before"


@dataclass(frozen=True)
class AnswerGiven:
    """An answer as it was told: its identity, the finish that it names, and what it says of which criterion."""

    id: str
    counter: str | None
    finish: str
    criterion: int
    points: int
    answered_ms: int


@dataclass(frozen=True)
class AnswerSeen:
    """An answer, counted or not, and why not."""

    id: str
    counter: str | None
    visit: str | None
    criterion: int
    points: int
    answered_ms: int
    counted: bool
    reason: str | None


def judge_answers(given: Iterable[AnswerGiven], visits: Mapping[str, str]) -> list[AnswerSeen]:
    """Judge the answers, in the order in which they were given. `visits`: by the identity of their finish."""
    answered: set[str] = set()
    seen = []
    for one in given:
        visit = visits.get(one.finish)
        why = FINISH_UNKNOWN if visit is None else ANSWERED_BEFORE if visit in answered else None
        if visit is not None:
            answered.add(visit)
        seen.append(
            AnswerSeen(
                one.id, one.counter, visit, one.criterion, one.points, one.answered_ms, counted=why is None, reason=why
            )
        )
    return seen
