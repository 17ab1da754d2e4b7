"""What makes a set of nodes a tree on every day: or what is wrong with it, row by row.

A row is a number of the file, or None for a node that was known before; errors name a row of the file where there is
one, since that is what its author can change.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from fleet.domain.cells import shown_day
from fleet.domain.file_errors import RowError, shortened
from fleet.domain.org_table import KIND_NAMES, UNITS
from fleet.domain.org_tree import BELOW, EVER, MAY_STAND_ALONE, PLACES, Kind, Node, Tree
from fleet.domain.responsible import prefixes

Line = tuple[int | None, Node]


def wrong_with(lines: Sequence[Line]) -> list[RowError]:
    """All that keeps these nodes from being a tree on every day, in the order of the file."""
    errors = list(wrong_with_units(lines))
    if not errors:  # what stands on overlapping rows would only be said in other words
        tree = Tree(node for _, node in lines)
        for row, node in lines:
            errors += [error(row, node, *found) for check in CHECKS for found in check(node, tree)]
        errors += wrong_circles(lines, tree)
        errors += wrong_codes(lines)
    return sorted(errors, key=lambda one: (isinstance(one.row, str), one.row if isinstance(one.row, int) else 0))


Found = tuple[str, str | None, str, str]
# The column, what was found there, what was expected, and what else is to be said of that.


def error(row: int | None, node: Node, column: str, found: str | None, expected: str, detail: str = "") -> RowError:
    where = node.id if row is None else row
    return RowError(where, UNITS.name(column), shortened(found) if found else found, expected, detail)


def wrong_with_units(lines: Sequence[Line]) -> Iterator[RowError]:
    """The nodes of one unit: of one kind, one after the other, heirs at the last."""
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        by_unit.setdefault(line[1].id, []).append(line)
    for unit in by_unit.values():
        unit.sort(key=lambda line: (line[1].valid_from, line[0] or 0))
        for (row, node), (other_row, other) in pairwise(unit):
            earlier = said_row(row, node)
            if other.kind != node.kind:
                yield error(other_row, other, "kind", KIND_NAMES[other.kind][0], "same_kind", KIND_NAMES[node.kind][0])
            elif other.valid_from == node.valid_from:
                yield error(other_row, other, "id", other.id, "id_once", earlier)
            elif node.valid_to is None or node.valid_to > other.valid_from:
                yield error(other_row, other, "valid_from", said_day(other.valid_from), "not_overlapping", earlier)
            elif node.heirs:
                yield error(row, node, "heirs", node.heirs[0].id, "last_heirs", said_row(other_row, other))
            elif node.kind == Kind.COUNTER and node.parent != other.parent:
                yield error(other_row, other, "parent", other.parent, "same_office", node.parent or "")


def wrong_parent(node: Node, tree: Tree) -> Iterator[Found]:
    """A unit stands under another of the right kind, all its time."""
    if node.parent is None:
        if node.kind not in MAY_STAND_ALONE:
            yield "parent", None, "parent_kind", said_kinds(node.kind)
        return
    above = tree.units.get(node.parent)
    if above is None:
        yield "parent", node.parent, "known_unit", ""
    elif above[0].kind not in BELOW[node.kind] and node.parent != node.id:
        yield "parent", f"{node.parent} ({KIND_NAMES[above[0].kind][0]})", "parent_kind", said_kinds(node.kind)
    elif (gap := uncovered(node, above)) is not None:
        yield "parent", node.parent, *not_valid(gap)


def wrong_heirs(node: Node, tree: Tree) -> Iterator[Found]:
    """Who takes over is of the same kind, and begins (perhaps anew, larger) not before the other ends."""
    for heir in node.heirs:
        nodes = tree.units.get(heir.id)
        if nodes is None:
            yield "heirs", heir.id, "known_unit", ""
        elif nodes[0].kind != node.kind and not {nodes[0].kind, node.kind} <= PLACES:
            yield "heirs", f"{heir.id} ({KIND_NAMES[nodes[0].kind][0]})", "heir_kind", KIND_NAMES[node.kind][0]
        elif node.valid_to is not None and not any(one.valid_from >= node.valid_to for one in nodes):
            began = f"{heir.id} ({said_day(nodes[-1].valid_from)})"
            yield "heirs", began, "heir_begins", said_day(node.valid_to)


def wrong_owner(node: Node, tree: Tree) -> Iterator[Found]:
    """What a place belongs to is an organisation, all its time."""
    if node.organisation is not None:
        owner = tree.units.get(node.organisation)
        if owner is None:
            yield "organisation", node.organisation, "known_unit", ""
        elif owner[0].kind != Kind.ORGANISATION:
            yield "organisation", node.organisation, "organisation", KIND_NAMES[owner[0].kind][0]
        elif (gap := uncovered(node, owner)) is not None:
            yield "organisation", node.organisation, *not_valid(gap)


def no_hotline(node: Node, tree: Tree) -> Iterator[Found]:
    """A ticket without a hotline helps nobody."""
    if node.kind == Kind.OFFICE and not tree.hotline(node.id, node.valid_from):
        yield "hotline", None, "hotline", ""


CHECKS: tuple[Callable[[Node, Tree], Iterator[Found]], ...] = (wrong_parent, wrong_heirs, wrong_owner, no_hotline)


def wrong_circles(lines: Sequence[Line], tree: Tree) -> Iterator[RowError]:
    """No unit stands below itself on any day. Each circle is told once, at the last of its rows."""
    left = {unit: {node.parent for node in nodes} for unit, nodes in tree.units.items()}
    while free := [unit for unit, above in left.items() if not any(one in left for one in above)]:
        for unit in free:
            del left[unit]
    rows = {node: row for row, node in lines}
    told: set[frozenset[str]] = set()
    days = sorted({node.valid_from for unit in left for node in tree.units[unit]})
    for day in days:
        for unit in left:
            path = tree.path(unit, day)
            if path and path[-1].parent == unit and frozenset(one.id for one in path) not in told:
                told.add(frozenset(one.id for one in path))
                last = max(path, key=lambda one: rows[one] or 0)
                circle = " → ".join([*(one.id for one in path), unit])
                yield error(rows[last], last, "parent", last.parent, "no_circle", circle)


def wrong_codes(lines: Sequence[Line]) -> Iterator[RowError]:
    """An identifier names one organisation on a day."""
    held: dict[str, list[Line]] = {}
    for row, node in lines:
        for code in node.codes:
            others = held.setdefault(prefixes(code)[0], [])
            for other_row, other in others:
                if other.id != node.id and overlap(node, other):
                    told, in_the_way = ((row, node), (other_row, other))
                    if row is None:
                        told, in_the_way = in_the_way, told
                    yield error(*told, "codes", code, "code_once", said_row(*in_the_way))
                    break
            others.append((row, node))


def uncovered(node: Node, nodes: Sequence[Node]) -> date | None:
    """The first day of a node on which none of these (one unit, in time) is valid."""
    day: date | None = node.valid_from
    for other in nodes:
        if day is not None and other.valid_on(day):
            day = other.valid_to
        if day is None or (node.valid_to is not None and day >= node.valid_to):
            return None
    return day


def not_valid(day: date) -> tuple[str, str]:
    """What was expected of a unit that is not valid on this day."""
    return ("since_ever", UNITS.name("valid_from")) if day == EVER else ("valid_parent", shown_day(day))


def overlap(one: Node, other: Node) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def said_row(row: int | None, node: Node) -> str:
    return node.id if row is None else f"{row} ({node.id})"


def said_day(day: date) -> str:
    return "…" if day == EVER else shown_day(day)


def said_kinds(kind: Kind) -> str:
    return ", ".join(KIND_NAMES[one][0] for one in Kind if one in BELOW[kind])
