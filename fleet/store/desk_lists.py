"""What a counter's page lists: its visits, who was set aside there, who did not come, and the dossiers of a number."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, sql

COLUMNS = "id, service, about, number, called_ms, finished_ms, outcome, wait_ms, recalls, resumed, rated"
OPEN = sql(f"""
    SELECT {COLUMNS} FROM visits WHERE office = :office AND day = :day AND counter = :counter AND finished_ms IS NULL
    ORDER BY called_ms DESC, id DESC LIMIT 1""")  # noqa: S608
PAST = sql(f"""
    SELECT {COLUMNS} FROM visits WHERE office = :office AND day = :day AND counter = :counter
        AND finished_ms IS NOT NULL
    ORDER BY finished_ms DESC, id DESC LIMIT :most""")  # noqa: S608
SERVED = sql("""
    SELECT COUNT(*) AS n FROM visits
    WHERE office = :office AND day = :day AND counter = :counter AND finish IS NOT NULL""")
DOSSIERS = sql("""
    SELECT code FROM visit_dossiers WHERE office = :office AND day = :day AND visit = :visit
    ORDER BY scanned_ms, code""")
DOSSIERS_OF_NUMBER = sql("""
    SELECT d.code, MIN(d.scanned_ms) AS scanned_ms FROM visits v JOIN visit_dossiers d ON d.office = v.office
        AND d.day = v.day AND d.visit = v.id
    WHERE v.office = :office AND v.day = :day AND v.service = :service AND v.number = :number
    GROUP BY d.code ORDER BY scanned_ms, d.code""")
BOOKED_CODE = sql("""
    SELECT code FROM bookings WHERE office = :office AND day = :day AND service = :service AND number = :number
        AND cancelled_ms IS NULL AND code IS NOT NULL""")
TICKET = sql("""
    SELECT service, number, taken_ms, due_ms, priority, senior, state, calls, since_ms FROM tickets
    WHERE office = :office AND day = :day AND service = :service AND number = :number""")
PARKED = sql("""
    SELECT t.service, t.number, v.finished_ms FROM tickets t JOIN visits v ON v.office = t.office AND v.day = t.day
        AND v.service = t.service AND v.number = t.number
    WHERE t.office = :office AND t.day = :day AND t.state = 'parked' AND v.counter = :counter
        AND v.finished_ms = (SELECT MAX(w.finished_ms) FROM visits w WHERE w.office = t.office AND w.day = t.day
            AND w.service = t.service AND w.number = t.number)
    ORDER BY v.finished_ms, t.service, t.number""")
NO_SHOWS = sql("""
    SELECT service, number, since_ms, waiting_for FROM tickets
    WHERE office = :office AND day = :day AND state = 'no_show' ORDER BY since_ms DESC, service, number""")


@dataclass(frozen=True)
class DeskVisit:
    """A visit of a counter. `service` is that of its number, `about` the one it is about."""

    id: str
    service: str | None
    about: str | None
    number: int | None
    called_ms: int
    finished_ms: int | None
    outcome: str | None
    wait_ms: int | None
    recalls: int
    resumed: bool
    rated: bool


@dataclass(frozen=True)
class DeskTicket:
    """A number and where it stands."""

    service: str
    number: int
    taken_ms: int
    due_ms: int | None
    priority: str
    senior: bool
    state: str
    calls: int
    since_ms: int


class DeskLists:
    """What is known of one counter's day, in the caller's transaction."""

    def __init__(self, connection: Connection, office: str, day: str, counter: str) -> None:
        self.connection = connection
        self.day = {"office": office, "day": day}
        self.counter = {**self.day, "counter": counter}

    def open_visit(self) -> DeskVisit | None:
        """The visit that goes on, as far as it is linked."""
        row = one(self.connection, OPEN, **self.counter)
        return None if row is None else visit_in(row)

    def past(self, most: int) -> list[DeskVisit]:
        """The visits that are over, the last one first."""
        return [visit_in(row) for row in every(self.connection, PAST, **self.counter, most=most)]

    def served(self) -> int:
        """How many visits were finished here."""
        row = one(self.connection, SERVED, **self.counter)
        return int(row.n)

    def dossiers(self, visit: str) -> list[str]:
        """The codes that were scanned during a visit, in that order."""
        return [row.code for row in every(self.connection, DOSSIERS, **self.day, visit=visit)]

    def dossiers_of(self, service: str, number: int) -> list[str]:
        """What is known of the matter of a number: the dossier that was booked, those of its visits until now."""
        its = {**self.day, "service": service, "number": number}
        codes = [row.code for row in every(self.connection, BOOKED_CODE, **its)]
        codes += [row.code for row in every(self.connection, DOSSIERS_OF_NUMBER, **its)]
        return list(dict.fromkeys(codes))

    def ticket(self, service: str, number: int) -> DeskTicket | None:
        """A number, if it was taken and that is linked."""
        row = one(self.connection, TICKET, **self.day, service=service, number=number)
        return None if row is None else DeskTicket(**{**row._mapping, "senior": bool(row.senior)})

    def parked(self) -> list[tuple[str, int, int]]:
        """The (service, number, since when) of those who were set aside here, the first one first."""
        return [(row.service, row.number, row.finished_ms) for row in every(self.connection, PARKED, **self.counter)]

    def no_shows(self) -> list[tuple[str, int, int, str]]:
        """The (service, number, since when, service it waited for) of those who did not come, the last one first."""
        return [tuple(row) for row in every(self.connection, NO_SHOWS, **self.day)]


def visit_in(row: object) -> DeskVisit:
    """A row of COLUMNS as a value."""
    values = row._mapping  # type: ignore[attr-defined]
    return DeskVisit(**{**values, "resumed": bool(values["resumed"]), "rated": bool(values["rated"])})
