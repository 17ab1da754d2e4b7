"""People who sign in, and their sessions. Names are in the form that `fleet.flows.sign_in` gives them."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, text

from fleet.domain.means import Means, in_words, is_from_provider, lacks_second_step, read_means
from fleet.domain.rights import Person, Role

ONE_STEP = frozenset({Means.PASSWORD})
# `user` is a word of SQL itself, hence the quotes.
PERSON = "id, name, shown_as, role, office, language, one_time_until_ms"

TAKE_ATTEMPT = text(
    f"""
    UPDATE users SET failures = failures + 1
    WHERE name = :name AND locked_until_ms <= :now_ms AND NOT disabled
        AND (one_time_until_ms IS NULL OR one_time_until_ms > :now_ms)
    RETURNING {PERSON}, password, failures
    """  # noqa: S608 - PERSON is our own list of columns
)
LOCK = text("UPDATE users SET locked_until_ms = :until_ms WHERE id = :id")
UNLOCK = text("UPDATE users SET failures = 0, locked_until_ms = 0 WHERE id = :id")
SIGNED_IN = text("UPDATE users SET signed_in_ms = :now_ms WHERE id = :id")

ADD_PERSON = text(
    """
    INSERT INTO users
        (name, shown_as, password, role, office, language, disabled, created_ms, failures, locked_until_ms,
            one_time_until_ms)
    VALUES
        (:name, :shown_as, :password, :role, :office, :language, :disabled, :now_ms, 0, 0, :one_time_until_ms)
    ON CONFLICT (name) DO NOTHING
    RETURNING id
    """
)
SET_PASSWORD = text(
    """
    UPDATE users SET password = :password, failures = 0, locked_until_ms = 0, one_time_until_ms = :one_time_until_ms
    WHERE name = :name RETURNING id
    """
)
REHASH = text("UPDATE users SET password = :password WHERE id = :id AND password = :instead_of")
SET_LANGUAGE = text("UPDATE users SET language = :language WHERE id = :id")
PASSWORD = text("SELECT password FROM users WHERE name = :name")
BY_NAME = text(f"SELECT {PERSON} FROM users WHERE name = :name AND NOT disabled")  # noqa: S608 - our own list
ANYBODY = text("SELECT id FROM users LIMIT 1")

ADD_SESSION = text(
    """
    INSERT INTO sessions (token_hash, "user", csrf, created_ms, expires_ms, means, proved_ms, seen_ms)
    VALUES (:token_hash, :user, :csrf, :now_ms, :expires_ms, :means, :now_ms, :now_ms)
    """
)
SESSION = text(
    f"""
    SELECT {PERSON}, csrf, means, proved_ms, seen_ms,
        EXISTS (SELECT 1 FROM second_step_rules r
            WHERE r.role = users.role AND (r.place = '*' OR r.place = users.office)) AS is_required,
        EXISTS (SELECT 1 FROM second_steps s WHERE s.person = users.id AND s.since_ms IS NOT NULL) AS has_second_step
    FROM sessions JOIN users ON id = "user"
    WHERE token_hash = :token_hash AND expires_ms > :now_ms AND (seen_ms > :idle_since_ms OR role = 'display')
        AND NOT disabled
    """  # noqa: S608 - PERSON is our own list of columns
)
SEEN = text("UPDATE sessions SET seen_ms = :now_ms WHERE token_hash = :token_hash AND seen_ms < :now_ms")
PROVED = text("UPDATE sessions SET proved_ms = :now_ms, means = :means WHERE token_hash = :token_hash")
TAKE_BACK = text(
    "UPDATE users SET failures = failures - 1, locked_until_ms = 0 WHERE id = :id AND failures > 0 AND NOT disabled"
)
END_SESSION = text("DELETE FROM sessions WHERE token_hash = :token_hash")
END_SESSIONS_OF = text('DELETE FROM sessions WHERE "user" = :user')
END_EXPIRED = text("DELETE FROM sessions WHERE expires_ms <= :now_ms")


@dataclass(frozen=True)
class Attempt:
    """A try to sign in that was counted before the password is looked at. `failures` includes this one."""

    person: Person
    password: str
    failures: int


@dataclass(frozen=True)
class OpenSession:
    """A signed-in browser: how the person was proved, when for the last time, and when it was last used."""

    person: Person
    csrf: str
    means: frozenset[Means]
    proved_ms: int
    seen_ms: int
    has_second_step: bool


def take_attempt(connection: Connection, name: str, now_ms: int) -> Attempt | None:
    """Count one more failure of this name, unless it is unknown, disabled or locked."""
    row = connection.execute(TAKE_ATTEMPT, {"name": name, "now_ms": now_ms}).mappings().one_or_none()
    return Attempt(person_of(row), row["password"], row["failures"]) if row else None


def lock(connection: Connection, person: int, until_ms: int) -> None:
    """Refuse every attempt until then."""
    connection.execute(LOCK, {"id": person, "until_ms": until_ms})


def unlock(connection: Connection, person: int) -> None:
    """Forget the failures."""
    connection.execute(UNLOCK, {"id": person})


def take_back(connection: Connection, person: int) -> None:
    """The attempt that was counted last was none."""
    connection.execute(TAKE_BACK, {"id": person})


def signed_in(connection: Connection, person: int, now_ms: int) -> None:
    """Remember when somebody signed in last; what failed before is forgotten."""
    unlock(connection, person)
    connection.execute(SIGNED_IN, {"id": person, "now_ms": now_ms})


def add_person(
    connection: Connection, person: Person, password: str, now_ms: int, one_time_until_ms: int | None = None
) -> int | None:
    """Keep a new person and give the id, or None if the name is taken. The id of `person` is left aside."""
    values = {
        "name": person.name,
        "shown_as": person.shown_as,
        "password": password,
        "role": person.role.value,
        "office": person.office,
        "language": person.language,
        "disabled": False,
        "now_ms": now_ms,
        "one_time_until_ms": one_time_until_ms,
    }
    return connection.execute(ADD_PERSON, values).scalar_one_or_none()


def set_password(connection: Connection, name: str, password: str, one_time_until_ms: int | None = None) -> int | None:
    """Change the hash and unlock; gives the person's id, or None for an unknown name."""
    values = {"name": name, "password": password, "one_time_until_ms": one_time_until_ms}
    return connection.execute(SET_PASSWORD, values).scalar_one_or_none()


def password(connection: Connection, name: str) -> str | None:
    """The hash, or None for an unknown name."""
    return connection.execute(PASSWORD, {"name": name}).scalar_one_or_none()


def rehash(connection: Connection, person: int, password: str, instead_of: str) -> None:
    """Keep a stronger hash of the same password, if nobody changed it meanwhile."""
    connection.execute(REHASH, {"id": person, "password": password, "instead_of": instead_of})


def set_language(connection: Connection, person: int, language: str) -> None:
    """Remember the language this person reads."""
    connection.execute(SET_LANGUAGE, {"id": person, "language": language})


def person(connection: Connection, name: str) -> Person | None:
    """The person of this name, who may sign in."""
    row = connection.execute(BY_NAME, {"name": name}).mappings().one_or_none()
    return None if row is None else person_of(row)


def anybody(connection: Connection) -> bool:
    """Whether there is a person at all; on a new database there is none."""
    return connection.execute(ANYBODY).first() is not None


def add_session(
    connection: Connection,
    token_hash: str,
    person: int,
    csrf: str,
    now_ms: int,
    expires_ms: int,
    means: frozenset[Means] = ONE_STEP,
) -> None:
    """Keep a new session, and drop those that are over."""
    connection.execute(END_EXPIRED, {"now_ms": now_ms})
    values = {"token_hash": token_hash, "user": person, "csrf": csrf, "now_ms": now_ms, "expires_ms": expires_ms}
    connection.execute(ADD_SESSION, values | {"means": in_words(means)})


def session(connection: Connection, token_hash: str, now_ms: int, idle_since_ms: int = -1) -> OpenSession | None:
    """The session of this token, if it is not over, was used since then, and its person may still sign in."""
    values = {"token_hash": token_hash, "now_ms": now_ms, "idle_since_ms": idle_since_ms}
    row = connection.execute(SESSION, values).mappings().one_or_none()
    return None if row is None else open_session_of(row)


def seen(connection: Connection, token_hash: str, now_ms: int) -> None:
    """The session is used now."""
    connection.execute(SEEN, {"token_hash": token_hash, "now_ms": now_ms})


def proved(connection: Connection, token_hash: str, means: frozenset[Means], now_ms: int) -> None:
    """The person of this session was proved anew."""
    connection.execute(PROVED, {"token_hash": token_hash, "means": in_words(means), "now_ms": now_ms})


def end_session(connection: Connection, token_hash: str) -> bool:
    """The token opens nothing any more; False: it opened nothing before."""
    return connection.execute(END_SESSION, {"token_hash": token_hash}).rowcount > 0


def end_sessions_of(connection: Connection, person: int) -> None:
    """Sign a person out everywhere."""
    connection.execute(END_SESSIONS_OF, {"user": person})


def open_session_of(row: RowMapping) -> OpenSession:
    """The value in a row of SESSION."""
    means, has_second_step = read_means(row["means"]), bool(row["has_second_step"])
    lacks = lacks_second_step(means, bool(row["is_required"]), has_second_step)
    person = person_of(row)
    one_time = person.one_time and not is_from_provider(means)
    person = replace(person, lacks_second_step=lacks, one_time=one_time)
    return OpenSession(person, row["csrf"], means, row["proved_ms"], row["seen_ms"], has_second_step)


def person_of(row: RowMapping) -> Person:
    """The value in a row that has the columns of PERSON."""
    one_time = row["one_time_until_ms"] is not None
    return Person(row["id"], row["name"], row["shown_as"], Role(row["role"]), row["office"], row["language"], one_time)
