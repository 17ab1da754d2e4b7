"""An office looked back at: what sums say is what a recount of its visits says, whatever is chosen."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from fleet.clock import now_ms
from fleet.domain.history import Wanted
from fleet.domain.linked import VisitSeen
from fleet.domain.named_periods import read_period
from fleet.domain.wait_cells import NOTHING, cell_of, place_of
from fleet.domain.waits import row_of
from fleet.flows import history
from fleet.flows.history import TooMuchDetail, look_back
from fleet.flows.waits import waits
from fleet.flows.watch import UnknownOffice
from fleet.store.database import Store
from tests.fleet.office import with_tables
from tests.fleet.pages.sample_history import COUNTERS, OFFICE, lived, of_day

LAST = date(2026, 10, 30)
DAYS, VISITS = 47, 30
NOW = 1_793_500_000_000  # 2026-11-01
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORKED = [one for one in (date.fromordinal(LAST.toordinal() - n) for n in range(DAYS)) if one.weekday() < 5]


def fill(database: str) -> None:
    store = Store(database)
    with store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, valid_from_ms) "
            "VALUES ('tan-an', 'Phường Tân An', '1022', 'Asia/Ho_Chi_Minh', 1, 0, 0)"
        )
        for place, counter in enumerate(COUNTERS, 1):
            connection.exec_driver_sql(
                "INSERT INTO counters (id, office, name, position) VALUES (?, 'tan-an', ?, ?)",
                (counter, f"Quầy {place}", place),
            )
    lived(store, LAST, DAYS, VISITS)
    store.close()


@pytest.fixture(scope="module")
def lived_office(tmp_path_factory: pytest.TempPathFactory) -> Store:
    database = with_tables(tmp_path_factory.mktemp("history"))
    fill(database)
    return Store(database)


def recounted(fits: Callable[[date, VisitSeen, int], bool]) -> object:
    whole = NOTHING
    for day in WORKED:
        for visit in of_day(day.isoformat(), VISITS)[0]:
            if fits(day, visit, place_of(visit, ZONE)[2]):
                whole = whole + cell_of(visit)
    return row_of("", whole, whole.wait.within(900_000))


@pytest.mark.parametrize("period", ["2026-10", "2026-Q4", "2026", "2026-W42", "2026-10-14"])
@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"service": "land"},
        {"counter": "ta-1"},
        {"hour": 9},
        {"weekday": 3},
        {"service": "civil", "hour": 8},
        {"service": "land", "counter": "ta-2", "weekday": 2, "hour": 10},
    ],
)
def test_what_sums_say_is_what_a_recount_says(lived_office: Store, period: str, chosen: dict[str, object]) -> None:
    wanted = Wanted(read_period(period), **chosen)
    found = look_back(lived_office, OFFICE, wanted, NOW)

    def fits(day: date, visit: VisitSeen, hour: int) -> bool:
        return (
            wanted.period.first <= day <= wanted.period.last
            and wanted.service in ("", visit.service)
            and wanted.counter in ("", visit.counter)
            and wanted.weekday in (None, day.isoweekday())
            and wanted.hour in (None, hour)
        )

    expected = recounted(fits)
    assert vars(found.this.row) | {"key": ""} == vars(expected)
    assert sum(one.visits for one in found.steps) == found.this.row.visits
    for rows in (found.of_services, found.of_counters):
        assert rows is not None and (not rows or sum(one.visits for one in rows) == found.this.row.visits)
    if found.heat is not None and wanted.weekday is None and wanted.hour is None:
        assert sum(one.visits for its in found.heat for one in its) == found.this.row.visits


def test_the_period_before_is_told_as_far_as_this_one_has_come(lived_office: Store) -> None:
    found = look_back(lived_office, OFFICE, Wanted(read_period("2026-10")), NOW - 20 * 86_400_000)
    assert (found.this.until, found.before.until) == (date(2026, 10, 12), date(2026, 9, 12))
    assert str(found.before.period) == "2026-09" and str(found.last_year.period) == "2025-10"
    told = waits(lived_office, OFFICE, found.this.period.until(found.this.until), "day", NOW).whole
    assert vars(found.this.row) | {"key": ""} == vars(told)
    week = look_back(lived_office, OFFICE, Wanted(read_period("2026-W42")), NOW).last_year.period
    assert (week.first, week.last) == (date(2025, 10, 13), date(2025, 10, 19))


def test_ratings_are_told_in_groups_of_five_with_an_interval_and_only_of_what_is_published(lived_office: Store) -> None:
    found = look_back(lived_office, OFFICE, Wanted(read_period("2026-10")), NOW)
    rated = found.this.rated
    assert rated is not None and rated.n % 5 == 0 and rated.n > 100
    assert rated.low < rated.share < rated.high  # type: ignore[operator]
    assert found.rated_by == "week" and all(one.n % 5 == 0 for one in found.rated)
    of_land = look_back(lived_office, OFFICE, Wanted(read_period("2026-10"), service="land"), NOW).this.rated
    assert of_land is not None and of_land.n % 5 == 0 and 0 < of_land.n < rated.n
    for chosen in ({"weekday": 1}, {"hour": 9}, {"service": "land", "counter": "ta-2"}):
        part = look_back(lived_office, OFFICE, Wanted(read_period("2026-10"), **chosen), NOW)
        assert part.this.rated is None and part.rated == ()
    assert look_back(lived_office, OFFICE, Wanted(read_period("2026"), service="land"), NOW).this.rated is None


def test_too_much_detail_is_refused_and_no_sums_are(lived_office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "DETAIL_AT_MOST", 20)
    wanted = Wanted(read_period("2026-10"), service="civil", hour=8)
    with pytest.raises(TooMuchDetail):
        look_back(lived_office, OFFICE, wanted, NOW)
    found = look_back(lived_office, OFFICE, Wanted(read_period("2026-10"), service="civil"), NOW)
    assert found.this.row.visits > 0 and found.heat is None and found.of_counters is None


def test_there_is_no_history_of_an_unknown_office(lived_office: Store) -> None:
    with pytest.raises(UnknownOffice):
        look_back(lived_office, "nowhere", Wanted(read_period("2026-10")), now_ms())
