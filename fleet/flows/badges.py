"""Badges of the staff: one is given, taken back, listed. The fleet keeps a hash of its code, never the code."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.clerk_sessions import Badge
from fleet.domain.day import day_of
from fleet.domain.rights import Person
from fleet.flows.sign_in import tidied
from fleet.store import badges, ledger, people, places, windows
from fleet.store.badges import WornBadge
from fleet.store.database import Store
from protocols.signing import ALPHABET, badge_hash

MARK = "MCB:"
LETTERS = 16
# 80 bits of chance.
NUMBERS = range(1, 1000)


class BadgeError(ValueError):
    """The badge cannot be given or taken back; the text says why. Nothing was changed."""


@dataclass(frozen=True)
class NewBadge:
    """A badge just given. Its code is told this once."""

    number: int
    code: str


def give_badge(store: Store, name: str, now_ms: int, number: int | None = None) -> NewBadge:
    """A new badge for this person, who keeps the clerk's number; an older badge holds no longer. Raises BadgeError."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)).upper()
    with store.writing() as connection:
        person, office = wearer(connection, name)
        number = number_for(connection, office, person, number)
        end(connection, office, person.id, now_ms)
        badges.add(connection, office, Badge(badge_hash(code.encode()), person.id, number, now_ms))
        ledger.note(connection, What.BADGE_GIVE, person.id, office, became={"number": number})
    return NewBadge(number, MARK + code)


def take_back(store: Store, name: str, now_ms: int) -> None:
    """The person's badge signs in nowhere any more, and a session that it began ends now. Raises BadgeError."""
    with store.writing() as connection:
        person, office = wearer(connection, name)
        if not end(connection, office, person.id, now_ms):
            raise BadgeError(f"badge: expected somebody who has one, found {person.name!r}, who has none")
        ledger.note(connection, What.BADGE_TAKE_BACK, person.id, office)


def worn_badges(store: Store) -> Sequence[WornBadge]:
    """All badges that were ever given, by office and number."""
    with store.reading() as connection:
        return badges.worn(connection)


def wearer(connection: Connection, name: str) -> tuple[Person, str]:
    """The person and their office. Raises BadgeError where there is none."""
    person = people.person(connection, tidied(name))
    if person is None:
        raise BadgeError(f"nobody is called {name!r}")
    if person.office is None:
        raise BadgeError(f"badge: expected somebody of one office, found {person.name!r}, who is of none")
    return person, person.office


def number_for(connection: Connection, office: str, person: Person, wanted: int | None) -> int:
    """The clerk's number: the one that is theirs, the one wanted, or the first that nobody ever had."""
    own = badges.number_of(connection, office, person.id)
    taken = badges.numbers(connection, office)
    if own is not None:
        if wanted not in (None, own):
            raise BadgeError(f"number: {person.name} has {own} for good, found {wanted}")
        return own
    if wanted is None:
        wanted = next((one for one in NUMBERS if one not in taken), NUMBERS.stop)
    if wanted in taken:
        raise BadgeError(f"number: expected one that nobody ever had here, found {wanted}")
    if wanted not in NUMBERS:
        raise BadgeError(f"number: expected {NUMBERS.start} to {NUMBERS.stop - 1}, found {wanted}")
    return wanted


def end(connection: Connection, office: str, person: int, now_ms: int) -> int:
    """Take back what badges this person has, and let the day be linked anew; how many that were."""
    ended = badges.end(connection, office, person, now_ms)
    row = places.office(connection, office)
    if ended and row is not None:
        windows.mark(connection, [(office, day_of(now_ms, row.timezone))])
    return ended
