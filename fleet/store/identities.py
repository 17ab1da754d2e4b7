"""Identities of providers: whose they are, and the sessions that began with them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.identities import Identity
from fleet.store.rows import one, run, sql

PERSON = sql("SELECT person FROM identities WHERE issuer = :issuer AND subject = :subject")
OF = sql("SELECT issuer, subject, created_ms, seen_ms FROM identities WHERE person = :person AND issuer = :issuer")
CONNECT = sql("""
    INSERT INTO identities (issuer, subject, person, created_ms, seen_ms)
    VALUES (:issuer, :subject, :person, :now_ms, :now_ms)
    ON CONFLICT DO NOTHING""")
SEEN = sql("UPDATE identities SET seen_ms = :now_ms WHERE issuer = :issuer AND subject = :subject")
PART = sql("DELETE FROM identities WHERE person = :person")
END_ALL = sql("""
    DELETE FROM sessions WHERE "user" = :person AND token_hash IN (SELECT token_hash FROM provider_sessions)""")
BEGAN = sql("""
    INSERT INTO provider_sessions (token_hash, issuer, subject, sid, id_token)
    VALUES (:token_hash, :issuer, :subject, :sid, :id_token)""")
SWEEP = sql("""
    DELETE FROM provider_sessions
    WHERE token_hash NOT IN (SELECT token_hash FROM sessions) AND token_hash NOT IN (SELECT token_hash FROM halfway)""")
WENT_ON = sql("UPDATE provider_sessions SET token_hash = :session WHERE token_hash = :halfway")
BEGAN_WITH = sql("SELECT id_token FROM provider_sessions WHERE token_hash = :token_hash")
MEANT = """SELECT token_hash FROM provider_sessions
    WHERE issuer = :issuer AND subject = COALESCE(:subject, subject)
        AND (CAST(:sid AS VARCHAR) IS NULL OR sid = :sid)"""
END = sql(f"DELETE FROM sessions WHERE token_hash IN ({MEANT})")  # noqa: S608 - our own text
END_HALFWAY = sql(f"DELETE FROM halfway WHERE token_hash IN ({MEANT})")  # noqa: S608 - our own text


@dataclass(frozen=True)
class IdentityRow:
    """A person's identity at a provider: since when, and when it was used last."""

    issuer: str
    subject: str
    created_ms: int
    seen_ms: int


def person_of(connection: Connection, issuer: str, subject: str) -> int | None:
    """Whose identity this is."""
    row = one(connection, PERSON, issuer=issuer, subject=subject)
    return None if row is None else int(row.person)


def of_person(connection: Connection, person: int, issuer: str) -> IdentityRow | None:
    """Who a person is to this provider."""
    row = one(connection, OF, person=person, issuer=issuer)
    return None if row is None else IdentityRow(*row)


def connect(connection: Connection, issuer: str, subject: str, person: int, now_ms: int) -> bool:
    """From now on this is the person's identity; False where it is somebody's, or the person has another."""
    return run(connection, CONNECT, issuer=issuer, subject=subject, person=person, now_ms=now_ms) == 1


def seen(connection: Connection, issuer: str, subject: str, now_ms: int) -> None:
    """Somebody signed in with it."""
    run(connection, SEEN, issuer=issuer, subject=subject, now_ms=now_ms)


def part(connection: Connection, person: int) -> int:
    """The person has no identity of any provider any more; how many there were."""
    return run(connection, PART, person=person)


def end_all_sessions(connection: Connection, person: int) -> int:
    """End the person's sessions that began at a provider; how many those were."""
    return run(connection, END_ALL, person=person)


def began(connection: Connection, token_hash: str, identity: Identity) -> None:
    """This session, or what is halfway to one, began at the provider; what is known of those that are over goes."""
    run(connection, SWEEP)
    values = {"issuer": identity.issuer, "subject": identity.subject, "sid": identity.session}
    run(connection, BEGAN, token_hash=token_hash, id_token=identity.token, **values)


def went_on(connection: Connection, halfway: str, session: str) -> None:
    """What was halfway is a session now."""
    run(connection, WENT_ON, halfway=halfway, session=session)


def began_with(connection: Connection, token_hash: str) -> str | None:
    """The token with which this session began at a provider; None for one that began here."""
    row = one(connection, BEGAN_WITH, token_hash=token_hash)
    return None if row is None else str(row.id_token)


def end_sessions(connection: Connection, issuer: str, subject: str | None, sid: str | None) -> int:
    """Sign out who signed out there: one session of theirs, or with no `sid` all; how many those were."""
    run(connection, END_HALFWAY, issuer=issuer, subject=subject, sid=sid)
    return run(connection, END, issuer=issuer, subject=subject, sid=sid)
