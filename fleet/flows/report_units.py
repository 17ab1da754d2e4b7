"""The units around an office or a unit of which there are reports: what is above it, and what is right below."""

from dataclasses import dataclass

from fleet.domain.org_tree import Kind, Node, Tree
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.official import offices_of
from fleet.flows.watch import UnknownOffice
from fleet.store import tree_parts
from fleet.store.database import Store

NO_PLACE = frozenset({Kind.COUNTER, Kind.ORGANISATION})


@dataclass(frozen=True)
class Around:
    """A unit with (id, name, whether it is an office) of those above it, the nearest first, and right below it."""

    name: str
    is_office: bool
    above: tuple[tuple[str, str, bool], ...]
    below: tuple[tuple[str, str, bool], ...]


def around(store: Store, unit: str, now_ms: int) -> Around:
    """What is around a unit today. Raises UnknownOffice where there is none, or no office below it."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        path = tree.path(unit, today)
        if not path or path[0].kind in NO_PLACE or not offices_of(tree, unit, today):
            raise UnknownOffice(unit)
        places = [one for one in tree.below(today).get(unit, []) if one.kind not in NO_PLACE]
        below = [one for one in places if offices_of(tree, one.id, today)]
        its_own, *above = path
        return Around(
            its_own.name,
            its_own.kind is Kind.OFFICE,
            tuple(map(named, above)),
            tuple(map(named, sorted(below, key=lambda one: one.name))),
        )


def named(node: Node) -> tuple[str, str, bool]:
    """A unit as a page names it."""
    return node.id, node.name, node.kind is Kind.OFFICE
