"""The processes of a province, each started as an operator starts it, with settings from the environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from protocols import events
from protocols.commands import Want
from protocols.presence import Welcome
from tests.fleet.workers.house import House, now_ms

COMMANDS = ("receive", "link", "send", "supply")
TOLD = {"data", "database", "broker_host", "broker_port", "broker_user", "broker_password"}
END_WITHIN_S = 60


@pytest.fixture
def processes(house: House, tmp_path: Path) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """A receiver, a linker, a sender and a supplier, each a process that has its password from a file."""
    told = house.settings.model_dump(include=TOLD)
    password = tmp_path / "broker-password"
    password.write_text(told.pop("broker_password"))
    environment = {**os.environ, **{f"MOTCUA_{name.upper()}": str(value) for name, value in told.items()}}
    environment["MOTCUA_BROKER_PASSWORD_FILE"] = str(password)
    with ExitStack() as stack:
        started = {}
        for command in COMMANDS:
            process = subprocess.Popen([sys.executable, "-m", "fleet", command], env=environment)
            stack.enter_context(process)
            stack.callback(process.kill)
            started[command] = process
        yield started


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_visit_through_the_processes_and_each_ends_when_told(
    house: House, processes: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    """The births wait in the broker until the sender has come, the batches in the devices until the receiver has."""
    printer, keypad = (house.device(device).come().born() for device in ("tp-1", "q-1"))
    assert printer.told(Welcome).epoch == keypad.told(Welcome).epoch == 1
    printer.did(events.TicketTaken(service="ho-tich", number=1, lease="l", up=1, at=now_ms()))
    house.wait_for_rows("SELECT state FROM tickets", [("waiting",)])
    keypad.say("want", Want(id=1, want="next"))
    show = keypad.shown()
    assert show.label == "A001"
    keypad.did(events.NumberCalled(service="ho-tich", number=1, up=2, at=now_ms()))
    keypad.did(events.VisitFinished(up=3, at=now_ms()))
    house.wait_for_rows("SELECT outcome FROM visits", [("done",)])
    for process in processes.values():
        shown = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
        assert house.settings.broker_password.encode() not in b"".join(shown)
        process.send_signal(signal.SIGTERM)
    assert {command: process.wait(END_WITHIN_S) for command, process in processes.items()} == dict.fromkeys(COMMANDS, 0)
