"""How long a broker with ten thousand devices takes until it lets a new one in, and until a revoked one is gone.

Files: from the new list being written to the first login of a new device, with nobody connected and with every device
connected (Mosquitto looks at each session when it reads its lists). Dynamic security: from the command to that login,
for one new device and for fifty at once.
"""

import asyncio
import contextlib
import json
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from fleet.domain.access import BrokerAccess, Credential
from fleet.flows.enrol import FLEET_USER, hashed
from fleet.flows.may_connect import credential
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.laptop.opening import access_to
from fleet.provisioning.access import access_of
from fleet.provisioning.dynsec_commands import whole_file
from fleet.settings import Settings
from tests.bench.figures import figure, progress
from tests.firmware.simulated_fleet import Broker
from tests.fleet.provisioning.province import plugin

DEVICES = 10_000
TIMES = 5
BATCH = 50
FLEET_PASSWORD = "the fleet's own"
KEEPALIVE_S = 3600
ACCEPTED = b"\x20\x02\x00\x00"


def broker_reload(devices: int = DEVICES, times: int = TIMES) -> None:
    """Print the figures of both drivers."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(by_files(Path(folder) / "files", devices, times))
        by_dynsec(Path(folder) / "dynsec", devices, times)


async def by_files(folder: Path, devices: int, times: int) -> None:
    """Mosquitto's own files, as `motcua run` and a province have them."""
    broker = Mosquitto(folder, free_port(), free_port())
    await broker.start(f"{FLEET_USER}:{hashed(FLEET_PASSWORD)}\n")
    try:
        access = access_to(broker, settings(broker.fleet_port, FLEET_PASSWORD), bytes(12))
        progress(f"files: {devices} devices")
        access.put(credentials("d", devices))
        await asyncio.to_thread(access.apply)
        at = broker.devices_port
        await asyncio.to_thread(seconds_to_login, at, credentials("d", 1)[0])
        for connected in (0, devices):
            progress(f"files: {connected} connected")
            with crowd(at, connected, times), sessions(at, credentials("d", min(times, connected))) as live:
                await asyncio.to_thread(measure, access, at, f"f{connected}", times, devices, "files", connected)
                if live:
                    await asyncio.to_thread(measure_cut, access, live, devices, "files", connected)
    finally:
        await broker.stop()


def by_dynsec(folder: Path, devices: int, times: int) -> None:
    """The plugin, which began with a file of all devices."""
    folder.mkdir()
    known = credentials("d", devices)
    file = folder / "dynamic-security.json"
    file.write_text(json.dumps(whole_file(known, hashed(FLEET_PASSWORD))))
    file.chmod(0o600)
    broker = Broker(folder, settings=f"plugin {plugin()}\nplugin_opt_config_file {file}\n")
    broker.config.write_text(broker.config.read_text().replace("allow_anonymous true", "allow_anonymous false"))
    progress(f"dynamic security: {devices} devices")
    broker.start()
    access = access_of(settings(broker.port, FLEET_PASSWORD, "dynsec"))
    assert access is not None
    try:
        access.put(known)
        access.apply()
        measure(access, broker.port, "one", times, devices, "dynsec", 0)
        measure(access, broker.port, "many", 1, devices, "dynsec", 0, BATCH)
        with sessions(broker.port, known[:times]) as live:
            measure_cut(access, live, devices, "dynsec", times)
    finally:
        access.leave()
        broker.kill()


def measure(
    access: BrokerAccess, port: int, name: str, times: int, devices: int, driver: str, connected: int, batch: int = 1
) -> None:
    """The median time until a new device may come."""
    took = []
    for number in range(times):
        new = credentials(f"{name}-{number}", batch)
        access.put(new)
        began = time.perf_counter()
        access.apply()
        while access.in_doubt:
            access.apply()
        seconds_to_login(port, new[-1])
        took.append(time.perf_counter() - began)
    value = sorted(took)[len(took) // 2] * 1000
    figure("broker_reload_ms", value, "ms", devices, driver=driver, connected=connected, batch=batch)


def measure_cut(access: BrokerAccess, live: list[socket.socket], devices: int, driver: str, connected: int) -> None:
    """The median time until the session of a revoked device has ended."""
    took = []
    for number, connection in enumerate(live):
        access.remove(f"d-{number}")
        began = time.perf_counter()
        for lost in access.apply():
            access.cut(lost)
        connection.settimeout(60)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(100):
                pass
        took.append(time.perf_counter() - began)
    value = sorted(took)[len(took) // 2] * 1000
    figure("broker_cut_ms", value, "ms", devices, driver=driver, connected=connected)


def settings(port: int, password: str, access: str = "none") -> Settings:
    """Those of the fleet."""
    return Settings(
        broker_host="127.0.0.1",
        broker_port=port,
        broker_user=FLEET_USER,
        broker_password=password,
        broker_access=access,  # type: ignore[arg-type]
    )


def credentials(name: str, how_many: int) -> list[Credential]:
    """So many devices with keys."""
    made = []
    for number in range(how_many):
        device = f"{name}-{number}"
        one = credential(device, "", device.encode().ljust(32, b"."))
        made.append(credential(device, hashed(one.password or "", bytes(12)), device.encode().ljust(32, b".")))
    return made


@contextmanager
def sessions(port: int, some: list[Credential]) -> Iterator[list[socket.socket]]:
    """These are connected, and idle."""
    live = []
    for one in some:
        connection = logged_in(port, one)
        assert connection is not None, f"{one.device} is refused"
        live.append(connection)
    try:
        yield live
    finally:
        for connection in live:
            connection.close()


@contextmanager
def crowd(port: int, how_many: int, beside: int) -> Iterator[None]:
    """So many devices are connected, but for the first few: in a process of its own, since paho can wait for 1,024."""
    if not how_many:
        yield
        return
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=stand_there, args=(there, port, how_many, beside))
    process.start()
    assert here.recv() == "all are there"
    try:
        yield
    finally:
        here.send("go")
        process.join()


def stand_there(told: Connection, port: int, how_many: int, beside: int) -> None:
    """Connect all but the first few, and stay until told to go."""
    with sessions(port, credentials("d", how_many)[beside:]):
        told.send("all are there")
        told.recv()


def seconds_to_login(port: int, one: Credential) -> float:
    """Try until it is let in."""
    began = time.perf_counter()
    while (connection := logged_in(port, one)) is None:
        assert time.perf_counter() - began < 600, f"{one.device} is not let in"
    connection.close()
    return time.perf_counter() - began


def logged_in(port: int, one: Credential) -> socket.socket | None:
    """A connection of MQTT 3.1.1 that was accepted."""
    connection = socket.create_connection(("127.0.0.1", port), 120)
    name, password = one.device.encode(), (one.password or "").encode()
    body = b"\x00\x04MQTT\x04\xc2" + KEEPALIVE_S.to_bytes(2, "big")
    for word in (name, name, password):
        body += len(word).to_bytes(2, "big") + word
    assert len(body) < 128
    connection.sendall(bytes([0x10, len(body)]) + body)
    if connection.recv(4) == ACCEPTED:
        return connection
    connection.close()
    return None
