"""motcua crowd: what it refuses before anything begins, and what it says of a truth."""

import json
from pathlib import Path

import pytest

from fleet.commands.crowd_screen import CrowdScreen
from fleet.crowd.seen import Seen
from fleet.flows.crowd_said import Run, SaidWriter, begin
from tests.fleet.commands.conftest import Motcua

BROKER = ("--broker", "127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected --broker, or MOTCUA_DEVICES_HOST, found neither"),
        (("--broker", "here:x"), "expected host:port, found 'here:x'"),
        ((*BROKER, "--from", "noon"), "such as mon-07:30, found 'noon'"),
        ((*BROKER, "--processes", 2, "--devices", 10), "expected 1 to 1"),
        ((*BROKER, "--truth", "{there}"), "expected a new file, found"),
    ],
)
def test_what_cannot_be_is_said_before(
    motcua: Motcua, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    assert motcua("migrate", "--data", tmp_path).exit_code == 0
    there = tmp_path / "there"
    there.touch()
    given = [there if one == "{there}" else one for one in arguments]
    told = motcua("crowd", "--devices", 10, *given, "--data", tmp_path)
    assert told.exit_code == 1
    assert said in " ".join(told.output.split())


def test_a_fleet_with_devices_of_its_own_is_left_alone(motcua: Motcua, tmp_path: Path) -> None:
    assert motcua("replay", "--made", 2, "--data", tmp_path).exit_code == 0
    told = motcua("crowd", "enrol", "--devices", 3, "--data", tmp_path)
    assert told.exit_code == 1 and "expected a fleet whose devices are all of a crowd" in told.output
    told = motcua("crowd", "enrol", "--devices", 3, "--beside-real-devices", "--data", tmp_path)
    assert told.exit_code == 0 and "3 devices of a crowd are enrolled" in told.output


def test_what_was_lost_is_a_line_and_an_exit_code(motcua: Motcua, tmp_path: Path) -> None:
    assert motcua("migrate", "--data", tmp_path).exit_code == 0
    truth = tmp_path / "truth"
    begin(truth, Run(10, 1, 0))
    told = motcua("crowd", "compare", truth, "--relink", "--data", tmp_path)
    assert told.exit_code == 0 and json.loads(told.stdout)["said"] == 0
    writer = SaidWriter(truth)
    writer.add(2, 1, 1, "rating", b"{}")
    writer.close()
    told = motcua("crowd", "compare", truth, "--data", tmp_path)
    assert told.exit_code == 1 and json.loads(told.stdout)["lost"] == 1
    assert "crowd-00000-nut-1/1/1/1 was said, and is not stored" in told.stderr


def test_the_screen_says_how_it_goes() -> None:
    from rich.console import Console

    screen = CrowdScreen(Console(), 450.0, 60.0)
    lines = dict(screen.lines(Seen(devices=1_000, online=998, said=7, stored=5, waiting=2), screen.began_s + 60))
    assert lines["office time"] == "mon-08:30 (× 60)"
    assert lines["on line"] == "998 of 1,000 devices"
    assert lines["until the receipt"] == "p50 –, p99 –"
