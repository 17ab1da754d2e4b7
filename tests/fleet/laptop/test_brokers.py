"""The private broker's process: started, watched, and gone when its parent is; and who it lets in."""

import asyncio
import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fleet.flows.enrol import FLEET_USER, hashed
from fleet.laptop import broker as module
from fleet.laptop.broker import BrokerFailed, PrivateBroker, free_port, listens
from fleet.laptop.mosquitto import Mosquitto
from fleet.laptop.stand_in import StandInBroker

SOON_S = 60
PASSWORDS = f"{FLEET_USER}:{hashed('fleet')}\ntp-1:{hashed('one')}\n"

PARENT = """
import asyncio, sys
from pathlib import Path
from tests.fleet.laptop.test_brokers import PASSWORDS, make

async def stay():
    broker = make(sys.argv[1], Path(sys.argv[2]))
    await broker.start(PASSWORDS)
    print(broker.process.pid, broker.devices_port, broker.fleet_port, flush=True)
    await asyncio.sleep(600)

asyncio.run(stay())
"""


def make(kind: str, folder: Path) -> PrivateBroker:
    """A broker of this kind, on ports of its own."""
    if kind == "amqtt":
        port = free_port()
        return StandInBroker(folder, port, port)
    return Mosquitto(folder, free_port(), free_port())


@asynccontextmanager
async def started(kind: str, folder: Path) -> AsyncIterator[PrivateBroker]:
    broker = make(kind, folder)
    await broker.start(PASSWORDS)
    try:
        yield broker
    finally:
        await broker.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not true():
            await asyncio.sleep(0.02)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await story()

    asyncio.run(whole())


def alive(pid: int) -> bool:
    """Whether this process runs; one that ended and was not waited for (a zombie) does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


both = pytest.mark.parametrize("kind", ["Mosquitto", "amqtt"])


@both
def test_a_killed_broker_is_started_again_and_stops_when_told(kind: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with started(kind, tmp_path) as broker:
            assert broker.process is not None
            first = broker.process.pid
            os.kill(first, signal.SIGKILL)
            await until(lambda: broker.process is not None and broker.process.pid != first)
            await until(lambda: listens(broker.devices_port) and listens(broker.fleet_port))
            second = broker.process.pid
            assert alive(second)
        assert not alive(second)
        assert not listens(broker.devices_port)

    run(story)


@both
def test_it_ends_when_its_parent_is_killed(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, kind, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, devices, fleet = map(int, parent.stdout.readline().split())
        ended = os.pidfd_open(pid)
        try:
            assert listens(devices) and listens(fleet)
            parent.kill()
            # The broker's end is what is waited for: a pidfd is readable once its process has ended.
            assert select.select([ended], [], [], SOON_S)[0], "the broker outlives its parent"
        finally:
            os.close(ended)
    assert not alive(pid)
    assert not listens(devices) and not listens(fleet)


@both
def test_a_port_where_another_program_listens_is_told_and_nothing_is_left_running(kind: str, tmp_path: Path) -> None:
    async def story() -> None:
        broker = make(kind, tmp_path)
        said = f"port {broker.devices_port} .*another program listens there"
        with socket.create_server(("127.0.0.1", broker.devices_port)), pytest.raises(BrokerFailed, match=said):
            await broker.start(PASSWORDS)
        assert broker.process is None
        await broker.stop()

    run(story)


def test_what_it_said_last_is_told(tmp_path: Path) -> None:
    """The port is taken, but nobody listens there yet: Mosquitto itself finds out, and says so."""

    async def story() -> None:
        broker = make("Mosquitto", tmp_path)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", broker.devices_port))
            with pytest.raises(BrokerFailed, match=r"ended at once. It said:(?s:.*)Address already in use"):
                await broker.start(PASSWORDS)
        await broker.stop()

    run(story)


def test_one_that_never_listens_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READY_WITHIN_S", 0.2)
    monkeypatch.setattr(Mosquitto, "command", lambda _: ["/bin/sleep", "600"])

    async def story() -> None:
        broker = make("Mosquitto", tmp_path)
        with pytest.raises(BrokerFailed, match="does not listen after"):
            await broker.start(PASSWORDS)
        assert broker.process is not None and not alive(broker.process.pid)

    run(story)


def test_it_is_tried_again_until_its_port_is_free(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_AFTER_S", 0.05)

    async def story() -> None:
        async with started("Mosquitto", tmp_path) as broker:
            assert broker.process is not None
            first = broker.process.pid
            real = module.listens
            monkeypatch.setattr(module, "listens", lambda port: True)  # somebody was faster
            os.kill(first, signal.SIGKILL)
            await until(lambda: "another program listens there" in caplog.text)
            monkeypatch.setattr(module, "listens", real)
            await until(
                lambda: broker.process is not None and broker.process.pid != first and real(broker.devices_port)
            )

    with caplog.at_level(logging.ERROR):
        run(story)
    assert "Mosquitto ended by itself (-9)" in caplog.text


@both
def test_its_files_are_for_us_alone(kind: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with started(kind, tmp_path) as broker:
            names = {"passwords", *broker.settings(), *broker.lists(PASSWORDS)}
            modes = {name: (broker.directory / name).stat().st_mode & 0o777 for name in names}
            assert modes == dict.fromkeys(names, 0o600)

    run(story)


def test_told_to_read_its_lists_it_goes_on_and_one_that_has_ended_is_left_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with started("Mosquitto", tmp_path) as broker:
            assert broker.process is not None
            broker.reload()
            assert listens(broker.devices_port) and alive(broker.process.pid)
        broker.reload()

    run(story)
