"""What programs did at counters, and what devices are yet to be told of it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

COLUMNS = "counter, office, day, state, since_ms, service, number, visit"
ADD = sql("""
    INSERT INTO desks (counter, office, day, state, since_ms) VALUES (:counter, :office, '', 'free', 0)
    ON CONFLICT (counter) DO NOTHING""")
# An update that changes nothing takes the row's lock on PostgreSQL; SQLite holds its one lock anyway.
LOCK = sql(f"UPDATE desks SET state = state WHERE counter = :counter RETURNING {COLUMNS}")  # noqa: S608
GET = sql(f"SELECT {COLUMNS} FROM desks WHERE counter = :counter")  # noqa: S608
AT_OFFICE = sql(f"SELECT {COLUMNS} FROM desks WHERE office = :office")  # noqa: S608
SAVE = sql("""
    UPDATE desks SET office = :office, day = :day, state = :state, since_ms = :since_ms, service = :service,
        number = :number, visit = :visit WHERE counter = :counter""")
SAY = sql("INSERT INTO desk_news (office, counter, body, happened_ms) VALUES (:office, :counter, :body, :happened_ms)")
NEWS = sql("SELECT id, office, counter, body, happened_ms FROM desk_news ORDER BY id LIMIT :most")
TOLD = sql("DELETE FROM desk_news WHERE id = :id")
VISIT_ENDED = sql("""
    SELECT finished_ms FROM visits WHERE office = :office AND day = :day AND id = :visit""")
TICKET_STATE = sql("""
    SELECT state FROM tickets WHERE office = :office AND day = :day AND service = :service AND number = :number""")
OFFICE_OF = sql("SELECT office FROM counters WHERE id = :counter")


@dataclass(frozen=True)
class DeskRow:
    """What a program did last at a counter."""

    counter: str
    office: str
    day: str
    state: str
    since_ms: int
    service: str | None
    number: int | None
    visit: str | None


@dataclass(frozen=True)
class News:
    """Something that devices are yet to be told; `body` as JSON."""

    id: int
    office: str
    counter: str
    body: str
    happened_ms: int


def lock(connection: Connection, office: str, counter: str) -> DeskRow:
    """Hold this counter until the transaction ends: what a program did there last."""
    run(connection, ADD, counter=counter, office=office)
    row = one(connection, LOCK, counter=counter)
    assert row is not None  # noqa: S101 (it was added above)
    return DeskRow(*row)


def desk(connection: Connection, counter: str) -> DeskRow | None:
    """What a program did last at this counter, if one ever did."""
    row = one(connection, GET, counter=counter)
    return None if row is None else DeskRow(*row)


def desks_at(connection: Connection, office: str) -> dict[str, DeskRow]:
    """The same of all counters of an office, by counter."""
    return {row.counter: DeskRow(*row) for row in every(connection, AT_OFFICE, office=office)}


def save(connection: Connection, row: DeskRow) -> None:
    """A program did this at a counter that is locked."""
    run(connection, SAVE, **vars(row))


def say(connection: Connection, office: str, counter: str, body: str, happened_ms: int) -> None:
    """The devices of a counter are to be told this."""
    run(connection, SAY, office=office, counter=counter, body=body, happened_ms=happened_ms)


def news(connection: Connection, most: int) -> list[News]:
    """What devices are yet to be told, the oldest first."""
    return [News(*row) for row in every(connection, NEWS, most=most)]


def told(connection: Connection, news_id: int) -> None:
    """The broker has it."""
    run(connection, TOLD, id=news_id)


def visit_has_ended(connection: Connection, office: str, day: str, visit: str) -> bool:
    """Whether this visit is linked and over."""
    row = one(connection, VISIT_ENDED, office=office, day=day, visit=visit)
    return row is not None and row.finished_ms is not None


def ticket_state(connection: Connection, office: str, day: str, service: str, number: int) -> str | None:
    """What a ticket does, as far as it is linked."""
    row = one(connection, TICKET_STATE, office=office, day=day, service=service, number=number)
    return None if row is None else str(row.state)


def office_of(connection: Connection, counter: str) -> str | None:
    """The office of a counter."""
    row = one(connection, OFFICE_OF, counter=counter)
    return None if row is None else str(row.office)
