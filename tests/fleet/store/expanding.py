"""Whether a migration leaves the program before it at work, by the statements that PostgreSQL is given."""

import re
from collections.abc import Iterable

AFTER = "0067"
# Migrations after this one are looked at: before it nothing was released.
LARGE = frozenset({
    "events", "visits", "visit_dossiers", "tickets", "turns", "ratings", "boots", "anchors", "dossiers", "leases",
    "dossier_states", "audit", "device_days", "presence_changes", "placements", "wait_hours", "wait_sums",
})  # fmt: skip
# Whoever locks one of these for longer than a moment stops a province.

NAME = r'"?(\w+)"?'
MADE = re.compile(rf"CREATE TABLE {NAME}", re.IGNORECASE)
INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX (?:IF NOT EXISTS )?{NAME} ON {NAME}", re.IGNORECASE)
COLUMN = re.compile(rf"ALTER TABLE {NAME} ADD (?:COLUMN )?{NAME} (.+)", re.IGNORECASE | re.DOTALL)
CHANGED = re.compile(rf"(ALTER TABLE|DROP TABLE|DELETE FROM|UPDATE|TRUNCATE)\s+(?:ONLY )?{NAME}", re.IGNORECASE)
HARMLESS = re.compile(r"(SELECT|INSERT INTO|CREATE SEQUENCE|COMMENT|DROP INDEX|SHOW|WITH)\b", re.IGNORECASE)
VACUUMED = re.compile(r"ALTER TABLE \w+ (RE)?SET \(autovacuum_", re.IGNORECASE)
# When a table is vacuumed is nothing to who reads and writes it.


def breaks(statements: Iterable[str]) -> list[str]:
    """What of a migration the program before it could not bear, as sentences."""
    found: list[str] = []
    new: set[str] = {"alembic_version", "schema_reach"}
    for statement in (" ".join(one.split()) for one in statements):
        if made := MADE.match(statement):
            new.add(made[1])
        elif why := wrong_with(statement, new):
            found.append(f"{why}: {statement[:120]}")
    return found


def wrong_with(statement: str, new: set[str]) -> str:
    """Why one statement is too much; empty: it is not."""
    if index := INDEX.match(statement):
        return "" if index[3] in new else wrong_with_index(index)
    if column := COLUMN.match(statement):
        return "" if column[1] in new else wrong_with_column(column[3])
    if VACUUMED.match(statement):
        return ""
    if changed := CHANGED.match(statement):
        return "" if changed[2] in new else wrong_with_change(changed[1].upper(), changed[2])
    return "" if HARMLESS.match(statement) else "expected a statement that is known to add only"


def wrong_with_index(index: "re.Match[str]") -> str:
    """An index of a table that was there before."""
    if index[1]:
        return "expected no rule that rows of the program before may break"
    return f"expected no index of {index[3]}, which is large: nobody writes meanwhile" if index[3] in LARGE else ""


def wrong_with_column(definition: str) -> str:
    """A column of a table that was there before."""
    words = definition.upper()
    if re.search(r"\b(UNIQUE|REFERENCES|CHECK|PRIMARY)\b", words) or words.startswith("CONSTRAINT"):
        return "expected no rule that rows of the program before may break"
    return (
        "expected a default: the program before does not name it"
        if "NOT NULL" in words and "DEFAULT" not in words
        else ""
    )


def wrong_with_change(what: str, table: str) -> str:
    """Something else that is done to a table that was there before."""
    if what == "UPDATE":
        return f"expected no rewriting of {table}, which is large, in one transaction" if table in LARGE else ""
    return "expected nothing taken away or made otherwise"
