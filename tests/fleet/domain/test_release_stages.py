"""How far a release is at a device, and the words for why it is not there."""

import pytest

from fleet.domain.release_fits import Application
from fleet.domain.release_stages import ReleaseStage, counted, release_stage
from fleet.domain.rollout_targets import At, Failure
from fleet.domain.update_reasons import reason_rest, reason_word


@pytest.mark.parametrize(
    ("at", "failure", "told_ms", "trial", "stage"),
    [
        (At.PENDING, "", None, False, "waits"),
        (At.GIVEN, "", None, False, "given"),
        (At.GIVEN, "", 4, False, "given"),
        (At.GIVEN, "", 5, False, "fetches"),
        (At.GIVEN, "", 5, True, "tries"),
        (At.DONE, "", 5, False, "keeps"),
        (At.FAILED, "reverted", 5, False, "went_back"),
        (At.FAILED, "refused", 5, False, "refused"),
        (At.FAILED, "rescue", 5, False, "rescue"),
        (At.FAILED, "silent", 5, True, "silent"),
        (At.RETURNED, "", 5, False, "left"),
    ],
)
def test_how_far_a_release_is(at: At, failure: str, told_ms: int | None, trial: bool, stage: str) -> None:
    given_ms = None if at is At.PENDING else 5
    assert release_stage(at, failure, given_ms, told_ms, Application(12, trial=trial)) == stage
    called_back = "recalled" if stage in ("given", "fetches") else stage
    assert release_stage(at, failure, given_ms, told_ms, Application(12, trial=trial), goes_on=False) == called_back


def test_every_failure_has_its_end_and_the_way_is_counted_from_nobody_on() -> None:
    ends = {release_stage(At.FAILED, failure.value, 5, 5, None) for failure in Failure}
    assert len(ends) == len(Failure)
    assert counted(["keeps", "keeps", "refused"]) == {
        "waits": 0, "given": 0, "fetches": 0, "tries": 0, "keeps": 2, ReleaseStage.REFUSED: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "word", "rest"),
    [
        ("mpy: expected bytecode 6.3, found 6.2", "mpy", "expected bytecode 6.3, found 6.2"),
        ("not as before: printer, reader", "not_as_before", "printer, reader"),
        ("not confirmed in 3 boots", "not_confirmed", ""),
        ("fell down 6 times in a row", "fell_down", ""),
        ("busy: no memory", "busy", "no memory"),
        ("ImportError: no module named 'firmware.app'", "", "ImportError: no module named 'firmware.app'"),
        ("", "", ""),
    ],
)
def test_reasons_begin_with_words_that_pages_know(reason: str, word: str, rest: str) -> None:
    assert (reason_word(reason), reason_rest(reason)) == (word, rest)
