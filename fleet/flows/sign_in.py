"""A person signs in and out.

An attempt is counted before its password is looked at, so guesses sent at the same moment count too: for the name, and
for the address that it comes from. An unknown, locked or disabled name, or a locked address, costs the same work and
gets the same answer as a wrong password. Whoever has a second step is halfway then, and in after that. The database
keeps only hashes: of the password argon2id, of a token SHA-256 (it has 256 random bits, a slow hash would add nothing).

Whatever proves a person, a password or a provider of identities, ends in `let_in`.
"""

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.guessing import WINDOW_MS, place_lock_s, place_of
from fleet.domain.means import Means, is_whole
from fleet.domain.rights import Person, Role
from fleet.store import guessing, ledger, people, second_steps
from fleet.store.acting import person_acts, who_acts
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

FREE_ATTEMPTS = 5
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 15 * 60
# Five slips are human. From then on each failure doubles the pause: 30 s, 1 min, … 15 min, at most 100 guesses a day.

HALFWAY_MS = 5 * 60_000
# Between the two steps: time to find the telephone.
SEEN_EVERY_MS = 60_000

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 64

SCREEN_HOURS = 400 * 24
# Nobody stands by a screen on a wall to sign it in again; browsers keep a cookie no longer than this.

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)  # RFC 9106's second recommendation, 64 MiB
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$IIRZI/vN0VWjPjNCjC8h+g$Xrw2eMe2bIPDrAfiBfM5bB7f8NfX2gqyNsjl7jyBI40"
# What an unknown name's password is compared with: as much work as a real hash, and nobody knows its password.


class PasswordUnfit(ValueError):
    """A password that may not be set."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, not {length}")
        self.length = length


class NameUnfit(ValueError):
    """A name that nobody can have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a name has 1 to {LONGEST_NAME} characters, none of them invisible; not {name[:80]!r}")
        self.name = name


class NameTaken(ValueError):
    """Someone else has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a person called {name!r} already")
        self.name = name


class NoSuchPerson(LookupError):
    """Nobody has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"nobody is called {name!r}")
        self.name = name


@dataclass(frozen=True)
class SignedIn:
    """A new session. The browser keeps `token`, for so many hours; the fleet keeps only its hash."""

    person: Person
    token: str
    hours: float


@dataclass(frozen=True)
class Halfway:
    """The first step was right. The browser keeps `token` until the second one; it opens nothing."""

    person: Person
    token: str


@again_after_conflict
def sign_in(
    store: Store,
    name: str,
    password: str,
    now_ms: int,
    session_hours: float,
    address: str = "",
    may: Callable[[Person], bool] | None = None,
) -> SignedIn | Halfway | None:
    """A new session, or half of one, if name and password belong together, else None, whatever the reason.

    `may` says who signs in by password at all, where not everybody does.
    """
    attempt = take_attempt(store, tidied(name) if name.isprintable() else "", now_ms, address)
    right = fits(attempt.password if attempt else NOBODY, password)
    if attempt is None or not right or (may is not None and not may(attempt.person)):
        return None
    with store.writing(alone=False) as connection:
        guessing.take_back(connection, place_of(address))
        if HASHER.check_needs_rehash(attempt.password):
            people.rehash(connection, attempt.person.id, hashed(password), instead_of=attempt.password)
        return let_in(connection, attempt.person, people.ONE_STEP, now_ms, session_hours)


def let_in(
    connection: Connection, person: Person, means: frozenset[Means], now_ms: int, session_hours: float
) -> SignedIn | Halfway:
    """Whoever was proved by these means to be this person, who may sign in, is in; or halfway, with a step to go."""
    step = second_steps.of(connection, person.id)
    if is_whole(means, step is not None and step.since_ms is not None):
        people.signed_in(connection, person.id, now_ms)
        return open_session(connection, person, now_ms, session_hours, means)
    people.take_back(connection, person.id)  # a right password is no failure, and forgets none: codes are guessed, too
    token = secrets.token_urlsafe(32)
    second_steps.add_halfway(connection, token_hash(token), person.id, means, now_ms, now_ms + HALFWAY_MS)
    return Halfway(person, token)


def take_attempt(store: Store, name: str, now_ms: int, address: str = "") -> people.Attempt | None:
    """Count one more attempt, before it is known to be right; None where name or address may not try."""
    with store.writing(alone=False) as connection:
        ledger.no_deed(connection)  # tries are counted, and who is locked is noted
        if not may_try_from(connection, place_of(address), now_ms):
            return None
        attempt = people.take_attempt(connection, name, now_ms)
        if attempt and attempt.failures >= FREE_ATTEMPTS:
            people.lock(connection, attempt.person.id, now_ms + lock_s(attempt.failures) * 1000)
            ledger.note(connection, What.USER_LOCKED, attempt.person.id, attempt.person.office)
        return attempt


def may_try_from(connection: Connection, place: str, now_ms: int) -> bool:
    """Whether an attempt from this place is looked at; it is counted there."""
    if not place:
        return True
    guesses = guessing.count(connection, place, now_ms, now_ms - WINDOW_MS)
    if guesses is None:
        return False
    pause_s = place_lock_s(guesses.failures)
    if pause_s:
        guessing.lock(connection, place, now_ms + pause_s * 1000)
    return True


def open_session(
    connection: Connection,
    person: Person,
    now_ms: int,
    session_hours: float,
    means: frozenset[Means] = people.ONE_STEP,
) -> SignedIn:
    """A new session under a new token."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    hours = SCREEN_HOURS if person.role is Role.DISPLAY else session_hours
    ends_ms = now_ms + round(hours * 3_600_000)
    people.add_session(connection, token_hash(token), person.id, csrf, now_ms, ends_ms, means)
    by = person_acts(person, "page", who_acts().address)
    ledger.note(connection, What.SESSION_OPEN, person.id, person.office, became={"means": means}, by=by)
    return SignedIn(person, token, hours)


@again_after_conflict
def sign_out(store: Store, token: str) -> None:
    """End the session; a token that is none changes nothing."""
    with store.writing(alone=False) as connection:
        if people.end_session(connection, token_hash(token)):
            ledger.note(connection, What.SESSION_END, who_acts().who.partition(":")[2])


@again_after_conflict
def who(store: Store, token: str, now_ms: int, idle_minutes: float | None = None) -> people.OpenSession | None:
    """The open session of this token, unless nobody used it for so long. This is a use."""
    idle_since_ms = -1 if idle_minutes is None else now_ms - round(idle_minutes * 60_000)
    with store.reading() as connection:
        session = people.session(connection, token_hash(token), now_ms, idle_since_ms)
    if session is not None and now_ms - session.seen_ms >= SEEN_EVERY_MS:
        with store.writing(alone=False) as connection:
            people.seen(connection, token_hash(token), now_ms)
    return session


def add_person(
    store: Store,
    name: str,
    password: str,
    role: Role,
    now_ms: int,
    office: str | None = None,
    shown_as: str = "",
    language: str = "vi",
) -> Person:
    """Let someone new sign in, with a role at one office or (None) everywhere."""
    name = fit_name(name)
    person = Person(0, name, shown_as or name, role, office, language)
    password_hash = hashed(fit_password(password))
    with store.writing() as connection:
        number = people.add_person(connection, person, password_hash, now_ms)
        if number is None:
            raise NameTaken(name)
        ledger.note(connection, What.USER_ADD, number, office, became={"name": name, "role": role, "office": office})
    return Person(number, name, person.shown_as, role, office, language)


def set_password(store: Store, name: str, password: str) -> None:
    """Change a password; whoever is signed in under that name is signed out everywhere."""
    name = tidied(name)
    password_hash = hashed(fit_password(password))
    with store.writing() as connection:
        person = people.set_password(connection, name, password_hash)
        if person is None:
            raise NoSuchPerson(name)
        people.end_sessions_of(connection, person)
        ledger.note(connection, What.USER_PASSWORD, person, became={"one_time": False})


def has_password(store: Store, name: str, password: str) -> bool:
    """Whether this is the person's password; nobody is signed in and no attempt is counted."""
    with store.reading() as connection:
        password_hash = people.password(connection, tidied(name))
    return password_hash is not None and fits(password_hash, password)


@again_after_conflict
def read_in(store: Store, person: Person, language: str) -> None:
    """Remember the language this person reads."""
    with store.writing(alone=False) as connection:
        people.set_language(connection, person.id, language)
        ledger.note(connection, What.USER_CHANGE, person.id, person.office, became={"language": language})


def lock_s(failures: int) -> int:
    """How long after so many failures in a row nobody may try again."""
    doublings = min(failures - FREE_ATTEMPTS, 16)
    return min(FIRST_LOCK_S << doublings, LONGEST_LOCK_S)


def token_hash(token: str) -> str:
    """What the database knows of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def tidied(name: str) -> str:
    """One spelling for all ways to type a name: keyboards differ in how they compose Vietnamese letters."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def fit_name(name: str) -> str:
    """The name as it is kept, or NameUnfit."""
    kept = tidied(name)
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise NameUnfit(name)
    return kept


def fit_password(password: str) -> str:
    """The password, or PasswordUnfit."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordUnfit(len(password))
    return password


def hashed(password: str) -> str:
    """The argon2id hash."""
    return HASHER.hash(in_bytes(password))


def fits(password_hash: str, password: str) -> bool:
    """Whether this password made this hash; takes the same time either way."""
    try:
        return HASHER.verify(password_hash, in_bytes(password[: LONGEST_PASSWORD + 1]))
    except VerificationError:
        return False


def in_bytes(password: str) -> bytes:
    """One spelling for all ways to type a password."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
