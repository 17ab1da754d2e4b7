"""Somebody whom a provider of identities knows signs in here, and out.

An identity is one person's for good: of whoever was made at its first sign-in, or of whoever connected it while signed
in. A name or an address of e-mail alone never makes anybody the owner of a person who is there already. Who is kept
out here stays out whatever the provider says. Where groups give roles, they do so at each sign-in; a role that changed
or went ends the sessions of before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.group_roles import GroupRole, role_of
from fleet.domain.id_tokens import Claims
from fleet.domain.identities import Identity, session_of
from fleet.domain.means import Means
from fleet.domain.rights import Person, Role
from fleet.flows.sign_in import NOBODY, Halfway, NameUnfit, SignedIn, fit_name, let_in, token_hash
from fleet.store import identities, ledger, people, places, staff
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.identities import IdentityRow
from fleet.store.staff import StaffRow

SHOWN_AS = 80


class Why(StrEnum):
    """Why somebody whom the provider knows does not come in."""

    UNKNOWN = "unknown"
    NAME_TAKEN = "name_taken"
    NAME_UNFIT = "name_unfit"
    NO_ROLE = "no_role"
    KEPT_OUT = "kept_out"
    EMERGENCY = "emergency_only"
    CONNECTED = "connected"


class NotLetIn(Exception):
    """The provider knows this person, and still nobody signs in."""

    def __init__(self, why: Why, found: str) -> None:
        super().__init__(f"{why.value}: {found}")
        self.why = why


@dataclass(frozen=True)
class Rules:
    """What holds here for those who come from the provider.

    With `rows` groups give roles, without them administrators do. `emergency` are the names of those who sign in by
    password whatever happens, and by nothing else; where there are any, nobody else but screens signs in by password.
    """

    rows: Sequence[GroupRole] = ()
    makes_people: bool = True
    emergency: frozenset[str] = frozenset()
    language: str = "vi"

    def may_use_password(self, person: Person) -> bool:
        """Whether this person may sign in by password."""
        return not self.emergency or person.role is Role.DISPLAY or person.name in self.emergency


def enter(store: Store, identity: Identity, rules: Rules, now_ms: int, session_hours: float) -> SignedIn | Halfway:
    """A new session of the person whose identity this is, or half of one. Raises NotLetIn."""
    outcome = entered(store, identity, rules, now_ms, session_hours)
    if isinstance(outcome, NotLetIn):
        raise outcome  # only now: the sessions that ended with a role stay ended
    return outcome


@again_after_conflict
def entered(
    store: Store, identity: Identity, rules: Rules, now_ms: int, session_hours: float
) -> SignedIn | Halfway | NotLetIn:
    with store.writing() as connection:
        given = role_given(connection, identity, rules)
        number = identities.person_of(connection, identity.issuer, identity.subject)
        if number is None:
            if isinstance(given, NotLetIn):
                return given
            made = new_person(connection, identity, given, rules, now_ms)
            if isinstance(made, NotLetIn):
                return made
            number = made
        row = staff.one_of(connection, number)
        if row is None or row.disabled:
            return NotLetIn(Why.KEPT_OUT, repr(row.name if row else number))
        if isinstance(given, NotLetIn):
            people.end_sessions_of(connection, row.id)
            return given
        person = with_role(connection, row, given)
        means = Means.PROVIDER if identity.two_steps else Means.PROVIDER_ONCE
        done = let_in(connection, person, frozenset({means}), now_ms, session_hours)
        identities.began(connection, token_hash(done.token), identity)
        identities.seen(connection, identity.issuer, identity.subject, now_ms)
        return done


def role_given(connection: Connection, identity: Identity, rules: Rules) -> GroupRole | NotLetIn | None:
    """What the groups give; None where administrators give roles."""
    if not rules.rows:
        return None
    given = role_of(identity.groups, rules.rows)
    if given is None:
        return NotLetIn(Why.NO_ROLE, f"none of the {len(identity.groups)} groups of {identity.name!r} has a role")
    if given.office is not None and places.office(connection, given.office) is None:
        return NotLetIn(Why.NO_ROLE, f"group {given.group!r}: there is no office {given.office!r}")
    return given


def new_person(
    connection: Connection, identity: Identity, given: GroupRole | None, rules: Rules, now_ms: int
) -> int | NotLetIn:
    """Somebody who was never here; has a password that nobody knows."""
    if given is None or not rules.makes_people:
        return NotLetIn(Why.UNKNOWN, repr(identity.name))
    try:
        name = fit_name(identity.name)
    except NameUnfit as problem:
        return NotLetIn(Why.NAME_UNFIT, str(problem))
    shown_as = identity.shown_as.strip()[:SHOWN_AS]
    person = Person(0, name, shown_as or name, given.role, given.office, rules.language)
    number = people.add_person(connection, person, NOBODY, now_ms)
    if number is None or not identities.connect(connection, identity.issuer, identity.subject, number, now_ms):
        return NotLetIn(Why.NAME_TAKEN, repr(name))
    said = {"name": name, "role": given.role, "office": given.office, "issuer": identity.issuer}
    ledger.note(connection, What.USER_ADD, number, given.office, became=said)
    return number


def with_role(connection: Connection, row: StaffRow, given: GroupRole | None) -> Person:
    """The person, with the role of today; if it is another than before, sessions of before end."""
    role, office = (row.role, row.office) if given is None else (given.role, given.office)
    if (role, office) != (row.role, row.office):
        staff.edit(connection, row.id, row.shown_as, role, office, row.language)
        people.end_sessions_of(connection, row.id)
        was, became = {"role": row.role, "office": row.office}, {"role": role, "office": office}
        ledger.note(connection, What.USER_CHANGE, row.id, row.office, *what_changed(was, became))
    return Person(row.id, row.name, row.shown_as, role, office, row.language)


def connect(store: Store, person: Person, identity: Identity, rules: Rules, now_ms: int) -> None:
    """Whoever is signed in may come from the provider, too, as this identity. Raises NotLetIn."""
    if person.name in rules.emergency:
        raise NotLetIn(Why.EMERGENCY, repr(person.name))
    with store.writing() as connection:
        if identities.person_of(connection, identity.issuer, identity.subject) == person.id:
            return
        if not identities.connect(connection, identity.issuer, identity.subject, person.id, now_ms):
            raise NotLetIn(Why.CONNECTED, repr(person.name))
        ledger.note(connection, What.USER_CONNECT, person.id, person.office, became={"issuer": identity.issuer})


def identity_at(store: Store, person: int, issuer: str) -> IdentityRow | None:
    """Who a person is to this provider."""
    with store.reading() as connection:
        return identities.of_person(connection, person, issuer)


def part(store: Store, person: Person) -> int:
    """No provider lets anybody in as this person any more, and sessions that began there end; how many did."""
    with store.writing() as connection:
        identities.end_all_sessions(connection, person.id)
        parted = identities.part(connection, person.id)
        ledger.note(connection, What.USER_PART, person.id, person.office, became={"identities": parted})
        return parted


def began_with(store: Store, session: str) -> str | None:
    """The token of a provider with which this session began; None for one that began here."""
    with store.reading() as connection:
        return identities.began_with(connection, token_hash(session))


@again_after_conflict
def signed_out_there(store: Store, claims: Claims) -> int:
    """End what the provider says is over: one session, or all of a subject; how many those were."""
    with store.writing() as connection:
        ended = identities.end_sessions(connection, str(claims["iss"]), claims.get("sub"), session_of(claims))
        if ended:
            ledger.note(connection, What.SESSION_END, became={"at_the_provider": ended})
        return ended
