"""How far a release is at a device: given, told, fetched, tried, and kept; or why not."""

from collections.abc import Iterable
from enum import StrEnum

from fleet.domain.release_fits import Application
from fleet.domain.rollout_targets import At, Failure


class ReleaseStage(StrEnum):
    """The way of a release at one device, and behind it the ways in which it may end otherwise."""

    WAITS = "waits"
    GIVEN = "given"
    FETCHES = "fetches"
    TRIES = "tries"
    KEEPS = "keeps"
    WENT_BACK = "went_back"
    REFUSED = "refused"
    RESCUE = "rescue"
    SILENT = "silent"
    LEFT = "left"
    RECALLED = "recalled"


WAY = (ReleaseStage.WAITS, ReleaseStage.GIVEN, ReleaseStage.FETCHES, ReleaseStage.TRIES, ReleaseStage.KEEPS)
"""What a device goes through when nothing goes wrong."""
ENDS = {
    Failure.REVERTED: ReleaseStage.WENT_BACK,
    Failure.REFUSED: ReleaseStage.REFUSED,
    Failure.RESCUE: ReleaseStage.RESCUE,
    Failure.SILENT: ReleaseStage.SILENT,
}


def release_stage(
    at: At, failure: str, given_ms: int | None, told_ms: int | None, runs: Application | None, goes_on: bool = True
) -> ReleaseStage:
    """How far it is there. `told_ms`: when the device was last told what to run; `goes_on`: it is let go on now."""
    if at is At.FAILED:
        return ENDS.get(Failure(failure), ReleaseStage.SILENT) if failure else ReleaseStage.SILENT
    if at is not At.GIVEN:
        return {At.PENDING: ReleaseStage.WAITS, At.DONE: ReleaseStage.KEEPS}.get(at, ReleaseStage.LEFT)
    if runs is not None and runs.trial:
        return ReleaseStage.TRIES
    if not goes_on:
        return ReleaseStage.RECALLED
    is_told = told_ms is not None and given_ms is not None and told_ms >= given_ms
    return ReleaseStage.FETCHES if is_told else ReleaseStage.GIVEN


def counted(stages: Iterable[str]) -> dict[ReleaseStage, int]:
    """How many are where: the way in its order, then what ended otherwise and where it did."""
    found = list(stages)
    counts = {stage: found.count(stage) for stage in ReleaseStage}
    return {stage: n for stage, n in counts.items() if n or stage in WAY}
