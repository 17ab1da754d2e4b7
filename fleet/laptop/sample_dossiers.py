"""Sample dossiers as a provincial system exports them, with the columns that motcua must never keep.

`python -m fleet.laptop.sample_dossiers` writes `sample/ho-so.csv` and `sample/ho-so.xlsx` anew, with the same
rows: names, numbers and addresses are made up and say so.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random

from openpyxl import Workbook

from fleet.laptop.working_days import FRIDAY, working_day_after

SAMPLE = Path(__file__).parent / "sample"
CSV_FILE = SAMPLE / "ho-so.csv"
XLSX_FILE = SAMPLE / "ho-so.xlsx"
ROWS = 120
LAST_DAY = date(2026, 11, 2)
SEED = 766

HEADERS = (
    "Mã hồ sơ",
    "Mã TTHC",
    "Tên thủ tục",
    "Lĩnh vực",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Trạng thái",
    "Đơn vị xử lý",
    "Họ tên người nộp",
    "Số điện thoại",
    "Địa chỉ",
)
NEVER_KEPT = HEADERS[8:]


@dataclass(frozen=True)
class Procedure:
    """A procedure of the sample; `days` is the working time until the result, 0 is the same day."""

    code: str
    name: str
    field: str
    days: int
    unit: str


WARD = "UBND phường Bến Nghé"
LAND = "Chi nhánh Văn phòng Đăng ký đất đai"
PROCEDURES = (
    Procedure("1.001193", "Đăng ký khai sinh", "Hộ tịch", 0, WARD),
    Procedure("1.000894", "Đăng ký kết hôn", "Hộ tịch", 0, WARD),
    Procedure("1.000656", "Đăng ký khai tử", "Hộ tịch", 0, WARD),
    Procedure("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", "Hộ tịch", 3, WARD),
    Procedure("2.000635", "Cấp bản sao trích lục hộ tịch", "Hộ tịch", 0, WARD),
    Procedure("2.000815", "Chứng thực bản sao từ bản chính", "Chứng thực", 0, WARD),
    Procedure("2.000884", "Chứng thực chữ ký", "Chứng thực", 0, WARD),
    Procedure("1.012766", "Đăng ký biến động đất đai", "Đất đai", 10, LAND),
    Procedure("1.012781", "Cấp lại Giấy chứng nhận quyền sử dụng đất", "Đất đai", 10, LAND),
    Procedure("1.009994", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Xây dựng", 15, WARD),
    Procedure("1.001776", "Trợ cấp xã hội hằng tháng", "Bảo trợ xã hội", 7, WARD),
    Procedure("1.010833", "Giải quyết chế độ người có công", "Người có công", 12, WARD),
)
OLDER_FORM = ("000.00.27.H29", "000.17.27.H29")
NEWER_FORM = ("H29.27.05", "H29.27.05.13")
MINISTRIES = {"Hộ tịch": "15", "Chứng thực": "15", "Đất đai": "10", "Xây dựng": "17", "Người có công": "09"}
WAITING, SUPPLEMENT, READY, RETURNED = "Đang xử lý", "Chờ bổ sung hồ sơ", "Chờ trả kết quả", "Đã trả kết quả"


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """The rows under HEADERS, newest day last."""
    dice = Random(SEED)  # noqa: S311 - sample data that can be made anew, no secret
    days = sorted(received_day(dice) for _ in range(ROWS))
    serials: dict[date, int] = {}
    made: list[tuple[str, ...]] = []
    for day in days:
        serials[day] = serials.get(day, 0) + dice.randint(1, 9)
        made.append(row(day, serials[day], len(made) + 1, dice))
    return tuple(made)


def codes() -> tuple[str, ...]:
    """The dossier codes of the sample."""
    return tuple(one[0] for one in rows())


def row(day: date, serial: int, person: int, dice: Random) -> tuple[str, ...]:
    """One dossier with its fictional applicant."""
    procedure = dice.choice(PROCEDURES)
    due = working_day_after(day, procedure.days)
    return (
        dossier_code(day, serial, procedure, dice),
        procedure.code,
        procedure.name,
        procedure.field,
        f"{day:%d/%m/%Y}",
        f"{due:%d/%m/%Y}",
        status(due, dice),
        procedure.unit,
        f"Nguyễn Văn Mô Phỏng {person:03d}",
        f"0000 000 {person:03d}",
        f"{person} đường Không Có Thật, khu phố Giả Định",
    )


def dossier_code(day: date, serial: int, procedure: Procedure, dice: Random) -> str:
    """A code in the older or the newer order; one in ten is of a ministry's system, with its longer serial."""
    organisation = dice.choice(OLDER_FORM if dice.random() < 0.45 else NEWER_FORM)
    ministry = MINISTRIES.get(procedure.field)
    number = f"{ministry}{serial:04d}" if ministry and dice.random() < 0.1 else f"{serial:04d}"
    return f"{organisation}-{day:%y%m%d}-{number}"


def received_day(dice: Random) -> date:
    """A working day of the last five weeks; recent ones are more frequent."""
    day = LAST_DAY - timedelta(days=int(dice.triangular(0, 35, 2)))
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def status(due: date, dice: Random) -> str:
    """Where the dossier is on LAST_DAY: most that are due were returned."""
    if due < LAST_DAY:
        return dice.choices((RETURNED, READY, WAITING), (80, 15, 5))[0]
    if due == LAST_DAY:
        return dice.choices((READY, WAITING), (60, 40))[0]
    return dice.choices((WAITING, SUPPLEMENT, READY), (80, 10, 10))[0]


def as_csv() -> bytes:
    """The rows as the exports are: UTF-8 with its mark, so that spreadsheets show the accents."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(rows())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write_files() -> None:
    """Write both sample files."""
    SAMPLE.mkdir(exist_ok=True)
    CSV_FILE.write_bytes(as_csv())
    book = Workbook()
    sheet = book.create_sheet("Hồ sơ", 0)
    del book["Sheet"]
    for one in (HEADERS, *rows()):
        sheet.append(one)
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJK", (28, 10, 40, 14, 14, 14, 18, 34, 26, 16, 40), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(XLSX_FILE)


if __name__ == "__main__":
    write_files()
