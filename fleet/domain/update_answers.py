"""What becomes of a device that was given a release, by what it runs and by what it told of the update."""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.domain.release_fits import Application
from fleet.domain.rollout_targets import Answer, Failure

RETURNED, REFUSED = "returned", "refused"
PASSING = frozenset({"nonce", "busy", "on_trial", "too_slow"})
# Refusals that are no answer: another connection had begun, something else was under way, or the line was bad. The
# device is told again until its time is over.
DETAIL = 200


@dataclass(frozen=True)
class Told:
    """An `update` event about this release, told since it was given; `reason` is a stranger's word."""

    result: str
    reason: str = ""

    @property
    def word(self) -> str:
        """The first word of the reason, by which programs tell reasons apart."""
        return self.reason.replace(":", " ").split(" ")[0]

    def is_passing(self) -> bool:
        """Whether it may be otherwise when it is told again."""
        return self.result == REFUSED and self.word in PASSING


def answer(sequence: int, its: Application | None, rescue: str | None, told: Iterable[Told], given_ms: int) -> Answer:
    """What a device says of the release of this sequence. `its`: what it says that it runs."""
    told = list(told)
    back = None if its is None else its.back
    if back is not None and back.sequence == sequence and back.ms is not None and back.ms >= given_ms:
        return Answer(failure=Failure.REVERTED, detail=back.reason[:DETAIL])
    gone_back = [one for one in told if one.result == RETURNED]
    if gone_back:
        return Answer(failure=Failure.REVERTED, detail=gone_back[-1].reason[:DETAIL])
    has_it = its is not None and its.sequence >= sequence and not its.trial
    if has_it and rescue is not None:
        return Answer(failure=Failure.RESCUE, detail=rescue[:DETAIL])
    if has_it:
        return Answer(ok=True)
    refused = [one for one in told if one.result == REFUSED]
    if refused and not refused[-1].is_passing():
        return Answer(failure=Failure.REFUSED, detail=refused[-1].reason[:DETAIL])
    return Answer(detail=refused[-1].reason[:DETAIL] if refused else "")
