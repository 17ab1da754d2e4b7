"""What the fleet's processes hold while they live: memory and open files, and whether that grows."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench.soak.house import Life, SoakHouse

EVERY_S = 1.0
WARM_AFTER = 4
# A quarter of a life; what is held then is compared with its last quarter.
ENOUGH = 8
RSS_GROWS_MB, FILES_GROW = 12.0, 24
# Allowed from the second quarter of a life to its last, in lives of at least so long:
LONG_S = 600.0


async def watch(house: SoakHouse) -> None:
    """Look each second, until cancelled."""
    while True:
        now_s = time.monotonic()
        alive = {process.pid for process in house.fleet.processes.values() if process.returncode is None}
        for life in house.lives:
            if life.pid in alive:
                look(life, now_s)
        await asyncio.sleep(EVERY_S)


def look(life: Life, now_s: float) -> None:
    """At one process; one that has just ended holds nothing."""
    try:
        status = Path(f"/proc/{life.pid}/status").read_text()
        files = len(list(Path(f"/proc/{life.pid}/fd").iterdir()))
    except OSError:
        return
    line = next((one for one in status.splitlines() if one.startswith("VmRSS")), None)
    if line is not None:
        life.rss_mb.append((now_s, int(line.split()[1]) / 1024))
        life.files.append((now_s, files))


def longest(lives: Sequence[Life]) -> dict[str, Life]:
    """The longest life of each kind of process."""
    found: dict[str, Life] = {}
    for life in lives:
        kind = life.name.partition("-")[0]
        if len(life.rss_mb) > len(found[kind].rss_mb if kind in found else []):
            found[kind] = life
    return found


def grew(seen: Sequence[tuple[float, float]]) -> float:
    """From the second quarter to the last, by their medians; nothing where too little was seen."""
    if len(seen) < ENOUGH:
        return 0.0
    values, part = [value for _, value in seen], len(seen) // WARM_AFTER
    return median(values[-part:]) - median(values[part : 2 * part])


def lasted_s(life: Life) -> float:
    """For how long it was looked at."""
    return life.rss_mb[-1][0] - life.rss_mb[0][0] if life.rss_mb else 0.0


def grows(lives: Sequence[Life]) -> list[str]:
    """A sentence for each kind of process whose longest life was long and held more and more."""
    told = []
    for kind, life in longest(lives).items():
        more_mb, more_files = grew(life.rss_mb), grew(life.files)
        if lasted_s(life) >= LONG_S and (more_mb > RSS_GROWS_MB or more_files > FILES_GROW):
            told.append(f"{kind} held {more_mb:.1f} MB and {more_files:.0f} files more after {lasted_s(life):.0f} s")
    return told
