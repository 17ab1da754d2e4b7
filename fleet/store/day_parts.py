"""What the linker made of a day, table by table: read as values, saved so that only what differs is written."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_args

from sqlalchemy import Connection

from fleet.domain.answers import AnswerSeen
from fleet.domain.clerk_sessions import ClerkSession
from fleet.domain.linked import CounterSeen, Day, RatingSeen, TicketSeen, UnlinkedSeen, VisitSeen
from fleet.domain.rating_reasons import ReasonSeen
from fleet.store.given import Kept
from fleet.store.straight import Straight, every, run_each, straight
from protocols.identity import parse_event_id

Value = TypeVar("Value")
Key = tuple[Any, ...]
TYPES = ((bool, "boolean"), (int, "bigint"), (str, "text"))
# Of columns on PostgreSQL, for what the field of a value says.


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
    def flags(self) -> tuple[int, ...]:
        """The places of columns that are true or false; SQLite would say 1 or 0."""
        return tuple(self.names.index(one.name) for one in fields(self.value) if one.type is bool)  # type: ignore[arg-type]

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What a row does not say of a value."""
        return {one.name: one.default for one in fields(self.value) if one.name in self.without}  # type: ignore[arg-type]

    def of_row(self, row: Sequence[Any]) -> Value:
        """The value of a row of `names`; past its constructor, which takes as long as to read the row."""
        value = object.__new__(self.value)
        said = value.__dict__
        said.update(zip(self.names, row, strict=True))
        for place in self.flags:
            said[self.names[place]] = bool(row[place])
        said.update(self.defaults)
        return value

    @cached_property
    def row_of(self) -> Callable[[Value], Key]:
        """The columns of a value."""
        return attrgetter(*self.names)

    @cached_property
    def of_day(self) -> str:
        """All rows of the day."""
        return f"SELECT {', '.join(self.names)} FROM {self.table} WHERE office = :office AND day = :day"  # noqa: S608

    @cached_property
    def all(self) -> Straight:
        """The same as a statement."""
        return straight(self.of_day)

    @cached_property
    def kept(self) -> Kept:
        """Where rows are put."""
        types = {one.name: one.type for one in fields(self.value)}  # type: ignore[arg-type]
        columns = {"office": "text", "day": "text", **{name: column_type(types[name]) for name in self.names}}
        return Kept(self.table, len(self.key) + 2, "place" if self.placed else "", **columns)

    @cached_property
    def delete(self) -> Straight:
        """Take a row of the day away."""
        matching = " AND ".join(f"{name} = :{name}" for name in ("office", "day", *self.key))
        return straight(f"DELETE FROM {self.table} WHERE {matching}")  # noqa: S608


def column_type(said: Any) -> str:
    """PostgreSQL's type for this one of a field, with or without None."""
    return next(named for kind, named in TYPES if said is kind or kind in get_args(said))


TICKETS = Part("tickets", TicketSeen, ("service", "number"))
VISITS = Part("visits", VisitSeen, ("id",), without=("dossiers",))
DOSSIERS = Part("visit_dossiers", DossierScanned, ("visit", "code"))
RATINGS = Part("ratings", RatingSeen, ("id",), placed=True)
UNLINKED = Part("unlinked", UnlinkedSeen, ("id",))
COUNTERS = Part("counter_days", CounterSeen, ("counter",))
SESSIONS = Part("clerk_sessions", ClerkSession, ("id",))
REASONS = Part("rating_reasons", ReasonSeen, ("id",), placed=True)
ANSWERS = Part("question_answers", AnswerSeen, ("id",), placed=True)

ENDED = straight(f"{VISITS.of_day} AND counter = :counter AND finished_ms BETWEEN :first_ms AND :last_ms")
SINCE = straight(f"""{VISITS.of_day} AND counter = :counter AND called_ms >= COALESCE(
    (SELECT MAX(b.called_ms) FROM visits b
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
        return [part.of_row(row) for row in every(self.connection, part.all, **self.its)]

    def where(self, part: Part[Value], columns: Sequence[str], keys: Collection[Key]) -> list[Value]:
        """The values whose columns are one of these keys."""
        if not keys:
            return []
        wanted = set(keys)
        values = {name: sorted({key[place] for key in wanted}) for place, name in enumerate(columns)}
        rows = every(self.connection, chosen(part, tuple(columns)), **self.its, **values)
        found = [part.of_row(row) for row in rows]
        return found if len(columns) == 1 else [one for one in found if among(one, columns) in wanted]

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
        before = {row[:width]: row for row in map(part.row_of, known)}
        now = {row[:width]: row for row in map(part.row_of, wanted)}
        changed = [(self.office, self.day, *row) for key, row in now.items() if before.get(key) != row]
        gone = [{**self.its, **dict(zip(part.key, key, strict=True))} for key in before.keys() - now.keys()]
        run_each(self.connection, part.delete, gone)
        # Those that are new first: what counts the rows of the day leaves no number out.
        part.kept.put(self.connection, sorted(changed, key=lambda row: row[2 : 2 + width] in before))
        self.changed += len(changed) + len(gone)

    @property
    def its(self) -> Mapping[str, str]:
        """The office and the day, for a statement."""
        return {"office": self.office, "day": self.day}


CHOSEN: dict[tuple[str, tuple[str, ...]], Straight] = {}


def chosen(part: Part[Any], columns: tuple[str, ...]) -> Straight:
    """Rows of the day by the values of some columns, and some more, as a statement that is made once.

    Each column for itself: SQLite looks pairs of values up in no index.
    """
    name = (part.table, columns)
    if name not in CHOSEN:
        CHOSEN[name] = straight(f"{part.of_day} AND {' AND '.join(f'{column} IN :{column}' for column in columns)}")
    return CHOSEN[name]


def among(value: object, columns: Sequence[str]) -> Key:
    """What these columns of a value are."""
    return tuple(getattr(value, name) for name in columns)


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
