"""The log of changes: a chain of entries, added one behind the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, inspect

from fleet.domain.audit import Entry, Head
from fleet.store.rows import every, hold, one, run, run_each, sql

AT_ONCE = 1_000
EVER = 2**53
# Later than any moment, and a number that every language reads.
COLUMNS = "number, at_ms, who, name, how, address, what, thing, office, was, became, before_hash, hash"
HEAD = sql("SELECT number, hash FROM audit_head WHERE id = 1")
SET_HEAD = sql("UPDATE audit_head SET number = :number, hash = :hash WHERE id = 1")
ADD = sql(f"""
    INSERT INTO audit ({COLUMNS})
    VALUES (:number, :at_ms, :who, :name, :how, :address, :what, :thing, :office, :was, :became, :before_hash,
            :hash)""")  # noqa: S608
BEHIND = sql(f"SELECT {COLUMNS} FROM audit WHERE number > :number ORDER BY number LIMIT :most")  # noqa: S608
AT = sql("SELECT number, hash FROM audit WHERE number = :number")
BEFORE = sql("SELECT MAX(number) FROM audit WHERE at_ms < :before_ms")
CUT = sql("DELETE FROM audit WHERE number <= :number")
SEEN = sql("""
    SELECT 1 FROM audit WHERE what = :what AND thing = :thing AND who = :who AND at_ms > :since_ms
    ORDER BY number DESC LIMIT 1""")
LAST = f"""
    SELECT {COLUMNS} FROM audit
    WHERE (:what = '' OR what LIKE :what_like) AND (:who = '' OR who = :who OR name = :who)
        AND (:thing = '' OR thing = :thing) AND at_ms >= :since_ms AND at_ms < :until_ms
        AND number < :before AND %s
    ORDER BY number DESC LIMIT :most"""  # noqa: S608
LAST_ANYWHERE = sql(LAST % "1 = 1")
LAST_AT = sql(LAST % "office = :office")


@dataclass(frozen=True)
class Asked:
    """Which entries somebody wants to see. `what`: a word, or its first part; `before`: those before this number."""

    what: str = ""
    who: str = ""
    thing: str = ""
    office: str | None = None
    since_ms: int = 0
    until_ms: int = EVER
    before: int = EVER
    most: int = 50


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Put these behind the last one. Whoever else adds some waits until this transaction ends."""
    last, made = hold_head(connection), []
    for entry in entries:
        entry = replace(entry, number=last.number + 1, before_hash=last.hash).sealed()
        last = Head(entry.number, entry.hash)
        made.append(vars(entry))
    run_each(connection, ADD, made)
    run(connection, SET_HEAD, number=last.number, hash=last.hash)


def can_note(connection: Connection) -> bool:
    """Whether the tables are new enough to have a log."""
    return inspect(connection).has_table("audit_head")


def hold_head(connection: Connection) -> Head:
    """The last entry, behind which nobody else puts one until this transaction ends."""
    (row,) = hold(connection, HEAD)
    return Head(*row)


def head(connection: Connection) -> Head:
    """The last entry, as the writers know it."""
    return Head(*one(connection, HEAD))


def chain(connection: Connection, after: int = 0) -> Iterator[Entry]:
    """All entries behind this number, in order."""
    while found := [Entry(*row) for row in every(connection, BEHIND, number=after, most=AT_ONCE)]:
        yield from found
        after = found[-1].number


def at(connection: Connection, number: int) -> Head | None:
    """The entry of this number and its hash."""
    row = one(connection, AT, number=number)
    return None if row is None else Head(*row)


def last_before(connection: Connection, before_ms: int) -> int | None:
    """The number of the last entry that is older."""
    found: int | None = one(connection, BEFORE, before_ms=before_ms)[0]
    return found


def cut(connection: Connection, through: int) -> int:
    """Take the entries through this number away; how many that were."""
    return run(connection, CUT, number=through)


def was_seen(connection: Connection, *, what: str, thing: str, who: str, since_ms: int) -> bool:
    """Whether the log has it since then."""
    return one(connection, SEEN, what=what, thing=thing, who=who, since_ms=since_ms) is not None


def last(connection: Connection, asked: Asked) -> list[Entry]:
    """The last entries of those that are asked for, the newest first."""
    values: dict[str, Any] = {**vars(asked), "what_like": like(asked.what)}
    statement = LAST_ANYWHERE if asked.office is None else LAST_AT
    if asked.office is None:
        del values["office"]
    return [Entry(*row) for row in every(connection, statement, **values)]


def like(what: str) -> str:
    """`user` is all of user, `user.add` that alone. Only letters, dots and dashes are asked for."""
    bare = "".join(letter for letter in what if letter.isalpha() or letter in ".-")
    return bare if "." in bare else f"{bare}.%"
