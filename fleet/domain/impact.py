"""How many residents are delayed in an hour if nobody goes to a device: arrivals × what its outage costs ÷ others.

The residents that it concerns are those who will come for the services of its place in the next hour, and, where they
are called by it, those who wait already. Of these `COST` is the share that is delayed while it is the only one of its
role. With n others of its role that work, it carries one part in n + 1, and of that part the others take most over.

`COST` and `TAKEN_OVER` are judgements of what happens at a counter, not measurements: they order what is to be mended,
and the number that is shown is rounded accordingly.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.domain.device_problems import Trouble

TAKEN_OVER = 0.25
# Of the residents of a device that another replaces so many are delayed all the same: the others have more to do.

ALL = {"keypad": 1.0, "printer": 1.0, "display": 0.25, "reader": 0.2, "rating": 0.0}
# Without a keypad nobody is called, without a display residents are called by voice, codes can be typed, and a rating
# that nobody can give delays nobody.
COST: Mapping[Trouble, Mapping[str, float]] = {
    Trouble.LOST: ALL,
    Trouble.NEVER: ALL,
    Trouble.RESCUE: ALL,
    Trouble.PAPER_OUT: {"printer": 1.0},
    Trouble.PRINTER: {"printer": 1.0},
    Trouble.NO_NUMBERS: {"printer": 1.0},
    Trouble.SCANNER: {"reader": 0.2},
    Trouble.SILENT_READER: {"reader": 0.2},
    Trouble.VOICE: {"display": 0.1},
    Trouble.KEY: {"keypad": 0.5, "printer": 0.5},
    Trouble.RESTARTS_POWER: {"keypad": 0.1, "printer": 0.1},
    Trouble.RESTARTS_FAULT: {"keypad": 0.1, "printer": 0.1},
}
CALLS = frozenset({"keypad", "display"})
# Those who wait already need these; a number they have.


@dataclass(frozen=True)
class Concerned:
    """Whom a device serves: residents that come in an hour, and those that wait. `others`: by role how many work."""

    arriving: float = 0.0
    waiting: int = 0
    others: Mapping[str, int] | None = None


def delayed_per_hour(trouble: Trouble, roles: tuple[str, ...], concerned: Concerned) -> float:
    """How many residents this trouble delays in the next hour, by the role that costs most."""
    others = concerned.others or {}
    return max((delayed_by(trouble, role, concerned, others.get(role, 0)) for role in roles), default=0.0)


def delayed_by(trouble: Trouble, role: str, concerned: Concerned, others: int) -> float:
    """The same, of one role of it."""
    residents = concerned.arriving + (concerned.waiting if role in CALLS else 0)
    left = 1.0 if others == 0 else TAKEN_OVER / (others + 1)
    return residents * COST.get(trouble, {}).get(role, 0.0) * left


def disables(trouble: Trouble, role: str) -> bool:
    """Whether a device with this trouble can not take over for another of this role."""
    return COST.get(trouble, {}).get(role, 0.0) >= ALL.get(role, 1.0) > 0
