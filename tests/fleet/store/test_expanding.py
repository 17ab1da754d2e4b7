"""What a migration may do beside the program before it, and what it may not."""

import pytest

from tests.fleet.store.expanding import breaks

ADDS = [
    "CREATE TABLE gates (id INTEGER NOT NULL, name VARCHAR(64) NOT NULL, PRIMARY KEY (id))",
    "CREATE UNIQUE INDEX one_gate ON gates (name)",
    "ALTER TABLE gates ALTER COLUMN name TYPE VARCHAR(80)",  # nobody else knows it yet
    "ALTER TABLE events ADD COLUMN gate VARCHAR",
    "ALTER TABLE offices ADD COLUMN gates INTEGER DEFAULT '0' NOT NULL",
    "CREATE INDEX ix_offices_gates ON offices (gates)",
    "UPDATE offices SET gates = 1 WHERE kind = 'big'",
    "ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.02)",
    "INSERT INTO gates (id, name) VALUES (1, 'a')",
]


def test_what_adds_is_borne() -> None:
    assert breaks(ADDS) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("ALTER TABLE offices DROP COLUMN name", "nothing taken away"),
        ("ALTER TABLE offices RENAME COLUMN name TO title", "nothing taken away"),
        ("ALTER TABLE offices RENAME TO places", "nothing taken away"),
        ("ALTER TABLE offices ALTER COLUMN generation TYPE BIGINT", "nothing taken away"),
        ("ALTER TABLE offices ALTER COLUMN name SET NOT NULL", "nothing taken away"),
        ("ALTER TABLE offices ADD CONSTRAINT named UNIQUE (name)", "no rule"),
        ("ALTER TABLE offices ADD COLUMN gate INTEGER NOT NULL", "a default"),
        ("ALTER TABLE offices ADD COLUMN gate INTEGER UNIQUE", "no rule"),
        ("CREATE UNIQUE INDEX one_name ON offices (name)", "no rule"),
        ("CREATE INDEX events_by_gate ON events (gate)", "no index of events, which is large"),
        ("UPDATE events SET body = '{}'", "no rewriting of events"),
        ("DROP TABLE offices", "nothing taken away"),
        ("DELETE FROM offices", "nothing taken away"),
        ("VACUUM FULL", "known to add only"),
    ],
)
def test_what_the_program_before_could_not_bear_is_told(statement: str, why: str) -> None:
    (found,) = breaks([*ADDS, statement])
    assert why in found and statement in found
