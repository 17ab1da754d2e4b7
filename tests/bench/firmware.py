"""The firmware on the VM: size of its bytecode, the outbox, the drain after a long cut, and what idling costs.

Times are those of the 64-bit VM on this machine: bytecode runs 70 to 80 times as fast as on an ESP32 or RP2040. Its
memory: `heap`.
"""

import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from unittest import mock

import paho.mqtt.client as mqtt

from fleet.clock import now_ms
from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.flows.presence import welcome
from fleet.laptop import firmware_tree
from fleet.laptop.boards import Board, Boards
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.settings import Settings
from fleet.workers.receiver import Receiver
from protocols.topics import down
from tests.bench import outbox
from tests.bench.figures import figure, progress
from tests.bench.receiving.house import wait_for
from tests.firmware.hard_day import prepare_flash
from tests.fleet.office import hello, open_office

STORED = 1_000
IDLE_S = 10
DEVICE = "nut-1"
FLEET_PASSWORD = "fleet"
DRAINED_WITHIN_S = 60


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_sizes(folder)
        outbox.measure(folder)
        for store in outbox.STORES:
            with mock.patch.dict(os.environ, MOTCUA_REGIONS=str(int(store == "ring"))):
                asyncio.run(measure_drain_and_idling(folder / store, store))


def measure_sizes(folder: Path) -> None:
    """Lines and bytecode of each module, and of all."""
    tree = firmware_tree.build(folder)
    lines = bytecode = 0
    for source in firmware_tree.sources():
        module = str(source.relative_to(firmware_tree.ROOT).with_suffix(""))
        of_source, of_bytecode = len(source.read_text().splitlines()), (tree / f"{module}.mpy").stat().st_size
        lines, bytecode = lines + of_source, bytecode + of_bytecode
        figure("lines", of_source, "lines", 1, module=module.replace("/", "."))
        figure("mpy_bytes", of_bytecode, "bytes", 1, module=module.replace("/", "."))
    figure("lines", lines, "lines", len(firmware_tree.sources()), module="total")
    figure("mpy_bytes", bytecode, "bytes", len(firmware_tree.sources()), module="total")


async def measure_drain_and_idling(folder: Path, place: str) -> None:
    """A device that was cut off for long comes back to a real broker and the real receiver; then nothing happens."""
    folder.mkdir()
    store, passwords = open_office(folder, now_ms=0)
    epoch = welcome(store, DEVICE, hello(), now_ms()).epoch
    broker = Mosquitto(folder / "broker", free_port(), free_port())
    await broker.start(broker_passwords(store, FLEET_PASSWORD))
    settings = Settings(
        data=folder,
        broker_host="127.0.0.1",
        broker_port=broker.fleet_port,
        broker_user=FLEET_USER,
        broker_password=FLEET_PASSWORD,
    )
    receiver = Receiver(store, settings)
    boards = Boards(folder / "bench", "127.0.0.1", broker.devices_port)
    try:
        receiver.start()
        await boards.start()
        image = folder / "bench" / f"{DEVICE}.flash"
        prepare_flash(image, DEVICE, STORED, epoch=epoch, password=passwords[DEVICE], regions=place == "ring")
        seconds = await drain_s(boards, settings, passwords[DEVICE])
        figure("drain_events_per_s", STORED / seconds, "events/s", STORED, store=place)
        if place == "ring":
            figure("idle_cpu_percent", await idle_percent(boards.boards[DEVICE]), "%", IDLE_S)
    finally:
        await boards.stop()
        receiver.stop()
        await broker.stop()
        store.close()


async def drain_s(boards: Boards, settings: Settings, password: str) -> float:
    """Seconds from the first batch to the receipt of the last stored event."""
    progress("drain")
    times: dict[str, float] = {}

    def heard(_client: object, _data: object, message: object) -> None:
        topic, payload = message.topic, json.loads(message.payload)
        if topic.endswith("/events"):
            times.setdefault("began", time.perf_counter())
        elif payload["boot"] == 1 and payload["through"] >= STORED:
            times.setdefault("ended", time.perf_counter())

    client = connected(settings)
    client.on_message = heard
    client.subscribe([(down(DEVICE, "receipt"), 0), ("mc/1/+/up/events", 0)])
    await boards.plug_in(DEVICE, password, ["rating"])
    deadline = time.monotonic() + DRAINED_WITHIN_S
    while "ended" not in times:
        if time.monotonic() > deadline:
            raise AssertionError(f"expected {STORED} events to be receipted within {DRAINED_WITHIN_S} s")
        await asyncio.sleep(0.01)
    client.disconnect()
    client.loop_stop()
    return times["ended"] - times["began"]


def connected(settings: Settings) -> mqtt.Client:
    """A plain paho client at the fleet's door."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(settings.broker_user, settings.broker_password)
    client.connect(settings.broker_host, settings.broker_port)
    client.loop_start()
    wait_for(client.is_connected, "a connection to the broker")
    return client


async def idle_percent(board: Board) -> float:
    """How much of a processor a connected device takes while nobody touches it."""
    progress("idling")
    await asyncio.sleep(1)  # what the drain left to do
    before = cpu_s(board)
    await asyncio.sleep(IDLE_S)
    return 100 * (cpu_s(board) - before) / IDLE_S


def cpu_s(board: Board) -> float:
    """Seconds of processor time that the VM took so far."""
    fields = Path(f"/proc/{board.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
