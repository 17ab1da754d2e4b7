"""A name that is set at a place is also what the tree of units says of it today, so that no import takes it back."""

from dataclasses import replace

from sqlalchemy import Connection

from fleet.domain.org_tree import Tree
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import tree_parts, units


def name_unit(connection: Connection, unit: str, name: str, now_ms: int, hotline: str | None = None) -> None:
    """The unit is called so as long as the node of today holds; a unit that no file named is known by its place alone.

    A hotline is the unit's own where it is not that of a unit above it.
    """
    if unit not in units.written(connection):
        return
    today = day_in_viet_nam(now_ms)
    tree = Tree(tree_parts.around(connection, [unit]))
    nodes = tree.units[unit]
    now = tree.at(unit, today) or nodes[-1]
    changed = replace(now, name=name)
    if hotline is not None and hotline != tree.hotline(unit, today):
        changed = replace(changed, hotline=hotline)
    if changed != now:
        units.save(connection, [changed if node is now else node for node in nodes])
