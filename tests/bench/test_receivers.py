"""The kill of receivers and linkers, for a short while: nothing that the crowd said is lost or doubled."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.bench.receivers import Trial, killed

SHORT = Trial(seconds=2, devices=10, every_s=2, speed=120, seed=random.SystemRandom().randrange(1_000_000), enough=25)


@pytest.mark.journey
@pytest.mark.timeout(600)
def test_receivers_and_linkers_that_are_killed_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    done = asyncio.run(killed(tmp_path, SHORT))
    assert done.verdict.is_clean, (SHORT, done.verdict.examples)
    assert not done.died
    assert min(done.kills["receive"], done.kills["link"]) >= 1
    assert done.verdict.said == done.verdict.stored >= SHORT.enough and done.verdict.visits
