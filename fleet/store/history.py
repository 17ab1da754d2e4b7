"""Sums of waits for looking back at one office: of a part of it by days, months and years, or in all detail by day."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, portions, sql
from fleet.store.wait_cells import VALUES, Numbers, numbers_of

SUMS = sql(f"""
    SELECT begins, key, {VALUES} FROM wait_sums
    WHERE office = :office AND span = :span AND part = :part AND begins IN :begins
        AND (:every OR key = :key)""").bindparams(bindparam("begins", expanding=True))  # noqa: S608
DETAIL = sql(f"""
    SELECT day, service, counter, hour, {VALUES} FROM wait_hours
    WHERE office = :office AND day >= :first AND day <= :last AND (:service = '' OR service = :service)
        AND (:counter = '' OR counter = :counter) AND (:hour < 0 OR hour = :hour) LIMIT :most""")  # noqa: S608


def sums(
    connection: Connection, office: str, span: str, part: str, begins: Iterable[str], key: str | None
) -> list[tuple[str, str, Numbers]]:
    """(first day, key, numbers) of these stretches; of all keys of the part, or of one."""
    its = {"office": office, "span": span, "part": part, "every": key is None, "key": key or ""}
    return [
        (row.begins, row.key, numbers_of(row[2:]))
        for some in portions(set(begins))
        for row in every(connection, SUMS, **its, begins=some)
    ]


def detail(
    connection: Connection, office: str, days: tuple[str, str], service: str, counter: str, hour: int | None, most: int
) -> Sequence[tuple[str, str, str, int, Numbers]]:
    """(day, service, counter, hour, numbers) from a first day to a last, of one service, counter or hour, or of all."""
    its = {"service": service, "counter": counter, "hour": -1 if hour is None else hour, "most": most}
    rows = every(connection, DETAIL, office=office, first=days[0], last=days[1], **its)
    return [(*row[:4], numbers_of(row[4:])) for row in rows]
