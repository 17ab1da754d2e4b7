"""Satisfaction of longer periods: of what may be shown, with what stands out."""

from datetime import date, timedelta
from random import Random

import pytest

from fleet.domain.control_charts import Rule
from fleet.domain.day import bounds
from fleet.domain.linked import RatingSeen, VisitSeen
from fleet.domain.named_periods import Period, read_period
from fleet.domain.org_tree import Kind, Node
from fleet.domain.rating_cells import cells_of, shown_of
from fleet.domain.rating_reasons import ReasonSeen
from fleet.domain.retention import Kept
from fleet.domain.satisfaction import LATE
from fleet.domain.satisfied import Satisfied
from fleet.flows.count_ratings import count_rating_days
from fleet.flows.count_waits import count_whole
from fleet.flows.purge import purge
from fleet.flows.satisfaction import UnknownUnit, satisfaction
from fleet.store import places, rating_history, rating_sums, retention, units
from fleet.store.database import Store
from fleet.store.day_parts import RATINGS, REASONS, VISITS, DayParts
from fleet.store.places import OfficeRow
from fleet.store.rows import every, run, sql
from tests.fleet.office import DAY, NINE, OFFICE
from tests.fleet.recounted import as_linked

MINUTE_MS = 60_000
OCTOBER = read_period("2026-10")
AUGUST_MS = bounds("2026-08-10", "Asia/Ho_Chi_Minh")[0]


def rate(
    store: Store,
    office: str,
    day: str,
    satisfied: int,
    dissatisfied: int,
    silent: int = 0,
    wait_min: int = 5,
    scale: int = 5,
) -> None:
    """A day on which so many were served, and so many of them rated."""
    nine = bounds(day, "Asia/Ho_Chi_Minh")[0] + 540 * MINUTE_MS
    scores = [scale] * satisfied + [1] * dissatisfied
    seen, ratings = [], []
    for at in range(len(scores) + silent):
        called = nine + at * MINUTE_MS
        finish = f"q-1/1/1/{2 * at + 1}"
        closing = {"finished_ms": called + MINUTE_MS, "outcome": "done", "closed_by": finish, "finish": finish}
        rated = at < len(scores)
        seen.append(
            VisitSeen(
                f"q-1/1/1/{2 * at}",
                f"quay-{at % 2 + 1}",
                "ho-tich",
                at,
                called,
                False,
                wait_min * MINUTE_MS,
                **closing,
                rated=rated,  # type: ignore[arg-type]
            )
        )
        if rated:
            press = RatingSeen(
                f"nut-1/1/{int(day[-2:])}/{at}", "quay-1", seen[-1].id, False, scores[at], scale, 1, called, True, None
            )
            ratings.append(press)
    ratings.append(RatingSeen("nut-1/1/1/9999", "quay-1", None, False, 1, scale, 1, nine, False, LATE))
    with store.writing() as connection:
        if places.office(connection, office) is None:
            places.save_office(connection, OfficeRow(office, office, "1022"), 0)
        place = places.office(connection, office)
        assert place is not None
        parts = DayParts(connection, office, day)
        parts.save(VISITS, [], seen)
        parts.save(RATINGS, [], ratings)
        count_whole(connection, place, day, seen)
        as_linked(connection, office, day)


def test_a_month_shows_its_groups_of_five_with_rates_and_bounds(store: Store) -> None:
    rate(store, OFFICE, "2026-10-05", 6, 1, silent=10)
    rate(store, OFFICE, "2026-10-06", 6, 1, silent=6)
    rate(store, OFFICE, DAY, 5, 0)
    found = satisfaction(store, OFFICE, OCTOBER, "office", NINE)
    (cell,) = found.cells
    assert (cell.n, cell.positive, cell.scale, cell.by_score) == (10, 10, 5, (0, 0, 0, 0, 10))
    assert (found.served, found.rated, found.pressed) == (30, 14, 16)
    assert [(one.code, one.n) for one in found.not_counted] == [("other", None)]
    assert found.bounds is not None and (found.bounds.low, found.bounds.high) == (10 / 30, 1.0)
    assert found.weighed == (1.0, 1.0) and found.offices == ()


def test_a_quiet_office_is_shown_by_month_though_never_by_day(store: Store) -> None:
    for day in range(5, 10):
        rate(store, OFFICE, f"2026-10-{day:02d}", 2, 1)
    (cell,) = satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells
    assert (cell.n, cell.positive) == (15, 10)


def test_reasons_are_shown_in_fives_and_never_before_their_ratings(store: Store) -> None:
    words = ["long_wait"] * 4 + ["attitude"] * 3
    for day, n in (("2026-10-05", 5), ("2026-10-06", 2)):
        rate(store, OFFICE, day, 0, n, silent=1)
        said = [
            ReasonSeen(f"srv-1/1/1/{at}", None, f"nut-1/1/{int(day[-2:])}/{at}", words.pop(0), NINE, True, None)
            for at in range(n)
        ]
        with store.writing() as connection:
            DayParts(connection, OFFICE, day).save(REASONS, [], said)
    found = satisfaction(store, OFFICE, OCTOBER, "office", NINE)
    assert found.cells[0].n == 5 and found.said == (("long_wait", 4), ("attitude", 1))
    with store.writing() as connection:
        run(connection, sql("UPDATE ratings SET counted = FALSE WHERE day = '2026-10-05'"))
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).said == (), "none of their ratings is shown"


def test_today_is_not_shown(store: Store) -> None:
    rate(store, OFFICE, DAY, 50, 0)
    november = read_period("2026-11")
    assert satisfaction(store, OFFICE, november, "office", NINE).cells == ()
    assert satisfaction(store, OFFICE, november, "office", NINE + 86_400_000).cells[0].n == 50


def test_scales_are_told_apart_and_the_main_one_is_compared(store: Store) -> None:
    rate(store, OFFICE, "2026-10-05", 20, 0, scale=5)
    rate(store, OFFICE, "2026-10-06", 0, 10, scale=3)
    found = satisfaction(store, OFFICE, OCTOBER, "office", NINE)
    assert [(one.scale, one.n, one.positive) for one in found.cells] == [(3, 10, 0), (5, 20, 20)]
    assert found.weighed is not None and found.weighed[0] == 1.0


def test_counters_are_told_only_of_twenty(store: Store) -> None:
    rate(store, OFFICE, "2026-10-05", 30, 5)
    rate(store, OFFICE, "2026-10-06", 5, 5)
    found = satisfaction(store, OFFICE, OCTOBER, "counter", NINE)
    assert [(part.key, part.cells[0].n) for part in found.parts] == [("quay-1", 20), ("quay-2", 20)]
    rate(store, "an-binh", "2026-10-06", 15, 5)
    assert satisfaction(store, "an-binh", OCTOBER, "counter", NINE).parts == ()


def test_offices_of_a_province_are_ranked_and_tiny_ones_drawn_towards_all(store: Store) -> None:
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh")])
        units.save(connection, [Node(f"xa-{n}", Kind.OFFICE, f"Xã {n}", "tinh") for n in range(6)])
    for n, (satisfied, dissatisfied) in enumerate(((95, 5), (60, 40), (93, 7), (80, 20), (20, 80), (5, 0))):
        rate(store, f"xa-{n}", "2026-10-05", satisfied, dissatisfied)
    found = satisfaction(store, "tinh", OCTOBER, "office", NINE)
    assert [(one.ranked.who, one.ranked.place) for one in found.offices] == [
        ("xa-0", 1),
        ("xa-2", 1),
        ("xa-3", 3),
        ("xa-1", 4),
        ("xa-4", 5),
        ("xa-5", None),
    ]
    tiny = found.offices[-1]
    assert tiny.drawn is not None and tiny.drawn.share < 0.95
    assert found.cells[0].n == 505


def test_a_bad_week_and_a_long_day_stand_out_and_longer_waits_are_held_against_ratings(store: Store) -> None:
    chance = Random(5)
    monday = date(2026, 5, 11)
    for week in range(24):
        for weekday in range(5):
            day = (monday + timedelta(days=7 * week + weekday)).isoformat()
            bad = week == 22
            dissatisfied = 8 if bad else sum(chance.random() < 0.07 for _ in range(20))
            wait = 75 if week == 23 and weekday == 2 else (40 if bad else chance.choice((9, 10, 11)))
            rate(store, OFFICE, day, 20 - dissatisfied, dissatisfied, wait_min=wait)
    found = satisfaction(store, OFFICE, read_period("2026"), "office", bounds("2026-10-26", "Asia/Ho_Chi_Minh")[0])
    assert [(week.monday, week.share.rule) for week in found.weeks if week.share.rule] == [
        (date(2026, 10, 12), Rule.BELOW)
    ]
    assert date(2026, 10, 21) in [day for day, point in found.waits if point.rule is Rule.ABOVE]
    assert found.falls.from_s == 40 * 60 and found.falls.latest_s is not None
    assert found.falls.earliest_s is not None and found.falls.earliest_s <= found.falls.from_s <= found.falls.latest_s


def test_a_unit_that_nobody_knows_is_said(store: Store) -> None:
    with pytest.raises(UnknownUnit):
        satisfaction(store, "nowhere", OCTOBER, "office", NINE)
    assert isinstance(OCTOBER, Period)


def test_sums_say_what_the_presses_say_however_they_change(store: Store) -> None:
    chance = Random(3)
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(0, 200, 8)]
    for at, day in enumerate(days):
        for office in (OFFICE, "an-binh"):
            rate(
                store,
                office,
                day.isoformat(),
                chance.randint(0, 7),
                chance.randint(0, 4),
                2,
                scale=3 if at % 5 == 0 else 5,
            )
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh")])
        units.save(connection, [Node(one, Kind.OFFICE, one, "tinh") for one in (OFFICE, "an-binh")])

    def told() -> list[Satisfied]:
        asked = [("tinh", "2026"), ("tinh", "2026-Q2"), (OFFICE, "2026-05"), (OFFICE, "2026-Q3"), ("tinh", "2026-Q1")]
        return [satisfaction(store, unit, read_period(name), "office", AUGUST_MS) for unit, name in asked]

    from_presses = told()
    whole = from_presses[0]
    with store.reading() as connection:
        came = rating_history.counted(connection, [OFFICE, "an-binh"], "2026-01-01", "2026-08-09")
    assert list(whole.cells) == cells_of(press for its in came.values() for press in shown_of(its, whole.period.length))
    while count_rating_days(store, AUGUST_MS):
        pass
    assert told() == from_presses
    with store.writing() as connection:
        assert every(connection, sql("SELECT 1 FROM windows WHERE ratings = 0 AND day < '2026-08-10'")) == []
        run(connection, sql("DELETE FROM ratings"))
    assert told() == from_presses, "nothing was read but sums"


def test_a_press_that_is_excluded_or_comes_late_is_in_the_sums_at_once(store: Store) -> None:
    rate(store, OFFICE, "2026-10-05", 20, 0)
    assert count_rating_days(store, NINE) == 1 and count_rating_days(store, NINE) == 0
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 20
    with store.writing() as connection:
        add = "INSERT INTO excluded_presses VALUES (:office, '2026-10-05', 'nut-1/1/5/3', 'x', :stands)"
        run(connection, sql(add), office=OFFICE, stands=True)
        rating_sums.changed(connection, OFFICE, "2026-10-05")
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 15
    count_rating_days(store, NINE)
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 15
    with store.writing() as connection:
        run(connection, sql("DELETE FROM excluded_presses"))
        as_linked(connection, OFFICE, "2026-10-05")
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 20


def test_days_that_were_never_added_up_and_are_not_linked_any_more_are_still_told(store: Store) -> None:
    rate(store, OFFICE, "2026-10-05", 20, 0)
    rate(store, OFFICE, "2026-10-06", 5, 5)
    with store.writing() as connection:
        retention.close_days(connection, [OFFICE], "2026-11-01")
        retention.set_horizon(connection, Kept.EVENTS, bounds("2026-11-01", "Asia/Ho_Chi_Minh")[0], NINE)
    found = satisfaction(store, OFFICE, OCTOBER, "office", NINE)
    assert count_rating_days(store, NINE) == 0 and [cell.n for cell in found.cells] == [30]


def test_when_old_ratings_are_deleted_the_sums_of_their_days_and_month_go(store: Store) -> None:
    for day in (5, 6, 20, 21):
        rate(store, OFFICE, f"2026-10-{day:02d}", 7, 0)
    count_rating_days(store, NINE)
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 25
    purge(store, {Kept.RATINGS: 20}, NINE)
    assert satisfaction(store, OFFICE, OCTOBER, "office", NINE).cells[0].n == 10, "of fourteen, four are left over"
    with store.reading() as connection:
        kept = [(row.span, row.day) for row in every(connection, sql("SELECT span, day FROM rating_sums ORDER BY day"))]
    assert kept == [("day", "2026-10-20"), ("day", "2026-10-21")]
