"""Why a board starts: because it was told to, because it was switched on, or because something went wrong."""

from enum import StrEnum

PLANNED = frozenset({"cable", "command", "config", "key", "network", "retry", "sleep", "soft", "update"}) | frozenset(
    {"returned", "reverted"}
)
# "soft": MicroPython begins again only when somebody at its cable says so. The last two: it went back by itself from a
# release or a configuration, as it was told to; what was wrong with that is told, and is no fall of what it went to.
POWER = "power"


class Start(StrEnum):
    """What kind of start it was. Expected are `planned` and `switched_on`."""

    PLANNED = "planned"
    """It was told to: an order, a configuration, a release, the end of its sleep."""
    SWITCHED_ON = "switched_on"
    """Power came while nobody had missed it: in the morning, or out of opening hours."""
    CUT = "cut"
    """Power had gone in opening hours, after the board had been there."""
    CRASH = "crash"
    """It fell: watchdog, fault, a reset that nobody asked for."""


EXPECTED = frozenset({Start.PLANNED, Start.SWITCHED_ON})


def start_of(reason: str, was_needed: bool) -> Start:
    """What kind of start a reason is; `was_needed`: in opening hours, and it had been there in these hours before."""
    if reason in PLANNED:
        return Start.PLANNED
    if reason == POWER:
        return Start.CUT if was_needed else Start.SWITCHED_ON
    return Start.CRASH
