"""Whoever has a second step takes it: when signing in, and again before what must not be done at a browser left open.

A wrong code counts like a wrong password, and into the same pauses. Where the secret can not be opened (the fleet key
is another than it was) only the codes on paper are good, and whoever works at the machine can take the step away.
"""

import logging
from hashlib import sha256

from sqlalchemy import Connection

from fleet.domain.guessing import place_of
from fleet.domain.means import Means
from fleet.domain.one_time_codes import DIGITS, fitting_step
from fleet.flows.sign_in import SignedIn, fits, let_in, take_attempt, token_hash
from fleet.store import guessing, identities, ledger, people, second_steps
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.fleet_key import FleetKeyWrong
from fleet.store.people import OpenSession

log = logging.getLogger(__name__)


class HalfwayOver(Exception):
    """Nobody is halfway with this token: it took too long, or the second step was taken before."""

    def __init__(self) -> None:
        super().__init__("the first step was too long ago: sign in from the beginning")


@again_after_conflict
def take_second_step(
    store: Store, token: str, typed: str, now_ms: int, session_hours: float, address: str = ""
) -> SignedIn | None:
    """A new session if this is the code of whoever is halfway, else None, whatever the reason. Raises HalfwayOver."""
    with store.reading() as connection:
        half = second_steps.halfway(connection, token_hash(token), now_ms)
    if half is None:
        raise HalfwayOver
    attempt = take_attempt(store, half.name, now_ms, address)
    if attempt is None:
        return None
    with store.writing() as connection:
        means = counted(connection, half.person, typed, now_ms)
        if means is None:
            return None
        if not second_steps.end_halfway(connection, token_hash(token)):
            raise HalfwayOver
        guessing.take_back(connection, place_of(address))
        done = let_in(connection, attempt.person, half.means | {means}, now_ms, session_hours)
        if not isinstance(done, SignedIn):
            return None
        identities.went_on(connection, token_hash(token), token_hash(done.token))
        return done


@again_after_conflict
def prove_again(store: Store, session: OpenSession, token: str, typed: str, now_ms: int, address: str = "") -> bool:
    """Whether the person of this session is still there: a code for who has a second step, the password for others."""
    person = session.person
    attempt = take_attempt(store, person.name, now_ms, address)
    if attempt is None:
        return False
    is_right = session.has_second_step or fits(attempt.password, typed)
    with store.writing() as connection:
        means = counted(connection, person.id, typed, now_ms) if session.has_second_step else Means.PASSWORD
        if not is_right or means is None:
            return False
        guessing.take_back(connection, place_of(address))
        people.unlock(connection, person.id)
        people.proved(connection, token_hash(token), session.means | {means}, now_ms)
        ledger.no_deed(connection)  # who does something after it is noted with that
        return True


def counted(connection: Connection, person: int, typed: str, now_ms: int) -> Means | None:
    """What this code is, which counts from now on and not again; None if it is none of the person's."""
    tidy = "".join(typed.split())
    if len(tidy) == DIGITS and tidy.isdecimal() and tidy.isascii():
        return Means.CODE if counts(connection, person, tidy, now_ms) else None
    return Means.PAPER if second_steps.use_paper(connection, person, paper_hash(tidy), now_ms) else None


def counts(connection: Connection, person: int, code: str, now_ms: int) -> bool:
    """Whether this is the code of now, or of just before or after, and was not used yet."""
    step = second_steps.of(connection, person)
    if step is None:
        return False
    try:
        secret = second_steps.opened(connection, person, step)
    except FleetKeyWrong as problem:
        log.error("second step of person %d: %s", person, problem)
        return False
    fitting = fitting_step(secret, code, now_ms, step.used_step)
    return fitting is not None and second_steps.use(connection, person, fitting)


def paper_hash(code: str) -> str:
    """What the database knows of a code on paper, which has 80 random bits; dashes and capitals are as one likes."""
    return sha256(code.replace("-", "").casefold().encode("utf-8", "surrogatepass")).hexdigest()
