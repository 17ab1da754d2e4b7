"""Once a day offices and counters become what the tree says of that day: renamed, under another hotline.

A file may say today what is so from next month on. A name follows the tree whenever it differs; a hotline only on the
day on which the tree's changes, for `motcua offices tickets` may have given the office one of its own since.
"""

from datetime import date

from fleet.domain.org_tree import Kind, Tree
from fleet.domain.periods import ONE_DAY
from fleet.flows.fold_waits import regroup
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import devices, places, templates, units
from fleet.store.database import Store


def follow_tree(store: Store, now_ms: int) -> list[str]:
    """Make names and hotlines those of today; the offices where something changed, whose devices are to be told."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        tree = Tree(units.nodes(connection))
        differing = different(tree, units.names(connection), today)
        changed = moved(tree, today) if templates.are_there_of_units(connection) else set()
    regroup(store, tree, today)
    if not (differing or changed):
        return []
    with store.writing() as connection:
        for unit in differing:
            node = tree.at(unit, today)
            if node is None:
                continue
            if node.kind == Kind.COUNTER:
                units.save_counter(connection, node)
                changed.add(node.parent or "")
                continue
            office = places.office(connection, unit)
            if office is not None:
                hotline = tree.hotline(unit, today) if new_hotline(tree, unit, today) else office.hotline
                units.save_office(connection, node, hotline, tree.units[unit][0].valid_from, tree.end(unit))
                changed.add(unit)
        for unit in changed:
            devices.config_is_due(connection, [one.device for one in devices.at_office(connection, unit, now_ms)])
    return sorted(changed)


def different(tree: Tree, names: dict[str, tuple[str, str]], today: date) -> list[str]:
    """The offices and counters, by id with name and hotline, that are otherwise in today's tree."""
    found = []
    for unit, (name, hotline) in names.items():
        node = tree.at(unit, today)
        if node is not None and (
            node.name != name
            or (node.kind == Kind.OFFICE and new_hotline(tree, unit, today) and tree.hotline(unit, today) != hotline)
        ):
            found.append(unit)
    return found


def moved(tree: Tree, today: date) -> set[str]:
    """The offices that stand below other units from today on, whose templates are theirs now."""
    offices = [unit for unit, nodes in tree.units.items() if nodes[0].kind == Kind.OFFICE]
    return {unit for unit in offices if above(tree, unit, today) != above(tree, unit, today - ONE_DAY)}


def above(tree: Tree, unit: str, day: date) -> list[str]:
    return [node.id for node in tree.path(unit, day)]


def new_hotline(tree: Tree, unit: str, today: date) -> bool:
    """Whether the tree gives this office another hotline from today on."""
    return tree.hotline(unit, today) not in ("", tree.hotline(unit, today - ONE_DAY))
