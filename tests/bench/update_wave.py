"""A release for ten thousand devices in one wave, at the level of the protocol: what the fleet's processes take.

`python -m tests.bench update_wave`: WAVE_DEVICES clients (500), as `wave_devices` says. Once all are
there they fetch the release at one moment, WAVE_PART of the image each (0.05; 1 is all of it). Others say hello
meanwhile and are assigned it, as they did before: how long they wait for their welcome is told for both times.
"""

import asyncio
import hashlib
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

from fleet.clock import now_ms
from fleet.domain.images import Image
from fleet.flows.enrol import hashed
from fleet.release_folder import RELEASE
from fleet.store import devices, places, releases
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from tests.bench.figures import figure, percentile, progress
from tests.bench.fleet_processes import FleetProcesses
from tests.bench.wave_devices import GO, READY, Lived, Wave
from tests.fleet.office import with_tables
from tests.made_releases import Authors

DEVICES = int(os.environ.get("WAVE_DEVICES", "500"))
PART = float(os.environ.get("WAVE_PART", "0.05"))
PROCESSES = ("receive", "link", "send", "supply")
AT_EACH = 100
# More than stand at one: what a worker does for each office is not what is measured.
PASSWORD = "pw"
PROBES, A_SECOND, TIMES = 20, 10.0, 10
# Those who say hello meanwhile.
COME_A_SECOND = 200.0
WITHIN_S, PROBED_S = 7_200, 600


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


async def measure(folder: Path) -> None:
    """Hellos alone; then the wave, and hellos meanwhile."""
    store, authors = Store(with_tables(folder)), Authors(folder / "authors")
    enrol(store)
    image = await asyncio.to_thread(authors.release)
    authors.published(folder, "")
    with store.writing() as connection:
        releases.holds(connection, 1, now_ms())
    fleet = FleetProcesses(folder, store, {"MOTCUA_RELEASE_KEY": str(authors.fleet_key)})
    await fleet.start(PROCESSES)
    try:
        port = fleet.broker.devices_port
        probe = Wave(port, PASSWORD, "p", PROBES, A_SECOND, 0, TIMES, PROBES / A_SECOND, PROBED_S)
        progress("wave: the fleet starts")
        await lived_in(replace(probe, again=1, name="first"))
        progress("wave: hellos alone")
        tell_hellos("alone", await lived_in(probe))
        wave = Wave(port, PASSWORD, "d", DEVICES, COME_A_SECOND, PART, within_s=WITHIN_S, release=told(authors))
        await the_wave(fleet, wave, probe, image)
    finally:
        await fleet.stop()
        store.close()


async def the_wave(fleet: FleetProcesses, wave: Wave, probe: Wave, image: Image) -> None:
    """All come; then all fetch it at once."""
    clients = await started(wave)
    progress("wave: all come")
    assert clients.stdout is not None and clients.stdin is not None
    line = (await clients.stdout.readline()).decode().strip()
    assert line == READY, f"expected that all are there, found {line[:200]!r}"
    progress("wave: all fetch it")
    began_s, before = time.monotonic(), fleet.cpu_s()
    clients.stdin.write(f"{GO}\n".encode())
    await clients.stdin.drain()
    meanwhile = asyncio.create_task(lived_in(replace(probe, name="q")))
    lived = Lived(**json.loads(await clients.stdout.read()))
    seconds, after = time.monotonic() - began_s, fleet.cpu_s()
    tell_hellos("meanwhile", await meanwhile)
    figure("wave_fetched_s", seconds, "s", DEVICES, part=PART)
    figure("wave_whole", lived.whole, "devices", DEVICES)
    figure("wave_wrong", lived.wrong + lived.missing, "devices", DEVICES)
    figure("wave_pieces_per_s", lived.pieces / seconds, "pieces/s", lived.pieces)
    figure("wave_bytes_per_s", lived.image_bytes / seconds, "bytes/s", lived.pieces)
    figure("wave_asked_again", lived.asked_again, "pieces", lived.pieces)
    figure("wave_piece_p50_ms", percentile(lived.pieces_ms, 0.5), "ms", len(lived.pieces_ms))
    figure("wave_piece_p99_ms", percentile(lived.pieces_ms, 0.99), "ms", len(lived.pieces_ms))
    for name, took in after.items():
        figure("wave_cpu_s", took - before[name], "s", DEVICES, process=name)
    figure("wave_supply_us_per_piece", (after["supply"] - before["supply"]) / lived.pieces * 1e6, "us", lived.pieces)
    figure("wave_supply_rss_mb", fleet.rss_mb("supply"), "MB", DEVICES)
    note = f"{image.length} bytes, each piece as long as those of the part"
    figure("wave_whole_image_s", seconds / min(1.0, PART), "s", DEVICES, note=note)


def enrol(store: Store) -> None:
    """All devices in the store; one password serves, for the fleet keeps only its hash."""
    names = [f"{name}-{n}" for name, count in counts().items() for n in range(count)]
    password = hashed(PASSWORD)
    with store.writing() as connection:
        for n, device in enumerate(names):
            office = f"xa-{n // AT_EACH}"
            if n % AT_EACH == 0:
                places.save_office(connection, OfficeRow(office, f"Xã số {n // AT_EACH}", "1022"), 0)
            devices.add_device(connection, device, ("rating",), password, 0)
            devices.assign(connection, device, office, None, 0)


def told(authors: Authors) -> dict[str, object]:
    """What an assignment says of the release."""
    wire = authors.folder.document(RELEASE, 1).wire()
    return {"sequence": 1, "length": len(wire), "sha256": hashlib.sha256(wire).hexdigest()}


def counts() -> dict[str, int]:
    """How many devices of each name come."""
    return {"d": DEVICES, "first": PROBES, "p": PROBES, "q": PROBES}


async def started(wave: Wave) -> asyncio.subprocess.Process:
    """The clients of a wave in a process of their own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.wave_devices", json.dumps(asdict(wave))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 30,
    )


async def lived_in(wave: Wave) -> Lived:
    """What the devices of a wave lived through."""
    said, _ = await (await started(wave)).communicate()
    return Lived(**json.loads(said))


def tell_hellos(when: str, lived: Lived) -> None:
    """From hello to welcome."""
    took, n = lived.welcomes_ms, len(lived.welcomes_ms)
    figure("wave_hello_p50_ms", percentile(took, 0.5), "ms", n, when=when)
    figure("wave_hello_p99_ms", percentile(took, 0.99), "ms", n, when=when)
    figure("wave_hellos_assigned", len(lived.assigned_ms), "hellos", n, when=when)
