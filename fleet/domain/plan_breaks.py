"""What breaks first as devices grow: for each limit the number of devices at which it is reached, fewest first."""

from dataclasses import dataclass, replace
from math import floor

from fleet.domain import plan_figures as of
from fleet.domain.plan import SECOND_MS, plan
from fleet.domain.planned import Asked, Plan

BACK_WITHIN_S = 600
# Printers print meanwhile, and a keypad has three numbers lent: what is missing that long is the fourth.
OPEN_FILES = 65_536
# `LimitNOFILE=` of the units that `motcua machine files` writes; a broker's own is set by whoever runs it.
BACKUP_WITHIN_H = 8.0
# A night.
DAYS_LOOKED_AT_S, DAY_KNOWN_WITHIN_S = 20, 600
# So many offices a second the sender looks at how their days end (fleet/workers/sender.py).
PROBE = 1_000_000


@dataclass(frozen=True)
class Breaks:
    """What is full, at how many devices, and by how much at the devices that were asked for (1: just full)."""

    what: str
    devices: int
    load: float


def breaks(asked: Asked) -> list[Breaks]:
    """All limits, the one that comes first before the others. Each grows as the devices do."""
    many = plan(replace(asked, devices=PROBE))
    found = [
        Breaks(what, floor(PROBE / share), share * asked.devices / PROBE) for what, share in shares(many) if share > 0
    ]
    return sorted(found, key=lambda one: one.devices)


def shares(found: Plan) -> list[tuple[str, float]]:
    """How many times over each limit is reached by this plan."""
    asked, cores = found.asked, {one.name: one.cores for one in found.parts}
    of_one = [(f"{name}_core", cores[name] / asked.full) for name in ("broker", "receive", "link", "send", "serve")]
    return [
        ("back", found.back.welcome_s / BACK_WITHIN_S),
        *of_one,
        ("database_machine", cores["postgresql"] / asked.full / asked.cores),
        ("files", asked.devices / OPEN_FILES),
        ("flood", found.rhythm.events_s / of.RECEIVER_EVENTS_S.value),
        ("backup", found.room.backup_h / BACKUP_WITHIN_H),
        ("days", found.rhythm.offices / DAYS_LOOKED_AT_S / DAY_KNOWN_WITHIN_S),
        ("broker_returns", found.back.devices * of.COMES_BROKER_MS.value / SECOND_MS / BACK_WITHIN_S),
    ]
