"""When the database says no: what is done again, and what is said to a person."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

DatabaseSaysNo = DBAPIError
# The name by which the doors know it.

TRIES = 8
PAUSE_S = 0.02
CONFLICTS = ("40001", "40P01")
# A transaction that could not be put in order with others; one of several that waited for each other in a circle.

MACHINE = ("08", "25006", "28", "3D", "42501", "53", "55P03", "57", "58", "XX")
# SQLSTATEs, or how they begin, that no program is to blame for: the connection, a server that only reads, the
# password, no such database, no permission, no room, a lock that never came, a server that stops, its disk, its bugs.
SQLITE = (DatabaseError, OperationalError)
# A file that is none, a full disk, no permission. Their subclasses are mistakes of ours.

NO_MESSAGE = ("08", "25006", "28", "3D", "40", "42501", "53", "55P03", "57", "58")
# Of these no row is to blame: without the server's bugs, which one row alone may bring out.
NO_ROW = tuple(
    f"SQLITE_{what}" for what in ("FULL", "IOERR", "BUSY", "LOCKED", "READONLY", "CANTOPEN", "NOMEM", "PERM")
)


def again_after_conflict(flow: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A flow of one transaction, done anew when the database broke it off in favour of another."""

    @wraps(flow)
    def repeated(*args: Arguments.args, **more: Arguments.kwargs) -> Result:
        for tried in range(1, TRIES):
            try:
                return flow(*args, **more)
            except DatabaseSaysNo as problem:
                if sqlstate(problem) not in CONFLICTS:
                    raise
            time.sleep(random.uniform(0, PAUSE_S * tried))  # noqa: S311 (who met once should not meet again)
        return flow(*args, **more)

    return repeated


def unusable(problem: DatabaseSaysNo) -> str | None:
    """Why the database cannot be used, in a sentence; None if it is a mistake of ours."""
    if getattr(problem.orig, "sqlstate", "sqlite") == "sqlite":
        return str(problem.orig) if type(problem) in SQLITE else None
    code = sqlstate(problem)
    if not isinstance(problem, OperationalError) and (code is None or not code.startswith(MACHINE)):
        return None
    lines = str(problem.orig).strip().splitlines() or ["it gave no reason"]
    hint = "; is PostgreSQL running there?" if "refused" in lines[0] or "No such file" in lines[0] else ""
    return " ".join(lines[0].removeprefix("connection failed: ").split()) + hint


def will_pass(problem: Exception) -> bool:
    """Whether the database itself is in trouble (no room, away, locked): what was to be stored is not to blame.

    A small row may still find its place on a disk on which a larger one found none.
    """
    if not isinstance(problem, DatabaseSaysNo):
        return False
    name = getattr(problem.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(NO_ROW)
    code = sqlstate(problem)
    if code is None:  # no server refused anything: none is there, it starts, it went away; or a value is none to send
        return problem.connection_invalidated or isinstance(problem, (OperationalError, InterfaceError))
    return code.startswith(NO_MESSAGE)


def why(problem: BaseException, is_disconnect: bool) -> str:
    """One of few words for what the database refused: what is counted."""
    state, said = getattr(problem, "sqlstate", None) or "", str(problem)
    if is_disconnect or state.startswith(("08", "57")) or "connection" in said:
        return "away"
    if state in CONFLICTS:
        return "conflict"
    if state == "55P03" or "locked" in said:
        return "locked"
    if state.startswith("53") or "full" in said:
        return "no_room"
    return "other"


def sqlstate(problem: DatabaseSaysNo) -> str | None:
    """PostgreSQL's code for what happened; None where the connection was lost, and on SQLite."""
    return getattr(problem.orig, "sqlstate", None)
