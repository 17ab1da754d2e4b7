"""Buttons that nobody presses any more, though residents elsewhere would have: dead, covered, or out of reach.

If a level is pressed with share q, a run of n presses without it has the chance (1 - q)^n. q is taken from the other
devices of the office with the same scale and from this one's own presses before the run, as Jeffreys' estimate
(K + 1/2) / (N + 1). Below `CHANCE` a technician is told. A device's own word for a key that stays down, or that was not
pressed in a long time, is in its events (`firmware/stuck_keys.py`); this finds a dead one sooner, by its neighbours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log1p

CHANCE = 1e-3
LEAST_KNOWN = 50
# Of so few presses elsewhere no share of a rare level is known.


@dataclass(frozen=True)
class Leveled:
    """A press of a level of a scale on a device, linked to a visit or not; in the order of time."""

    device: str
    score: int
    scale: int
    scale_version: int


@dataclass(frozen=True)
class DeadButton:
    """A level that nobody pressed in the last n presses of a device, where so many were to be expected."""

    device: str
    score: int
    scale: int
    n: int
    expected: float
    chance: float


def dead_buttons(pressed: Sequence[Leveled]) -> list[DeadButton]:
    """The buttons that seem dead, the least likely first. Presses under an older scale of a device are left aside."""
    scales = {one.device: (one.scale, one.scale_version) for one in pressed}
    own: dict[str, list[int]] = {}
    for one in pressed:
        if scales[one.device] == (one.scale, one.scale_version):
            own.setdefault(one.device, []).append(one.score)
    found = []
    for device, scores in own.items():
        scale = scales[device][0]
        alike = [its for other, its in own.items() if other != device and scales[other][0] == scale]
        peers = [score for its in alike for score in its]
        found += [dead(device, level, scale, scores, peers) for level in range(1, scale + 1)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.chance, one.device, one.score))


def dead(device: str, level: int, scale: int, scores: Sequence[int], peers: Iterable[int]) -> DeadButton | None:
    """Whether this level of a device seems dead, by its scores in the order of time."""
    run = next((n for n, score in enumerate(reversed(scores)) if score == level), len(scores))
    known = [*peers, *scores[: len(scores) - run]]
    if run == 0 or len(known) < LEAST_KNOWN:
        return None
    share = (known.count(level) + 0.5) / (len(known) + 1)
    chance = exp(run * log1p(-share)) if share < 1 else 0.0
    return DeadButton(device, level, scale, run, run * share, chance) if chance < CHANCE else None
