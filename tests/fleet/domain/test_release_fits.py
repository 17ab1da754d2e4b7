"""What fits whom, what devices say that they run, and what becomes of those that were given a release."""

from dataclasses import replace
from typing import Any

import pytest

from fleet.domain.images import image_of
from fleet.domain.release_fits import Application, Back, Misfit, application_of, kept, misfit
from fleet.domain.rollout_targets import Answer, Failure
from fleet.domain.update_answers import Told, answer

ROOM = 1000
RUNS = Application(sequence=4, mpy="6.3", room=ROOM, root=1, slot="a")
IMAGES = (
    image_of("pico_w", "6.3", "1.0", b"a" * ROOM, minimum=3),
    image_of("esp32", "6.3", "1.0", b"b" * (ROOM + 1)),
    image_of("esp32_c3", "7.0", "1.0", b"c"),
)


@pytest.mark.parametrize(
    ("board", "runs", "why"),
    [
        ("pico_w", RUNS, None),
        ("pico_w", None, Misfit.UNKNOWN),
        ("pico_w", replace(RUNS, sequence=5), Misfit.HAS_IT),
        ("pico_w", replace(RUNS, sequence=9), Misfit.HAS_IT),
        ("pico_w", replace(RUNS, room=None), Misfit.NO_SLOTS),
        ("pico_w", replace(RUNS, root=None), Misfit.ROOT),
        ("pico_2_w", RUNS, Misfit.BOARD),
        ("esp32_c3", RUNS, Misfit.MPY),
        ("pico_w", replace(RUNS, mpy="7.0"), Misfit.MPY),
        ("esp32", RUNS, Misfit.TOO_LARGE),
        ("pico_w", replace(RUNS, sequence=2), Misfit.TOO_OLD),
        ("pico_w", replace(RUNS, sequence=3), None),
    ],
)
def test_each_device_is_told_apart_by_the_first_thing_that_stands_in_its_way(
    board: str, runs: Application | None, why: Misfit | None
) -> None:
    assert misfit(5, IMAGES, board, runs) is why


def test_nobody_goes_a_thousand_releases_in_one_step() -> None:
    assert misfit(1004, IMAGES, "pico_w", RUNS) is None
    assert misfit(1005, IMAGES, "pico_w", RUNS) is Misfit.TOO_FAR


def test_from_each_of_the_two_releases_before_it_goes_straight_to_the_next_and_from_older_ones_step_by_step() -> None:
    """Releases 1 to 6, each of which can follow the two before it: what every device is given until it has the last."""
    releases = {n: [image_of("pico_w", "6.3", f"0.{n}", bytes([n]), minimum=max(0, n - 2))] for n in range(1, 7)}
    for begins in range(6):
        its, way = replace(RUNS, sequence=begins), []
        while fitting := [n for n, images in releases.items() if misfit(n, images, "pico_w", its) is None]:
            way.append(max(fitting))
            its = replace(its, sequence=way[-1])
        expected = list(range(begins + 2, 7, 2)) or [6]
        assert way == (expected if expected[-1] == 6 else [*expected, 6])
    assert misfit(5, releases[5], "pico_w", replace(RUNS, sequence=2)) is Misfit.TOO_OLD
    other = replace(RUNS, mpy="6.2")
    assert {misfit(n, images, "pico_w", other) for n, images in releases.items() if n > 4} == {Misfit.MPY}


@pytest.mark.parametrize(
    "said", [None, {}, {"sequence": -1, "mpy": "6.3"}, {"sequence": True, "mpy": "6.3"}, {"sequence": 1}]
)
def test_words_that_say_nothing(said: dict[str, Any] | None) -> None:
    assert application_of(said) is None and kept(said, None, 5) is None


def test_a_strangers_words_are_read_with_care() -> None:
    said = {"sequence": 3, "mpy": "six", "room": -1, "root": "1", "slot": "c", "trial": 1, "back": {"sequence": "3"}}
    assert application_of(said) == Application(3)
    back = {"sequence": 4, "reason": "parts: \x1b[31m" + "x" * 300}
    found = application_of({"sequence": 3, "mpy": "6.3", "back": back})
    assert found is not None and found.back == Back(4, ("parts: ?[31m" + "x" * 300)[:120])


def test_when_a_device_first_said_that_it_went_back() -> None:
    """It says so in each hello; a new time is one behind another trial, or another release or reason."""

    def after(before: Application | None, ms: int, reason: str = "parts: printer", **more: Any) -> Application:
        said = {"sequence": 4, "mpy": "6.3", "back": {"sequence": 5, "reason": reason}, **more}
        found = application_of(kept(said, before, ms))
        assert found is not None
        return found

    first = after(None, 10)
    assert first.back == Back(5, "parts: printer", 10)
    assert after(first, 20).back == first.back
    assert after(first, 20, "not confirmed in 3 boots").back == Back(5, "not confirmed in 3 boots", 20)
    on_trial = application_of(kept({"sequence": 5, "mpy": "6.3", "trial": True}, first, 20))
    assert on_trial is not None and on_trial.trial
    assert after(on_trial, 30).back == Back(5, "parts: printer", 30)


NEW = replace(RUNS, sequence=5)


@pytest.mark.parametrize(
    ("runs", "rescue", "told", "found"),
    [
        (RUNS, None, [], Answer()),
        (None, None, [], Answer()),
        (replace(NEW, trial=True), None, [], Answer()),
        (NEW, None, [], Answer(ok=True)),
        (replace(NEW, sequence=7), None, [], Answer(ok=True)),
        (NEW, "PartLost", [], Answer(failure=Failure.RESCUE, detail="PartLost")),
        (replace(RUNS, back=Back(5, "parts", 100)), None, [], Answer(failure=Failure.REVERTED, detail="parts")),
        (replace(RUNS, back=Back(5, "parts: printer", 99)), None, [], Answer()),
        (replace(RUNS, back=Back(4, "parts: printer", 100)), None, [], Answer()),
        (RUNS, None, [Told("returned", "no welcome")], Answer(failure=Failure.REVERTED, detail="no welcome")),
        (RUNS, None, [Told("refused", "mpy: 7.0")], Answer(failure=Failure.REFUSED, detail="mpy: 7.0")),
        (RUNS, None, [Told("refused", "busy: a ticket")], Answer(detail="busy: a ticket")),
        (RUNS, None, [Told("refused", "nonce")], Answer(detail="nonce")),
        (RUNS, None, [Told("refused", "flash"), Told("refused", "on_trial")], Answer(detail="on_trial")),
        (NEW, None, [Told("refused", "older: 5")], Answer(ok=True)),
    ],
)  # fmt: skip
def test_what_becomes_of_a_device_that_was_given_release_five(
    runs: Application | None, rescue: str | None, told: list[Told], found: Answer
) -> None:
    assert answer(5, runs, rescue, told, 100) == found
