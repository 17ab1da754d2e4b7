"""What the linker made of a day, table by table: read as values, saved so that only what differs is written."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, Connection, TextClause, bindparam

from fleet.domain.answers import AnswerSeen
from fleet.domain.clerk_sessions import ClerkSession
from fleet.domain.linked import CounterSeen, Day, RatingSeen, TicketSeen, UnlinkedSeen, VisitSeen
from fleet.domain.rating_reasons import ReasonSeen
from fleet.store.rows import every, run_each, sql
from protocols.identity import parse_event_id

Value = TypeVar("Value")
Key = tuple[Any, ...]

AT_ONCE = 400
# So many keys stand in one statement at most.


@dataclass(frozen=True)
class DossierScanned:
    """A dossier of a visit."""

    visit: str
    code: str
    scanned_ms: int


@dataclass(frozen=True)
class Part(Generic[Value]):
    """One table of a day's result: the value of a row, its key within the day, and what of the value it leaves out.

    `placed`: its column `place` counts the day's rows as they come, and never changes.
    """

    table: str
    value: type[Value]
    key: tuple[str, ...]
    without: tuple[str, ...] = ()
    placed: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All columns, the key first."""
        others = [one.name for one in fields(self.value) if one.name not in (*self.key, *self.without)]  # type: ignore[arg-type]
        return (*self.key, *others)

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The columns that are true or false; SQLite would say 1 or 0."""
        return tuple(one.name for one in fields(self.value) if one.type is bool)  # type: ignore[arg-type]

    def of_row(self, row: Sequence[Any]) -> Value:
        """The value of a row of `names`."""
        values = dict(zip(self.names, row, strict=True))
        return self.value(**values | {name: bool(values[name]) for name in self.flags})

    def row_of(self, value: Value) -> dict[str, Any]:
        """The columns of a value."""
        return {name: getattr(value, name) for name in self.names}

    @cached_property
    def of_day(self) -> str:
        """All rows of the day."""
        return f"SELECT {', '.join(self.names)} FROM {self.table} WHERE office = :office AND day = :day"  # noqa: S608

    @cached_property
    def upsert(self) -> TextClause:
        """Insert a row, or give it new values."""
        unique = ("office", "day", *self.key)
        names = ("office", "day", *self.names)
        setting = ", ".join(f"{name} = excluded.{name}" for name in self.names[len(self.key) :])
        values = [":" + name for name in names]
        if self.placed:
            names = (*names, "place")
            values.append(
                f"(SELECT COALESCE(MAX(place), 0) + 1 FROM {self.table} WHERE office = :office AND day = :day)"  # noqa: S608
            )
        return sql(
            f"INSERT INTO {self.table} ({', '.join(names)}) VALUES ({', '.join(values)}) "  # noqa: S608
            f"ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {setting}"
        )

    @cached_property
    def delete(self) -> TextClause:
        """Take a row of the day away."""
        matching = " AND ".join(f"{name} = :{name}" for name in ("office", "day", *self.key))
        return sql(f"DELETE FROM {self.table} WHERE {matching}")  # noqa: S608


TICKETS = Part("tickets", TicketSeen, ("service", "number"))
VISITS = Part("visits", VisitSeen, ("id",), without=("dossiers",))
DOSSIERS = Part("visit_dossiers", DossierScanned, ("visit", "code"))
RATINGS = Part("ratings", RatingSeen, ("id",), placed=True)
UNLINKED = Part("unlinked", UnlinkedSeen, ("id",))
COUNTERS = Part("counter_days", CounterSeen, ("counter",))
SESSIONS = Part("clerk_sessions", ClerkSession, ("id",))
REASONS = Part("rating_reasons", ReasonSeen, ("id",), placed=True)
ANSWERS = Part("question_answers", AnswerSeen, ("id",), placed=True)

ENDED = sql(f"{VISITS.of_day} AND counter = :counter AND finished_ms BETWEEN :first_ms AND :last_ms")
SINCE = sql(f"""{VISITS.of_day} AND counter = :counter AND called_ms >= COALESCE((SELECT MAX(b.called_ms) FROM visits b
    WHERE b.office = :office AND b.day = :day AND b.counter = :counter AND b.called_ms < :ms), :ms)""")  # noqa: S608


class DayParts:
    """The tables of one office's day, in the caller's transaction; `changed` counts the rows that were written."""

    def __init__(self, connection: Connection, office: str, day: str) -> None:
        self.connection = connection
        self.office = office
        self.day = day
        self.changed = 0

    def all(self, part: Part[Value]) -> list[Value]:
        """All values of a part."""
        return [part.of_row(row) for row in every(self.connection, sql(part.of_day), **self.its)]

    def where(self, part: Part[Value], columns: Sequence[str], keys: Collection[Key]) -> list[Value]:
        """The values whose columns are one of these keys."""
        if not keys:
            return []
        wanted = sorted(set(keys))
        found: list[Value] = []
        statement = chosen(part, tuple(columns))
        for first in range(0, len(wanted), AT_ONCE):
            some = set(wanted[first : first + AT_ONCE])
            values = {name: sorted({key[place] for key in some}) for place, name in enumerate(columns)}
            rows = [part.of_row(row) for row in every(self.connection, statement, **self.its, **values)]
            found += [one for one in rows if tuple(getattr(one, name) for name in columns) in some]
        return found

    def ended(self, counter: str, first_ms: int, last_ms: int) -> list[VisitSeen]:
        """The visits of a counter that ended from one moment to another."""
        rows = every(self.connection, ENDED, **self.its, counter=counter, first_ms=first_ms, last_ms=last_ms)
        return [VISITS.of_row(row) for row in rows]

    def since(self, counter: str, ms: int) -> list[VisitSeen]:
        """The visits of a counter that were called later than a moment, and the last one before."""
        return [VISITS.of_row(row) for row in every(self.connection, SINCE, **self.its, counter=counter, ms=ms)]

    def save(self, part: Part[Value], known: Iterable[Value], wanted: Iterable[Value]) -> None:
        """Make the rows that were `known` the `wanted` ones: write those that differ, take away those that are gone."""
        width = len(part.key)
        before = {tuple(row.values())[:width]: row for row in map(part.row_of, known)}
        changed = []
        for row in map(part.row_of, wanted):
            if before.pop(tuple(row.values())[:width], None) != row:
                changed.append({**self.its, **row})
        gone = [{**self.its, **dict(zip(part.key, key, strict=True))} for key in before]
        run_each(self.connection, part.delete, gone)
        run_each(self.connection, part.upsert, changed)
        self.changed += len(changed) + len(gone)

    @property
    def its(self) -> Mapping[str, str]:
        """The office and the day, for a statement."""
        return {"office": self.office, "day": self.day}


CHOSEN: dict[tuple[str, tuple[str, ...]], TextClause] = {}


def chosen(part: Part[Any], columns: tuple[str, ...]) -> TextClause:
    """Rows of the day by the values of some columns, and some more, as a statement that is made once.

    Each column for itself: SQLite looks pairs of values up in no index.
    """
    name = (part.table, columns)
    if name not in CHOSEN:
        among = " AND ".join(f"{column} IN :{column}" for column in columns)
        expanding: list[BindParameter[Any]] = [bindparam(column, expanding=True) for column in columns]
        CHOSEN[name] = sql(f"{part.of_day} AND {among}").bindparams(*expanding)
    return CHOSEN[name]


def save_day(connection: Connection, office: str, day: str, result: Day) -> int:
    """Make the tables of this office's day say what the linker found; how many rows that changed."""
    parts = DayParts(connection, office, day)
    parts.save(TICKETS, parts.all(TICKETS), result.tickets)
    parts.save(VISITS, parts.all(VISITS), result.visits)
    parts.save(DOSSIERS, parts.all(DOSSIERS), [one for visit in result.visits for one in dossiers_of(visit)])
    parts.save(RATINGS, parts.all(RATINGS), result.ratings)
    parts.save(UNLINKED, parts.all(UNLINKED), result.unlinked)
    parts.save(COUNTERS, parts.all(COUNTERS), result.counters)
    parts.save(SESSIONS, parts.all(SESSIONS), result.sessions)
    parts.save(REASONS, parts.all(REASONS), result.reasons)
    parts.save(ANSWERS, parts.all(ANSWERS), result.answers)
    return parts.changed


def day_of(connection: Connection, office: str, day: str) -> Day:
    """The day as the tables have it."""
    parts = DayParts(connection, office, day)
    dossiers: dict[str, list[tuple[str, int]]] = {}
    for one in sorted(parts.all(DOSSIERS), key=lambda one: (one.scanned_ms, one.code)):
        dossiers.setdefault(one.visit, []).append((one.code, one.scanned_ms))
    visits = [with_dossiers(visit, dossiers.get(visit.id, ())) for visit in parts.all(VISITS)]
    return Day(
        tickets=tuple(sorted(parts.all(TICKETS), key=lambda ticket: (ticket.service, ticket.number))),
        visits=tuple(sorted(visits, key=lambda visit: (visit.called_ms, visit.id))),
        ratings=tuple(sorted(parts.all(RATINGS), key=pressed)),
        unlinked=tuple(sorted(parts.all(UNLINKED), key=lambda one: one.id)),
        counters=tuple(sorted(parts.all(COUNTERS), key=lambda one: one.counter)),
        sessions=tuple(sorted(parts.all(SESSIONS), key=lambda one: (one.began_ms, one.id))),
        reasons=tuple(sorted(parts.all(REASONS), key=pressed)),
        answers=tuple(sorted(parts.all(ANSWERS), key=lambda one: (one.answered_ms, *parse_event_id(one.id)))),
    )


def pressed(one: RatingSeen | ReasonSeen) -> Key:
    """The order in which presses happened."""
    return (one.pressed_ms, *parse_event_id(one.id))


def dossiers_of(visit: VisitSeen) -> list[DossierScanned]:
    """The dossiers of a visit."""
    return [DossierScanned(visit.id, code, scanned_ms) for code, scanned_ms in visit.dossiers]


def with_dossiers(visit: VisitSeen, dossiers: Sequence[tuple[str, int]]) -> VisitSeen:
    """A visit as a row has it, with its dossiers."""
    return VisitSeen(**{**vars(visit), "dossiers": tuple(dossiers)})
