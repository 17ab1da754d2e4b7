"""A person sets up a second step, or gives it up; others take a lost one away, and say of whom it is asked.

It is asked for only once a first code of it was shown, so nobody locks themselves out with a picture that was not read.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from fleet.domain.audit import What, what_changed
from fleet.domain.means import Means
from fleet.domain.one_time_codes import SECRET_BYTES, address_of, in_letters
from fleet.domain.rights import Permission, Person, Role
from fleet.domain.seen import refuse_changed
from fleet.domain.unfit import Expected, refuse
from fleet.flows.people import PersonUnfit, managed, one_time_password, refuse_own
from fleet.flows.second_step import counted, counts, paper_hash
from fleet.flows.sign_in import fits, take_attempt, token_hash
from fleet.store import ledger, people, second_steps, staff
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.people import OpenSession

PAPER_CODES = 10
ASKED_OF = tuple(role for role in Role if role is not Role.DISPLAY)
# A screen on a wall has nobody who could show a code.


@dataclass(frozen=True)
class Offer:
    """A second step that is not asked for yet: what the picture says, and what is typed where none is read."""

    address: str
    letters: str


@dataclass(frozen=True)
class Standing:
    """How it stands with somebody's second step: since when it is, and how many codes on paper are left."""

    since_ms: int | None
    paper_left: int


def standing(store: Store, person: Person) -> Standing:
    """How it stands with the own second step."""
    with store.reading() as connection:
        step = second_steps.of(connection, person.id)
        return Standing(step.since_ms if step else None, second_steps.paper_left(connection, person.id))


@again_after_conflict
def begin(store: Store, person: Person, now_ms: int) -> None:
    """Make a new secret, not asked for yet. One that is in force stays. Raises FleetKeyWrong."""
    with store.writing() as connection:
        second_steps.begin(connection, person.id, secrets.token_bytes(SECRET_BYTES), now_ms)
        ledger.no_deed(connection)  # it is not asked for until it is confirmed


def offer(store: Store, person: Person) -> Offer | None:
    """The secret that was begun and not confirmed; None: there is none to see. Raises FleetKeyWrong."""
    with store.reading() as connection:
        step = second_steps.of(connection, person.id)
        if step is None or step.since_ms is not None:
            return None
        secret = second_steps.opened(connection, person.id, step)
    return Offer(address_of(secret, person.name), in_letters(secret))


@again_after_conflict
def confirm(store: Store, session: OpenSession, token: str, code: str, now_ms: int) -> list[str]:
    """From now on it is asked for; the codes on paper, told this once. Other sessions end. Raises PersonUnfit."""
    person, codes = session.person, paper_codes()
    with store.writing() as connection:
        tidy = "".join(code.split())
        if not (counts(connection, person.id, tidy, now_ms) and second_steps.confirm(connection, person.id, now_ms)):
            raise PersonUnfit("code: expected the six digits that the telephone shows now", "code", Expected.CODE)
        second_steps.give_paper(connection, person.id, map(paper_hash, codes))
        people.proved(connection, token_hash(token), session.means | {Means.CODE}, now_ms)
        staff.end_other_sessions(connection, person.id, token_hash(token))
        ledger.note(connection, What.USER_SECOND_STEP, person.id, person.office)
    return codes


@again_after_conflict
def new_paper(store: Store, person: Person) -> list[str]:
    """New codes on paper instead of those before, told this once. Raises PersonUnfit."""
    codes = paper_codes()
    with store.writing() as connection:
        step = second_steps.of(connection, person.id)
        if step is None or step.since_ms is None:
            raise PersonUnfit("expected a second step, found none", "", Expected.NEEDED)
        second_steps.give_paper(connection, person.id, map(paper_hash, codes))
        ledger.note(connection, What.USER_PAPER_CODES, person.id, person.office)
    return codes


@again_after_conflict
def give_up(store: Store, person: Person, password: str, code: str, now_ms: int) -> None:
    """One step is enough again, for who shows both. Raises PersonUnfit."""
    attempt = take_attempt(store, person.name, now_ms)
    if attempt is None or not fits(attempt.password, password):
        raise PersonUnfit("password: expected that of today, found another", "password", Expected.OTHER_THAN_OLD)
    with store.writing() as connection:
        if counted(connection, person.id, code, now_ms) is None:
            raise PersonUnfit("code: expected one of now or from paper, found another", "code", Expected.CODE)
        people.unlock(connection, person.id)
        second_steps.drop(connection, person.id)
        ledger.note(connection, What.USER_ONE_STEP, person.id, person.office)


def take_away(store: Store, number: int, by: Person | None) -> None:
    """Whoever lost telephone and paper signs in by one step; open sessions end. Raises PersonUnfit, NoSuchPerson."""
    with store.writing() as connection:
        row = managed(connection, number, by)
        refuse_own(row, by, "")
        second_steps.drop(connection, row.id)
        people.end_sessions_of(connection, row.id)
        ledger.note(connection, What.USER_ONE_STEP, row.id, row.office)


def who_has(store: Store) -> frozenset[int]:
    """The numbers of the people who sign in by two steps."""
    with store.reading() as connection:
        return second_steps.who_has(connection)


def asked_of(store: Store, office: str | None) -> frozenset[Role]:
    """Of which roles a second step is asked at this office, or (None) everywhere."""
    with store.reading() as connection:
        return second_steps.rules(connection).get(office or second_steps.EVERYWHERE, frozenset())


def ask_of(store: Store, roles: Collection[str], office: str | None, seen: str | None, by: Person | None) -> None:
    """Ask it of these roles at this office, or (None) everywhere, and of no others there.

    Raises PersonUnfit, ChangedMeanwhile.
    """
    refuse(wrong_with_rule(roles, office, by))
    place = office or second_steps.EVERYWHERE
    with store.writing() as connection:
        before = what_is_asked(second_steps.rules(connection).get(place, ()))
        refuse_changed(seen, before)
        second_steps.set_rules(connection, place, map(Role, roles))
        was, became = what_changed({"roles": before}, {"roles": sorted(roles)})
        ledger.note(connection, What.USER_ASK_SECOND_STEP, office or "", office, was, became)


def what_is_asked(roles: Iterable[Role]) -> list[str]:
    """What a form of the rule changes, for the mark that it carries."""
    return sorted(roles)


def wrong_with_rule(roles: Collection[str], office: str | None, by: Person | None) -> Iterator[PersonUnfit]:
    """Why it can not be asked so."""
    strange = sorted(set(roles) - set(ASKED_OF))
    if strange:
        text = f"role: expected some of {', '.join(ASKED_OF)}, found {strange[0][:40]!r}"
        yield PersonUnfit(text, "roles", Expected.CHOICE)
    if by is not None and not (by.may(Permission.MANAGE_PEOPLE) and by.belongs_to(office)):
        yield PersonUnfit("office: expected one where you look after people, found another", "", Expected.OWN_RIGHTS)


def paper_codes() -> list[str]:
    """Ten codes of 80 bits of chance."""
    return [one_time_password() for _ in range(PAPER_CODES)]
