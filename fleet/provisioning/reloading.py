"""How a Mosquitto is asked to read its files again: a signal to the process of a pid file, or a command."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from fleet.domain.access import AccessFailed

WITHIN_S = 30.0
LAST_WORDS = 200


def reload_of(told: str) -> Callable[[], None]:
    """What this setting asks for; each call raises AccessFailed where it cannot be done. Raises it at once if bad."""
    if told.endswith(".pid") and " " not in told:
        return lambda: hang_up(Path(told))
    try:
        words = shlex.split(told)
    except ValueError as problem:
        raise AccessFailed(
            f"MOTCUA_BROKER_ACCESS_RELOAD: expected a pid file or a command, found {told!r} ({problem})"
        ) from None
    if not words:
        raise AccessFailed("MOTCUA_BROKER_ACCESS_RELOAD: expected Mosquitto's pid file or a command, found nothing")
    return lambda: command(words)


def hang_up(pid_file: Path) -> None:
    """Send SIGHUP to the process that this file names. Raises AccessFailed."""
    try:
        found = pid_file.read_text().strip()
        if not found.isdecimal() or int(found) < 2:
            raise AccessFailed(f"{pid_file}: expected the number of Mosquitto's process, found {found[:20]!r}")
        os.kill(int(found), signal.SIGHUP)
    except OSError as problem:
        raise AccessFailed(f"Mosquitto was not told to read its files: {pid_file}: {problem.strerror}") from None


def command(words: list[str]) -> None:
    """Run the operator's command. Raises AccessFailed with its last words."""
    asked = shlex.join(words)
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=WITHIN_S
        )
    except subprocess.TimeoutExpired:
        raise AccessFailed(f"Mosquitto was not told to read its files: {asked!r} took over {WITHIN_S:.0f} s") from None
    except OSError as problem:
        raise AccessFailed(f"Mosquitto was not told to read its files: {asked!r}: {problem.strerror}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-LAST_WORDS:] or "it said nothing"
        raise AccessFailed(f"Mosquitto was not told to read its files: {asked!r} ended with {done.returncode}: {said}")
