"""The tree of units as people walk through it: a unit, what stands above and below it today, what it was and became."""

from dataclasses import dataclass
from datetime import date

from fleet.domain.org_tree import Kind, Node, Tree
from fleet.flows.units import tree_of
from fleet.store.database import Store


@dataclass(frozen=True)
class Successor:
    """Who took over from a unit; `percent` of it, if anybody knows."""

    id: str
    name: str
    percent: float | None


@dataclass(frozen=True)
class UnitSeen:
    """A unit (None: the top): what is above it, the nearest last; its rows in time; its heirs; and what is below it.

    `below` are the units of today, `past` those that stood here and ended, or have yet to begin.
    """

    unit: Node | None
    above: tuple[Node, ...]
    rows: tuple[Node, ...]
    heirs: tuple[Successor, ...]
    below: tuple[Node, ...]
    past: tuple[Node, ...]


def look_at(store: Store, unit: str | None, today: date) -> UnitSeen | None:
    """A unit and what is around it; None if there is no such unit."""
    tree = tree_of(store)
    if unit is not None and unit not in tree.units:
        return None
    below = sorted(tree.below(today).get(unit, []), key=order)
    now = {node.id for node in below}
    past = [nodes[-1] for nodes in tree.units.values() if nodes[-1].parent == unit and nodes[-1].id not in now]
    past = [node for node in past if tree.at(node.id, today) is None]
    if unit is None:
        return UnitSeen(None, (), (), (), tuple(below), tuple(sorted(past, key=order)))
    rows = tuple(tree.units[unit])
    its = tree.at(unit, today) or rows[-1]
    above = tuple(reversed(tree.path(unit, today)[1:]))
    heirs = tuple(
        Successor(heir.id, name_of(tree, heir.id), None if heir.share is None else heir.share / 100)
        for heir in tree.heirs(unit)
    )
    return UnitSeen(its, above, rows, heirs, tuple(below), tuple(sorted(past, key=order)))


def name_of(tree: Tree, unit: str) -> str:
    """What a unit is called last; its id if the tree has lost it."""
    return tree.units[unit][-1].name if unit in tree.units else unit


def order(node: Node) -> tuple[int, str]:
    """Offices before counters, each by name."""
    return list(Kind).index(node.kind), node.name
