"""Sums of waits: kept while visits are linked, mended, merged up the tree and through heirs."""

from datetime import date
from math import ceil

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from fleet.domain.linked import VisitSeen
from fleet.domain.org_tree import Heir, Kind, Node
from fleet.domain.periods import Period
from fleet.flows import count_waits
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.relink import relink
from fleet.flows.waits import TooManyRows, UnknownUnit, waits
from fleet.store import places, units
from fleet.store.database import Store, alembic_config
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from fleet.store.rows import every, run, sql
from protocols import events
from tests.fleet.office import DAY, NINE, OFFICE, Speaker
from tests.fleet.recounted import waits_are_recounted

MIN = 60_000
THAT_DAY = Period(date.fromisoformat(DAY), date.fromisoformat(DAY))


def serve(store: Store, waits_min: list[int], first: int = 1) -> Speaker:
    """One after another waits so long, is served for two minutes and finished."""
    printer, keypad = Speaker("tp-1", boot=first), Speaker("q-1", boot=first)
    for at, wait in enumerate(waits_min):
        taken_ms = NINE + at * 3 * MIN
        called_ms = taken_ms + wait * MIN
        of_number = {"service": "ho-tich", "number": first + at}
        printer.does(events.TicketTaken(up=taken_ms - NINE, at=taken_ms, lease="l", **of_number))  # type: ignore[arg-type]
        keypad.does(events.NumberCalled(up=called_ms - NINE, at=called_ms, **of_number))  # type: ignore[arg-type]
        keypad.does(events.VisitFinished(up=called_ms - NINE + 2 * MIN, at=called_ms + 2 * MIN))
    for speaker in (printer, keypad):
        for seq in speaker.held:
            receive(store, [Arrival(speaker.topic, speaker.batch(seq))], NINE)
    link_marked(store, NINE)
    return keypad


def put(store: Store, office: str, day: str, waits_min: list[int], service: str = "ho-tich") -> None:
    """Visits of a day, counted as the linker counts them."""
    with store.writing() as connection:
        if places.office(connection, office) is None:
            places.save_office(connection, OfficeRow(office, office, "1022"), 0)
        place = places.office(connection, office)
        assert place is not None
        seen = [
            VisitSeen(f"q/1/1/{at}", "quay-1", service, at, NINE + at * MIN, False, wait * MIN)
            for at, wait in enumerate(waits_min, 1)
        ]
        DayParts(connection, office, day).save(VISITS, [], seen)
        count_waits.count_whole(connection, place, day, seen)


def test_what_a_day_was_like(store: Store) -> None:
    serve(store, [3, 4, 5, 6, 7, 30])
    found = waits(store, OFFICE, THAT_DAY, "service", NINE)
    (row,) = found.rows
    assert (row.key, row.visits, row.finished, row.no_shows) == ("ho-tich", 6, 6, 0)
    assert row.wait.n == 6 and row.wait.within == 5 / 6, "five of six within fifteen minutes"
    assert row.wait.mean_s == pytest.approx(55 / 6 * 60)
    assert row.wait.p50_s == pytest.approx(5 * 60, rel=0.01) and row.wait.p95_s == pytest.approx(1800, rel=0.01)
    assert found.whole.wait == row.wait
    waits_are_recounted(store, OFFICE)


def test_of_fewer_than_five_no_wait_is_told(store: Store) -> None:
    serve(store, [3, 4, 5, 6])
    found = waits(store, OFFICE, THAT_DAY, "hour", NINE)
    assert (found.whole.visits, found.whole.wait.n) == (4, 4)
    assert found.whole.wait.p50_s is found.whole.wait.mean_s is found.whole.wait.within is None


def test_a_late_event_takes_out_what_was_and_puts_in_what_is(store: Store) -> None:
    serve(store, [3, 4, 5, 6, 7])
    late = Speaker("q-1", boot=2)
    late.does(events.NoShow(up=0, at=NINE + 3 * MIN + MIN))  # before the first finish
    receive(store, [Arrival(late.topic, late.batch())], NINE)
    link_marked(store, NINE)
    found = waits(store, OFFICE, THAT_DAY, "day", NINE)
    assert found.whole.no_shows == 1 and found.whole.wait.n == 4
    waits_are_recounted(store, OFFICE)


def test_visits_from_before_the_sums_were_kept_are_counted_later(store: Store) -> None:
    serve(store, [3, 4, 5, 6, 7])
    with store.writing() as connection:
        for table in ("wait_hours", "wait_sums"):
            run(connection, sql(f"DELETE FROM {table}"))  # noqa: S608
        run(connection, sql("UPDATE windows SET waits = 0"))
    assert waits(store, OFFICE, THAT_DAY, "day", NINE).whole.visits == 0
    assert count_waits.count_days(store) == 1 and count_waits.count_days(store) == 0
    assert waits(store, OFFICE, THAT_DAY, "day", NINE).whole.visits == 5
    waits_are_recounted(store, OFFICE)


def test_services_and_hours_together_are_made_of_what_is_kept(store: Store) -> None:
    put(store, OFFICE, "2025-12-31", [1, 2, 3, 70])
    put(store, OFFICE, "2026-01-02", [4, 5])
    put(store, OFFICE, "2026-01-05", [6, 7], service="dat-dai")
    migration = ScriptDirectory.from_config(alembic_config()).get_revision("0030").module
    with store.writing() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.downgrade()
        assert every(connection, sql("SELECT 1 FROM wait_sums WHERE part = 'mix'")) == []
        migration.upgrade()
    waits_are_recounted(store, OFFICE)


@pytest.mark.parametrize("also_sums", [False, True])
def test_what_somebody_spoilt_by_hand_is_mended_when_the_day_is_linked(store: Store, also_sums: bool) -> None:
    serve(store, [3, 4, 5, 6, 7])
    with store.writing() as connection:
        run(connection, sql("UPDATE visits SET wait_ms = 7200000"))
        if also_sums:
            run(connection, sql("DELETE FROM wait_sums"))
    serve(store, [8], first=9)
    relink(store, OFFICE, DAY, NINE)
    waits_are_recounted(store, OFFICE)
    assert waits(store, OFFICE, THAT_DAY, "day", NINE).whole.visits == 6


def test_an_office_that_ended_is_counted_with_those_who_took_over(store: Store) -> None:
    july = date(2025, 7, 1)
    with store.writing() as connection:
        units.save(
            connection,
            [
                Node("tinh", Kind.PROVINCE, "Tỉnh"),
                Node("xa-a", Kind.OFFICE, "Xã A", "tinh", valid_to=july, heirs=(Heir("xa-moi"),)),
                Node("xa-b", Kind.OFFICE, "Xã B", "tinh", valid_to=july, heirs=(Heir("xa-moi", 6000), Heir("khac"))),
                Node("xa-moi", Kind.OFFICE, "Xã mới", "tinh", july),
                Node("khac", Kind.OFFICE, "Xã khác", "tinh", july),
            ],
        )
    for office, day in (
        ("xa-a", "2025-05-05"),
        ("xa-b", "2025-05-05"),
        ("xa-moi", "2025-08-01"),
        ("khac", "2025-08-01"),
    ):
        put(store, office, day, [10, 20])
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    heir = waits(store, "xa-moi", year, "month", NINE)
    assert (heir.offices.whole, heir.offices.divided) == (("xa-a", "xa-moi"), ("xa-b",))
    assert [(row.key, row.visits) for row in heir.rows if row.visits] == [("2025-05-01", 2), ("2025-08-01", 2)]
    assert waits(store, "tinh", year, "month", NINE).whole.visits == 8, "above both heirs nothing is divided"
    assert waits(store, "xa-b", year, "month", NINE).whole.visits == 2, "what ended may still be asked for"
    assert waits(store, "tinh", year, "year", NINE, frozenset({"khac"})).whole.visits == 2
    assert waits(store, "xa-a", year, "year", NINE, frozenset({"xa-moi"})).whole.visits == 2, "who took over sees it"
    before = Period(date(2025, 1, 1), date(2025, 3, 31))
    for unit, only in (("xa-moi", "khac"), ("xa-a", "xa-moi"), ("xa-a", "khac")):
        with pytest.raises(UnknownUnit):
            waits(store, unit, before, "year", NINE, frozenset({only}))


@pytest.mark.parametrize("differs", [False, True])
def test_each_service_has_its_own_target(store: Store, differs: bool) -> None:
    with store.writing() as connection:
        of_its_own = 600 if differs else 900
        places.save_services(connection, [ServiceRow("ho-tich", OFFICE, "Hộ tịch", "A", 0, of_its_own)])
    put(store, OFFICE, DAY, [5, 12, 12, 12, 12])
    put(store, OFFICE, "2026-11-10", [12] * 5, "dat-dai")
    found = waits(store, OFFICE, Period(THAT_DAY.first, date(2026, 11, 10)), "service", NINE)
    assert [(row.key, row.wait.within) for row in found.rows] == [
        ("dat-dai", 1.0),
        ("ho-tich", 0.2 if differs else 1.0),
    ]
    assert found.whole.wait.within == (0.6 if differs else 1.0)
    by_hour = waits(store, OFFICE, THAT_DAY, "hour", NINE)
    assert [row.wait.within for row in by_hour.rows] == [None if differs else 1.0]


def exact(minutes: list[int], share: float) -> float:
    return sorted(minutes)[ceil(share * len(minutes)) - 1] * 60


@pytest.mark.parametrize(
    "period", [("2024-02-10", "2026-10-20"), ("2024-01-01", "2026-12-31"), ("2025-03-03", "2025-03-20")]
)
def test_any_period_is_what_its_days_are(store: Store, period: tuple[str, str]) -> None:
    kept: dict[str, list[int]] = {}
    for year in (2024, 2025, 2026):
        for month_day in ("01-01", "02-10", "02-11", "03-05", "10-20", "10-21", "12-31"):
            day = f"{year}-{month_day}"
            kept[day] = [year - 2020 + n * int(month_day[3:]) for n in range(3)]
            put(store, OFFICE, day, kept[day])
    first, last = period
    minutes = [one for day, some in kept.items() if first <= day <= last for one in some]
    asked = Period(date.fromisoformat(first), date.fromisoformat(last))
    for by in ("year", "month", "week", "service", "counter", "hour"):
        found = waits(store, OFFICE, asked, by, NINE)
        assert found.whole.visits == sum(row.visits for row in found.rows) == len(minutes)
        if len(minutes) >= 5:
            assert found.whole.wait.p90_s == pytest.approx(exact(minutes, 0.9), rel=0.01)


def test_what_cannot_be_asked_for_is_said(store: Store) -> None:
    with pytest.raises(UnknownUnit):
        waits(store, "nowhere", THAT_DAY, "day", NINE)
    with pytest.raises(TooManyRows, match="found 3653 by day"):
        waits(store, OFFICE, Period(date(2016, 1, 1), date(2025, 12, 31)), "day", NINE)


def test_who_waits_now(store: Store) -> None:
    printer = Speaker("tp-1", boot=5)
    for at in range(2):
        printer.does(events.TicketTaken(service="dat-dai", number=at + 1, lease="l", up=at * MIN, at=NINE + at * MIN))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE)
    link_marked(store, NINE)
    now = waits(store, OFFICE, THAT_DAY, "day", NINE).now
    assert (now.waiting, now.oldest_ms) == (2, NINE)
