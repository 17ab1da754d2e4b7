"""The units above offices today, to choose devices by."""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.domain.org_tree import Tree
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import units
from fleet.store.database import Store


@dataclass(frozen=True)
class UnitAbove:
    """A unit with the offices below it of those that were asked for."""

    id: str
    name: str
    offices: frozenset[str]


def units_above(store: Store, offices: Iterable[str], now_ms: int) -> tuple[UnitAbove, ...]:
    """The units above these offices by name, such as have something to choose."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        tree = Tree(units.nodes(connection))
    below: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for office in offices:
        for node in tree.path(office, today):
            if node.id != office:
                below.setdefault(node.id, set()).add(office)
                names[node.id] = node.name
    found = [UnitAbove(unit, names[unit], frozenset(some)) for unit, some in below.items()]
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))
