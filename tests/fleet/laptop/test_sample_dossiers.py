import csv
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from openpyxl import load_workbook

from fleet.domain.dossier import read_dossiers
from fleet.flows.spreadsheets import rows_of
from fleet.laptop.sample_dossiers import (
    CSV_FILE,
    HEADERS,
    NEVER_KEPT,
    PROCEDURES,
    RETURNED,
    SAMPLE_DAY,
    XLSX_FILE,
    as_csv,
    codes,
    rows,
)
from fleet.laptop.scanner_codes import IDENTITY_CARD, sample_codes
from protocols.dossier_code import parse_dossier_code


def test_the_committed_files_are_what_the_program_makes():
    assert CSV_FILE.read_bytes() == as_csv()
    sheet = load_workbook(XLSX_FILE).active
    assert [tuple(row) for row in sheet.iter_rows(values_only=True)] == [HEADERS, *rows()]


def test_the_csv_reads_back():
    read = list(csv.reader(StringIO(CSV_FILE.read_text("utf-8-sig"), newline="")))
    assert tuple(read[0]) == HEADERS
    assert [tuple(row) for row in read[1:]] == list(rows())
    assert len(rows()) == 120


DAYS = [date(2024, 2, 29), SAMPLE_DAY, date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 4), date(2031, 7, 7)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sample_of_any_day_is_taken_on_that_day(today):
    reading = read_dossiers(rows_of(as_csv(today), None), today)
    assert (reading.errors, tuple(reading.dossiers)) == ([], codes(today))
    newest = max(dossier.received_on for dossier in reading.dossiers.values())
    assert today - newest <= timedelta(days=2), "on a Sunday the newest are of Friday"


def test_what_was_received_on_a_day_is_the_same_tomorrow_but_for_its_state():
    today, tomorrow = (
        read_dossiers(rows_of(as_csv(day), None), day).dossiers for day in (date(2026, 11, 2), date(2026, 11, 3))
    )
    both = today.keys() & tomorrow.keys()
    assert len(both) == 115
    assert all(today[code]._replace(state="") == tomorrow[code]._replace(state="") for code in both)
    assert any(today[code].state != tomorrow[code].state for code in both)
    assert all(tomorrow[code].state == RETURNED for code in both if today[code].state == RETURNED)


def test_codes_are_valid_in_both_orders():
    parsed = [parse_dossier_code(code) for code in codes()]
    orders = Counter(one.letter_first for one in parsed)
    assert orders[True] > 30 and orders[False] > 30
    assert any(one.ministry for one in parsed)
    assert len(set(codes())) == 120


def test_a_code_says_the_day_of_its_row_and_results_follow_receipt():
    for row in rows():
        received, due = (datetime.strptime(day, "%d/%m/%Y").date() for day in row[4:6])
        assert parse_dossier_code(row[0]).received == (received.year, received.month, received.day)
        assert received.weekday() < 5 and due.weekday() < 5
        assert due >= received
        assert row[6] != RETURNED or due <= SAMPLE_DAY


def test_people_of_the_sample_cannot_be_real():
    assert NEVER_KEPT == ("Họ tên người nộp", "Số điện thoại", "Địa chỉ")
    for row in rows():
        assert "Mô Phỏng" in row[8] and row[9].startswith("0000") and "Không Có Thật" in row[10]
    assert IDENTITY_CARD.startswith("000000000000|")


def test_every_procedure_occurs():
    assert {row[1] for row in rows()} == {one.code for one in PROCEDURES}


def test_codes_on_the_table_are_of_both_orders_and_the_last_ticket():
    table = {one.name: one.code for one in sample_codes(codes(), "MC1:a:2:x")}
    assert parse_dossier_code(table["dossier_older"]).letter_first is False
    assert parse_dossier_code(table["dossier_newer"]).letter_first is True
    assert table["ticket"] == "MC1:a:2:x"
    assert {one.name: one.code for one in sample_codes(codes(), "")}["ticket"] == ""
