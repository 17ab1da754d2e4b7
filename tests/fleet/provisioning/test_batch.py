"""A batch begins a disturbed board again by itself, and says each time why."""

import logging
from typing import Any, ClassVar

import pytest

from fleet.provisioning import batch
from fleet.provisioning.batch import Batch, Line
from fleet.provisioning.boards_known import BRIDGE, NATIVE, Kind
from fleet.provisioning.ports import Port
from fleet.provisioning.results import Result


class PlayedBoard:
    """The work at a board, as these results tell."""

    results: ClassVar[list[Any]] = []

    def __init__(self, cable: Any, means: Any, report: Any) -> None:
        self.cable, self.page, self.report = cable, None, report

    def work(self) -> Result:
        self.report("starting", "", None)
        result = type(self).results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


class PlayedCable:
    path = "/dev/ttyUSB0"


def worked(monkeypatch: pytest.MonkeyPatch, *results: Any) -> tuple[Result, list[Line]]:
    PlayedBoard.results = list(results)
    monkeypatch.setattr(batch, "OneBoard", PlayedBoard)
    told: list[Line] = []
    means: Any = None
    port = Port("/dev/ttyUSB0", "one")
    its = Batch(means, lambda: [port], lambda port: PlayedCable(), changed=told.append)  # type: ignore[arg-type, return-value]
    return its.run(lambda its: bool(its.results))[0], told


def failed(advice: str, why: str) -> Result:
    return Result("/dev/ttyUSB0", "failed", hw="aa", why=why, advice=advice)


def test_each_try_that_came_to_nothing_is_told_on_the_line_in_the_log_and_in_the_result(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = Result("/dev/ttyUSB0", "enrolled", hw="aa", device="nut-1")
    silent, crashed = failed("silent", "heard nothing"), ValueError("half a word")
    with caplog.at_level(logging.WARNING):
        result, told = worked(monkeypatch, silent, crashed, good)
    assert (result.outcome, result.tried) == ("enrolled", ("heard nothing", "ValueError: half a word"))
    assert [line.step for line in told] == ["starting", "again"] * 2 + ["starting", "enrolled"]
    assert [line.note for line in told if line.step == "again"] == list(result.tried)
    assert told[-1].tried == told[-2].tried == result.tried
    assert "tried again" in caplog.text and "heard nothing" in caplog.text


def test_a_board_is_tried_three_times_and_not_again_where_a_person_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    result, told = worked(monkeypatch, *(failed("install", f"{number}") for number in range(4)))
    assert (result.outcome, result.why, result.tried) == ("failed", "2", ("0", "1"))
    result, told = worked(monkeypatch, failed("test", "printer: no paper"), failed("test", "never"))
    assert (result.why, result.tried) == ("printer: no paper", ())
    assert [line.step for line in told] == ["starting", "failed"]


@pytest.mark.parametrize("kind, works", [(Kind("CH340", BRIDGE), 2), (Kind("RP2 with MicroPython", NATIVE), 1)])
def test_a_device_that_restarts_is_away_for_a_moment_and_no_other_board(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, works: int
) -> None:
    """Behind a bridge no port goes away by itself: there somebody has plugged in the next board."""
    enrolled = Result("/dev/ttyUSB0", "enrolled", hw="aa", device="nut-1")
    PlayedBoard.results = [enrolled, Result("/dev/ttyUSB0", "already", hw="aa", device="nut-1")]
    monkeypatch.setattr(batch, "OneBoard", PlayedBoard)
    monkeypatch.setattr(batch, "LOOK_S", 0.001)
    ports: list[Port] = [Port("/dev/ttyUSB0", "one", kind)]
    means: Any = None
    its = Batch(means, lambda: list(ports), lambda port: PlayedCable())  # type: ignore[arg-type, return-value]
    looks = 0

    def enough(_: Batch) -> bool:
        nonlocal looks
        looks += bool(its.results) and not its.busy()
        ports[:] = [] if looks == 1 else [Port("/dev/ttyUSB0", "one", kind)]
        return looks > 3 and not its.busy()

    assert its.run(enough) == [enrolled]
    assert len(its.results) == works
