"""What a database says of its tables: how far they are migrated, and how old a program may be that works with them.

On PostgreSQL it also knows who is connected: each process of the fleet says of which tables its program is.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from fleet.domain.schemas import FIRST_THAT_ASKS, Schema
from fleet.store.replacing import InUse
from fleet.store.rows import every, one, run, sql

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

PROCESS = "motcua"
REVISIONS = sql("SELECT version_num FROM alembic_version")
REACH = sql("SELECT oldest_program FROM schema_reach")
KEEP = sql("""
    INSERT INTO schema_reach (id, oldest_program) VALUES (1, :oldest)
    ON CONFLICT (id) DO UPDATE SET oldest_program = excluded.oldest_program""")
OTHERS = sql("""
    SELECT application_name AS name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'motcua%' AND pid <> pg_backend_pid()""")


def schema_of(connection: Connection) -> Schema:
    """The tables that there are."""
    tables = set(inspect(connection).get_table_names())
    found = list(connection.execute(REVISIONS).scalars()) if "alembic_version" in tables else []
    if len(found) != 1:
        return Schema("")
    row = one(connection, REACH) if "schema_reach" in tables else None
    return Schema(str(found[0]), "" if row is None else str(row.oldest_program))


def keep(connection: Connection, config: "Config") -> None:
    """Keep, beside tables that were migrated just now, how old a program may be that works with them."""
    found = schema_of(connection)
    if inspect(connection).has_table("schema_reach"):
        run(connection, KEEP, oldest=oldest_program(config, found.revision))


def oldest_program(config: "Config", revision: str) -> str:
    """The oldest program for the tables of this revision ("head": the last), as its migrations say."""
    scripts = migrations(config).iterate_revisions(revision, "base")
    return max([FIRST_THAT_ASKS, *(getattr(one.module, "oldest_program", "") for one in scripts)])


def revisions(config: "Config") -> set[str]:
    """Of all migrations that this program knows."""
    return {one.revision for one in migrations(config).walk_revisions()}


def migrations(config: "Config") -> "ScriptDirectory":
    """All that this program has."""
    from alembic.script import ScriptDirectory  # takes a while to load, and is seldom needed

    return ScriptDirectory.from_config(config)


def others(connection: Connection) -> list[str]:
    """What other processes of the fleet that are connected call themselves, for each connection (PostgreSQL)."""
    return [row.name for row in every(connection, OTHERS)]


def check_nobody_older(connection: Connection, oldest: str) -> None:
    """Raises InUse where an older program is connected (PostgreSQL), under which something would be taken away."""
    if older := sorted({name for name in others(connection) if name.removeprefix(PROCESS).strip() < oldest}):
        raise InUse("the database", f"{', '.join(older)} connected, of programs before {oldest}")


def process_name(revision: str) -> str:
    """What a process of this program calls itself at the database."""
    return f"{PROCESS} {revision}"
