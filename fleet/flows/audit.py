"""The log of changes: looked at, walked along, exported, and cut at its old end."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from fleet.domain.audit import BrokenChain, Entry, Head, What, entry_of, walk
from fleet.domain.rights import Person
from fleet.store import audit, ledger
from fleet.store.acting import who_acts
from fleet.store.audit import Asked
from fleet.store.database import Store

SEEN_ANEW_MS = 3_600_000
DAY_MS = 86_400_000
KEPT_DAYS = 365
# A year at least: who asks what happened asks late.


class NothingToCut(ValueError):
    """The old end of the log cannot be cut off as asked; the text says why."""


def entries(store: Store, asked: Asked, only: Person | None = None) -> list[Entry]:
    """The entries that are asked for, the newest first; of the office of `only` where that works at one."""
    mine = asked if only is None or only.office is None else replace(asked, office=only.office)
    with store.reading() as connection:
        return audit.last(connection, mine)


def verify(store: Store, kept: Head | None = None, since: int | None = None) -> Head:
    """Walk along the whole chain, or from this number on; its head. Raises BrokenChain, which says where it breaks."""
    with store.reading() as connection:
        before = None
        if since is not None and since > 1:
            before = audit.at(connection, since - 1)
            if before is None:
                raise BrokenChain(since - 1, "an entry from which to go on", "none of this number")
        found = walk(audit.chain(connection, 0 if before is None else before.number), kept, before)
        said = audit.head(connection)
    if found != said:
        raise BrokenChain(said.number, f"the end that writers know, {said.hash[:16]}", f"{found.line()[:24]}")
    return found


def verify_lines(lines: Iterable[str], kept: Head | None = None, whole: bool = True) -> Head:
    """Walk along an export; its head. `whole`: it begins where the log did. Raises BadAuditFile, BrokenChain."""
    return walk((entry_of(line, row) for row, line in enumerate(lines, 1) if line.strip()), kept, whole=whole)


def exported(store: Store, after: int = 0) -> Iterator[Entry]:
    """All entries behind this number, of one state of the log; that they were taken stands in it behind them."""
    with store.writing(alone=False) as connection:
        ledger.note(connection, What.AUDIT_EXPORT, became={"after": after})
    with store.reading() as connection:
        yield from audit.chain(connection, after)


def cut(store: Store, keep_days: int, now_ms: int) -> Head:
    """Take away what is older than so many days; the last entry that went, of which the log keeps number and hash.

    Raises NothingToCut, or BrokenChain: what is broken stays as it is.
    """
    if keep_days < KEPT_DAYS:
        raise NothingToCut(f"keep: expected at least {KEPT_DAYS} days, found {keep_days}")
    verify(store)
    with store.writing() as connection:
        through = audit.last_before(connection, now_ms - keep_days * DAY_MS)
        last = None if through is None else audit.at(connection, through)
        if last is None:
            raise NothingToCut(f"expected entries that are older than {keep_days} days, found none")
        n = audit.cut(connection, last.number)
        ledger.note(connection, What.AUDIT_CUT, became={"through": last.number, "hash": last.hash, "entries": n})
    return last


def seen(store: Store, what: What, thing: str, office: str | None, now_ms: int) -> None:
    """Somebody looked at this: it stands in the log, once an hour for each person and thing."""
    known = partial(audit.was_seen, what=what.value, thing=thing, who=who_acts().who, since_ms=now_ms - SEEN_ANEW_MS)
    with store.reading() as connection:
        if known(connection):
            return
    with store.writing(alone=False) as connection:
        audit.hold_head(connection)  # of two requests at once the second one finds what the first one noted
        if not known(connection):
            ledger.note(connection, what, thing, office)
