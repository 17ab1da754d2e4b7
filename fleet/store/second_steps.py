"""Second steps of signing in. Secrets lie sealed in the database; who asks here gets them open."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from fleet.domain.means import Means, in_words, read_means
from fleet.domain.rights import Role
from fleet.store.device_keys import fleet_key
from fleet.store.rows import every, one, run, run_each, sql

EVERYWHERE = "*"

BEGIN = sql("""
    INSERT INTO second_steps (person, secret, begun_ms, used_step) VALUES (:person, :secret, :now_ms, 0)
    ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, begun_ms = excluded.begun_ms, used_step = 0
        WHERE second_steps.since_ms IS NULL""")
GET = sql("SELECT secret, since_ms, used_step FROM second_steps WHERE person = :person")
USE = sql("UPDATE second_steps SET used_step = :step WHERE person = :person AND used_step < :step")
CONFIRM = sql("UPDATE second_steps SET since_ms = :now_ms WHERE person = :person AND since_ms IS NULL")
DROP = sql("DELETE FROM second_steps WHERE person = :person")
ADD_PAPER = sql("INSERT INTO paper_codes (person, hash) VALUES (:person, :hash)")
USE_PAPER = sql("UPDATE paper_codes SET used_ms = :now_ms WHERE person = :person AND hash = :hash AND used_ms IS NULL")
PAPER_LEFT = sql("SELECT COUNT(*) FROM paper_codes WHERE person = :person AND used_ms IS NULL")
DROP_PAPER = sql("DELETE FROM paper_codes WHERE person = :person")
WHO_HAS = sql("SELECT person FROM second_steps WHERE since_ms IS NOT NULL")
RULES = sql("SELECT place, role FROM second_step_rules ORDER BY place, role")
DROP_RULES = sql("DELETE FROM second_step_rules WHERE place = :place")
ADD_RULE = sql("INSERT INTO second_step_rules (place, role) VALUES (:place, :role)")
ADD_HALFWAY = sql("""
    INSERT INTO halfway (token_hash, person, means, until_ms) VALUES (:token_hash, :person, :means, :until_ms)""")
HALFWAY = sql("""
    SELECT u.id, u.name, h.means FROM halfway h JOIN users u ON u.id = h.person
    WHERE h.token_hash = :token_hash AND h.until_ms > :now_ms AND NOT u.disabled""")
END_HALFWAY = sql("DELETE FROM halfway WHERE token_hash = :token_hash")
END_HALFWAY_OF = sql("DELETE FROM halfway WHERE person = :person")
SWEEP_HALFWAY = sql("DELETE FROM halfway WHERE until_ms <= :now_ms")


@dataclass(frozen=True)
class SecondStep:
    """A person's second step. `since_ms` is None until a first code of it was shown."""

    sealed: str = field(repr=False)
    since_ms: int | None
    used_step: int


@dataclass(frozen=True)
class Halfway:
    """Somebody whose first step was right."""

    person: int
    name: str
    means: frozenset[Means]


def begin(connection: Connection, person: int, secret: bytes, now_ms: int) -> None:
    """Keep a secret that is not asked for yet; one that is in force stays."""
    run(connection, BEGIN, person=person, secret=fleet_key(connection).seal(place_of(person), secret), now_ms=now_ms)


def of(connection: Connection, person: int) -> SecondStep | None:
    """The second step of this person."""
    row = one(connection, GET, person=person)
    return None if row is None else SecondStep(*row)


def opened(connection: Connection, person: int, step: SecondStep) -> bytes:
    """The secret of a second step. Raises FleetKeyWrong."""
    return fleet_key(connection).open(place_of(person), step.sealed)


def use(connection: Connection, person: int, step: int) -> bool:
    """The code of this half minute counts now; False where it or a later one counted before."""
    return run(connection, USE, person=person, step=step) == 1


def confirm(connection: Connection, person: int, now_ms: int) -> bool:
    """From now on it is asked for; False where it was before."""
    return run(connection, CONFIRM, person=person, now_ms=now_ms) == 1


def drop(connection: Connection, person: int) -> bool:
    """One step is enough again; False where it was."""
    run(connection, DROP_PAPER, person=person)
    run(connection, END_HALFWAY_OF, person=person)
    return run(connection, DROP, person=person) == 1


def give_paper(connection: Connection, person: int, hashes: Iterable[str]) -> None:
    """These codes on paper instead of those before."""
    run(connection, DROP_PAPER, person=person)
    run_each(connection, ADD_PAPER, [{"person": person, "hash": one_hash} for one_hash in hashes])


def use_paper(connection: Connection, person: int, code_hash: str, now_ms: int) -> bool:
    """The code counts now; False where it is none, or was used."""
    return run(connection, USE_PAPER, person=person, hash=code_hash, now_ms=now_ms) == 1


def paper_left(connection: Connection, person: int) -> int:
    """How many codes on paper are good yet."""
    return int(one(connection, PAPER_LEFT, person=person)[0])


def who_has(connection: Connection) -> frozenset[int]:
    """The numbers of the people who sign in by two steps."""
    return frozenset(row.person for row in every(connection, WHO_HAS))


def rules(connection: Connection) -> dict[str, frozenset[Role]]:
    """Of which roles a second step is asked, by office (EVERYWHERE: at all)."""
    found: dict[str, frozenset[Role]] = {}
    for row in every(connection, RULES):
        found[row.place] = found.get(row.place, frozenset()) | {Role(row.role)}
    return found


def set_rules(connection: Connection, place: str, roles: Iterable[Role]) -> None:
    """Ask it there of these roles and no others."""
    run(connection, DROP_RULES, place=place)
    run_each(connection, ADD_RULE, [{"place": place, "role": role.value} for role in sorted(roles)])


def add_halfway(
    connection: Connection, token_hash: str, person: int, means: frozenset[Means], now_ms: int, until_ms: int
) -> None:
    """Somebody's first step was right; those who never took the second are forgotten."""
    run(connection, SWEEP_HALFWAY, now_ms=now_ms)
    values = {"token_hash": token_hash, "person": person, "means": in_words(means), "until_ms": until_ms}
    run(connection, ADD_HALFWAY, **values)


def halfway(connection: Connection, token_hash: str, now_ms: int) -> Halfway | None:
    """Who is halfway with this token."""
    row = one(connection, HALFWAY, token_hash=token_hash, now_ms=now_ms)
    return None if row is None else Halfway(row.id, row.name, read_means(row.means))


def end_halfway(connection: Connection, token_hash: str) -> bool:
    """This token leads nowhere any more; False where another request was there first."""
    return run(connection, END_HALFWAY, token_hash=token_hash) == 1


def place_of(person: int) -> str:
    """Under which name of its own the fleet key seals it: no device can have it."""
    return f"{person}, a person's second step"
