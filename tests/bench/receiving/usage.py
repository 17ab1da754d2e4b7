"""What a process has used: processor time to the nanosecond, memory."""

from collections.abc import Mapping
from pathlib import Path

NS_PER_S = 1e9


def cpu_ns(pid: int) -> int:
    """Nanoseconds that the threads of a process were on a processor so far; those that have ended are left out."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def cpu_us(pid: int) -> float:
    """The same in microseconds."""
    return cpu_ns(pid) / 1000


def children(pid: int) -> list[int]:
    """The processes that this one started and that still are."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def family_ns(pid: int) -> dict[int, int]:
    """Of a server and each process that it has."""
    found = {}
    for one in (pid, *children(pid)):
        try:
            found[one] = cpu_ns(one)
        except FileNotFoundError:  # it ended while we looked
            continue
    return found


def spent_us(before: Mapping[int, int], after: Mapping[int, int]) -> float:
    """Microseconds between two looks at a family; who came between counts whole."""
    return sum(ns - before.get(pid, 0) for pid, ns in after.items()) / 1000


def rss_mb(pid: int, most: bool = False) -> float:
    """Megabytes that a process holds, or has held at most."""
    wanted = "VmHWM" if most else "VmRSS"
    text = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith(wanted)).split()[1]) / 1024
