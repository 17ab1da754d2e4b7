"""People are let in, changed and kept out by whoever may; each looks after the own password and sessions.

`by` is who does it, None whoever works at the machine itself with the commands. A password that somebody else made is
good for a week, and for nothing but to be replaced. Whoever alone may do everything everywhere stays that.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.rights import Person, Role
from fleet.domain.seen import refuse_changed
from fleet.domain.staff import is_last_chief, may_give
from fleet.domain.unfit import Expected, Unfit, refuse
from fleet.flows.sign_in import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    NameUnfit,
    NoSuchPerson,
    SignedIn,
    fit_name,
    fits,
    hashed,
    open_session,
    take_attempt,
    tidied,
    token_hash,
)
from fleet.store import badges, identities, ledger, people, places, staff, tokens
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.staff import SessionRow, StaffRow

ONE_TIME_MS = 7 * 86_400_000
SHOWN_AS = 80
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# None that is taken for another when it is read from a slip of paper: no l, o, 0, 1.
GROUPS, GROUP = 4, 4
# 80 bits of chance.


class PersonUnfit(Unfit):
    """A person can not be so. Nothing was changed."""


@dataclass(frozen=True)
class Wanted:
    """What somebody shall be. Texts are as they were typed."""

    name: str
    shown_as: str
    role: str
    office: str | None
    language: str


def staff_of(store: Store, by: Person | None) -> list[StaffRow]:
    """The people whom this one looks after, by name."""
    with store.reading() as connection:
        return [one for one in staff.everybody(connection) if by is None or by.belongs_to(one.office)]


def one_of(store: Store, number: int, by: Person | None) -> StaffRow:
    """One of them. Raises NoSuchPerson."""
    with store.reading() as connection:
        return found(connection, number, by)


def named(store: Store, name: str) -> int:
    """The number of the person of this name. Raises NoSuchPerson."""
    with store.reading() as connection:
        row = staff.of_name(connection, tidied(name))
    if row is None:
        raise NoSuchPerson(name[:80])
    return row.id


def take_in(store: Store, wanted: Wanted, languages: tuple[str, ...], now_ms: int, by: Person | None) -> str:
    """Let somebody new sign in; the one-time password, told this once. Raises PersonUnfit."""
    password = one_time_password()
    password_hash = hashed(password)
    with store.writing() as connection:
        role, office = standing(connection, wanted, languages, by, new=True)
        name = fit_name(wanted.name)
        person = Person(0, name, wanted.shown_as.strip() or name, role, office, wanted.language)
        number = people.add_person(connection, person, password_hash, now_ms, until_ms(role, now_ms))
        if number is None:
            raise PersonUnfit(f"name: there is a person called {name!r} already", "name", Expected.TAKEN, found=name)
        ledger.note(connection, What.USER_ADD, number, office, became={"name": name, "role": role, "office": office})
    return password


def change(
    store: Store,
    number: int,
    wanted: Wanted,
    languages: tuple[str, ...],
    seen: str | None,
    by: Person | None,
    now_ms: int,
) -> None:
    """Make somebody what is wanted, but for the name; who gets another role loses the tokens of the one before.

    Raises PersonUnfit, NoSuchPerson, ChangedMeanwhile.
    """
    with store.writing() as connection:
        row = managed(connection, number, by)
        refuse_changed(seen, what_is_set(row))
        role, office = standing(connection, wanted, languages, by, new=False)
        if (role, office) != (row.role, row.office):
            refuse_own(row, by, "role")
            refuse_last_chief(connection, row, "role")
            people.end_sessions_of(connection, row.id)
            tokens.revoke_of_person(connection, row.id, now_ms)
        staff.edit(connection, row.id, wanted.shown_as.strip() or row.name, role, office, wanted.language)
        note_change(
            connection, row, Wanted(row.name, wanted.shown_as.strip() or row.name, role, office, wanted.language)
        )


def keep_out(store: Store, number: int, now_ms: int, by: Person | None) -> None:
    """The person may not sign in any more: sessions, tokens, badges end at once. Raises PersonUnfit, NoSuchPerson."""
    with store.writing() as connection:
        row = managed(connection, number, by)
        refuse_own(row, by, "")
        refuse_last_chief(connection, row, "")
        staff.disable(connection, row.id, True)
        people.end_sessions_of(connection, row.id)
        tokens.revoke_of_person(connection, row.id, now_ms)
        if row.office is not None:
            badges.end(connection, row.office, row.id, now_ms)
        ledger.note(connection, What.USER_KEEP_OUT, row.id, row.office)


def let_in_again(store: Store, number: int, now_ms: int, by: Person | None) -> str:
    """Whoever was kept out may sign in again, with a new one-time password, which this is. Raises NoSuchPerson."""
    return new_password(store, number, now_ms, by, disabled=False)


def new_password(store: Store, number: int, now_ms: int, by: Person | None, disabled: bool | None = None) -> str:
    """Give somebody a one-time password, told this once; open sessions end. Raises PersonUnfit, NoSuchPerson."""
    password = one_time_password()
    password_hash = hashed(password)
    with store.writing() as connection:
        row = managed(connection, number, by)
        if disabled is not None:
            staff.disable(connection, row.id, disabled)
        people.set_password(connection, row.name, password_hash, until_ms(row.role, now_ms))
        people.end_sessions_of(connection, row.id)
        what = What.USER_PASSWORD if disabled is None else What.USER_LET_IN
        ledger.note(connection, what, row.id, row.office, became={"one_time": True})
    return password


def unlock(store: Store, number: int, by: Person | None) -> None:
    """Whoever tried too often may try again at once. Raises NoSuchPerson."""
    with store.writing() as connection:
        row = managed(connection, number, by)
        people.unlock(connection, row.id)
        ledger.note(connection, What.USER_UNLOCK, row.id, row.office)


def part_identities(store: Store, number: int, by: Person | None) -> int:
    """No provider lets somebody in as this person any more; how many did. Raises PersonUnfit, NoSuchPerson."""
    with store.writing() as connection:
        row = managed(connection, number, by)
        identities.end_all_sessions(connection, row.id)
        parted = identities.part(connection, row.id)
        ledger.note(connection, What.USER_PART, row.id, row.office, became={"identities": parted})
        return parted


@again_after_conflict
def replace_own(
    store: Store,
    person: Person,
    old: str,
    new: str,
    again: str,
    now_ms: int,
    session_hours: float,
    session: people.OpenSession | None = None,
) -> SignedIn:
    """Replace the own password by one that only the person knows; all sessions end, and this is the new one.

    Whoever does not know the old one is counted as if signing in. Raises PersonUnfit.
    """
    refuse(wrong_with_own(person, old, new, again))
    attempt = take_attempt(store, person.name, now_ms)
    if attempt is None or not fits(attempt.password, old):
        raise PersonUnfit("old: expected the password of today, found another", "old", Expected.OTHER_THAN_OLD)
    password_hash = hashed(new)
    with store.writing(alone=False) as connection:
        people.set_password(connection, person.name, password_hash)
        people.end_sessions_of(connection, person.id)
        ledger.note(connection, What.USER_PASSWORD, person.id, person.office, became={"one_time": False})
        if session is None:
            return open_session(connection, person, now_ms, session_hours)
        fresh = open_session(connection, person, now_ms, session_hours, session.means)
        if session.has_second_step:  # a password is no proof of whoever has more than that
            people.proved(connection, token_hash(fresh.token), session.means, session.proved_ms)
        return fresh


def own_sessions(store: Store, person: Person, now_ms: int) -> list[SessionRow]:
    """Where the person is signed in, the newest first."""
    with store.reading() as connection:
        return staff.sessions(connection, person.id, now_ms)


@again_after_conflict
def sign_out_elsewhere(store: Store, person: Person, token: str) -> int:
    """End all sessions of the person but that of this token; how many that were."""
    with store.writing(alone=False) as connection:
        ended = staff.end_other_sessions(connection, person.id, token_hash(token))
        ledger.note(connection, What.SESSION_END, person.id, person.office, became={"others": ended})
        return ended


def note_change(connection: Connection, row: StaffRow, wanted: Wanted) -> None:
    """What somebody was and is from now on; that the shown name is another, but not which."""
    before = {"role": row.role, "office": row.office, "language": row.language}
    was, became = what_changed(before, {name: getattr(wanted, name) for name in before})
    if wanted.shown_as != row.shown_as:
        became["shown_as"] = "…"
    ledger.note(connection, What.USER_CHANGE, row.id, row.office, was, became)


def what_is_set(row: StaffRow) -> tuple[object, ...]:
    """What a form of this person changes, for the mark that it carries."""
    return (row.shown_as, row.role.value, row.office, row.language)


def standing(
    connection: Connection, wanted: Wanted, languages: tuple[str, ...], by: Person | None, new: bool
) -> tuple[Role, str | None]:
    """The role and the office that are wanted. Raises PersonUnfit."""
    offices = [one.id for one in places.offices(connection)]
    refuse(wrong_with(wanted, offices, languages, by, new))
    return Role(wanted.role), wanted.office


def wrong_with(
    wanted: Wanted, offices: list[str], languages: tuple[str, ...], by: Person | None, new: bool
) -> Iterator[PersonUnfit]:
    """Why somebody can not be this."""
    if new:
        try:
            fit_name(wanted.name)
        except NameUnfit as problem:
            yield PersonUnfit(str(problem), "name", Expected.LINE, most=LONGEST_NAME)
    if len(wanted.shown_as) > SHOWN_AS or not wanted.shown_as.isprintable():
        text = f"shown-as: expected one line of at most {SHOWN_AS} letters, found {wanted.shown_as[:100]!r}"
        yield PersonUnfit(text, "shown_as", Expected.LINE, most=SHOWN_AS)
    if wanted.language not in languages:
        text = f"language: expected {' or '.join(languages)}, found {wanted.language[:40]!r}"
        yield PersonUnfit(text, "language", Expected.CHOICE)
    here = wanted.office is None or wanted.office in offices
    if not here or (by is not None and not by.belongs_to(wanted.office)):
        known = ", ".join(one for one in offices if by is None or by.belongs_to(one)) or "none"
        text = f"office: expected one of {known}, found {'everywhere' if not wanted.office else wanted.office[:40]!r}"
        yield PersonUnfit(text, "office", Expected.CHOICE)
    if wanted.role not in [role.value for role in Role]:
        text = f"role: expected one of {', '.join(Role)}, found {wanted.role[:40]!r}"
        yield PersonUnfit(text, "role", Expected.CHOICE)
    elif not may_give(by, Role(wanted.role), wanted.office):
        text = f"role: expected one that gives no more than the own, found {wanted.role}"
        yield PersonUnfit(text, "role", Expected.OWN_RIGHTS)
    elif Role(wanted.role) in (Role.CLERK, Role.DISPLAY) and wanted.office is None:
        text = f"office: expected the office of a {wanted.role}, found none"
        yield PersonUnfit(text, "office", Expected.NEEDED)


def wrong_with_own(person: Person, old: str, new: str, again: str) -> Iterator[PersonUnfit]:
    """Why this can not be somebody's new password."""
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        text = f"new: expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, found {len(new)}"
        yield PersonUnfit(text, "new", Expected.LENGTH, least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    elif new == old or tidied(new) in (person.name, tidied(person.shown_as)):
        yield PersonUnfit("new: expected another than the old one and the name, found it", "new", Expected.NOT_NEW)
    if new != again:
        yield PersonUnfit("again: expected the same password twice, found two", "again", Expected.TWICE)


def found(connection: Connection, number: int, by: Person | None) -> StaffRow:
    """The person of this number, of whom `by` may know. Raises NoSuchPerson."""
    row = staff.one_of(connection, number)
    if row is None or (by is not None and not by.belongs_to(row.office)):
        raise NoSuchPerson(str(number))
    return row


def managed(connection: Connection, number: int, by: Person | None) -> StaffRow:
    """The person of this number, who is no mightier than `by`. Raises PersonUnfit, NoSuchPerson."""
    row = found(connection, number, by)
    if not may_give(by, row.role, row.office):
        raise PersonUnfit(f"role: {row.name!r} may do more than you", "", Expected.OWN_RIGHTS)
    return row


def refuse_own(row: StaffRow, by: Person | None, field: str) -> None:
    """Nobody takes the own rights away by a slip; another does. Raises PersonUnfit."""
    if by is not None and by.id == row.id:
        raise PersonUnfit("expected somebody else, found your own account", field, Expected.NOT_ONESELF)


def refuse_last_chief(connection: Connection, row: StaffRow, field: str) -> None:
    """Raises PersonUnfit where nobody else may do everything everywhere."""
    active = [(one.name, (one.role, one.office)) for one in staff.everybody(connection) if not one.disabled]
    if is_last_chief(row.name, active):
        text = f"expected another administrator of all offices beside {row.name!r}, found none"
        raise PersonUnfit(text, field, Expected.LAST_CHIEF)


def until_ms(role: Role, now_ms: int) -> int | None:
    """Until when a password that somebody else made is good; a screen on a wall makes none of its own."""
    return None if role is Role.DISPLAY else now_ms + ONE_TIME_MS


def one_time_password() -> str:
    """`k7mp-4qxt-hn3w-z8ad`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
