"""Which visit a press answers: the one whose finish it names, or the only one that was finished shortly before it.

What belongs to no visit is kept with its reason; the presses of one visit are judged together.
"""

from collections.abc import Iterable, Sequence

from fleet.domain.changing import but
from fleet.domain.linked import Happened, RatingSeen, VisitSeen
from fleet.domain.satisfaction import Press, judge
from fleet.domain.ways import way_of
from protocols import events

INFER_MS = 60_000

NO_COUNTER = "the device stood at no counter"
NO_FINISH = "the finish it names is not known"
NO_VISIT_BEFORE = "no visit was finished within a minute before"
NO_CLOCK = "it names no finish and its device had no clock"
SEVERAL_VISITS = "several visits were finished within a minute before"


def tie(one: Happened, named: VisitSeen | None, before: Iterable[VisitSeen]) -> RatingSeen:
    """The press with its visit, not judged yet, or with the reason why it has none.

    `named` is the visit whose finish it names, if there is one; `before` holds at least all visits that were finished
    at its counter within `INFER_MS` before it.
    """
    event = one.event
    assert isinstance(event, events.RatingGiven)  # noqa: S101 (only such are tied)
    near = [] if event.armed is not None else [visit for visit in before if is_answered(one, visit)]
    visit, reason = None, None
    if event.armed is not None:
        visit, reason = (named, None) if named is not None else (None, NO_FINISH)
    elif one.counter is None:
        reason = NO_COUNTER
    elif one.estimated:
        reason = NO_CLOCK
    elif len(near) == 1:
        visit = near[0]
    else:
        reason = SEVERAL_VISITS if near else NO_VISIT_BEFORE
    return RatingSeen(
        id=one.id,
        counter=one.counter,
        visit=None if visit is None else visit.id,
        inferred=visit is not None and event.armed is None,
        score=event.score,
        scale=event.scale,
        scale_version=event.scale_version,
        pressed_ms=one.happened_ms,
        counted=False,
        reason=reason,
    )


def is_answered(one: Happened, visit: VisitSeen) -> bool:
    """Whether a press that names no finish may be for this visit."""
    return (
        visit.counter == one.counter
        and visit.finish is not None
        and visit.finished_ms is not None
        and not visit.estimated
        and 0 <= one.happened_ms - visit.finished_ms <= INFER_MS
    )


def judged(ratings: Sequence[RatingSeen]) -> list[RatingSeen]:
    """The presses for one visit, each counted or with the reason why not."""
    presses = [Press(one.id, way_of(one.id), one.pressed_ms, one.score, one.scale) for one in ratings]
    verdicts = judge(presses)
    return [but(one, counted=verdicts[one.id] is None, reason=verdicts[one.id]) for one in ratings]
