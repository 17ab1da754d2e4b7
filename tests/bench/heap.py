"""The heap of a device, for each board of an office and for boards with more roles: the smallest in which it lives
through the hard day of the tests, how many names its VM keeps, and where the bytes of an idle device are.

The 64-bit VM's objects are about twice as large as those of a 32-bit board; its bytecode lies in ROM. A name is 11
bytes of a table that doubles when it is full: at 620 names to 7 KB in one piece, at 1,260 to 14 KB.
"""

import asyncio
import tempfile
from pathlib import Path

from fleet.laptop.office import OFFICE
from tests.bench.figures import figure, progress
from tests.bench.heap_walk import Walk, walked
from tests.firmware.hard_day import hard_day
from tests.firmware.one_board import ALL_ROLES

TOO_SMALL_KIB, ENOUGH_KIB, STEP_KIB = 80, 176, 1
PLENTY_KIB = 256
RASTER = {"width": 384, "text": "raster", "qr": "raster"}
BOARDS = [
    *((roles, None) for roles in sorted({device.roles for device in OFFICE.devices})),
    (("printer",), RASTER),
    (("printer", "rating", "reader"), None),
    (ALL_ROLES, None),
]


def run() -> None:
    """Measure, and print the figures."""
    for roles, printer in BOARDS:
        name = {"roles": " ".join(roles), **({"printer": "raster"} if printer else {})}
        used = lives(PLENTY_KIB, roles, printer)
        if used is None:
            raise AssertionError(f"expected a heap of {PLENTY_KIB} KiB to be enough for {name}")
        figure("heap_used_bytes", used, "bytes", 1, **name)
        smallest, tries = smallest_heap(roles, printer)
        figure("heap_smallest_kib", smallest, "KiB", tries, step_kib=STEP_KIB, **name)
    for roles in (("printer", "rating", "reader"), ALL_ROLES):
        progress(f"the heap of {' '.join(roles)}")
        with tempfile.TemporaryDirectory() as folder:
            tell(asyncio.run(walked(Path(folder), roles)), " ".join(roles))


def smallest_heap(roles: tuple[str, ...], printer: dict[str, object] | None) -> tuple[int, int]:
    """The smallest heap that suffices, found by halving, and how often that was tried."""
    small, enough, tries = TOO_SMALL_KIB, ENOUGH_KIB, 0
    while enough - small > STEP_KIB:
        tries += 1
        middle = (small + enough) // 2
        progress(f"{' '.join(roles)}: {middle} KiB?")
        if lives(middle, roles, printer) is None:
            small = middle
        else:
            enough = middle
    return enough, tries


def lives(heap_kib: int, roles: tuple[str, ...], printer: dict[str, object] | None) -> int | None:
    """Bytes in use after the last start of a hard day with this heap; None if it did not suffice."""
    with tempfile.TemporaryDirectory() as name:
        try:
            used: int = asyncio.run(hard_day(Path(name), f"{heap_kib}k", roles, printer))
            return used
        except AssertionError:  # it said that it is full, or what was expected of it never came
            return None


def tell(walk: Walk, roles: str) -> None:
    """Where the bytes of an idle device are."""
    figure("heap_names", walk.names, "names", 1, roles=roles)
    for what, (count, size) in sorted(walk.kinds.items(), key=lambda one: -one[1][1]):
        figure("heap_bytes_of", size, "bytes", count, roles=roles, what=what)
    figure("heap_bytes_of", sum(size for _, size in walk.kinds.values()), "bytes", 1, roles=roles, what="all")
