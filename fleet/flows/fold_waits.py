"""Fold the waits of days that are over into the sums of units with many offices (`unit_sums`), a few days at a time.

The linker's transaction only notes that an office's day is open; so offices never wait for one another there. Locks are
taken in one order: the unit's members, then offices, by id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Connection

from fleet.domain import unit_sums as rules
from fleet.domain.org_tree import Tree
from fleet.domain.times import NotInThere
from fleet.domain.wait_cells import NOTHING, Cell, Slot, begin
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import places, unit_sums, units, wait_cells
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

DAYS_AT_ONCE = 5
# Days of one month; linking waits for these meanwhile, where it is their offices' turn.


def fold_days(store: Store, now_ms: int) -> int:
    """Fold some days that are over and open, the newest first; how many."""
    with store.reading() as connection:
        newest = unit_sums.last_open(connection, day_in_viet_nam(now_ms).isoformat())
    return 0 if newest is None else fold_up_to(store, *newest)


def fold_all(store: Store, now_ms: int, anew: bool = False) -> Iterator[tuple[int, int]]:
    """Fold whatever is open, or everything `anew`; how many days are done, and how many of all, step by step."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        tree = Tree(units.nodes(connection))
    regroup(store, tree, today)
    if anew:
        start_anew(store)
    with store.reading() as connection:
        waiting = unit_sums.waiting(connection, today.isoformat())
    done = 0
    yield done, waiting
    while folded := fold_days(store, now_ms):
        done += folded
        yield done, max(done, waiting)


@again_after_conflict
def fold_up_to(store: Store, unit: str, last: str) -> int:
    """Fold a few open days of a unit's month, this one being the last; how many."""
    with store.writing(alone=False) as connection:
        members = unit_sums.hold(connection, unit)
        marks = unit_sums.marks(connection, unit, begin("month", last), last)
        days = sorted({day for day, _ in marks})[-DAYS_AT_ONCE:]
        marks = [(day, office) for day, office in marks if day in days]
        for office in sorted({office for _, office in marks if office != unit_sums.EVERYBODY}):
            places.hold(connection, office)  # what is being linked there now is waited for
        unit_sums.close(connection, unit, marks)
        if members and days:
            fold(connection, unit, members, days)
        return len(days)


def fold(connection: Connection, unit: str, members: Collection[str], days: list[str]) -> None:
    """These days of a month, and with them the month and the year, are what the unit's offices have."""
    known, now = added_up(connection, [unit], days), added_up(connection, sorted(members), days)
    above: dict[Slot, Cell] = defaultdict(Cell)
    for day in days:
        for slot in known[day].keys() | now[day].keys():
            for span in ("month", "year"):
                differs = now[day].get(slot, NOTHING) - known[day].get(slot, NOTHING)
                above[Slot(span, begin(span, day), slot.part, slot.key)] += differs
    try:
        wait_cells.add(connection, unit, days[0], {}, {slot: cell for slot, cell in above.items() if cell != NOTHING})
    except NotInThere:  # somebody changed them by hand
        for office in sorted(members):
            places.hold(connection, office)
        open_anew(connection, unit, members)
        return
    for day in days:
        if known[day] != now[day]:
            wait_cells.put_sums(connection, unit, "day", day, now[day])


def added_up(connection: Connection, offices: list[str], days: list[str]) -> dict[str, dict[Slot, Cell]]:
    """What these offices have together, by day."""
    numbers: dict[tuple[str, str, str], list[int]] = {}
    for part in rules.PARTS:
        for _, day, key, its in wait_cells.of_offices(connection, offices, "day", part, days):
            known = numbers.setdefault((day, part, key), [0] * len(its))
            for at, number in enumerate(its):
                known[at] += number
    found: dict[str, dict[Slot, Cell]] = {day: {} for day in days}
    for (day, part, key), its in numbers.items():
        found[day][Slot("day", day, part, key)] = wait_cells.cell_of_numbers(its)
    return found


def regroup(store: Store, tree: Tree, day: date) -> None:
    """The units of many offices are those of this day. What joins or leaves a unit opens all days of its own."""
    with store.reading() as connection:
        wanted = rules.members(tree, day)
        differing = wanted != {unit: frozenset(its) for unit, its in unit_sums.all_members(connection).items()}
    if differing:
        with store.writing() as connection:
            group(connection, tree, day)


def group(connection: Connection, tree: Tree, day: date) -> None:
    """The same, where the caller alone writes."""
    wanted, known = rules.members(tree, day), unit_sums.all_members(connection)
    for unit in sorted(wanted.keys() | known.keys()):
        has, gets = known.get(unit, set()), wanted.get(unit, frozenset())
        if has != gets:
            unit_sums.change_members(connection, unit, gets - has, has - gets)
        if not gets:
            unit_sums.forget_sums(connection, unit)


def start_anew(store: Store) -> None:
    """Forget all sums of units; every day of theirs is open."""
    with store.writing() as connection:
        for unit, members in sorted(unit_sums.all_members(connection).items()):
            open_anew(connection, unit, members)


def open_anew(connection: Connection, unit: str, members: Collection[str]) -> None:
    """Forget the sums of a unit; every day of its is open."""
    unit_sums.forget_sums(connection, unit)
    for office in sorted(members):
        unit_sums.open_all(connection, unit, office)
