"""Sums of waits: those of a day by service, counter and hour, and those of days, months and years of an office."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam

from fleet.domain.times import Times, read_lanes
from fleet.domain.wait_cells import MIX, NOTHING, PARTS, RULES, SPANS, Cell, Place, Slot, begin, mix_of
from fleet.store import straight
from fleet.store.given import Kept
from fleet.store.rows import every, run, sql

VALUES = "visits, no_shows, finished, rated, wait_ms, service_ms, total_ms, wait, service_times, total"
NAMES = VALUES.split(", ")
PLACE = "service, counter, hour"
SLOT = "span, begins, part, key"

COUNTED = straight.straight("SELECT waits FROM windows WHERE office = :office AND day = :day")
SET_COUNTED = sql("UPDATE windows SET waits = :rules WHERE office = :office AND day = :day")
TO_COUNT = sql("""
    SELECT office, day FROM windows WHERE linked > 0 AND waits <> :rules AND day >= :first
    ORDER BY day DESC, office LIMIT :most""")
OF_DAY = sql(f"SELECT {PLACE}, {VALUES} FROM wait_hours WHERE office = :office AND day = :day")  # noqa: S608
HOURS = straight.straight(f"""
    SELECT {PLACE}, {VALUES} FROM wait_hours WHERE office = :office AND day = :day
        AND service IN :services AND counter IN :counters AND hour IN :hours""")  # noqa: S608
SUMS = straight.straight(f"""
    SELECT {SLOT}, {VALUES} FROM wait_sums WHERE office = :office AND span IN :spans AND part IN :parts
        AND begins IN :begins AND key IN :keys""")  # noqa: S608
OF_OFFICES = sql(f"""
    SELECT office, begins, key, {VALUES} FROM wait_sums
    WHERE office IN :offices AND span = :span AND part = :part AND begins IN :begins""").bindparams(  # noqa: S608
    bindparam("offices", expanding=True), bindparam("begins", expanding=True)
)
MIXED = sql(f"""
    SELECT office, day, service, hour, {VALUES} FROM wait_hours
    WHERE office IN :offices AND day >= :first AND day <= :last""").bindparams(  # noqa: S608
    bindparam("offices", expanding=True)
)
WAITED = sql("""
    SELECT office, begins, key, finished, rated, wait FROM wait_sums
    WHERE office IN :offices AND span = :span AND part = :part AND begins IN :begins""").bindparams(
    bindparam("offices", expanding=True), bindparam("begins", expanding=True)
)
WAITED_OF_DAYS = sql("""
    SELECT office, day, service, hour, finished, rated, wait FROM wait_hours
    WHERE office IN :offices AND day >= :first AND day <= :last""").bindparams(bindparam("offices", expanding=True))
TYPES = {**dict.fromkeys(NAMES[:7], "bigint"), **dict.fromkeys(NAMES[7:], "bytea")}
SAVE_HOURS = Kept("wait_hours", 5, office="text", day="text", service="text", counter="text", hour="bigint", **TYPES)
SAVE_SUMS = Kept("wait_sums", 5, office="text", span="text", begins="text", part="text", key="text", **TYPES)
DROP_HOUR = straight.straight("""
    DELETE FROM wait_hours WHERE office = :office AND day = :day
        AND service = :service AND counter = :counter AND hour = :hour""")
DROP_SUM = straight.straight("""
    DELETE FROM wait_sums WHERE office = :office
        AND span = :span AND begins = :begins AND part = :part AND key = :key""")
CLEAR_HOURS = sql("DELETE FROM wait_hours WHERE office = :office AND day = :day")
CLEAR_SUMS = sql("DELETE FROM wait_sums WHERE office = :office AND span = :span AND begins = :begins")
AT_ONCE = 400
Numbers = Sequence[int]
# The values of a row; thousands are added up for one answer, sooner than cells would be.


class Waited(NamedTuple):
    """What a comparison needs of a stretch: how many visits were finished and rated, and how long people waited."""

    office: str
    begins: str
    key: str
    finished: int
    rated: int
    lanes: int


def is_counted(connection: Connection, office: str, day: str) -> bool:
    """Whether the visits of this day are in the sums, by the rules of now."""
    row = straight.one(connection, COUNTED, office=office, day=day)
    return row is not None and row.waits == RULES


def counted(connection: Connection, office: str, day: str) -> None:
    """The visits of this day are in the sums."""
    run(connection, SET_COUNTED, office=office, day=day, rules=RULES)


def to_count(connection: Connection, first: str, most: int) -> list[tuple[str, str]]:
    """Some (office, day) from a first day on whose visits are not in the sums, the newest first."""
    return [(row.office, row.day) for row in every(connection, TO_COUNT, rules=RULES, first=first, most=most)]


def of_day(connection: Connection, office: str, day: str) -> dict[Place, Cell]:
    """All cells of an office's day."""
    return {tuple(row[:3]): cell_of_row(row[3:]) for row in every(connection, OF_DAY, office=office, day=day)}


def add(connection: Connection, office: str, day: str, cells: Mapping[Place, Cell], sums: Mapping[Slot, Cell]) -> None:
    """Add to the cells of a day, and to the sums that they are in. Raises NotInThere, and then nothing is written."""
    its = {"office": office, "day": day}
    hours = {at: known + cells[at] for at, known in hours_at(connection, its, cells).items()}
    slots = {slot: known + sums[slot] for slot, known in sums_at(connection, office, day, sums).items()}
    saved_hours = [(office, day, *at, *values_of(cell)) for at, cell in hours.items() if cell != NOTHING]
    saved_sums = [(office, *keys_of(slot), *values_of(cell)) for slot, cell in slots.items() if cell != NOTHING]
    names = ("service", "counter", "hour")
    gone = [{**its, **dict(zip(names, at, strict=True))} for at, cell in hours.items() if cell == NOTHING]
    straight.run_each(connection, DROP_HOUR, gone)
    SAVE_HOURS.put(connection, saved_hours)
    empty = [{"office": office, **vars(slot)} for slot, cell in slots.items() if cell == NOTHING]
    straight.run_each(connection, DROP_SUM, empty)
    SAVE_SUMS.put(connection, saved_sums)


def put_hours(connection: Connection, office: str, day: str, cells: Mapping[Place, Cell]) -> None:
    """The cells of a day are these and no others."""
    run(connection, CLEAR_HOURS, office=office, day=day)
    SAVE_HOURS.put(connection, [(office, day, *at, *values_of(cell)) for at, cell in cells.items()])


def put_sums(connection: Connection, office: str, span: str, begins: str, sums: Mapping[Slot, Cell]) -> None:
    """The sums of this stretch are these and no others."""
    run(connection, CLEAR_SUMS, office=office, span=span, begins=begins)
    SAVE_SUMS.put(connection, [(office, *keys_of(slot), *values_of(cell)) for slot, cell in sums.items()])


def hours_at(connection: Connection, its: Mapping[str, str], places: Iterable[Place]) -> dict[Place, Cell]:
    """The cells of a day at these places; empty where there is none yet."""
    found = dict.fromkeys(places, Cell())
    if found:
        services, counters, hours = (sorted({at[part] for at in found}) for part in range(3))
        rows = straight.every(connection, HOURS, **its, services=services, counters=counters, hours=hours)
        found |= {at: cell_of_row(row[3:]) for row in rows if (at := tuple(row[:3])) in found}
    return found


def sums_at(connection: Connection, office: str, day: str, slots: Iterable[Slot]) -> dict[Slot, Cell]:
    """The sums that a day is in; empty where there is none yet."""
    found = dict.fromkeys(slots, Cell())
    keys = sorted({slot.key for slot in found})
    its = {
        "office": office,
        "spans": SPANS,
        "parts": (*PARTS, MIX),
        "begins": sorted({begin(span, day) for span in SPANS}),
    }
    rows = straight.every(connection, SUMS, **its, keys=keys) if keys else []
    found |= {slot: cell_of_row(row[4:]) for row in rows if (slot := Slot(*row[:4])) in found}
    return found


def of_offices(
    connection: Connection, offices: Sequence[str], span: str, part: str, begins: Iterable[str]
) -> list[tuple[str, str, str, Numbers]]:
    """(office, begins, key, numbers) of these offices and stretches, in no order."""
    wanted = sorted(set(begins))
    found = []
    for first in range(0, len(wanted), AT_ONCE):
        for some in range(0, len(offices), AT_ONCE):
            rows = every(
                connection,
                OF_OFFICES,
                offices=offices[some : some + AT_ONCE],
                span=span,
                part=part,
                begins=wanted[first : first + AT_ONCE],
            )
            found += [(row[0], row[1], row[2], numbers_of(row[3:])) for row in rows]
    return found


def mixed(connection: Connection, offices: Sequence[str], first: str, last: str) -> list[tuple[str, str, str, Numbers]]:
    """(office, day, key, numbers) of the cells of these days by service and hour together, in no order."""
    found = []
    for some in range(0, len(offices), AT_ONCE):
        rows = every(connection, MIXED, offices=offices[some : some + AT_ONCE], first=first, last=last)
        found += [(row.office, row.day, mix_of(row.service, row.hour), numbers_of(row[4:])) for row in rows]
    return found


def waited(
    connection: Connection, offices: Sequence[str], span: str, part: str, begins: Iterable[str]
) -> Iterator[Waited]:
    """The waits of these offices and stretches, in no order; `part` may be both service and hour."""
    wanted = sorted(set(begins))
    its = {"span": span, "part": part}
    for first in range(0, len(wanted), AT_ONCE):
        for some in range(0, len(offices), AT_ONCE):
            asked = {"offices": offices[some : some + AT_ONCE], "begins": wanted[first : first + AT_ONCE]}
            for row in every(connection, WAITED, **its, **asked):
                yield Waited(row[0], row[1], row[2], row[3], row[4], read_lanes(row[5]))


def waited_of_days(connection: Connection, offices: Sequence[str], first: str, last: str) -> Iterator[Waited]:
    """The waits of days by service and hour together, in no order."""
    for some in range(0, len(offices), AT_ONCE):
        asked = {"offices": offices[some : some + AT_ONCE], "first": first, "last": last}
        for row in every(connection, WAITED_OF_DAYS, **asked):
            yield Waited(row[0], row[1], mix_of(row[2], row[3]), row[4], row[5], read_lanes(row[6]))


def cell_of_row(row: Sequence[Any]) -> Cell:
    """The cell of a row's values."""
    return cell_of_numbers(numbers_of(row))


def numbers_of(row: Sequence[Any]) -> Numbers:
    """A row's values as whole numbers."""
    return (*row[:7], read_lanes(row[7]), read_lanes(row[8]), read_lanes(row[9]))


def cell_of_numbers(numbers: Numbers) -> Cell:
    """The cell of these numbers, or of such that were added up."""
    visits, no_shows, finished, rated, wait_ms, service_ms, total_ms, wait, service, total = numbers
    times = Times(wait, wait_ms), Times(service, service_ms), Times(total, total_ms)
    return Cell(visits, no_shows, finished, rated, *times)


def keys_of(slot: Slot) -> tuple[str, str, str, str]:
    """A slot as columns."""
    return slot.span, slot.begins, slot.part, slot.key


def values_of(cell: Cell) -> tuple[Any, ...]:
    """A cell as columns. Raises NotInThere."""
    times = (cell.wait, cell.service, cell.total)
    counts = (cell.visits, cell.no_shows, cell.finished, cell.rated)
    return (*counts, *(one.sum_ms for one in times), *(one.to_bytes() for one in times))
