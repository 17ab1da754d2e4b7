"""Units of many offices have sums of their own, made of those of their offices day by day.

A day of such a unit is folded when it is over: what its offices had is added up, and goes on to the unit's month and
year. What an office's sums of a folded day become later opens that day until it is folded again. So the sums of a unit
are always those of its days as they were folded, whichever stretch one reads; of an open day that is what its offices
have now, less what was folded.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fleet.domain.org_tree import Kind, Tree
from fleet.domain.succession import heirs_on

LEAST_OFFICES = 8
# Of fewer the offices themselves are read as soon.
PARTS = ("all", "service", "hour")
# Counters are told apart by their offices, so these are read.


@dataclass(frozen=True)
class Together:
    """How the sums of some offices are had from those of a unit: with those of `also`, less those of `without`."""

    unit: str
    members: tuple[str, ...]
    also: tuple[str, ...]
    without: tuple[str, ...]

    @property
    def signs(self) -> dict[str, int]:
        """Whose sums are added (1) and taken out (-1)."""
        return {self.unit: 1} | dict.fromkeys(self.also, 1) | dict.fromkeys(self.without, -1)

    def is_sooner(self, stretches: int, open_days: int) -> bool:
        """Whether fewer rows are read than of the offices: for so many stretches, and open days among them."""
        offices = len(self.members) + len(self.also) - len(self.without)
        return stretches * len(self.signs) + open_days * (len(self.members) + 1) < stretches * offices


def members(tree: Tree, day: date, least: int = LEAST_OFFICES) -> dict[str, frozenset[str]]:
    """For each unit of many offices those that are wholly in it on a day (`waits.offices_of`)."""
    found: dict[str, set[str]] = {}
    for office in (one for one in tree.units if tree.units[one][0].kind == Kind.OFFICE):
        above = [{node.id for node in tree.path(heir, day)} for heir in heirs_on(tree, office, day)]
        for unit in set.intersection(*above) if above else ():
            if tree.units[unit][0].kind != Kind.OFFICE:
                found.setdefault(unit, set()).add(office)
    return {unit: frozenset(offices) for unit, offices in found.items() if len(offices) >= least}


def together(unit: str, known: Collection[str], offices: Collection[str]) -> Together:
    """The sums of these offices, from those of a unit that has these members."""
    has, wanted = frozenset(known), frozenset(offices)
    return Together(unit, tuple(sorted(has)), tuple(sorted(wanted - has)), tuple(sorted(has - wanted)))
