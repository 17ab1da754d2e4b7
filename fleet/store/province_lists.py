"""The offices and boards of a province, page by page, by id as the database sorts it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam

from fleet.store.rows import AT_ONCE, every, sql

OFFICES = "SELECT id, name, hotline, timezone FROM offices WHERE id > :after{among} ORDER BY id LIMIT :most"
BOARDS = """
    SELECT id, roles, presence, last_seen_ms, revoked_ms, board, firmware, boot, reset_reason, rescue, health,
        config_version, config_reported, reverted
    FROM devices d WHERE kind = 'board' AND id > :after AND (:presence = '' OR presence = :presence){among}
    ORDER BY id LIMIT :most"""
AMONG = " AND id IN :offices"
EVER_AMONG = " AND EXISTS (SELECT 1 FROM assignments a WHERE a.device = d.id AND a.office IN :offices)"


def among(statement: str) -> TextClause:
    """A statement about some offices."""
    return sql(statement).bindparams(bindparam("offices", expanding=True))


OFFICES_ALL, OFFICES_AMONG = sql(OFFICES.format(among="")), among(OFFICES.format(among=AMONG))
BOARDS_ALL, BOARDS_AMONG = sql(BOARDS.format(among="")), among(BOARDS.format(among=EVER_AMONG))


def offices(connection: Connection, only: Collection[str] | None, after: str, most: int) -> Sequence[Any]:
    """(id, name, hotline, timezone) of the offices after this id. `only`: of these alone where they are few; where they
    are many others come, too.
    """
    if only is None or len(only) > AT_ONCE:
        return every(connection, OFFICES_ALL, after=after, most=most)
    return every(connection, OFFICES_AMONG, after=after, most=most, offices=sorted(only)) if only else ()


def boards(connection: Connection, only: Collection[str] | None, presence: str, after: str, most: int) -> Sequence[Any]:
    """The boards after this id: what they are, and what they last said of themselves. `presence`: those that are so;
    `only`: those that ever stood at these offices, where these are few.
    """
    values = {"presence": presence, "after": after, "most": most}
    if only is None or len(only) > AT_ONCE:
        return every(connection, BOARDS_ALL, **values)
    return every(connection, BOARDS_AMONG, **values, offices=sorted(only)) if only else ()
