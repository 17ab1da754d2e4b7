"""How far a dossier has come, and what a clerk should know while its owner still stands there.

A second request for supplements makes a dossier late in the official indicators even if its date is met, so whoever
holds one that was supplemented once is warned before asking again.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from fleet.domain.dossier import Dossier

DUE_WITHIN_DAYS = 1
# Today's and tomorrow's: for these a clerk can still do something.
OVER = ("đã trả", "đã hủy", "đã huỷ", "đã rút", "dừng giải quyết", "từ chối", "đã từ chối")
RETURNED = ("đã trả",)
READY = ("chờ trả", "đã có kết quả", "đã xử lý xong")
ASKED_FOR_MORE = ("chờ bổ sung", "yêu cầu bổ sung", "đã yêu cầu bổ sung", "đang chờ bổ sung")
# How the states begin, in small letters.
STATES_REMEMBERED = 1_000
# A system has some dozen words for them, and a list of dossiers asks of each several times.


class Warned(StrEnum):
    """What a clerk should know of a dossier."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    SUPPLEMENTED = "supplemented"
    LATE_BY_SUPPLEMENTS = "late_by_supplements"


class Purpose(StrEnum):
    """What a visit was for, as far as the dossier tells."""

    HAND_IN = "hand_in"
    SUPPLEMENT = "supplement"
    RESULT = "result"
    OTHER = "other"


class State(NamedTuple):
    """A state of a dossier, and since when the mirror knows of it."""

    state: str
    since_ms: int


@lru_cache(STATES_REMEMBERED)
def begins(state: str, words: tuple[str, ...]) -> bool:
    """Whether a state begins with one of these words."""
    return state.strip().casefold().startswith(words)


@lru_cache(STATES_REMEMBERED)
def asks_for_more(state: str) -> bool:
    """Whether something is missing in it."""
    return begins(state, ASKED_FOR_MORE)


def is_over(dossier: Dossier) -> bool:
    """Nothing of it is due any more."""
    return dossier.returned_on is not None or begins(dossier.state, OVER)


def supplements(dossier: Dossier, states: Sequence[State]) -> int:
    """How often more was asked for: as its system says, or as its states were seen to come, whichever is more."""
    return max(dossier.supplements, sum([asks_for_more(state) for state, _ in states]))


def warnings(dossier: Dossier, asked: int, today: date) -> tuple[Warned, ...]:
    """What a clerk should know of a dossier of which more was `asked` for so often; the most pressing first."""
    if is_over(dossier):
        return ()
    found = []
    if dossier.due_on is not None and not is_done(dossier):
        left = (dossier.due_on - today).days
        if left < 0:
            found.append(Warned.OVERDUE)
        elif left <= DUE_WITHIN_DAYS:
            found.append(Warned.DUE_SOON)
    if asked > 1:
        found.append(Warned.LATE_BY_SUPPLEMENTS)
    elif asked == 1:
        found.append(Warned.SUPPLEMENTED)
    return tuple(found)


def is_done(dossier: Dossier) -> bool:
    """Its result is there, whether it was given or not."""
    return dossier.finished_on is not None or begins(dossier.state, READY)


def purpose(dossier: Dossier, states: Sequence[State], day: date, called_ms: int) -> Purpose:
    """What a visit on this day was for: as the dossier stood when it began."""
    before = [one for one in states if one.since_ms <= called_ms]
    state = before[-1].state if before else ""
    if day == dossier.received_on:
        return Purpose.HAND_IN
    if day == dossier.returned_on or begins(state, (*READY, *RETURNED)):
        return Purpose.RESULT
    return Purpose.SUPPLEMENT if asks_for_more(state) else Purpose.OTHER
