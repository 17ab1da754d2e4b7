"""Sample dossiers as a provincial system exports them, with the columns that motcua must never keep.

They are of the working days before a given day. What was received on a day is the same whenever one looks; only its
state goes on. `motcua run` makes those of today; `python -m fleet.laptop.sample_dossiers` writes `sample/ho-so.csv` and
`sample/ho-so.xlsx` anew, with the same rows of SAMPLE_DAY. Names, numbers and addresses are made up and say so.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from openpyxl import Workbook

from fleet.domain.calendars import Calendar
from fleet.flows.separated_text import as_text

SAMPLE = Path(__file__).parent / "sample"
CSV_FILE = SAMPLE / "ho-so.csv"
XLSX_FILE = SAMPLE / "ho-so.xlsx"
SAMPLE_DAY = date(2025, 10, 10)
DAYS = 24
A_DAY = 5
SEED = 766
CALENDAR = Calendar()

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
def rows(today: date = SAMPLE_DAY) -> tuple[tuple[str, ...], ...]:
    """The rows under HEADERS as they are on this day, newest last."""
    made: list[tuple[str, ...]] = []
    for day in CALENDAR.last_working_days(today, DAYS):
        dice = Random(f"{SEED}/{day}")  # noqa: S311 - sample data that can be made anew, no secret
        serial = 0
        for _ in range(A_DAY):
            serial += dice.randint(1, 9)
            made.append(row(day, serial, len(made) + 1, today, dice))
    return tuple(made)


def codes(today: date = SAMPLE_DAY) -> tuple[str, ...]:
    """The dossier codes of the sample of this day."""
    return tuple(one[0] for one in rows(today))


def row(day: date, serial: int, person: int, today: date, dice: Random) -> tuple[str, ...]:
    """One dossier with its fictional applicant."""
    procedure = dice.choice(PROCEDURES)
    due = CALENDAR.next_working_days(day, procedure.days)[-1] if procedure.days else day
    return (
        dossier_code(day, serial, procedure, dice),
        procedure.code,
        procedure.name,
        procedure.field,
        f"{day:%d/%m/%Y}",
        f"{due:%d/%m/%Y}",
        state(due, today, dice.random()),
        procedure.unit,
        f"Nguyễn Văn Mô Phỏng {person:03d}",
        f"0000 000 {person:03d}",
        f"{person} đường Không Có Thật, khu phố Giả Định",
    )


def dossier_code(day: date, serial: int, procedure: Procedure, dice: Random) -> str:
    """A code in the older or the newer order; one in ten is of a ministry's system, with its longer serial."""
    organisation = dice.choice(OLDER_FORM if dice.random() < 0.45 else NEWER_FORM)
    ministry = MINISTRIES.get(procedure.field)
    number = f"{ministry}{serial:04d}" if dice.random() < 0.1 and ministry else f"{serial:04d}"
    return f"{organisation}-{day:%y%m%d}-{number}"


def state(due: date, today: date, luck: float) -> str:
    """Where a dossier of this luck (0 to 1) is today: most that are due were returned."""
    if due < today:
        return RETURNED if luck < 0.80 else READY if luck < 0.95 else WAITING
    if due == today:
        return READY if luck < 0.60 else WAITING
    return WAITING if luck < 0.80 else SUPPLEMENT if luck < 0.90 else READY


def as_csv(today: date = SAMPLE_DAY) -> bytes:
    """The rows of this day as the exports are: UTF-8 with its mark, so that spreadsheets show the accents."""
    return as_text([HEADERS, *rows(today)])


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
