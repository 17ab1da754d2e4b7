"""What is said of an actor that a rig file names and that is not there; test_targets.py opens one that is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hil_tests.target import NotRun
from hil_tests.targets import opened
from tests.fleet.workers.house import Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    one = Loop()
    yield one
    one.stop()


def test_a_simulated_board_has_no_actor_at_a_port(tmp_path: Path, loop: Loop) -> None:
    file = tmp_path / "rig.toml"
    file.write_text('[board.a]\nat = "cable"\nroles = ["rating"]\nactor = "/dev/ttyACM9"\n')
    with pytest.raises(NotRun, match=r'a\.actor: expected "vm" beside a simulated board'):
        opened(str(file), None, tmp_path, loop)


def test_an_actor_that_is_not_there_is_told(tmp_path: Path, loop: Loop) -> None:
    file = tmp_path / "rig.toml"
    file.write_text(f'[board.a]\nat = "{file}"\nroles = ["rating"]\nactor = "/dev/nobody"\n')
    with pytest.raises(NotRun, match="a: expected a serial port at /dev/nobody, found nothing"):
        opened(str(file), None, tmp_path, loop)
