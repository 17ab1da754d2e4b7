from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fleet.domain.dossier as dossier_module
from fleet.domain.dossier import Dossier, read_dossiers
from fleet.domain.dossier_columns import COLUMNS
from fleet.domain.dossier_sentences import ADVICE, EXPECTED, KINDS, PROBLEMS
from fleet.domain.file_errors import BadFile, RowError, said

GUIDE = Path(__file__).parents[3] / "docs" / "dossiers.md"
TODAY = date(2026, 10, 8)
HEADINGS = ("STT", "Mã hồ sơ", "Họ tên", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái")
CODE = "H15.50.05.13-261008-0975"


def row(code=CODE, received="08/10/2026", due="15/10/2026", state="Đang xử lý"):
    return ("1", code, "Nguyễn Văn A", received, due, state)


def only(**cells):
    """The one dossier that a table with this one row says."""
    reading = read_dossiers([HEADINGS, row(**cells)], TODAY)
    assert not reading.errors, reading.errors
    (dossier,) = reading.dossiers.values()
    return dossier


def refusal(*rows, headings=HEADINGS):
    reading = read_dossiers([headings, *rows], TODAY)
    assert reading.error_count == 1, reading.errors
    return said(reading.errors[0], "en")


def test_a_row_is_a_dossier_without_a_name():
    assert only() == Dossier(
        code=CODE,
        organisation="H15.50.05.13",
        received_on=date(2026, 10, 8),
        due_on=date(2026, 10, 15),
        state="Đang xử lý",
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_every_known_name_of_a_column_is_found_in_any_spelling(column):
    values = {"code": CODE, "received_on": "08/10/2026", "due_on": "15/10/2026"}
    values |= {"finished_on": "15/10/2026", "returned_on": "15/10/2026", "supplements": "1", "channel": "2"}
    for name in COLUMNS[column]:
        for spelling in (
            name,
            name.upper(),
            f"  {name.replace(' ', '  ')} (*)",
            name.encode("ascii", "ignore").decode(),
        ):
            if spelling == name.encode("ascii", "ignore").decode() != name:
                continue  # letters fell out: that is another word
            headings = [spelling, *[names[0] for other, names in COLUMNS.items() if other != column]]
            cells = [values.get(column, "x"), *[values.get(other, "x") for other in COLUMNS if other != column]]
            (dossier,) = read_dossiers([headings, cells], TODAY).dossiers.values()
            assert getattr(dossier, column) in ("x", 1, "online", CODE, date(2026, 10, 8), date(2026, 10, 15)), spelling


def test_headings_without_diacritics_or_with_decomposed_letters_are_the_same():
    for headings in (
        ("ma ho so", "NGAY TIEP NHAN"),
        ("Ma\u0303 ho\u0302\u0300 so\u031b", "Nga\u0300y ti\u00ea\u0301p nh\u00e2\u0323n"),
    ):
        assert CODE in read_dossiers([headings, (CODE, "8/10/2026")], TODAY).dossiers


def test_where_two_columns_would_serve_the_first_name_of_the_list_wins():
    headings = ("Số hồ sơ", "Mã hồ sơ", "Ngày nhận")
    assert CODE in read_dossiers([headings, ("0975/2026", CODE, "8/10/2026")], TODAY).dossiers


def test_titles_above_and_the_numbers_of_the_columns_below_the_headings_are_passed_over():
    title = [("UBND PHƯỜNG BẾN NGHÉ",), ("DANH SÁCH HỒ SƠ", None, None), ()]
    reading = read_dossiers([*title, HEADINGS, ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), row()], TODAY)
    assert list(reading.dossiers) == [CODE] and not reading.errors


@pytest.mark.parametrize(
    "day",
    [
        "08/10/2026",
        "8/10/2026",
        "8-10-2026",
        "08.10.2026",
        "2026-10-08",
        "08/10/2026 07:30",
        "08/10/2026 07:30:15",
        "2026-10-08T07:30:15.123",
        " 08/10/2026\u00a0",
        date(2026, 10, 8),
        datetime(2026, 10, 8, 23, 59),
        '="08/10/2026"',
    ],
)
def test_days_as_exports_write_them(day):
    assert only(received=day).received_on == date(2026, 10, 8)


@pytest.mark.parametrize(
    "day", ["31/02/2026", "10/31/2026", "2026/10", "8/10-2026", "8 tháng 10", 46303, "08/10/1926", "0/1/2026"]
)
def test_what_is_no_day_is_refused(day):
    assert "expected a real day as day/month/year" in refusal(row(received=day))


def test_the_due_day_may_be_empty_but_not_before_the_received_one():
    assert only(due="").due_on is None
    assert only(due=None).due_on is None
    assert only(due="08/10/2026").due_on == date(2026, 10, 8)
    assert refusal(row(due="07/10/2026")) == (
        "Row 2, column “Ngày hẹn trả”: found “07/10/2026”; expected a day not before the received day 08/10/2026."
    )


def test_a_received_day_is_there_and_not_in_the_future():
    assert refusal(row(received="")) == "Row 2, column “Ngày tiếp nhận”: found nothing; expected a value."
    assert "found “09/10/2026”; expected a day that is not in the future" in refusal(row(received="09/10/2026"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "found nothing; expected a value"),
        ("H15.50.05.13-261008", "found “H15.50.05.13-261008”; expected a dossier code such as"),
        ("H15.50.05.1345-261008-0975", "found “H15.50.05.1345-261008-0975”; expected an organisation at its beginning"),
        ("H15.50.05.13-261032-0975", "found “H15.50.05.13-261032-0975”; expected a real day in its middle"),
        ("H15.50.05.13-261009-0975", "expected a day in its middle that is not in the future"),
        ("H15.50.05.13-261008-75", "expected a serial of at least four digits or capitals"),
        ("h15.50.05.13-261008-0975", "found “h15.50.05.13-261008-0975”; expected an organisation at its beginning"),
    ],
)
def test_a_bad_code_is_told_with_what_was_expected(code, words):
    assert words in refusal(row(code=code))


@pytest.mark.parametrize(
    "secret", ["Nguyễn Văn A", "TRAN VAN BINH", "0912345678", "0912-345-678", "0912.345.678", "079123456789"]
)
def test_a_name_or_a_number_in_the_wrong_column_is_told_by_its_length_only(secret):
    for cells in ({"code": secret}, {"received": secret}, {"due": secret}):
        sentence = refusal(row(**cells))
        assert secret not in sentence
        assert f"a text of length {len(secret)}" in sentence


def test_a_row_with_more_cells_than_headings_is_refused_unseen():
    slipped = ("1", CODE, "Nguyễn", "Văn A", "08/10/2026", "", "12 Lê Lợi")
    assert refusal(slipped).startswith("Row 2: found “7”; expected at most 6 cells, as the headings have")
    assert only().code == next(iter(read_dossiers([HEADINGS, (*row(), "", None, " ")], TODAY).dossiers))


def test_empty_rows_count_for_the_numbers_of_rows_only():
    reading = read_dossiers([HEADINGS, row(), (), ("", None, " "), ("9", "", "Chỉ có tên"), row(code="x")], TODAY)
    assert reading.rows == 2
    assert reading.errors == [RowError(6, "Mã hồ sơ", 1, "code")]


def test_the_same_row_twice_is_one_dossier_and_two_stories_are_an_error_that_names_both():
    assert list(read_dossiers([HEADINGS, row(), row()], TODAY).dossiers) == [CODE]
    sentence = refusal(row(), row(code="H15.50.05.13-261008-0976"), row(state="Đã trả"))
    assert sentence.startswith(f"Row 4, column “Mã hồ sơ”: found “{CODE}”; expected the same content as row 2")


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "+A1", "@SUM(A1)"])
def test_a_formula_is_no_text(formula):
    assert refusal(row(state=formula)) == (
        f"Row 2, column “Trạng thái”: found a text of length {len(formula)}; expected a text, not a formula."
    )


def test_texts_are_one_line_of_composed_letters():
    assert only(state="\u0110a\u0303  tra\u0309\n\x00\u200b").state == "Đã trả"
    assert "expected at most 1000 characters" in refusal(row(state="x" * 1001))


def test_a_procedure_code_that_excel_took_for_a_number_gets_its_zeros_back():
    headings = (*HEADINGS, "Mã TTHC")
    (dossier,) = read_dossiers([headings, (*row(), 1.01276)], TODAY).dossiers.values()
    assert dossier.procedure_code == "1.012760"


def test_missing_columns_are_told_with_those_that_are_there():
    assert refusal(row(), headings=("STT", "Mã hồ sơ", "x" * 60)) == (
        f"Missing the column “Ngày tiếp nhận”. Columns of the file: “STT”, “Mã hồ sơ”, “{'x' * 40}…”. "
        "Expected: “Mã hồ sơ”, “Ngày tiếp nhận”."
    )


def test_without_any_known_heading_no_cell_is_shown():
    sentence = refusal(headings=("Nguyễn Văn A", "12 Lê Lợi"))
    assert sentence.startswith("There is no row of headings among the first 20 rows.")
    assert "Nguyễn" not in sentence


def test_fifty_errors_are_kept_and_all_are_counted():
    reading = read_dossiers([HEADINGS, *[row(code="x")] * 60], TODAY)
    assert (len(reading.errors), reading.error_count) == (50, 60)
    assert BadFile(tuple(reading.errors), 60).said("vi")[-1] == "… và 10 lỗi nữa."
    assert BadFile(tuple(reading.errors), 60).said("en")[-1] == "… and 10 more errors."


def test_a_table_has_an_end(monkeypatch):
    monkeypatch.setattr(dossier_module, "ROWS_AT_MOST", 2)
    assert refusal(row(), row(), row()) == "The table has more than 2 rows; export shorter periods."


def test_every_sentence_is_there_in_both_languages():
    for vietnamese, english in (*KINDS.values(), *EXPECTED.values(), *PROBLEMS.values(), *ADVICE.values()):
        assert vietnamese and english and vietnamese != english
    assert said(RowError(3, "Mã hồ sơ", None, "present"), "vi") == "Dòng 3, cột “Mã hồ sơ”: ô trống; cần một giá trị."
    assert set(KINDS) <= set(ADVICE)


cells = st.one_of(
    st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()
)


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=7), max_size=5))
def test_whatever_stands_in_the_cells_the_answer_is_dossiers_or_errors(rows):
    reading = read_dossiers([HEADINGS, *rows], TODAY)
    assert reading.error_count + len(reading.dossiers) <= reading.rows
    for error in reading.errors:
        assert said(error, "vi") and said(error, "en")


def test_the_guide_names_every_heading_in_the_order_in_which_they_are_preferred():
    table = [line.split(" | ") for line in GUIDE.read_text().splitlines() if line.startswith("| ")]
    cells = {row[0].removeprefix("| "): row[1].split(", ") for row in table}
    for name, *others in COLUMNS.values():
        assert cells[name] == others
