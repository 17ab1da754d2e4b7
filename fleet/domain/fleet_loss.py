"""Devices that vanish everywhere within minutes: that is the broker or the network, and one alert, not hundreds.

A broker that ended says of no device that it is gone. Then none is heard any more, though each tells every minute how
it is: whoever was heard some minutes ago, and not since, has vanished, too.
"""

from dataclasses import dataclass

WITHIN_MS = 5 * 60_000
SHARE = 0.05
CLOSES = 0.5
# It is over when fewer than half as many are still away as it takes to open it.
LEAST = 5
OFFICES_LEAST = 2
# In one office alone it is that office that is dark.


@dataclass(frozen=True)
class FleetSeen:
    """Of all devices that ever came, so many were lost since a moment, at so many offices."""

    devices: int
    lost: int
    offices: int


@dataclass(frozen=True)
class FleetLoss:
    """Devices vanished, since this moment; as many as there were at most. `closed_ms` None: they are still away."""

    id: int
    opened_ms: int
    lost: int
    devices: int
    offices: int
    closed_ms: int | None = None


def is_lost(seen: FleetSeen, was_lost: bool) -> bool:
    """Whether the fleet is lost, by those that went in the last minutes; while it was, by those still away."""
    limit = max(SHARE * seen.devices, LEAST - 1)
    if was_lost:
        return seen.lost > CLOSES * limit
    return seen.lost > limit and seen.offices >= OFFICES_LEAST
