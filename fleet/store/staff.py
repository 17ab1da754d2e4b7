"""People as those see them who manage them: what they are, whether they may sign in, and when they did last."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.rights import Role
from fleet.store.rows import every, one, run, sql

COLUMNS = """u.id, u.name, u.shown_as, u.role, u.office, u.language, u.disabled, u.created_ms, u.failures,
    u.locked_until_ms, u.one_time_until_ms, u.signed_in_ms, COALESCE(o.name, '') AS office_name"""
ALL = sql(f"SELECT {COLUMNS} FROM users u LEFT JOIN offices o ON o.id = u.office ORDER BY u.name")  # noqa: S608
BY_NAME = sql(f"SELECT {COLUMNS} FROM users u LEFT JOIN offices o ON o.id = u.office WHERE u.name = :name")  # noqa: S608
BY_ID = sql(f"SELECT {COLUMNS} FROM users u LEFT JOIN offices o ON o.id = u.office WHERE u.id = :id")  # noqa: S608
EDIT = sql("""
    UPDATE users SET shown_as = :shown_as, role = :role, office = :office, language = :language WHERE id = :id""")
DISABLE = sql("UPDATE users SET disabled = :disabled, failures = 0, locked_until_ms = 0 WHERE id = :id")
SESSIONS = sql("""
    SELECT token_hash, created_ms, expires_ms FROM sessions WHERE "user" = :user AND expires_ms > :now_ms
    ORDER BY created_ms DESC, token_hash""")
END_OTHERS = sql('DELETE FROM sessions WHERE "user" = :user AND token_hash <> :kept')


@dataclass(frozen=True)
class StaffRow:
    """A person, and how it stands with signing in."""

    id: int
    name: str
    shown_as: str
    role: Role
    office: str | None
    language: str
    disabled: bool
    created_ms: int
    failures: int
    locked_until_ms: int
    one_time_until_ms: int | None
    signed_in_ms: int | None
    office_name: str


@dataclass(frozen=True)
class SessionRow:
    """An open session: by the hash of its token, from when until when."""

    token_hash: str
    created_ms: int
    expires_ms: int


def everybody(connection: Connection) -> list[StaffRow]:
    """All people, by name; those who may not sign in, too."""
    return [staff_row(row) for row in every(connection, ALL)]


def of_name(connection: Connection, name: str) -> StaffRow | None:
    """The person of this name."""
    row = one(connection, BY_NAME, name=name)
    return None if row is None else staff_row(row)


def one_of(connection: Connection, person: int) -> StaffRow | None:
    """The person of this number."""
    row = one(connection, BY_ID, id=person)
    return None if row is None else staff_row(row)


def edit(connection: Connection, person: int, shown_as: str, role: Role, office: str | None, language: str) -> None:
    """What the person is from now on."""
    run(connection, EDIT, id=person, shown_as=shown_as, role=role.value, office=office, language=language)


def disable(connection: Connection, person: int, disabled: bool) -> None:
    """Whether the person may not sign in."""
    run(connection, DISABLE, id=person, disabled=disabled)


def sessions(connection: Connection, person: int, now_ms: int) -> list[SessionRow]:
    """Where the person is signed in, the newest first."""
    return [SessionRow(*row) for row in every(connection, SESSIONS, user=person, now_ms=now_ms)]


def end_other_sessions(connection: Connection, person: int, kept: str) -> int:
    """Sign the person out everywhere but in the session of this hash; how many sessions ended."""
    return run(connection, END_OTHERS, user=person, kept=kept)


def staff_row(row: Any) -> StaffRow:
    return StaffRow(
        **{**row._mapping, "role": Role(row.role), "disabled": bool(row.disabled)}  # SQLite knows 0 and 1
    )
