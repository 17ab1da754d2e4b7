"""Appointments, and the numbers that were given for them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

FIELDS = "lease, number, office, day, service, due_ms, code, cancelled_ms, came_ms"
OF_DAY = sql(f"SELECT {FIELDS} FROM bookings WHERE office = :office AND day = :day ORDER BY due_ms, service, number")  # noqa: S608
BY_NUMBER = sql(f"SELECT {FIELDS} FROM bookings WHERE lease = :lease AND number = :number")  # noqa: S608
BY_CODE = sql(f"""
    SELECT {FIELDS} FROM bookings WHERE code = :code AND office = :office AND day >= :from_day AND cancelled_ms IS NULL
    ORDER BY due_ms""")  # noqa: S608
BOOKED = sql("""
    SELECT due_ms, COUNT(*) AS n FROM bookings
    WHERE office = :office AND day = :day AND service = :service AND cancelled_ms IS NULL GROUP BY due_ms""")
ADD = sql("""
    INSERT INTO bookings (lease, number, office, day, service, due_ms, code, made_ms)
    VALUES (:lease, :number, :office, :day, :service, :due_ms, :code, :now_ms)""")
CANCEL = sql("UPDATE bookings SET cancelled_ms = :now_ms WHERE lease = :lease AND number = :number")
CAME = sql("""
    UPDATE bookings SET came_ms = :now_ms
    WHERE lease = :lease AND number = :number AND came_ms IS NULL AND cancelled_ms IS NULL""")


@dataclass(frozen=True)
class BookingRow:
    """An appointment."""

    lease: str
    number: int
    office: str
    day: str
    service: str
    due_ms: int
    code: str | None = None
    cancelled_ms: int | None = None
    came_ms: int | None = None


def of_day(connection: Connection, office: str, day: str) -> list[BookingRow]:
    """The appointments of a day in their order, those that were cancelled among them."""
    return [BookingRow(*row) for row in every(connection, OF_DAY, office=office, day=day)]


def by_number(connection: Connection, lease: str, number: int) -> BookingRow | None:
    """The appointment with this number."""
    row = one(connection, BY_NUMBER, lease=lease, number=number)
    return None if row is None else BookingRow(*row)


def by_code(connection: Connection, office: str, code: str, from_day: str) -> list[BookingRow]:
    """The appointments of a dossier at an office from this day on that are not cancelled."""
    return [BookingRow(*row) for row in every(connection, BY_CODE, office=office, code=code, from_day=from_day)]


def booked(connection: Connection, office: str, day: str, service: str) -> dict[int, int]:
    """How many appointments of a service each time of a day has."""
    return {row.due_ms: row.n for row in every(connection, BOOKED, office=office, day=day, service=service)}


def add(connection: Connection, row: BookingRow, now_ms: int) -> None:
    """Keep an appointment."""
    values = {name: value for name, value in vars(row).items() if name not in ("cancelled_ms", "came_ms")}
    run(connection, ADD, **values, now_ms=now_ms)


def cancel(connection: Connection, row: BookingRow, now_ms: int) -> None:
    """Nobody will come."""
    run(connection, CANCEL, lease=row.lease, number=row.number, now_ms=now_ms)


def came(connection: Connection, row: BookingRow, now_ms: int) -> bool:
    """Whoever booked is there; False if that was known, or it was cancelled."""
    return run(connection, CAME, lease=row.lease, number=row.number, now_ms=now_ms) == 1
