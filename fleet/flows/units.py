"""The tree of units comes in and goes out as a file, whole or not at all.

A file says all of the units that it names: their nodes are replaced by those of the file, other units stay. Offices and
counters of the tree are made where there are none yet, and named as the tree names them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.file_errors import BadFile, RowError
from fleet.domain.org_rules import wrong_with
from fleet.domain.org_table import KIND_NAMES, UNITS, read_node, rows_of_tree
from fleet.domain.org_tree import Kind, Node, Tree
from fleet.domain.seen import refuse_changed
from fleet.domain.table import read_lines
from fleet.flows.fold_waits import group
from fleet.flows.import_dossiers import FILE_NAME_AT_MOST, day_in_viet_nam, read_bytes
from fleet.flows.separated_text import as_text
from fleet.flows.spreadsheets import rows_of
from fleet.store import devices, ledger, units
from fleet.store.database import Store
from fleet.store.dossiers import record_import

UNITS_AT_MOST = 200_000
# Việt Nam has 3,321 communes, three times as many before 2025-07-01, and perhaps ten counters in each.


@dataclass(frozen=True)
class UnitsImported:
    """What a file of units did, in units."""

    file: str
    new: int
    changed: int
    unchanged: int
    removed: int


def import_units(
    store: Store, path: Path, person: str, now_ms: int, encoding: str | None = None, whole: bool = False
) -> UnitsImported:
    """Take over this CSV or XLSX file, or raise BadFile and change nothing. Again changes nothing.

    With `whole`, the file is the whole tree: units that it does not name are removed.
    """
    return import_content(store, path.name, read_bytes(path), person, now_ms, encoding, whole)


def import_content(
    store: Store,
    file: str,
    content: bytes,
    person: str,
    now_ms: int,
    encoding: str | None = None,
    whole: bool = False,
    seen: str | None = None,
) -> UnitsImported:
    """Take over the content of a file. ChangedMeanwhile, too, where the tree is not the one that was `seen`."""
    lines = read_lines(rows_of(content, encoding, UNITS), UNITS, read_node, UNITS_AT_MOST)
    with store.writing() as connection:
        refuse_changed(seen, rows_of_tree(Tree(units.nodes(connection))))
        result = take_over(connection, file, lines, now_ms, whole)
        record_import(
            connection,
            file[:FILE_NAME_AT_MOST],
            person,
            len(lines),
            result.new,
            result.changed + result.removed,
            now_ms,
        )
        said = {name: getattr(result, name) for name in ("file", "new", "changed", "removed")}
        ledger.note(connection, What.UNIT_IMPORT, became=said)
    return result


def take_over(
    connection: Connection, file: str, lines: Sequence[tuple[int, Node]], now_ms: int, whole: bool
) -> UnitsImported:
    """Make the store say what these rows say. Raises BadFile."""
    before = by_unit(units.nodes(connection))
    named = by_unit([node for _, node in lines])
    kept = {} if whole else {unit: nodes for unit, nodes in before.items() if unit not in named}
    removed = before.keys() - named.keys() - kept.keys()
    written = units.written(connection)
    refuse(
        [
            RowError(unit, UNITS.name("id"), None, "not_removed")
            for unit in sorted(removed & units.places_known(connection))
        ]
    )
    refuse([error for row, node in lines for error in wrong_now(row, node, before.get(node.id, []))])
    # A counter that no file has named goes with its office, whatever the file says of that.
    others = [node for nodes in kept.values() for node in nodes if node.kind != Kind.COUNTER or node.id in written]
    refuse(wrong_with([*lines, *((None, node) for node in others)]))
    changed = {unit: nodes for unit, nodes in named.items() if before.get(unit) != nodes}
    units.forget(connection, removed)
    units.save(connection, [node for _, node in lines])
    tree = Tree(units.nodes(connection))
    furnish(connection, tree, changed_places(tree, changed.keys() | removed), now_ms)
    group(connection, tree, day_in_viet_nam(now_ms))
    new = len(changed.keys() - before.keys())
    return UnitsImported(file, new, len(changed) - new, len(named) - len(changed), len(removed))


def wrong_now(row: int, node: Node, before: Sequence[Node]) -> Iterator[RowError]:
    """An office or counter stays what it is, and a counter where it is: devices and visits belong to it."""
    for known in before[:1]:
        if known.kind != node.kind and {known.kind, node.kind} & {Kind.OFFICE, Kind.COUNTER}:
            yield RowError(row, UNITS.name("kind"), KIND_NAMES[node.kind][0], "same_kind", KIND_NAMES[known.kind][0])
        elif known.kind == Kind.COUNTER and known.parent != node.parent:
            yield RowError(row, UNITS.name("parent"), node.parent, "same_office", known.parent or "")


def export_units(store: Store) -> bytes:
    """The whole tree as a CSV that import_units takes: UTF-8 with its mark, so that spreadsheets show the accents."""
    return as_text(rows_of_tree(tree_of(store)))


def tree_of(store: Store) -> Tree:
    """The whole tree."""
    with store.reading() as connection:
        return Tree(units.nodes(connection))


def changed_places(tree: Tree, changed: set[str]) -> list[str]:
    """The offices and counters that changed, and those below what changed: a hotline is inherited."""
    found = []
    for unit, nodes in tree.units.items():
        if nodes[0].kind == Kind.COUNTER and unit in changed:
            found.append(unit)
        elif nodes[0].kind == Kind.OFFICE:
            above = {one.id for node in nodes for one in tree.path(unit, node.valid_from)}
            now = {one.id for one in tree.path(unit, nodes[-1].valid_from)}
            if (above | now) & changed:
                found.append(unit)
    return found


def furnish(connection: Connection, tree: Tree, changed: Sequence[str], now_ms: int) -> None:
    """The offices and counters of these units, as the tree says they are today; their devices are to be told.

    What ended before anybody worked there with motcua is history, and no place.
    """
    today = day_in_viet_nam(now_ms)
    known = units.places_known(connection)
    living = [unit for unit in changed if unit in known or (tree.end(unit) or date.max) > today]
    offices = [unit for unit in living if tree.units[unit][0].kind == Kind.OFFICE]
    for unit in offices:
        node = nearest(tree, unit, today)
        day = max(node.valid_from, min(today, node.valid_to or today))
        hotline = tree.hotline(unit, day) or tree.hotline(unit, node.valid_from)
        units.save_office(connection, node, hotline, tree.units[unit][0].valid_from, tree.end(unit))
        devices.config_is_due(connection, [one.device for one in devices.at_office(connection, unit, now_ms)])
    for unit in offices:
        heirs = [heir.id for heir in tree.heirs(unit) if tree.units[heir.id][0].kind == Kind.OFFICE]
        known = units.places_known(connection)
        units.set_successor(connection, unit, next((heir for heir in heirs if heir in known), None))
    for unit in living:
        if tree.units[unit][0].kind == Kind.COUNTER:
            units.save_counter(connection, nearest(tree, unit, today))


def nearest(tree: Tree, unit: str, day: date) -> Node:
    """The unit as it is on this day; as it was last, or will be first, if it is not."""
    node = tree.at(unit, day)
    if node is not None:
        return node
    past = [one for one in tree.units[unit] if one.valid_from <= day]
    return past[-1] if past else tree.units[unit][0]


def by_unit(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    """The nodes of each unit, in time."""
    found: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda one: one.valid_from):
        found.setdefault(node.id, []).append(node)
    return found


def refuse(errors: Sequence[RowError]) -> None:
    """Raises BadFile if there is an error."""
    if errors:
        raise BadFile(tuple(errors))
