import io
import logging
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import text

import fleet.flows.import_dossiers as import_module
import fleet.flows.separated_text as text_module
import fleet.flows.spreadsheets as spreadsheets
from fleet.domain.file_errors import BadFile
from fleet.domain.vietnamese_encodings import TCVN3_LETTERS
from fleet.flows.import_dossiers import ImportResult, import_dossiers
from fleet.store.dossiers import count, dossiers_by_code

NOW_MS = int(datetime.fromisoformat("2026-10-08T06:00:00+07:00").timestamp() * 1000)
CODE = "H15.50.05.13-261008-0975"
TABLE = f"Mã hồ sơ,Họ tên,Ngày tiếp nhận,Trạng thái\n{CODE},Nguyễn Văn A,08/10/2026,Đang xử lý\n"
# In cp1258 most tones are characters of their own after their letters.
TABLE_CP1258 = (
    b"Ma\xde h\xf4\xcc s\xf5,H\xf2o t\xean,Nga\xccy ti\xea\xecp nh\xe2\xf2n,Tra\xf2ng tha\xeci\n"
    + CODE.encode()
    + b",Nguy\xea\xden V\xe3n A,08/10/2026,\xd0ang x\xfd\xd2 ly\xec\n"
)
TABLE_TCVN3 = bytes([TCVN3_LETTERS.get(letter) or ord(letter) for letter in TABLE])


@pytest.fixture
def store(empty_store):
    return empty_store


@pytest.fixture
def on_disk(request, store, tmp_path):
    """All bytes of the database."""
    if store.is_postgresql:
        return lambda: request.getfixturevalue("postgresql").bytes_of(store.url)
    return lambda: b"".join(path.read_bytes() for path in tmp_path.glob("motcua.sqlite*"))


@pytest.fixture
def take(store, tmp_path):
    """Import these bytes under a file's name."""

    def take(raw, name="ho-so.csv", encoding=None):
        path = tmp_path / name
        path.write_bytes(raw)
        return import_dossiers(store, path, "mai", NOW_MS, encoding)

    return take


def workbook(*rows, title="Sheet1", before=()):
    book = Workbook()
    book.remove(book.active)
    for other in before:
        book.create_sheet(other).append(["Hướng dẫn"])
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def archive(**files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return raw.getvalue()


def test_a_file_is_stored_once_and_a_change_of_it_is_a_change(take, store):
    assert take(TABLE.encode()) == ImportResult("ho-so.csv", rows=1, new=1, changed=0, unchanged=0)
    assert take(TABLE.encode()) == ImportResult("ho-so.csv", rows=1, new=0, changed=0, unchanged=1)
    assert take(TABLE.replace("Đang xử lý", "Đã trả").encode()).changed == 1
    with store.reading() as connection:
        imports = connection.execute(text("SELECT file, person, rows, new, changed FROM imports ORDER BY id")).all()
        assert imports == [("ho-so.csv", "mai", 1, 1, 0), ("ho-so.csv", "mai", 1, 0, 0), ("ho-so.csv", "mai", 1, 0, 1)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_separators_marks_and_endings(take, store, separator, encoding, ending):
    take(TABLE.replace(",", separator).replace("\n", ending).encode(encoding))
    with store.reading() as connection:
        assert dossiers_by_code(connection, [CODE])[CODE].state == "Đang xử lý"


def test_titles_with_commas_do_not_decide_the_separator(take):
    assert take(("Phường Bến Nghé, TP, VN, a, b, c\n\n" + TABLE.replace(",", ";")).encode()).new == 1


def test_a_hint_for_excel_is_no_row(take):
    with pytest.raises(BadFile, match="Row 3, column “Mã hồ sơ”"):
        take(("sep=;\r\n" + (TABLE + "x,,08/10/2026,\n").replace(",", ";")).encode())


def test_a_row_is_counted_as_the_spreadsheet_does_even_when_cells_have_several_lines(take):
    with pytest.raises(BadFile, match="Row 4, column “Ngày tiếp nhận”: found “32/10/2026”"):
        take((TABLE + f'\n{CODE},"nhiều\ndòng",32/10/2026,\n').encode())


def test_a_workbook_with_real_dates_in_its_second_sheet(take, store):
    raw = workbook(
        ["DANH SÁCH HỒ SƠ"],
        [],
        ["STT", "SỐ HỒ SƠ", "Ngày nhận", "Hạn trả", "Chủ hồ sơ"],
        [1, CODE, datetime(2026, 10, 8, 9, 30), datetime(2026, 10, 9), "Nguyễn Văn A"],
        before=["Bìa"],
    )
    assert take(raw, "ho-so.xlsx").new == 1
    with store.reading() as connection:
        assert str(dossiers_by_code(connection, [CODE])[CODE].due_on) == "2026-10-09"


def test_rows_of_a_workbook_are_counted_as_it_shows_them(take):
    raw = workbook(["Báo cáo"], [], ["Mã hồ sơ", "Ngày nhận"], [CODE, "08/10/2026"], [], ["x", "08/10/2026"])
    with pytest.raises(BadFile, match="Row 6, column “Mã hồ sơ”"):
        take(raw, "ho-so.xlsx")


def test_nothing_of_a_file_with_one_bad_row_is_stored(take, store):
    with pytest.raises(BadFile) as bad:
        take((TABLE + "".join(f"H15.50.05.13-261008-{n:04},,08/10/2026,\n" for n in range(100)) + "x,,,\n").encode())
    assert bad.value.count == 1
    with store.reading() as connection:
        assert count(connection) == 0
        assert connection.execute(text("SELECT count(*) FROM imports")).scalar_one() == 0


@pytest.mark.parametrize(
    ("raw", "encoding", "words"),
    [(TABLE_CP1258, "cp1258", "Lưu dưới dạng"), (TABLE_TCVN3, "tcvn3", "UniKey")],
)
def test_an_old_encoding_is_named_and_read_when_chosen(take, store, raw, encoding, words):
    with pytest.raises(BadFile) as bad:
        take(raw)
    (sentence,) = bad.value.said("vi")
    assert words in sentence and f"--encoding {encoding}" in sentence
    assert take(raw, encoding=encoding).new == 1
    with store.reading() as connection:
        assert dossiers_by_code(connection, [CODE])[CODE].state == "Đang xử lý"


def test_a_workbook_in_an_abc_font_is_named_and_read_when_chosen(take, store):
    rows = [line.split(",") for line in TABLE_TCVN3.decode("latin-1").splitlines()]
    with pytest.raises(BadFile, match=r"TCVN3 \(ABC\).*--encoding tcvn3"):
        take(workbook(*rows), "cu.xlsx")
    assert take(workbook(*rows), "cu.xlsx", encoding="tcvn3").new == 1
    with store.reading() as connection:
        assert dossiers_by_code(connection, [CODE])[CODE].state == "Đang xử lý"


@pytest.mark.parametrize(
    ("raw", "encoding", "words"),
    [
        (TABLE.encode(), "tcvn3", "can not be read in the chosen encoding TCVN3"),
        (TABLE_TCVN3, "utf-8", "can not be read in the chosen encoding UTF-8"),
        (TABLE.encode(), "vni", "There is no encoding “vni”; choose one of utf-8, cp1258, tcvn3"),
        (b"\xff\xfe\x00", None, "not UTF-8"),
        (b"a,b\xe3\n", None, "no known heading is found in cp1258 or TCVN3"),
        (TABLE.encode("cp1252", "replace"), None, "have become question marks"),
        (TABLE.encode("ascii", "replace"), None, "have become question marks"),
        (b"", None, "The file is empty"),
        (b"\xef\xbb\xbf \n", None, "There is no row of headings"),
        (b"%PDF-1.7 ...", None, "This is a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", None, "This is an Excel 97-2003 file (.xls)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), None, "This is an Excel file with a password"),
        (b"\xef\xbb\xbf\r\n<HTML><table>", None, "This is an HTML page"),
        (b'<?xml version="1.0"?><html xmlns=""><table>', None, "This is an HTML page"),
        (b'<?xml version="1.0"?><Workbook>', None, "This is an XML Spreadsheet of 2003"),
        (b"\x89PNG\r\n", None, "This is a picture"),
        (b"abc\0\0\0", None, "This is binary data"),
        (b"PK\x03\x04 nothing more", None, "damaged"),
        (archive(**{"word/document.xml": "x"}), None, "This is a Word document"),
        (archive(**{"content.xml": "x"}), None, "This is an OpenDocument file"),
        (archive(**{"xl/workbook.bin": "x"}), None, "This is a binary Excel file"),
        (archive(**{"a.csv": "x"}), None, "This is an archive"),
        (archive(**{"xl/workbook.xml": "<not xml"}), None, "damaged"),
        ((TABLE + f'{CODE},"Nguyễn,08/10/2026,\n').encode(), None, "A quotation mark in row 3"),
        ((TABLE + f'{CODE},"A"B,08/10/2026,\n').encode(), None, "A quotation mark in row 3"),
    ],
)
def test_what_is_no_such_file_is_told_in_words(take, raw, encoding, words):
    with pytest.raises(BadFile) as bad:
        take(raw, encoding=encoding)
    assert words in str(bad.value)
    assert bad.value.said("vi") != bad.value.said("en")


def test_a_file_that_is_not_there(store, tmp_path):
    with pytest.raises(BadFile, match="can not be opened: No such file"):
        import_dossiers(store, tmp_path / "none.csv", "mai", NOW_MS)


def test_a_file_has_a_size(take, monkeypatch):
    monkeypatch.setattr(import_module, "FILE_AT_MOST", 1 << 20)
    with pytest.raises(BadFile, match="larger than 1 MiB"):
        take(b"x" * ((1 << 20) + 1))


def test_a_workbook_that_would_swell_is_not_unpacked(take, monkeypatch):
    monkeypatch.setattr(spreadsheets, "PART_AT_MOST", 1 << 20)
    bomb = archive(**{"xl/workbook.xml": "x", "xl/sharedStrings.xml": bytes(2 << 20)})
    with pytest.raises(BadFile, match="larger than 1 MiB; it is not opened"):
        take(bomb, "ho-so.xlsx")
    monkeypatch.setattr(spreadsheets, "UNPACKED_AT_MOST", 3 << 20)
    bomb = archive(**{"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": bytes(4 << 20)})
    with pytest.raises(BadFile, match="larger than 3 MiB; it is not opened"):
        take(bomb, "ho-so.xlsx")


def test_a_sheet_that_claims_a_row_of_ten_digits_ends(take, monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS_AT_MOST", 1000)
    raw = workbook(["Mã hồ sơ", "Ngày nhận"], [CODE, "08/10/2026"])
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(far, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="2"', b'r="2000000000"').replace(b'2"', b'2"'))
    with pytest.raises(BadFile, match="more than 1,000 rows"):
        take(far.getvalue(), "ho-so.xlsx")


def test_today_is_the_day_in_viet_nam(take, store, tmp_path):
    path = tmp_path / "ho-so.csv"
    path.write_text(TABLE)
    evening_before_ms = NOW_MS - 7 * 3_600_000
    with pytest.raises(BadFile, match="not in the future"):
        import_dossiers(store, path, "mai", evening_before_ms)
    assert import_dossiers(store, path, "mai", evening_before_ms + 3_600_000).new == 1


PEOPLE = ("Bùi Thị Kín", "0912345678", "77 Đường Riêng Tư", "079123456789")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_people_reach_neither_database_nor_errors_nor_logs(take, store, on_disk, caplog, kind):
    caplog.set_level(logging.DEBUG)
    headings = ["Họ tên", "Điện thoại", "Địa chỉ", "CCCD", "Mã hồ sơ", "Ngày nhận", "Hạn trả"]
    good = [[*PEOPLE, f"H15.50.05.13-261008-{n:04}", "08/10/2026", ""] for n in range(60)]
    bad = [
        [*PEOPLE, "", "08/10/2026", ""],
        [*PEOPLE, CODE, "07/10/2026", "06/10/2026"],
        [*PEOPLE, *PEOPLE[:3]],
        ["", "", "", "", PEOPLE[3], PEOPLE[1], PEOPLE[0]],
        ["", "", "", "", CODE, PEOPLE[1], PEOPLE[2]],
        ["", "", "", "", CODE, "07/10/2026", PEOPLE[1]],
        *([[PEOPLE[0], *PEOPLE, CODE, "08/10/2026", ""]] if kind == "csv" else []),
    ]

    def file(*rows):
        if kind == "xlsx":
            return workbook(*rows)
        return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()

    said = []
    for table in ([headings, *good, *bad], [headings, *bad * 60], [headings[:5], *good], good, [PEOPLE, *bad]):
        with pytest.raises(BadFile) as refused:
            take(file(*table), f"ho-so.{kind}")
        said += [*refused.value.said("vi"), *refused.value.said("en"), str(refused.value), repr(refused.value.errors)]
    assert take(file(headings, *good), f"ho-so.{kind}").new == 60
    store.close()
    kept = on_disk()
    assert CODE[:20].encode() in kept
    for person in PEOPLE:
        assert person.encode() not in kept
        assert person not in "\n".join(said)
        assert person not in caplog.text


def test_the_names_of_encodings_are_those_of_the_command(take):
    assert text_module.ENCODINGS == ("utf-8", "cp1258", "tcvn3")
