"""Which places are compared below a unit, and which offices each is made of: as they are now, or as they were.

As it is now: a place counts with all that became part of it. As it was: each place as it stood on its offices' own last
day in the period, with nothing of what was merged with it later. An office that went to several places cannot be
divided; it is left out, and so is one that is in no place of the kind, and both are named.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fleet.domain.org_tree import Kind, Node, Tree
from fleet.domain.periods import ONE_DAY
from fleet.domain.succession import heirs_on

KINDS = (Kind.OFFICE, Kind.BRANCH, Kind.CENTRE, Kind.DISTRICT)


class View(StrEnum):
    """Whose tree the places are taken from."""

    NOW = "now"
    THEN = "then"


@dataclass(frozen=True)
class Compared:
    """A place with its offices."""

    id: str
    name: str
    offices: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """The places of a comparison, by name; and the offices of the unit that are in none of them."""

    found: tuple[Compared, ...]
    left_out: tuple[str, ...] = ()


def places_of(tree: Tree, unit: str, kind: Kind, first: date, last: date, view: View) -> Places:
    """The places of a kind below a unit, or this unit itself, in a period."""
    members: dict[Node, list[str]] = {}
    left_out = []
    for office in (one for one in tree.units if tree.units[one][0].kind == Kind.OFFICE):
        day = last_day(tree, office, first, last)
        if day is None:
            continue
        heirs = heirs_on(tree, office, last)
        inside = [is_within(tree, unit, heir, last) for heir in heirs]
        if view == View.NOW and any(inside):
            homes = {home_of(tree, heir, kind, last) for heir in heirs}
        elif view == View.THEN and (is_within(tree, unit, office, day) or (inside and all(inside))):
            homes, inside = {home_of(tree, office, kind, day)}, [True]
        else:
            continue
        home = homes.pop()
        if homes or home is None or not all(inside):
            left_out.append(office)
        else:
            members.setdefault(home, []).append(office)
    return Places(named(members), tuple(sorted(left_out)))


def named(members: dict[Node, list[str]]) -> tuple[Compared, ...]:
    """The places by name; one that was renamed within the period is one place, under its later name."""
    together: dict[str, tuple[Node, list[str]]] = {}
    for node, offices in sorted(members.items(), key=lambda one: one[0].valid_from):
        together[node.id] = (node, [*together.get(node.id, (node, []))[1], *offices])
    found = [Compared(one, node.name, tuple(sorted(offices))) for one, (node, offices) in together.items()]
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


def last_day(tree: Tree, unit: str, first: date, last: date) -> date | None:
    """The last day of a period on which there was such a unit."""
    days = [
        last if node.valid_to is None else min(last, node.valid_to - ONE_DAY)
        for node in tree.units[unit]
        if node.valid_from <= last and (node.valid_to is None or first < node.valid_to)
    ]
    return max(days, default=None)


def is_within(tree: Tree, unit: str, one: str, day: date) -> bool:
    """Whether this is the unit or stood below it on a day."""
    return one == unit or any(node.id == unit for node in tree.path(one, day))


def home_of(tree: Tree, one: str, kind: Kind, day: date) -> Node | None:
    """The place of a kind that this is or stood in on a day."""
    return next((node for node in tree.path(one, day) if node.kind == kind), None)
