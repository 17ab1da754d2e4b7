"""The catalogue as a table: what is read, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.file_errors import ALL_EXPECTED, BadFile, said
from fleet.domain.procedure_sentences import PROCEDURE_EXPECTED
from fleet.domain.procedure_table import (
    PROCEDURES,
    CatalogueLine,
    read_procedure,
    rows_of_catalogue,
    wrong_with_catalogue,
)
from fleet.domain.procedures import LEVELS, Procedure, ServiceGroup, procedure_code
from fleet.domain.table import read_lines

HEADINGS = [PROCEDURES.name(column) for column in PROCEDURES.names]
COLUMN = {column: place for place, column in enumerate(PROCEDURES.names)}
GROUP = {"service": "ho-tich", "prefix": "A", "service_name": "Hộ tịch"}


def row(**cells: object) -> list[object]:
    found: list[object] = [""] * len(HEADINGS)
    for column, cell in {"code": "1.012766", "name": "Đăng ký biến động", **cells}.items():
        found[COLUMN[column]] = cell
    return found


def read(*rows: list[object]) -> list[tuple[int, CatalogueLine]]:
    return read_lines([HEADINGS, *rows], PROCEDURES, read_procedure, 100)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("1.012766", "1.012766"),
        (1.01276, "1.012760"),
        ("1.01276", "1.012760"),
        ("1,012766", "1.012766"),
        (" 2.000635 ", "2.000635"),
        ("1.001193.000.00.00.H29", "1.001193"),
        ("012766", None),
        ("", None),
        (None, None),
        (True, None),
        ("1.01276612", None),
        ("x.012766", None),
    ],
)
def test_a_code_in_any_spelling(spelling: str | float | None, code: str | None) -> None:
    assert procedure_code(spelling) == code


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("", None),
        (0, 0),
        (10, 10),
        ("10", 10),
        ("0,5", 0.5),
        ("1.5 ngày làm việc", 1.5),
        ("Trong ngày", 0),
        ("ngay", 0),
        ("04 giờ", 0.5),
        ("8 giờ làm việc", 1),
    ],
)
def test_legal_time_is_working_days(cell: object, days: float | None) -> None:
    ((_, (procedure, _)),) = read(row(days=cell))
    assert procedure.days == days


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("DVC trực tuyến toàn trình", LEVELS[0]),
        ("Một phần", LEVELS[1]),
        ("Mức độ 4", LEVELS[0]),
        ("3", LEVELS[1]),
        ("Mức 2", LEVELS[2]),
        ("Dịch vụ cung cấp thông tin trực tuyến", LEVELS[2]),
        ("Trực tiếp", LEVELS[2]),
        ("", ""),
    ],
)
def test_levels_of_today_and_of_before(cell: str, level: str) -> None:
    ((_, (procedure, _)),) = read(row(level=cell))
    assert procedure.level == level


def test_papers_stand_between_semicolons_or_on_lines() -> None:
    ((_, (procedure, _)),) = read(row(papers="- Tờ khai;\n- Giấy chứng sinh\r\n• CCCD; "))
    assert procedure.papers == ("Tờ khai", "Giấy chứng sinh", "CCCD")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code": "TTHC 1"}, "found “TTHC 1”; expected a procedure's code such as 1.012766"),
        ({"code": ""}, "found nothing; expected a procedure's code"),
        ({"name": ""}, "column “Tên thủ tục”: found nothing; expected a value"),
        ({"name": "x" * 1001}, "at most 1000 characters"),
        ({"name": "=HYPERLINK()"}, "a text, not a formula"),
        ({"level": "mức 5"}, "one of these levels: toàn trình, một phần, trực tiếp"),
        ({"days": "15 ngày"}, "found “15 ngày”; expected working days such as 10"),
        ({"days": -1}, "working days such as 10"),
        ({"days": 731}, "working days such as 10"),
        ({"papers": "x" * 4001}, "at most 4000 characters"),
        ({"service": "ho-tich"}, "column “Ký hiệu”: found nothing; expected a group's id, letter and name"),
        ({**GROUP, "service": "Hộ tịch"}, "an id of 1 to 32 characters"),
        ({**GROUP, "prefix": "a"}, "a letter, or two, of A-Z"),
        ({**GROUP, "service_name": "x" * 61}, "at most 60 characters"),
    ],
)
def test_a_row_that_is_wrong_is_named(cells: dict[str, object], words: str) -> None:
    with pytest.raises(BadFile) as refusal:
        read(row(**cells))
    (english,), (vietnamese,) = refusal.value.said("en"), refusal.value.said("vi")
    assert english.startswith("Row 2, column “") and words in english, english
    assert vietnamese.startswith("Dòng 2, cột “")


def test_codes_groups_and_letters_are_each_one_thing() -> None:
    lines = read(
        row(**GROUP),
        row(),
        row(code="1.000001", **{**GROUP, "prefix": "B"}),
        row(code="1.000002", **{**GROUP, "service_name": "Hộ tịch 2"}),
        row(code="1.000003", service="dat-dai", prefix="A", service_name="Đất đai"),
        row(code="1.000004", service="lao-dong", prefix="C", service_name="Lao động"),
    )
    known = {one.id: one for one in (ServiceGroup("nguoi-co-cong", "C", "x"), ServiceGroup("dat-dai", "Z", "x"))}
    assert [said(one, "en") for one in wrong_with_catalogue(lines, known)] == [
        "Row 3, column “Mã TTHC”: found “1.012766”; expected each code once; it stands in row 2, too.",
        "Row 4, column “Ký hiệu”: found “B”; expected the letter and name of row 2, which has the same group.",
        "Row 5, column “Tên nhóm”: found “Hộ tịch 2”; expected the letter and name of row 2, which has the same group.",
        "Row 6, column “Ký hiệu”: found “A”; expected a letter that no other group has (“ho-tich” has it).",
        "Row 7, column “Ký hiệu”: found “C”; expected a letter that no other group has (“nguoi-co-cong” has it).",
    ]


texts = st.text("Đăngkýhồsơ 1", max_size=12).map(lambda text: " ".join(text.split()))


@given(
    st.lists(
        st.builds(
            Procedure,
            code=st.integers(0, 999_999).map(lambda n: f"1.{n:06d}"),
            name=texts.filter(bool),
            field=texts,
            authority=texts,
            level=st.sampled_from(["", *LEVELS]),
            days=st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0, 15.0, 730.0]),
            papers=st.lists(texts.filter(bool), max_size=3).map(tuple),
            fee=texts,
            service=st.sampled_from([None, "ho-tich"]),
            note=texts,
        ),
        max_size=5,
        unique_by=lambda one: one.code,
    )
)
def test_what_is_written_reads_back(procedures: list[Procedure]) -> None:
    groups = {"ho-tich": ServiceGroup("ho-tich", "A", "Hộ tịch")}
    rows = rows_of_catalogue(procedures, groups)
    assert [one for _, (one, _) in read_lines(rows, PROCEDURES, read_procedure, 100)] == procedures


def test_every_sentence_is_there_in_both_languages() -> None:
    assert PROCEDURE_EXPECTED.items() <= ALL_EXPECTED.items()
    for vietnamese, english in PROCEDURE_EXPECTED.values():
        assert vietnamese and english and vietnamese != english
