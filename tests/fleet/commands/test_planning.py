"""motcua whatif and motcua staffing."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import COLUMNS, Motcua
from tests.fleet.mondays import PLANNED


def test_a_counter_more_in_the_morning(monday_data: Path, motcua: Motcua) -> None:
    asked = (
        "whatif",
        "tan-an",
        "--more",
        1,
        "--from",
        "8:00",
        "--to",
        "9:30",
        "--date",
        PLANNED,
        "--data",
        monday_data,
    )
    shown = motcua(*asked).stdout
    rows = {line.split("  ")[0]: line for line in shown.splitlines()}
    assert "−" in rows["9/10 số người chờ không quá"] and "…" in rows["9/10 số người chờ không quá"]
    assert "Thử trên 4 ngày thứ Hai gần đây nhất (07/09/2026 đến 28/09/2026)" in shown
    assert "thực tế là" in shown and "Mới có 4 ngày" in shown
    assert any(line.startswith("08:00") for line in shown.splitlines())
    assert motcua(*asked).stdout == shown, "the same question has the same answer"


def test_days_of_other_weekdays_count_where_there_are_too_few(monday_data: Path, motcua: Motcua) -> None:
    asked = ("whatif", "--fewer", 1, "--date", "2026-09-15", "--language", "en", "--data", monday_data)
    shown = motcua(*asked).stdout
    assert "There are not enough Tuesdays yet, so it was tried on the last 3 days (07/09/2026 to 14/09/2026)." in shown
    assert "Not called before the counters closed: 0 people, with the change 210" in shown


def test_tables_fit_a_window(monday_data: Path, motcua: Motcua) -> None:
    for command in (("whatif", "--lunch-in-turns"), ("staffing", "--share", 0.8)):
        shown = motcua(*command, "--date", PLANNED, "--language", "en", "--data", monday_data).stdout
        table = [line.rstrip() for line in shown.splitlines() if not line.endswith(".")]
        assert len(table) > 12 and max(map(len, table)) <= COLUMNS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "office: expected one of tan-an, found 'nowhere'"),
        (("--more", "1", "--fewer", "1"), "expected --more or --fewer, found both"),
        (("--more", "21"), "counters: expected at most 20, found 21"),
        (("--more", "1", "--from", "8 giờ"), "--from: expected a time of day such as 8:00, found '8 giờ'"),
        (("--more", "1", "--from", "9:30", "--to", "8h"), "expected an end after the beginning, found 09:30 to 08:00"),
        (("--more", "1", "--service", "thue"), "service: expected one of ho-tich, dat-dai, found 'thue'"),
        (("--without", "thue"), "service: expected one of ho-tich, dat-dai, found 'thue'"),
        (("--counter", "quay-9", "--service", "dat-dai"), "counter: expected one of quay-1, quay-2, found 'quay-9'"),
        (("--counter", "quay-2"), "services: expected what quay-2 calls for, found none"),
        (("--date", "2026-09-07"), "expected a day before 2026-09-07 on which people came to tan-an, found none"),
        (("--language", "de"), "language: expected vi or en, found 'de'"),
    ],
)
def test_what_cannot_be_tried_is_said(
    monday_data: Path, motcua: Motcua, arguments: tuple[object, ...], said: str
) -> None:
    told = motcua("whatif", *arguments, "--data", monday_data)
    assert told.exit_code == 1 and said in " ".join(told.stderr.split())


def test_how_many_counters_a_day_needs(monday_data: Path, motcua: Motcua) -> None:
    shown = motcua("staffing", "--date", PLANNED, "--data", monday_data).stdout
    rows = [line.split() for line in shown.splitlines() if line[:2].isdigit()]
    assert len(rows) == 15 and rows[0][0] == "07:30–08:00"
    assert {row[2] for row in rows} == {"1"}, "one counter was there on the last day"
    assert {row[-3] for row in rows} <= {"1", "2"} and any(row[-3] == "2" for row in rows)
    assert "Dự báo 7" in shown and "từ 5 ngày đã qua, trong đó 4 ngày thứ Hai." in shown
    assert "Thứ tự mở quầy: Quầy 1, Quầy 2." in shown
    half = motcua("staffing", "--date", PLANNED, "--share", 0.5, "--language", "en", "--data", monday_data).stdout
    assert "Counters open in this order: Quầy 1, Quầy 2." in half


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--share", "1"), "share: expected 0.5 to 0.99, found 1"),
        (("--date", "2026-10-11"), "date: expected a day on which tan-an is open, found 2026-10-11"),
        (("--date", "2026-09-07"), "expected a day before 2026-09-07 on which people came to tan-an, found none"),
        (("--date", "mai"), "expected a day as YYYY-MM-DD or DD/MM/YYYY, found 'mai'"),
    ],
)
def test_what_cannot_be_suggested_is_said(
    monday_data: Path, motcua: Motcua, arguments: tuple[object, ...], said: str
) -> None:
    told = motcua("staffing", *arguments, "--data", monday_data)
    assert told.exit_code == 1 and said in " ".join(told.stderr.split())
