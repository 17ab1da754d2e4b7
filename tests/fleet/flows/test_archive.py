"""Months go into archives before their rows are deleted, and nothing goes that is in none."""

import json
import sys
from pathlib import Path

import duckdb
import pytest
from fastparquet import ParquetFile

from fleet.domain.archives import COLUMNS, Archive, BadArchive, read_month
from fleet.domain.retention import Kept
from fleet.flows.archive import look, make, verify
from fleet.flows.archive_due import Archives
from fleet.flows.link import link_marked
from fleet.flows.purge import purge
from fleet.store.database import Store
from protocols import events
from tests.fleet.flows.test_purge import CODE, KEEP, MIN, a_day, counts, say
from tests.fleet.office import NINE, Speaker

DAY_MS = 86_400_000
NOVEMBER = read_month("2026-11")
KEEP_ALL = {**KEEP, Kept.ARCHIVES: 3660}
CARD = "00ff00ff00ff00ff"
EVENTS, VISITS, RATINGS = (f"{table}-2026-11.parquet" for table in Archive)
only_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "archive"
    made.mkdir()
    return made


def a_round(store: Store, folder: Path, now_ms: int, keep: dict[Kept, int] | None = None) -> Archives:
    """A round of the purger."""
    keep = keep or KEEP_ALL
    archives = Archives(folder, keep[Kept.ARCHIVES])
    purge(store, keep, now_ms, archives=archives)
    return archives


def files(archives: Archives) -> dict[str, int]:
    """What was written: how many rows of each."""
    return {one.file: one.rows for one in archives.made.written}


def rated(store: Store, presses: int) -> None:
    """So many visits at another counter, each rated."""
    keypad, buttons = Speaker("q-2"), Speaker("nut-2")
    for n in range(presses):
        start = NINE + (10 + 10 * n) * MIN
        up = (10 + 10 * n) * MIN
        called = events.NumberCalled(service="ho-tich", number=2 + n, up=up, at=start)
        say(store, keypad, called, events.VisitFinished(up=up + MIN, at=start + MIN), at_ms=start)
        armed = f"q-2/1/1/{2 * n + 1}"
        press = events.RatingGiven(score=4, scale=5, armed=armed, up=up + 2 * MIN, at=start + 2 * MIN)
        say(store, buttons, press, at_ms=start)


def test_what_goes_is_in_archives_before_it_does(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    rated(store, 6)
    link_marked(store, NINE)
    archives = a_round(store, folder, NINE + 60 * DAY_MS)
    assert (files(archives), archives.problems) == ({EVENTS: 35 + 18, VISITS: 7, RATINGS: 5}, [])
    assert counts(store) == {"events": 0, "visits": 0, "ratings": 0, "tickets": 0}
    assert [verify(one).problem for one in look(folder)] == ["", "", ""]

    place = str(folder / EVENTS)
    with duckdb.connect() as reader:
        columns = reader.execute("DESCRIBE SELECT * FROM read_parquet(?)", [place]).fetchall()
        rows = reader.execute("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [place]).fetchall()
        called = "SELECT office, counter, epoch_ms(happened), service FROM read_parquet(?) WHERE kind = 'call'"
        first_call = reader.execute(f"{called} ORDER BY happened", [place]).fetchone()
    kinds = {name: kind.replace(" WITH TIME ZONE", "TZ") for name, kind, *_ in columns}
    assert kinds == COLUMNS[Archive.EVENTS]
    assert first_call == ("tan-an", "quay-1", NINE + MIN, "ho-tich")
    kept = "".join(map(str, rows))
    assert not any(secret in kept for secret in (CARD, CODE, "H29")), "nothing that leads to somebody"

    visits = ParquetFile(folder / VISITS).to_pandas()  # another reader than the writer
    assert [*visits.columns] == [*COLUMNS[Archive.VISITS]]
    first = visits.sort_values("called").iloc[0]
    assert (first.called.timestamp() * 1000, first.wait_ms, first.rated) == (NINE + MIN, MIN - 1, True)
    ratings = ParquetFile(folder / RATINGS).to_pandas()
    assert ratings.ratings.sum() == 5, "of seven presses whole groups of five"

    assert files(a_round(store, folder, NINE + 61 * DAY_MS)) == {}


@only_sqlite
def test_without_its_folder_nothing_goes_that_belongs_there(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    link_marked(store, NINE)
    folder.rmdir()
    before = counts(store)
    archives = a_round(store, folder, NINE + 60 * DAY_MS)
    assert counts(store) == before
    assert [one.partition(":")[0] for one in archives.problems] == ["events", "scans", "visits", "ratings"]
    assert "mount its disk" in archives.problems[0]
    assert not [*store_holders(store)], "hashes of cards go with their key all the same"
    folder.mkdir()
    a_round(store, folder, NINE + 60 * DAY_MS)
    assert not any(counts(store).values())


def store_holders(store: Store) -> list[str]:
    with store.reading() as connection:
        return [row.body for row in connection.exec_driver_sql("SELECT body FROM events") if CARD in row.body]


@only_sqlite
def test_a_month_waits_until_it_is_over(store: Store, folder: Path) -> None:
    """An event of long ago that came this month stays until the month is whole."""
    printer = Speaker("tp-1")
    say(store, printer, events.PaperSeen(state="low", metres_left=None, up=1, at=NINE - 90 * DAY_MS), at_ms=NINE)
    assert files(a_round(store, folder, NINE + DAY_MS)) == {}
    assert counts(store)["events"] == 1
    assert files(a_round(store, folder, NINE + 25 * DAY_MS)) == {EVENTS: 1}
    assert counts(store)["events"] == 0


@only_sqlite
def test_an_archive_that_is_lost_holds_up_what_is_left_of_its_month(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    a_day(store, CARD, NINE + 15 * DAY_MS, boot=2)
    assert files(a_round(store, folder, NINE + 35 * DAY_MS)) == {EVENTS: 70}
    assert counts(store)["events"] == 35, "the second day is not due yet"
    (folder / EVENTS).unlink()
    late = NINE + 60 * DAY_MS
    assert "bring it back" in a_round(store, folder, late).problems[0]
    assert counts(store)["events"] == 35
    made = make(store, folder, NOVEMBER, late)
    assert [one.rows for one in made.written if one.archive == "events"] == [35]
    assert made.written[0].since is not None, "it says that it is not the whole month"
    a_round(store, folder, late)
    assert counts(store)["events"] == 0
    again = make(store, folder, NOVEMBER, late)
    assert again.written == [] and again.there[0].rows == 35, "what has fewer rows takes no archive's place"


@only_sqlite
def test_what_was_left_half_written_is_written_again(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    for left in (".motcua-left", "events-2026-11"):
        (folder / left).mkdir()
    (folder / EVENTS).write_bytes(b"PAR1 half")
    assert [one.problem for one in look(folder)] == ["its manifest is missing"]
    make(store, folder, NOVEMBER, NINE + 30 * DAY_MS)
    assert verify(next(one for one in look(folder) if one.file.name == EVENTS)).problem == ""
    assert not (folder / ".motcua-left").exists() and (folder / "events-2026-11").is_dir()
    assert {path.stat().st_mode & 0o777 for path in folder.glob("events*.*")} == {0o600}

    spoilt = bytearray((folder / EVENTS).read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    (folder / EVENTS).write_bytes(spoilt)
    assert "SHA-256" in verify(look(folder)[0]).problem


@only_sqlite
def test_rows_that_read_otherwise_than_they_were_written_are_no_archive(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store, CARD)
    monkeypatch.setitem(COLUMNS[Archive.EVENTS], "boot", "TINYINT")
    monkeypatch.setattr("fleet.flows.archive_file.count", lambda _, select: "EXCEPT" in select)
    before = counts(store)
    archives = a_round(store, folder, NINE + 60 * DAY_MS)
    assert "expected the" in archives.problems[0] and counts(store) == before
    assert not [*folder.glob("*.parquet")]


@only_sqlite
def test_a_month_that_goes_on_is_refused_and_duckdb_is_named_where_it_is_missing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadArchive, match="a month that is over"):
        make(store, folder, NOVEMBER, NINE)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadArchive, match=r"motcua\[archive\]"):
        make(store, folder, NOVEMBER, NINE + 60 * DAY_MS)


@only_sqlite
def test_archives_go_when_their_days_are_over(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    a_round(store, folder, NINE + 60 * DAY_MS)
    (folder / "events-of-mine.parquet").touch()
    keep = {**KEEP, Kept.ARCHIVES: 365}
    a_round(store, folder, NINE + 380 * DAY_MS, keep)
    assert (folder / EVENTS).exists(), "its last day is not so old"
    a_round(store, folder, NINE + 390 * DAY_MS, keep)
    assert [path.name for path in folder.glob("[!.]*")] == ["events-of-mine.parquet"]


@only_sqlite
def test_the_round_can_be_stopped_while_an_archive_is_made(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    archives = Archives(folder, 3660)
    purge(store, KEEP_ALL, NINE + 60 * DAY_MS, lambda: bool([*folder.glob(".motcua-*/rows.csv")]), archives)
    assert counts(store)["events"] == 35 and not [*folder.glob("*.parquet")]
    assert [path.name for path in folder.iterdir()] == [".motcua-lock"]


@only_sqlite
def test_what_is_archived_stands_in_the_log(store: Store, folder: Path) -> None:
    a_day(store, CARD)
    make(store, folder, NOVEMBER, NINE + 60 * DAY_MS)
    with store.reading() as connection:
        row = connection.exec_driver_sql("SELECT thing, became FROM audit WHERE what = 'data.archive'").one()
    assert (row.thing, json.loads(row.became)[EVENTS]) == ("2026-11", 35)
