"""Mosquitto is asked to read its files again: by a signal or by a command, and what goes wrong is a sentence."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.domain.access import AccessFailed
from fleet.provisioning.reloading import reload_of

WAITS = "import signal; signal.signal(signal.SIGHUP, lambda *_: exit(7)); print('ready', flush=True); signal.pause()"


def test_the_process_of_a_pid_file_hears_a_hangup(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        (tmp_path / "mosquitto.pid").write_text(f"{process.pid}\n")
        reload_of(str(tmp_path / "mosquitto.pid"))()
        assert process.wait(60) == 7


def test_a_command_is_run_with_its_arguments(tmp_path: Path) -> None:
    made = tmp_path / "a file"
    reload_of(shlex.join(["touch", str(made)]))()
    assert made.exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("", "expected Mosquitto's pid file or a command, found nothing"),
        ("systemctl 'reload", 'expected a pid file or a command, found "systemctl \'reload"'),
    ],
)
def test_what_is_no_way_to_reload_is_refused_at_once(told: str, sentence: str) -> None:
    with pytest.raises(AccessFailed, match=sentence):
        reload_of(told)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("{folder}/none.pid", "none.pid: No such file or directory"),
        ("{folder}/words.pid", "words.pid: expected the number of Mosquitto's process, found 'one'"),
        ("{folder}/first.pid", "expected the number of Mosquitto's process, found '1'"),
        ("{folder}/gone.pid", "gone.pid: No such process"),
        ("{folder}/no-such-program", "no-such-program.*: No such file or directory"),
        ("sh -c 'echo not allowed >&2; exit 3'", "ended with 3: not allowed"),
        ("false", "'false' ended with 1: it said nothing"),
    ],
)
def test_what_went_wrong_is_said(tmp_path: Path, told: str, sentence: str) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name, text in (("words", "one"), ("first", "1"), ("gone", str(ended.pid))):
        (tmp_path / f"{name}.pid").write_text(text)
    signalled: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: signalled.append(number))
    try:
        with pytest.raises(AccessFailed, match=sentence):
            reload_of(told.format(folder=tmp_path))()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signalled == [], "nobody has signalled us"
