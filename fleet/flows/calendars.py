"""Calendars come in as a file, whole or not at all; an office's is put together of its own rules and those above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.calendar_table import EVERYWHERE, RULES, UnitRule, overlapping, read_rule, rows_of_rules
from fleet.domain.calendars import VIET_NAM, Calendar, Placed, Rule
from fleet.domain.file_errors import BadFile, RowError
from fleet.domain.org_tree import Node, Tree
from fleet.domain.table import read_lines
from fleet.flows.import_dossiers import FILE_NAME_AT_MOST, read_bytes
from fleet.flows.separated_text import as_text
from fleet.flows.spreadsheets import rows_of
from fleet.store import calendars, ledger, units
from fleet.store.database import Store
from fleet.store.dossiers import record_import

RULES_AT_MOST = 100_000


@dataclass(frozen=True)
class CalendarsImported:
    """What a file of calendars did: its rules, and the units whose rules are others now, or gone."""

    file: str
    rules: int
    units: int
    changed: int
    removed: int = 0


def import_calendars(
    store: Store, path: Path, person: str, now_ms: int, encoding: str | None = None, whole: bool = False
) -> CalendarsImported:
    """Make the rules of this CSV or XLSX file those of the units that it names, or raise BadFile and change nothing.

    With `whole`, units that it does not name have none of their own any more.
    """
    lines = read_lines(rows_of(read_bytes(path), encoding, RULES), RULES, read_rule, RULES_AT_MOST)
    with store.writing() as connection:
        known = {node.id for node in units.nodes(connection)} | {EVERYWHERE}
        errors: list[RowError] = [
            RowError(row, RULES.name("unit"), unit, "unit_or_all") for row, (unit, _) in lines if unit not in known
        ]
        errors += overlapping(lines)
        if errors:
            raise BadFile(tuple(errors))
        named: dict[str, list[Rule]] = {}
        for _, (unit, rule) in lines:
            named.setdefault(unit, []).append(rule)
        changed = {unit: rules for unit, rules in named.items() if calendars.rules_of(connection, unit) != rules}
        for unit, rules in changed.items():
            calendars.save(connection, unit, rules)
        gone = {unit for unit, _ in calendars.rules(connection)} - named.keys() if whole else set()
        calendars.forget(connection, gone)
        differing = len(changed) + len(gone)
        record_import(connection, path.name[:FILE_NAME_AT_MOST], person, len(lines), 0, differing, now_ms)
        ledger.note(
            connection, What.CALENDAR_IMPORT, became={"file": path.name, "units": sorted(changed.keys() | gone)}
        )
    return CalendarsImported(path.name, len(lines), len(named), len(changed), len(gone))


def export_calendars(store: Store) -> bytes:
    """All rules as a CSV that import_calendars takes."""
    with store.reading() as connection:
        rules: Sequence[UnitRule] = calendars.rules(connection)
    return as_text(rows_of_rules(rules))


def calendar_of(connection: Connection, unit: str, timezone: str = VIET_NAM) -> Calendar:
    """The calendar of an office, or of whatever stands below a unit."""
    ancestry = units.ancestry(connection, unit)
    placed: list[Placed] = []
    farthest = 0
    for distance, above, since, until in stretches(unit, ancestry):
        farthest = max(farthest, distance)
        placed += [Placed(distance, rule, since, until) for rule in calendars.rules_of(connection, above)]
    placed += [Placed(farthest + 1, rule) for rule in calendars.rules_of(connection, EVERYWHERE)]
    return Calendar(placed, timezone)


def stretches(unit: str, ancestry: Mapping[str, Sequence[Node]]) -> list[tuple[int, str, date | None, date | None]]:
    """What stood above a unit from when to when, and how far; the unit itself always, even where no tree names it."""
    found: list[tuple[int, str, date | None, date | None]] = [(0, unit, None, None)]
    tree = Tree(node for nodes in ancestry.values() for node in nodes)
    changes = {day for node in tree for day in (node.valid_from, node.valid_to) if day is not None}
    days = sorted(changes)
    for since, until in pairwise([*days, None]):
        assert since is not None  # noqa: S101 (only the last one is)
        for distance, node in enumerate(tree.path(unit, since)):
            if distance:
                found.append((distance, node.id, since, until))
    return found
