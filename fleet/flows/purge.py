"""What is to be forgotten is forgotten: day keys with the hashes under them, and everything whose days are over.

A little at a time, each in a short transaction of its own, so that whoever stores events waits for milliseconds at
most. Doing it twice does nothing twice; stopped half-way, the next time goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection

from fleet.domain.archives import IN
from fleet.domain.audit import What
from fleet.domain.forgetting import without_holder
from fleet.domain.retention import LINKED_FROM, Kept, Since, holders_since_ms, since
from fleet.flows.archive_due import Archives, Due
from fleet.store import claims, device_days, fleet_losses, forgetting, ledger, places, retention
from fleet.store.database import Store

AT_ONCE = 500
# Rows in one transaction: some milliseconds on SQLite, which lets nobody else write meanwhile.

KEYS = "day keys"
HOLDERS = "holder hashes"
CLAIMS = "expired claims"


Some = Callable[..., int]
EVENTS_OF: dict[Kept, tuple[Some, ...]] = {
    Kept.EVENTS: (retention.delete_events, retention.delete_untimed),
    Kept.SCANS: (retention.delete_scans,),
    Kept.UNREADABLE: (retention.delete_unreadable_events,),
}
ROWS_OF: dict[Kept, tuple[Some, ...]] = {
    Kept.EVENTS: (
        retention.delete_collisions,
        retention.delete_commands,
        retention.delete_ordered,
        retention.delete_batches,
    ),
    Kept.UNREADABLE: (retention.delete_unreadable,),
    Kept.IMPORTS: (retention.delete_imports,),
}


class Stopped(Exception):
    """Somebody asked to stop; what was done is done."""


class Purge:
    """One round. `between` is called after each transaction, and says whether to stop."""

    def __init__(
        self,
        store: Store,
        now_ms: int,
        between: Callable[[], bool] = lambda: False,
        archives: Archives | None = None,
    ) -> None:
        self.store = store
        self.now_ms = now_ms
        self.between = between
        self.due = None if archives is None else Due(store, archives, now_ms, self.look_up)
        self.done: dict[str, int] = {}
        with store.reading() as connection:
            offices = places.offices(connection)
        self.offices = [office.id for office in offices]
        self.timezones = [office.timezone for office in offices]

    def keys(self) -> None:
        """Destroy the keys whose time is over, and the hashes of holders that were made under them.

        What waited for a board with a claim that has long expired may no longer connect.
        """
        self.count(KEYS, self.store.keys.destroy_expired(self.now_ms))
        with self.step() as connection:
            self.count(CLAIMS, claims.lapse(connection, self.now_ms))
        before_ms = holders_since_ms(self.now_ms, self.timezones)
        self.repeat(HOLDERS, partial(forgetting.forget_holders, before_ms=before_ms, most=AT_ONCE))
        for forget in (forgetting.forget_in_collisions, forgetting.forget_in_unreadable):
            after: int | None = 0
            while after is not None:
                with self.step() as connection:
                    n, after = forget(connection, before_ms, without_holder, after, AT_ONCE)
                    self.count(HOLDERS, n)

    def kept(self, kept: Kept, days: int) -> None:
        """Delete what of this class is older than so many days, and in an archive if there are archives."""
        limit = since(self.now_ms, days, self.timezones)
        received_ms = retention.LATEST_MS
        if self.due is not None and kept in IN:
            may = self.due.may_go(kept, limit)
            if may is None:
                return
            limit, received_ms = may.limit, may.received_ms
        if kept in LINKED_FROM:
            with self.step() as connection:  # first, so that no day is linked anew of which half is gone
                retention.close_days(connection, self.offices, limit.day)
                retention.set_horizon(connection, kept, limit.ms, self.now_ms)
        for table in retention.tables_of(kept):
            for office in self.offices:
                self.days(kept, table, office, limit)
        self.rows(kept, limit, received_ms)
        if kept not in LINKED_FROM:
            with self.step() as connection:
                retention.set_horizon(connection, kept, limit.ms, self.now_ms)

    def days(self, kept: Kept, table: str, office: str, limit: Since) -> None:
        """Delete an office's old days from a table, one after another."""
        while True:
            with self.step() as connection:
                day = retention.oldest_day(connection, table, office)
                if day is None or day >= limit.day:
                    return
                n = retention.delete_day(connection, table, office, day)
                self.count(kept, 0 if table in retention.MADE_OF_OTHERS else n)

    def rows(self, kept: Kept, limit: Since, received_ms: int) -> None:
        """Delete what is old by its moment; of events that are in archives only what was received before another."""
        old = {"before_ms": limit.ms, "most": AT_ONCE}
        if kept in (Kept.EVENTS, Kept.SCANS, Kept.UNREADABLE):
            with self.store.reading() as connection:
                devices = retention.devices_with_old(connection, kept, limit.ms)
            for device in devices:
                for some in EVENTS_OF[kept]:
                    self.repeat(kept, partial(some, device=device, **old, **received(kept, received_ms)))
        for some in ROWS_OF.get(kept, ()):
            self.repeat(kept, partial(some, **old))
        if kept is Kept.DOSSIERS:
            self.repeat(kept, partial(retention.delete_dossiers, before=limit.day, most=AT_ONCE))
        if kept is Kept.ARCHIVES and self.due is not None:
            self.count(kept, self.due.remove_old())
        if kept is Kept.HEALTH:
            with self.step() as connection:
                self.count(kept, retention.clear_health(connection, limit.ms))
            with self.step() as connection:
                self.count(kept, fleet_losses.delete_old(connection, limit.ms))
            self.repeat(kept, partial(device_days.delete_days, before=limit.day, most=AT_ONCE))
            self.repeat(kept, partial(device_days.delete_changes, before_ms=limit.ms, most=AT_ONCE))

    def repeat(self, what: str, some: Callable[[Connection], int]) -> None:
        """Do some, again and again, until there is nothing left to do."""
        n = AT_ONCE
        while n >= AT_ONCE:
            with self.step() as connection:
                n = some(connection)
                self.count(what, n)

    @contextmanager
    def step(self) -> Iterator[Connection]:
        """One short transaction. Raises Stopped after it."""
        with self.store.writing() as connection:
            yield connection
            ledger.no_deed(connection)  # the round is one, and is noted when it ends
        self.look_up()

    def look_up(self) -> None:
        """Whether to go on. Raises Stopped."""
        if self.between():
            raise Stopped

    def count(self, what: str, n: int) -> None:
        """So many more."""
        self.done[what] = self.done.get(what, 0) + n


def purge(
    store: Store,
    keep_days: Mapping[Kept, int],
    now_ms: int,
    between: Callable[[], bool] = lambda: False,
    archives: Archives | None = None,
) -> dict[str, int]:
    """Forget what is to be forgotten now: how much of each. `keep_days`: how long each class is kept."""
    round_ = Purge(store, now_ms, between, archives)
    try:
        round_.keys()
        for kept, days in keep_days.items():
            round_.kept(kept, days)
    except Stopped:
        pass
    finally:
        note_round(store, round_.done)
    store.forget()
    return round_.done


def received(kept: Kept, before_ms: int) -> dict[str, int]:
    """The bound by which events wait for their archive; what could not be read is in none."""
    return {"received_ms": before_ms} if kept in IN else {}


def note_round(store: Store, done: Mapping[str, int]) -> None:
    """What was deleted stands in the log, also where something stopped it half-way."""
    found = {what: n for what, n in done.items() if n}
    if found:
        with store.writing(alone=False) as connection:
            ledger.note(connection, What.DATA_PURGE, became=found)


def horizons(store: Store) -> dict[str, tuple[int, int]]:
    """By class, (before which moment it was deleted, when that was)."""
    with store.reading() as connection:
        return retention.horizons(connection)
