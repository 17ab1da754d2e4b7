"""What the outbox costs on both of its stores: time and flash of an event, how many find room, how long flash lasts.

The events are those of a morning, in the order in which residents cause them: a ticket taken and printed, the call, a
dossier scanned (two of five), the end of the visit, and a rating (two of three). A receipt comes for every eight.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fleet.laptop import firmware_tree, flash_image
from tests.bench.figures import figure, progress

SCRIPT = firmware_tree.ROOT / "tests" / "on_micropython" / "outbox_cost.py"
STORES = ("ring", "journal")
ALL_ROLES = "printer rating reader keypad"
BOARDS = (ALL_ROLES, "printer", "keypad reader", "rating")
APPENDS = 2_000
CYCLES = 100_000
EVENTS_A_DAY = 2_000
DAYS_A_YEAR = 365
BLOCKS = {"ring": 64, "journal": 212}
# Of the ring's region, 256 KiB; and of the filesystem on a Pico W with a stock image. Both wear evenly.


def measure(folder: Path) -> None:
    """Print the figures of each store; how many find room, for each kind of board."""
    tree = firmware_tree.build(folder)
    for store in STORES:
        for roles in BOARDS:
            progress(f"outbox: {store}, {roles}")
            cost = cost_of(tree, folder / "outbox.flash", store, roles)
            figure("outbox_events_in_256_kib", cost["fit"], "events", 1, store=store, roles=roles)
            if roles == ALL_ROLES:
                report(store, cost)


def report(store: str, cost: dict[str, Any]) -> None:
    """What a board with all roles has to pay."""
    figure("outbox_append_us", cost["median_us"], "us", APPENDS, store=store)
    figure("outbox_erases_per_1000", cost["erased"] * 1000 / APPENDS, "erasures", APPENDS, store=store)
    waiting = cost["erased_while_waiting"] * 1000 / APPENDS
    figure("outbox_erases_while_waiting_per_1000", waiting, "erasures", APPENDS, store=store)
    figure("outbox_programs_per_event", cost["programmed_while_waiting"] / APPENDS, "writes", APPENDS, store=store)
    figure("outbox_programs_per_event_in_all", cost["programmed"] / APPENDS, "writes", APPENDS, store=store)
    figure("outbox_scan_ms", cost["scan_ms"], "ms", 1, store=store, events=cost["fit"], reads=cost["scan_reads"])
    days = BLOCKS[store] * CYCLES / (cost["erased"] / APPENDS * EVENTS_A_DAY)
    figure("outbox_flash_years", days / DAYS_A_YEAR, "years", EVENTS_A_DAY, store=store, blocks=BLOCKS[store])


def cost_of(tree: Path, image: Path, store: str, roles: str) -> dict[str, Any]:
    """Measured on the VM, on a new flash."""
    flash_image.create_image(image, "tp-1", "", "127.0.0.1", 1, 5)
    said = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=1m", SCRIPT, image, store, roles, str(APPENDS)],
        env=dict(os.environ, MICROPYPATH=f".frozen:{tree}"),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    ).stdout
    cost: dict[str, Any] = json.loads(said)
    return cost
