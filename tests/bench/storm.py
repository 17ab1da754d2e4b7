"""A storm of births: a hundred devices are cut off again and again; a real sender welcomes whoever is there then."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fleet.clock import now_ms
from fleet.flows.set_up_office import set_up_office
from protocols.state import State
from tests.bench.figures import figure, progress
from tests.bench.fleet_processes import cpu_s
from tests.bench.soak.house import SoakHouse, a_soak_house
from tests.bench.soak.journal_device import JournalDevice
from tests.bench.soak.office import Office, plan
from tests.bench.soak.soaking import until

OFFICES, CUTS, EACH_S = 10, 15, 1.0
PROCESSES = ("send",)
WITHIN_S = 600.0
HOUR_MS = 3_600_000


def run() -> None:
    """Print the figures."""
    logging.getLogger("fleet").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))


async def live(folder: Path) -> None:
    """They come, and are cut off each second; then it is waited until all are welcome."""
    async with a_soak_house(folder, "sqlite", PROCESSES) as house:
        offices = furnished(house)
        await house.start()
        tasks = [task for office in offices for task in office.lives()]
        devices = [device for office in offices for device in office.devices.values()]
        told = [0]
        for device in devices:
            device.told_state = counted(told, device.told_state)
        await until("all devices have come", lambda: all(one.epoch is not None for one in devices), WITHIN_S)
        try:
            await storm(house, devices, told)
        finally:
            for task in tasks:
                task.cancel()


async def storm(house: SoakHouse, devices: list[JournalDevice], told: list[int]) -> None:
    """The cuts, and what they cost the sender."""
    sender = house.fleet.processes["send"].pid
    spent_s, before, connections = cpu_s(sender), told[0], sum(one.connections for one in devices)
    for cut in range(1, CUTS + 1):
        progress(f"storm: cut {cut} of {CUTS}")
        for device in devices:
            device.cut()
        await asyncio.sleep(EACH_S)
    over_s = time.monotonic()
    await until("all devices are welcome", lambda: all(one.line and one.is_welcome for one in devices), WITHIN_S)
    births = sum(one.connections for one in devices) - connections
    figure("storm_sender_cpu_s", cpu_s(sender) - spent_s, "s", births, devices=len(devices))
    figure("storm_states_told", told[0] - before, "states", births)
    figure("storm_welcome_after_s", time.monotonic() - over_s, "s", births)


def furnished(house: SoakHouse) -> list[Office]:
    """Offices whose devices are not switched on yet."""
    names = [f"xa-{number:02d}" for number in range(OFFICES)]
    port, at_ms = house.fleet.broker.devices_port, now_ms() - HOUR_MS
    return [Office(name, set_up_office(house.store, plan(name), at_ms), port, 1, 1.0) for name in names]


def counted(told: list[int], hear: Callable[[State], None]) -> Callable[[State], None]:
    """Count states, and hand them on."""

    def heard(state: State) -> None:
        told[0] += 1
        hear(state)

    return heard
