"""What stays in the data folder, and what is made anew."""

import json
from pathlib import Path

import pytest

from fleet.laptop.broker import free_port
from fleet.laptop.kept import AlreadyRunning, kept_ports, kept_sign_in, kept_word, only_one
from fleet.private_files import ANEW_ABOVE_BYTES, start_anew, write_private

HALF = [
    b"",
    b"\n",
    b"quan-tri",
    b"somebody else's",
    b"\xff\xfe\x00",
    b"[18",
    b"[1, 2, 3]",
    b'["a", "b"]',
    b"[7, 7]",
    b"{}",
]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_kept_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    first = kept_sign_in(tmp_path / "sign-in.txt", "quan-tri")
    again = kept_sign_in(tmp_path / "sign-in.txt", "quan-tri")
    assert (first.fresh, again.fresh, again.password) == (True, False, first.password)
    assert kept_word(tmp_path / "broker" / "word") == kept_word(tmp_path / "broker" / "word")
    assert kept_ports(tmp_path / "ports.json") == kept_ports(tmp_path / "ports.json")


@pytest.mark.parametrize("found", HALF, ids=repr)
def test_a_half_written_file_is_made_anew(tmp_path: Path, found: bytes) -> None:
    paths = [tmp_path / name for name in ("sign-in.txt", "word", "ports.json")]
    for path in paths:
        path.write_bytes(found)
    assert kept_sign_in(paths[0], "quan-tri").fresh
    assert len(kept_word(paths[1])) == 32
    assert len(set(kept_ports(paths[2]))) == 2
    assert [path.read_bytes() == found for path in paths] == [False] * 3
    assert not kept_sign_in(paths[0], "quan-tri").fresh


def test_ports_that_are_none_are_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    path.write_text(json.dumps([70_000, free_port()]))
    assert max(kept_ports(path)) < 65_536


def test_it_is_for_us_alone(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with only_one(data):
        kept_sign_in(data / "sign-in.txt", "quan-tri")
        kept_word(data / "broker" / "word")
    assert (mode(data), mode(data / "broker")) == (0o700, 0o700)
    assert (mode(data / "sign-in.txt"), mode(data / "broker" / "word")) == (0o600, 0o600)


def test_a_file_is_for_us_alone_even_where_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text("old")
    path.chmod(0o644)
    (tmp_path / "passwords.new").write_text("left by a power cut")
    write_private(path, "new")
    assert (path.read_text(), mode(path), sorted(tmp_path.iterdir())) == ("new", 0o600, [path])


def test_a_second_one_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRunning, match="another motcua run uses"), only_one(tmp_path):
        pass


def test_only_a_large_log_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "nut-1.log"
    start_anew(log)
    log.write_bytes(b"x" * ANEW_ABOVE_BYTES)
    start_anew(log)
    assert log.exists()
    log.write_bytes(b"x" * (ANEW_ABOVE_BYTES + 1))
    start_anew(log)
    assert not log.exists()
