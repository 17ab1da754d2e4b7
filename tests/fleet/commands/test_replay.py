"""motcua record and motcua replay."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua

DAY = "2026-11-09"


def test_a_made_day_is_replayed_shown_recorded_and_replayed_elsewhere(motcua: Motcua, tmp_path: Path) -> None:
    first, second, file = tmp_path / "a", tmp_path / "b", tmp_path / "day.jsonl"
    told = motcua("replay", "--made", 9, "--seed", 3, "--data", first)
    assert told.exit_code == 0, told.output
    assert "made-9 2026-11-09:" in told.output and "0 not readable" in told.output
    visits = motcua("visits", "--day", DAY, "--data", first).output
    assert "Quầy 1" in visits and "done" in visits
    assert motcua("record", "made-9", DAY, "--to", file, "--data", first).exit_code == 0
    assert motcua("replay", file, "--speed", 1e9, "--data", second).exit_code == 0
    assert motcua("visits", "--day", DAY, "--data", second).output == visits
    for folder in (first, second):
        assert "calls, and the bounds held" in motcua("queue", "check", "made-9", "--day", DAY, "--data", folder).output
    assert "there is none of id 'x'" in motcua("record", "x", DAY, "--data", first).output
    lines = motcua("record", "made-9", DAY, "--data", second).output
    assert lines == file.read_text("utf-8")


def test_several_days_go_into_one_folder(motcua: Motcua, tmp_path: Path) -> None:
    told = motcua("replay", "--made", 9, "--days", 2, "--day", "2026-11-09", "--data", tmp_path)
    assert told.exit_code == 0, told.output
    assert told.output.count(" 0 not readable") == 2
    for day in ("2026-11-06", DAY):
        assert f"made-9 {day}:" in told.output
        assert "done" in motcua("visits", "--day", day, "--data", tmp_path).output


def test_a_made_day_is_only_written(motcua: Motcua, tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    told = motcua("replay", "--made", 9, "--save", file, "--day", "2026-11-10", "--data", tmp_path / "none")
    assert told.exit_code == 0, told.output
    assert '"day":"2026-11-10"' in file.read_text("utf-8")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay",), "expected a file or --made, found neither"),
        (("replay", "{bad}", "--made", 9), "expected a file or --made, found both"),
        (("replay", "--made", 0), "visits: expected a number from 1 to 5000, found 0"),
        (("replay", "--made", 9, "--speed", 0), "speed: expected a number above 0, found 0"),
        (("replay", "--days", 3), "days: expected --made beside it"),
        (("replay", "{bad}", "--days", 3), "days: expected --made beside it, found a file"),
        (("replay", "--made", 9, "--days", 3, "--save", "{none}"), "days: expected none beside --save"),
        (("replay", "--made", 9, "--days", 0), "days: expected a number from 1 to 2000, found 0"),
        (("replay", "--made", 9, "--day", "x"), "day: expected YYYY-MM-DD, found 'x'"),
        (("replay", "{bad}"), "line 1: expected JSON, found"),
        (("replay", "{bytes}"), "expected a recorded day in UTF-8, found other bytes"),
        (("replay", "{none}"), "no such file or directory"),
        (("record", "x", DAY), "no database in"),
        (("record", "x", "9/11"), "day: expected YYYY-MM-DD, found '9/11'"),
    ],
)
def test_what_cannot_be_done_is_said(motcua: Motcua, tmp_path: Path, arguments: tuple[object, ...], said: str) -> None:
    files = {"{bad}": b"no JSON", "{bytes}": b"\xff\xfe\x00"}
    chosen = []
    for one in arguments:
        path = tmp_path / str(one).strip("{}")
        if one in files:
            path.write_bytes(files[str(one)])
        chosen.append(path if str(one).startswith("{") else one)
    told = motcua(*chosen, "--data", tmp_path / "data")
    assert told.exit_code == 1
    assert said in " ".join(told.output.split())
