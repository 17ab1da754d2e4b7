"""The tree of units in time: provinces, centres, offices, counters, and the organisations that own dossiers.

A node is a unit as it was from one day up to, and not including, another. A unit that is renamed or moved keeps its id
and has several nodes; one that is abolished ends, and may have heirs. A place where dossiers are received is one thing,
the organisation that is responsible for them another: people may hand in anywhere in the province.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

EVER = date.min
# Since before anybody remembers.


class Kind(StrEnum):
    """What a unit is."""

    PROVINCE = "province"
    DISTRICT = "district"
    CENTRE = "centre"
    BRANCH = "branch"
    OFFICE = "office"
    COUNTER = "counter"
    ORGANISATION = "organisation"


PLACES = frozenset({Kind.DISTRICT, Kind.CENTRE, Kind.BRANCH, Kind.OFFICE})
# What may inherit from one another: the districts' desks of before 2025-07-01 became centres and offices of communes.
BELOW: dict[Kind, frozenset[Kind]] = {
    Kind.PROVINCE: frozenset(),
    Kind.DISTRICT: frozenset({Kind.PROVINCE}),
    Kind.CENTRE: frozenset({Kind.PROVINCE, Kind.DISTRICT}),
    Kind.BRANCH: frozenset({Kind.PROVINCE, Kind.CENTRE}),
    Kind.OFFICE: frozenset({Kind.PROVINCE, Kind.DISTRICT, Kind.CENTRE, Kind.BRANCH}),
    Kind.COUNTER: frozenset({Kind.OFFICE}),
    Kind.ORGANISATION: frozenset({Kind.PROVINCE, Kind.DISTRICT, Kind.ORGANISATION}),
}
RANKS = {kind: rank for rank, kind in enumerate(Kind)}
MAY_STAND_ALONE = frozenset({Kind.PROVINCE, Kind.OFFICE, Kind.ORGANISATION})


@dataclass(frozen=True)
class Heir:
    """A unit that took over from another, and how much of it, in ten-thousandths; None if nobody knows."""

    id: str
    share: int | None = None


@dataclass(frozen=True)
class Node:
    """A unit in a stretch of time. `valid_to` is the first day on which it was no longer so."""

    id: str
    kind: Kind
    name: str
    parent: str | None = None
    valid_from: date = EVER
    valid_to: date | None = None
    heirs: tuple[Heir, ...] = ()
    codes: tuple[str, ...] = ()
    organisation: str | None = None
    hotline: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether this was so on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Tree:
    """All nodes, by unit and time. What it is asked is the tree of one day."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.units: dict[str, list[Node]] = {}
        for node in sorted(nodes, key=lambda one: (order(one), one.valid_from)):
            self.units.setdefault(node.id, []).append(node)

    def __iter__(self) -> Iterator[Node]:
        """All nodes: by kind, then by id, then in time."""
        return (node for nodes in self.units.values() for node in nodes)

    def at(self, unit: str, day: date) -> Node | None:
        """The unit as it was on this day; None if it was not."""
        return next((node for node in self.units.get(unit, ()) if node.valid_on(day)), None)

    def end(self, unit: str) -> date | None:
        """The day on which this unit was abolished."""
        return self.units[unit][-1].valid_to

    def heirs(self, unit: str) -> tuple[Heir, ...]:
        """Who took over from this unit when it ended."""
        return self.units[unit][-1].heirs

    def path(self, unit: str, day: date) -> list[Node]:
        """The unit and what is above it on this day, up to the root."""
        found: list[Node] = []
        node = self.at(unit, day)
        while node is not None and node not in found:
            found.append(node)
            node = None if node.parent is None else self.at(node.parent, day)
        return found

    def below(self, day: date) -> dict[str | None, list[Node]]:
        """The nodes of this day under each unit, and under None those with nothing above them."""
        children: dict[str | None, list[Node]] = {}
        for unit in self.units:
            node = self.at(unit, day)
            if node is not None:
                children.setdefault(node.parent, []).append(node)
        return children

    def hotline(self, unit: str, day: date) -> str:
        """The number that residents may call: the unit's own, or that of the nearest above it."""
        return next((node.hotline for node in self.path(unit, day) if node.hotline), "")

    def organisation(self, unit: str, day: date) -> str | None:
        """The organisation that this place belongs to: said of it, or of the nearest above it."""
        return next((node.organisation for node in self.path(unit, day) if node.organisation), None)


def order(node: Node) -> tuple[int, str]:
    """Parents before children, then by id."""
    return RANKS[node.kind], node.id
