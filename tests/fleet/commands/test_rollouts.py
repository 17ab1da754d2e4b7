"""motcua rollouts."""

import re
from pathlib import Path

import pytest
from click.testing import Result

from fleet.commands import rollouts
from fleet.commands.rollout_drawn import STAGES
from fleet.domain.release_stages import ReleaseStage
from fleet.flows.rollouts import Actor
from tests.fleet.commands.conftest import Motcua

ALL = "office:tan-an:all"


def test_a_rollout_is_started_shown_and_ended(data: Path, motcua: Motcua, monkeypatch: pytest.MonkeyPatch) -> None:
    def rollouts_of(*words: object) -> Result:
        return motcua("rollouts", *words, "--data", data)

    assert "no rollouts" in rollouts_of("list").stdout
    assert "waves: expected" in rollouts_of("start", ALL, "--set", "confirm_within_s=400", "--waves", "7").stderr
    assert "found 3" in rollouts_of("start", ALL, "3").stderr
    assert "sequence of a release, 0 at most, found 3" in rollouts_of("start", "firmware", "3").stderr
    assert "expected a template, found release" in rollouts_of("start", "firmware", "--set", "scale=4").stderr
    assert "0 to 3600" in rollouts_of("start", ALL, "--set", "confirm_within_s=4000").stderr
    begun = rollouts_of("start", ALL, "--set", "confirm_within_s=400", "--approval", "--note", "thử").stdout
    found = re.match(r"(\w{8})  template office:tan-an:all, version 1: awaiting", begun)
    assert found is not None
    assert "5 pending" in rollouts_of("list").stdout
    assert "found the same" in rollouts_of("approve", found[1]).stderr
    monkeypatch.setattr(rollouts, "me", lambda: Actor("mai", "command:mai"))
    assert "running" in rollouts_of("approve", found[1]).stdout
    assert "5 wait: not connected" in rollouts_of("show", found[1]).stdout
    assert "paused" in rollouts_of("pause", found[1]).stdout
    assert "expected a device that failed" in rollouts_of("retry", found[1]).stderr
    assert set(STAGES) == set(ReleaseStage)
    assert "aborted" in rollouts_of("abort", found[1]).stdout
    assert "abort" in rollouts_of("show", found[1], "--follow").stdout
