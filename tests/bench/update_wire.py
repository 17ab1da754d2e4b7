"""One update of a board over a real broker and a thin wire: how many bytes, and how long until it is confirmed.

The image is that of the board's own firmware, under another version; nobody uses the board meanwhile, and it does not
wait for a quiet minute.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.figures import figure, progress
from tests.firmware.bad_wire import Wire
from tests.firmware.one_board import office, settled
from tests.firmware.releasing import Publisher, bring_trust, runs, updates
from tests.firmware.slotted import image

RATES = (50_000, None)
# Bytes a second each way: a bad mobile line, and as fast as the VM and the broker are.
VERSION = "9.9"
WITHIN_S = 600


def run() -> None:
    """Measure, and print the figures."""
    for rate in RATES:
        progress(f"an update at {rate or 'any'} bytes a second")
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(updated(Path(folder), rate))


async def updated(folder: Path, rate: int | None) -> None:
    """From the assignment to the event that it is confirmed."""
    wire = Wire()
    async with office(folder, ("rating",), wire=wire) as (fleet, board, _):
        await settled(fleet, board)
        publisher = Publisher(fleet)
        await board.unplug()
        bring_trust(board, publisher.house.root)
        hellos = len(fleet.said("hello"))
        await board.plug_in_again()
        await fleet.until(lambda: len(fleet.said("hello")) > hellos, "hello of a board that trusts", WITHIN_S)
        await board.ready()
        data = image(board._bench.tree, folder, VERSION)
        publisher.publish(1, data)
        wire.rate = rate
        before, began = (wire.carried_up, wire.carried_down), time.monotonic()
        publisher.assign(1)
        await fleet.until(lambda: len(fleet.said("hello")) > hellos + 1, "a boot on trial", WITHIN_S)
        carried_s = time.monotonic() - began
        up, down = wire.carried_up - before[0], wire.carried_down - before[1]
        await fleet.until(lambda: ("1", "confirmed", "") in updates(fleet), "it is confirmed", WITHIN_S)
        took_s = time.monotonic() - began
        if runs(fleet)["sequence"] != 1:
            raise AssertionError(f"expected release 1, found {runs(fleet)}")
    where = {"bytes_per_s": rate, "image": len(data)}
    figure("update_bytes", up + down, "bytes", 1, up=up, down=down, ratio=round((up + down) / len(data), 3), **where)
    figure("update_boot_s", carried_s, "s", 1, what="from the assignment to the hello on trial", **where)
    figure("update_s", took_s, "s", 1, what="to the event that it is confirmed", **where)
