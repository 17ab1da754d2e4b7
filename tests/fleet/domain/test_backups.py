"""What a backup says that it holds, and which backups of a folder are kept."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.backups import (
    BadBackup,
    Manifest,
    SavedTable,
    check_rows,
    check_schema,
    manifest_text,
    read_manifest,
)
from fleet.domain.kept_backups import Keep, kept, moment_of, name_of
from fleet.domain.lost_events import lost

TABLE = SavedTable("events", ("device", "seq"), {"device": "text", "seq": "int"}, 2, "ab")
SAVED = Manifest("0061", "0.1", "sqlite", 5, {"tan-an": 2}, {"lease_numbers": 500}, (TABLE,))
EVENING = datetime(2026, 11, 23, 20, tzinfo=UTC)


def test_what_is_told_is_read_again() -> None:
    assert read_manifest(manifest_text(SAVED)) == SAVED
    assert "day keys" in manifest_text(SAVED)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "not_in_it": [], "tables": 5}', "null", '"x"'])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(BadBackup, match="expected that of a backup, found something else"):
        read_manifest(text)


def test_what_is_newer_than_this_program_is_refused() -> None:
    with pytest.raises(BadBackup, match="expected a backup of format 1, found one of a newer motcua"):
        read_manifest(json.dumps({**json.loads(manifest_text(SAVED)), "format": 2}))
    with pytest.raises(BadBackup, match=r"expected a schema up to 0060, found 0061 of motcua 0\.1"):
        check_schema(SAVED, "0060")
    check_schema(SAVED, "0061")


def test_other_rows_are_refused() -> None:
    with pytest.raises(BadBackup, match="events: expected 2 rows, found 3"):
        check_rows(TABLE, 3, "ab")
    with pytest.raises(BadBackup, match="events: expected rows whose SHA-256 is ab, found cd"):
        check_rows(TABLE, 2, "cd")


def named(*days_ago: float) -> list[str]:
    return [name_of(int((EVENING - timedelta(days=one)).timestamp() * 1000)) for one in days_ago]


def test_the_newest_of_each_day_week_and_month_stay() -> None:
    every = named(*(n / 2 for n in range(200)))  # at 20 and at 8 o'clock
    assert kept(every, Keep(days=3)) == {*named(0, 1, 2)}
    assert kept(every, Keep(days=2, weeks=2)) == {*named(0, 1)}, "23 November is a Monday, the 22nd of the week before"
    assert kept(every, Keep(months=3)) == {*named(0, 23, 54)}
    assert kept(every, Keep()) == {*every}


@given(
    st.lists(st.integers(0, 400_000).map(lambda minutes: minutes / 1440), max_size=60),
    *[st.integers(0, 5) for _ in range(3)],
)
def test_the_newest_stays_and_what_is_not_ours(ago: list[float], days: int, weeks: int, months: int) -> None:
    ours, strange = named(*ago), ["motcua.sqlite", "motcua-2026-13-01T00-00-00Z.zip", "backup.zip"]
    stay = kept([*ours, *strange], Keep(days, weeks, months))
    assert stay >= {*strange} and (not ours or max(ours) in stay)
    assert stay == {*ours, *strange} or len(stay) <= len(strange) + max(1, days + weeks + months)


def test_a_name_says_its_moment() -> None:
    assert moment_of(named(0)[0]) == EVENING
    assert moment_of("motcua-2026-1-2T3-4-5Z.zip") is None


def test_what_a_device_skipped_is_lost() -> None:
    sides = [("q-1", 100, 131), ("q-1", None, 4), ("q-2", 7, 8), ("nut-1", 7, None), ("nut-1", None, 1)]
    assert lost(sides) == {"q-1": 33}
