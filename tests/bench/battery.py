"""How long rating buttons live on a battery: how long a press keeps them awake, measured, and a model of the current.

What only a real board can tell is an assumption, named below and printed with the figure; nobody has measured it here.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.figures import figure, percentile, progress
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import config

PRESSES = 10
SLEEP_AFTER_S = 3
BATTERY_MAH = 2_400
PRESSES_A_DAY = 100
USABLE = 0.8
# Of the battery, before its voltage is too low for the board or it has discharged itself.

BOOT_S, JOIN_S = 1.5, 2.5
# Assumed: MicroPython and the imports until the key is read, and the radio until it has an address.
AWAKE_MA, ASLEEP_MA = 80.0, 0.025
# Assumed: an ESP32-C3 with its radio on, and 5 µA of the chip with 20 µA of a regulator in deep sleep.
HOURS, SECONDS = 24, 3_600


def run() -> None:
    """Press, and print the figures."""
    awake_s = asyncio.run(measured())
    figure("battery_awake_s_vm", percentile(awake_s, 0.5), "s", len(awake_s), sleep_after_s=SLEEP_AFTER_S)
    each_s = BOOT_S + JOIN_S + percentile(awake_s, 0.5)
    for presses in (20, PRESSES_A_DAY, 300):
        figure("battery_days", days(presses, each_s), "days", 1, presses_a_day=presses, **assumed())


def days(presses_a_day: int, each_s: float) -> float:
    """How many days the battery lasts, if every press wakes the board from its sleep."""
    awake_h = presses_a_day * each_s / SECONDS
    return BATTERY_MAH * USABLE / (awake_h * AWAKE_MA + (HOURS - awake_h) * ASLEEP_MA)


def assumed() -> dict[str, float]:
    """What the model takes for granted."""
    return {
        "battery_mah": BATTERY_MAH,
        "usable": USABLE,
        "boot_s": BOOT_S,
        "join_s": JOIN_S,
        "awake_ma": AWAKE_MA,
        "asleep_ma": ASLEEP_MA,
    }


async def measured() -> list[float]:
    """From each press that wakes the board on the VM until it sleeps again, in seconds."""
    awake = []
    with tempfile.TemporaryDirectory() as folder:
        shape = dict(config("rating"), sleep_after_s=SLEEP_AFTER_S)
        async with office(Path(folder), ("rating",), config=shape) as (fleet, board, _):
            await settled(fleet, board)
            await board.asleep(60)
            for press in range(PRESSES):
                progress(f"battery: press {press + 1} of {PRESSES}")
                began, ratings = time.monotonic(), len(fleet.events("rating"))
                await board.press("score_4", held_ms=45)
                await fleet.until(lambda ratings=ratings: len(fleet.events("rating")) > ratings, "a rating")
                await board.asleep(60)
                awake.append(time.monotonic() - began)
    return awake
