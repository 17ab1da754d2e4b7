"""What a transaction has to say to the log of changes; written as the last thing before its commit.

A flow notes what it did, by its name (`note`). The entry is written in the transaction of the change itself: neither is
kept without the other. It is written last, so that who waits for the head of the chain waits for a few statements of
somebody else and not for all that he does.

What somebody changed without a note is noted all the same, by its tables: while a person, a program or a command acts,
each statement is looked at. Tests make that an error (`STRICT`), so that every change has a name.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event

from fleet.clock import now_ms
from fleet.domain.audit import Doer, Entry, What, as_kept
from fleet.store import audit
from fleet.store.acting import somebody_acts, who_acts

LEDGER = "motcua_ledger"
STRICT = False
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
NOT_WATCHED = frozenset(
    {
        # The log itself, and what a server remembers of requests and sessions.
        "audit", "audit_head", "api_answers", "sessions", "halfway", "guessing_places",
        "provider_sessions",
        # What clerks, residents and devices did: events, from which all this is worked out again.
        "events", "boots", "anchors", "collisions", "unreadable", "windows", "touched", "placements", "checkpoints",
        "tickets", "turns", "visits", "visit_dossiers", "ratings", "rating_reasons", "question_answers",
        "clerk_sessions", "unlinked", "counter_days", "desks", "desk_news", "leases", "reserves", "reserved",
        "rating_exclusions", "excluded_presses", "examinations", "day_ends",
        # Sums and estimates.
        "rating_sums", "wait_hours", "wait_sums", "wait_members", "wait_open", "estimates", "promises",
        "estimate_days", "presence_changes", "device_days", "device_folds", "fleet_losses", "horizons",
        # What somebody is yet to be told of what is noted.
        "webhook_deliveries", "mails", "mail_attachments",
    }
)  # fmt: skip


class Unnoted(AssertionError):
    """Somebody changed something, and no flow said what it was."""


@dataclass
class Ledger:
    """What is to be written before the commit, and the tables that somebody changed."""

    entries: list[Entry] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    is_deed: bool = True

    def watch(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        """After each statement, while somebody acts: which table it changed."""
        found = WRITES.match(statement)
        if found is not None and cursor.rowcount != 0:
            self.tables.add(found[1].lower())


@contextmanager
def kept(connection: Connection) -> Iterator[None]:
    """A transaction whose notes are written when all else is done; nothing is, where that fails."""
    ledger = Ledger()
    connection.execution_options(**{LEDGER: ledger})
    watched = somebody_acts()
    if watched:
        event.listen(connection, "after_cursor_execute", ledger.watch)
    yield
    if watched:
        event.remove(connection, "after_cursor_execute", ledger.watch)
    tables = sorted(ledger.tables - NOT_WATCHED)
    if tables and ledger.is_deed and not ledger.entries:
        if STRICT:
            raise Unnoted(f"expected a note of what {who_acts().who} did, found none; changed: {', '.join(tables)}")
        note(connection, What.OTHER_CHANGE, became={"tables": tables})
    if ledger.entries:
        audit.append(connection, ledger.entries)


def note(
    connection: Connection,
    what: What,
    thing: object = "",
    office: str | None = None,
    was: Mapping[str, object] | None = None,
    became: Mapping[str, object] | None = None,
    by: Doer | None = None,
) -> None:
    """In the transaction of a change: what was done to what. Never a secret, never anything of a resident.

    `by`: who did it, where that is not who acts.
    """
    ledger: Ledger = connection.get_execution_options()[LEDGER]
    actor = by or who_acts()
    said = (actor.who, actor.name, actor.how, actor.address, what.value, str(thing)[:160], office)
    ledger.entries.append(Entry(0, now_ms(), *said, as_kept(was or {}), as_kept(became or {}), "", ""))


def no_deed(connection: Connection) -> None:
    """This transaction keeps count of something, and changes nothing that anybody decided."""
    ledger: Ledger = connection.get_execution_options()[LEDGER]
    ledger.is_deed = False
