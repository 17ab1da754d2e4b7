"""How well each firmware does: crash-free hours and unexpected starts, with what chance alone would allow.

Shares carry Wilson's interval, counts in a time that of Garwood (1936), which is exact for a Poisson count: of k
crashes the mean lies between the one of which k or more have the chance 0.025 and the one of which k or fewer have.
Hours of one device in one crash loop are not independent, so the interval of one device says less than that of many: n
is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fleet.domain.device_days import DaySum
from fleet.domain.satisfaction import wilson
from fleet.domain.tails import poisson_at_least

PER_HOURS = 1000
TAIL = 0.025
STEPS = 60
# Halvings: finer than a double.


@dataclass(frozen=True)
class FirmwareHealth:
    """A version on a kind of board: on how many devices, how many hours, and how it did there.

    `crash_free` and its bounds are shares; `crashes_per` and its bounds are in a thousand hours.
    """

    firmware: str
    board: str
    devices: int
    sums: DaySum
    crash_free: float | None = None
    crash_free_low: float = 0.0
    crash_free_high: float = 1.0
    crashes_per: float | None = None
    crashes_low: float = 0.0
    crashes_high: float = 0.0


def firmware_health(firmware: str, board: str, devices: Iterable[str], sums: DaySum) -> FirmwareHealth:
    """A version with its intervals; without an hour nothing is said."""
    known = FirmwareHealth(firmware, board, len(set(devices)), sums)
    if not sums.hours:
        return known
    low, high = wilson(sums.crash_free, sums.hours)
    least, most = garwood(sums.crashes)
    per = PER_HOURS / sums.hours
    return FirmwareHealth(
        firmware,
        board,
        known.devices,
        sums,
        sums.crash_free / sums.hours,
        low,
        high,
        sums.crashes * per,
        least * per,
        most * per,
    )


def garwood(k: int) -> tuple[float, float]:
    """The 95 % interval of the mean of a Poisson count: 0 gives 0 to 3.69, 10 gives 4.80 to 18.39."""
    low = 0.0 if k == 0 else solved(lambda mean: poisson_at_least(k, mean) - TAIL, k)
    high = solved(lambda mean: poisson_at_least(k + 1, mean) - (1 - TAIL), 4 * k + 20)
    return low, high


def solved(rising: Callable[[float], float], most: float) -> float:
    """Where a rising function crosses zero between 0 and `most`."""
    low, high = 0.0, float(most)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
