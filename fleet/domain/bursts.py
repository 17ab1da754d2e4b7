"""Bursts: far more presses of one device within a minute than residents can have made, as when children play with it.

Pure, of the set of presses: the order in which they came to the fleet plays no part. Presses within `QUIET_MS` of the
first are one occasion (somebody who changes her mind), as HappyOrNot's terminals take them. Given an occasion, the
others are a Poisson process of the device's usual rate (Slivnyak's theorem: the one that is given changes nothing), so
the chance of m more within the next minute is the tail P(X >= m). Below `CHANCE` the window is a burst; windows that
overlap are one. The usual rate is that of the rest of the device's day, or `LEAST_PER_MINUTE` if that is more; people
who are simulated and live `pace` times as fast press so much more often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.domain.satisfaction import QUIET_MS
from fleet.domain.tails import poisson_at_least

WINDOW_MS = 60_000
CHANCE = 1e-4
LEAST_PER_MINUTE = 0.1
# Six an hour, what a counter serves: where hardly anybody presses, a family of four is no burst yet. Five in a minute
# is the smallest one at this rate.


@dataclass(frozen=True)
class Pressed:
    """A press, whoever made it: its identity, its device and counter, and when."""

    id: str
    device: str
    counter: str | None
    pressed_ms: int


@dataclass(frozen=True)
class Burst:
    """A burst: the presses in it, in their order; how many a minute were usual, and how likely this was by chance."""

    device: str
    counter: str | None
    presses: tuple[str, ...]
    from_ms: int
    to_ms: int
    usual_per_minute: float
    chance: float

    @property
    def id(self) -> str:
        """It goes by its first press."""
        return self.presses[0]


def bursts(pressed: Iterable[Pressed], open_ms: int, pace: float = 1.0) -> list[Burst]:
    """The bursts of a day at an office that was open for so long, by device and time. The same press twice is one."""
    of_device: dict[str, list[Pressed]] = {}
    for one in sorted(set(pressed), key=lambda one: (one.pressed_ms, one.id)):
        of_device.setdefault(one.device, []).append(one)
    return [burst for _, presses in sorted(of_device.items()) for burst in bursts_of(presses, open_ms, pace)]


def bursts_of(presses: Sequence[Pressed], open_ms: int, pace: float) -> list[Burst]:
    """The bursts of one device, whose presses are in their order."""
    begins = occasions([one.pressed_ms for one in presses])
    found: list[tuple[int, int, float, float]] = []
    last = 0
    for first, begin_ms in enumerate(begins):
        last = max(last, first)
        while last + 1 < len(begins) and begins[last + 1] - begin_ms <= WINDOW_MS:
            last += 1
        usual = max(LEAST_PER_MINUTE * pace, usual_per_minute(len(begins) - (last - first + 1), open_ms))
        chance = poisson_at_least(last - first, usual * WINDOW_MS / 60_000)
        if chance >= CHANCE:
            continue
        if found and begin_ms <= found[-1][1]:
            before = found.pop()
            found.append((before[0], begins[last] + QUIET_MS, max(before[2], usual), min(before[3], chance)))
        else:
            found.append((begin_ms, begins[last] + QUIET_MS, usual, chance))
    return [as_burst(presses, *window) for window in found]


def occasions(moments: Sequence[int]) -> list[int]:
    """When the occasions begin of presses at these moments, in rising order."""
    begins: list[int] = []
    for ms in moments:
        if not begins or ms - begins[-1] > QUIET_MS:
            begins.append(ms)
    return begins


def usual_per_minute(others: int, open_ms: int) -> float:
    """The usual rate, by the occasions outside of a window in what is left of the day without it."""
    rest_ms = open_ms - WINDOW_MS
    return others * 60_000 / rest_ms if rest_ms > 0 else 0.0


def as_burst(presses: Sequence[Pressed], from_ms: int, to_ms: int, usual: float, chance: float) -> Burst:
    """The burst of a window: what was pressed in it."""
    inside = [one for one in presses if from_ms <= one.pressed_ms <= to_ms]
    return Burst(
        device=inside[0].device,
        counter=inside[0].counter,
        presses=tuple(one.id for one in inside),
        from_ms=inside[0].pressed_ms,
        to_ms=inside[-1].pressed_ms,
        usual_per_minute=usual,
        chance=chance,
    )
