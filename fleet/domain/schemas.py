"""Which tables a program can work with: its own, and later ones until one of its needs is taken away.

Tables are known by the number of the last migration. A migration adds something, and every program of before goes on
beside the new ones; or it takes something away, and says which program it must be at least that does without it. The
database keeps that number, for a program knows nothing of the migrations that come after it.
"""

from dataclasses import dataclass

FIRST_THAT_ASKS = "0068"
# Programs of before took no tables but their own.


@dataclass(frozen=True)
class Schema:
    """The tables of a database, and the oldest program that can work with them; empty where there are none."""

    revision: str
    oldest_program: str = ""


class TablesTooNew(Exception):
    """This program cannot work with these tables any more."""


class TablesTooOld(Exception):
    """These tables have yet to be brought up to date."""


class NoSuchRevision(ValueError):
    """No migration of this program has that number, or it lies in the other direction."""


def too_new(found: Schema, program: str) -> str:
    """Why the program of these tables cannot work with the ones found, as a sentence; empty: it can."""
    if found.revision <= program or (FIRST_THAT_ASKS <= found.oldest_program <= program):
        return ""
    needed = found.oldest_program or found.revision
    return (
        f"expected tables that a program of revision {program} can work with, found {found.revision}, "
        f"which needs one of {needed} or newer; install a newer motcua"
    )


def behind(found: Schema, program: str) -> str:
    """Why the tables are not enough for this program, as a sentence; empty: they are."""
    if found.revision >= program:
        return ""
    return f"expected tables of revision {program}, found {found.revision or 'none'}"


def lacks(found: Schema, program: str) -> str:
    """Why the program cannot work with these tables as they are, as a sentence; empty: it can."""
    return too_new(found, program) or behind(found, program)


def suits(found: Schema, program: str) -> bool:
    """Whether the program can work with these tables as they are. Raises TablesTooNew where it never can."""
    if problem := too_new(found, program):
        raise TablesTooNew(problem)
    return not behind(found, program)


def check_target(found: Schema, to: str, known: set[str], back: bool) -> None:
    """Raises NoSuchRevision where the tables cannot be brought to that revision in this direction."""
    if to not in known:
        raise NoSuchRevision(f"expected the revision of a migration, up to {max(known)}, found {to!r}")
    if back and to >= found.revision:
        raise NoSuchRevision(f"expected a revision before {found.revision or 'any'}, found {to}")
    if not back and to < found.revision:
        raise NoSuchRevision(f"expected a revision from {found.revision} on, found {to}; --back takes tables back")
