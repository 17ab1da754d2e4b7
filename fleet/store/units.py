"""The tree of units in the database, and the offices and counters that are its leaves."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from fleet.domain.day import day_of, midnight
from fleet.domain.org_tree import EVER, Heir, Kind, Node
from fleet.domain.responsible import prefixes
from fleet.store import places
from fleet.store.places import OfficeRow
from fleet.store.rows import every, run, run_each, sql

NODES = sql("SELECT id, valid_from, valid_to, kind, name, parent, codes, organisation, hotline FROM units")
NODES_OF = sql("""
    SELECT id, valid_from, valid_to, kind, name, parent, codes, organisation, hotline FROM units WHERE id = :id""")
WRITTEN = sql("SELECT DISTINCT id FROM units")
HEIRS = sql("SELECT unit, heir, share FROM unit_heirs ORDER BY unit, position")
ADD_NODE = sql("""
    INSERT INTO units (id, valid_from, valid_to, kind, name, parent, codes, organisation, hotline)
    VALUES (:id, :valid_from, :valid_to, :kind, :name, :parent, :codes, :organisation, :hotline)""")
ADD_HEIR = sql("INSERT INTO unit_heirs (unit, heir, position, share) VALUES (:unit, :heir, :position, :share)")
ADD_CODE = sql("INSERT INTO unit_codes (code, unit) VALUES (:code, :unit)")
FORGET_NODES = sql("DELETE FROM units WHERE id = :id")
FORGET_HEIRS = sql("DELETE FROM unit_heirs WHERE unit = :id")
FORGET_CODES = sql("DELETE FROM unit_codes WHERE unit = :id")
OFFICES = sql("SELECT id, name, hotline, timezone, valid_from_ms, valid_to_ms, successor FROM offices")
COUNTERS = sql("""
    SELECT c.id, c.office, c.name, o.timezone, o.valid_from_ms, o.valid_to_ms
    FROM counters c JOIN offices o ON o.id = c.office""")
SET_OFFICE = sql("""
    UPDATE offices SET name = :name, hotline = :hotline, valid_from_ms = :from_ms, valid_to_ms = :to_ms
    WHERE id = :id""")
SET_SUCCESSOR = sql("UPDATE offices SET successor = :successor WHERE id = :id")
SAVE_COUNTER = sql("""
    INSERT INTO counters (id, office, name, position)
    VALUES (:id, :office, :name, (SELECT COUNT(*) FROM counters WHERE office = :office))
    ON CONFLICT (id) DO UPDATE SET name = excluded.name""")

TIMEZONE = "Asia/Ho_Chi_Minh"


def nodes(connection: Connection) -> list[Node]:
    """All nodes; offices and counters that no file has named yet stand alone, as long as they have been there."""
    heirs: dict[str, list[Heir]] = {}
    for row in every(connection, HEIRS):
        heirs.setdefault(row.unit, []).append(Heir(row.heir, row.share))
    rows = every(connection, NODES)
    last: dict[str, str] = {}
    for row in rows:
        last[row.id] = max(row.valid_from, last.get(row.id, ""))
    known = [node_of(row, heirs.get(row.id, []) if row.valid_from == last[row.id] else []) for row in rows]
    return [*known, *leaves(connection, set(last))]


def ancestry(connection: Connection, unit: str) -> dict[str, list[Node]]:
    """The unit and all that ever stood above it, whenever; an office or counter of no tree stands alone."""
    found: dict[str, list[Node]] = {}
    asked = [unit]
    while asked:
        one = asked.pop()
        if one not in found:
            found[one] = [node_of(row) for row in every(connection, NODES_OF, id=one)]
            asked += [node.parent for node in found[one] if node.parent is not None]
    return found


def leaves(connection: Connection, known: Collection[str]) -> list[Node]:
    """The offices and counters of which the tree says nothing."""
    offices = [office_alone(row) for row in every(connection, OFFICES) if row.id not in known]
    return offices + [counter_alone(row) for row in every(connection, COUNTERS) if row.id not in known]


def save(connection: Connection, units: Sequence[Node]) -> None:
    """Make the store say just this of these units; all nodes of a unit are among them."""
    forget(connection, {node.id for node in units})
    run_each(
        connection,
        ADD_NODE,
        [
            {
                "id": node.id,
                "valid_from": "" if node.valid_from == EVER else node.valid_from.isoformat(),
                "valid_to": node.valid_to.isoformat() if node.valid_to else None,
                "kind": node.kind.value,
                "name": node.name,
                "parent": node.parent,
                "codes": " ".join(node.codes),
                "organisation": node.organisation,
                "hotline": node.hotline,
            }
            for node in units
        ],
    )
    run_each(
        connection,
        ADD_HEIR,
        [
            {"unit": node.id, "heir": heir.id, "position": position, "share": heir.share}
            for node in units
            for position, heir in enumerate(node.heirs)
        ],
    )
    codes = sorted({(prefixes(code)[0], node.id) for node in units for code in node.codes})
    run_each(connection, ADD_CODE, [{"code": code, "unit": unit} for code, unit in codes])


def forget(connection: Connection, units: Iterable[str]) -> None:
    """The store says nothing of these units any more."""
    ids = [{"id": unit} for unit in units]
    run_each(connection, FORGET_HEIRS, ids)
    run_each(connection, FORGET_CODES, ids)
    run_each(connection, FORGET_NODES, ids)


def written(connection: Connection) -> set[str]:
    """The ids of all units that a file has named."""
    return {row.id for row in every(connection, WRITTEN)}


def places_known(connection: Connection) -> set[str]:
    """The ids of all offices and counters."""
    return {row.id for statement in (OFFICES, COUNTERS) for row in every(connection, statement)}


def names(connection: Connection) -> dict[str, tuple[str, str]]:
    """What offices and counters are called, by id; with the hotline of an office."""
    found = {row.id: (row.name, row.hotline) for row in every(connection, OFFICES)}
    return found | {row.id: (row.name, "") for row in every(connection, COUNTERS)}


def save_office(connection: Connection, node: Node, hotline: str, began: date, ended: date | None) -> None:
    """Make the office of this node, or give it this name, hotline and validity."""
    from_ms = 0 if began == EVER else midnight(began, TIMEZONE)
    to_ms = None if ended is None else midnight(ended, TIMEZONE)
    if places.office(connection, node.id) is None:
        places.save_office(connection, OfficeRow(node.id, node.name, hotline, TIMEZONE), from_ms)
    run(connection, SET_OFFICE, id=node.id, name=node.name, hotline=hotline, from_ms=from_ms, to_ms=to_ms)


def set_successor(connection: Connection, office: str, successor: str | None) -> None:
    """The office that took over from this one; both are known."""
    run(connection, SET_SUCCESSOR, id=office, successor=successor)


def save_counter(connection: Connection, node: Node) -> None:
    """Make the counter of this node, behind the others of its office, or give it this name."""
    run(connection, SAVE_COUNTER, id=node.id, office=node.parent, name=node.name)


def office_alone(row: Any) -> Node:
    """An office that no file has named."""
    began, ended = lived(row)
    heirs = (Heir(row.successor),) if row.successor and ended else ()
    return Node(row.id, Kind.OFFICE, row.name, None, began, ended, heirs=heirs, hotline=row.hotline)


def counter_alone(row: Any) -> Node:
    """A counter that no file has named: as long as its office."""
    return Node(row.id, Kind.COUNTER, row.name, row.office, *lived(row))


def lived(row: Any) -> tuple[date, date | None]:
    """From which day on there is an office, and on which there was none any more."""
    began = EVER if not row.valid_from_ms else date.fromisoformat(day_of(row.valid_from_ms, row.timezone))
    return began, None if row.valid_to_ms is None else date.fromisoformat(day_of(row.valid_to_ms, row.timezone))


def node_of(row: Any, heirs: Sequence[Heir] = ()) -> Node:
    """A row as a node."""
    return Node(
        id=row.id,
        kind=Kind(row.kind),
        name=row.name,
        parent=row.parent,
        valid_from=day_in(row.valid_from),
        valid_to=day_in(row.valid_to) if row.valid_to else None,
        heirs=tuple(heirs),
        codes=tuple(row.codes.split()),
        organisation=row.organisation,
        hotline=row.hotline,
    )


def day_in(text: str) -> date:
    return date.fromisoformat(text) if text else EVER
