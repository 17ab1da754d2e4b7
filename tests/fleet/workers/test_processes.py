"""The processes of a province, each started as an operator starts it, with settings from the environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fleet.laptop.broker import free_port
from protocols import events
from protocols.commands import Want
from protocols.presence import Welcome
from tests.fleet.workers.house import House, now_ms
from tests.fleet.workers.prometheus import Prometheus

COMMANDS = ("serve", "receive", "link", "send", "supply")
TOLD = {"data", "database", "broker_host", "broker_port", "broker_user", "broker_password"}
END_WITHIN_S = 60


@pytest.fixture
def ports() -> dict[str, int]:
    """Where each process tells how it is."""
    return {command: free_port() for command in COMMANDS}


@pytest.fixture
def processes(house: House, tmp_path: Path, ports: dict[str, int]) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Each process of a province, with its password from a file; it tells how it is at a port."""
    told = house.settings.model_dump(include=TOLD)
    password = tmp_path / "broker-password"
    password.write_text(told.pop("broker_password"))
    environment = {**os.environ, **{f"MOTCUA_{name.upper()}": str(value) for name, value in told.items()}}
    environment["MOTCUA_BROKER_PASSWORD_FILE"] = str(password)
    with ExitStack() as stack:
        started = {}
        for command in COMMANDS:
            own = {"MOTCUA_WATCH_PORT": str(ports[command]), "MOTCUA_LISTEN_PORT": str(free_port())}
            process = subprocess.Popen([sys.executable, "-m", "fleet", command], env=environment | own)
            stack.enter_context(process)
            stack.callback(process.kill)
            started[command] = process
        yield started


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_visit_through_the_processes_while_prometheus_watches_and_each_ends_when_told(
    house: House, processes: dict[str, "subprocess.Popen[bytes]"], ports: dict[str, int], tmp_path: Path
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
    with Prometheus(tmp_path / "prometheus", [f"127.0.0.1:{port}" for port in ports.values()]) as prometheus:
        prometheus.until_scraped_twice(len(ports))
        prometheus.refuses_nothing()
    for process in processes.values():
        shown = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
        assert house.settings.broker_password.encode() not in b"".join(shown)
        process.send_signal(signal.SIGTERM)
    ended = {command: process.wait(END_WITHIN_S) for command, process in processes.items()}
    assert ended == {**dict.fromkeys(COMMANDS, 0), "serve": -signal.SIGTERM}, (
        "uvicorn ends by the signal it was told by"
    )
