"""The catalogue of procedures as a table."""

import re
from collections.abc import Iterable, Mapping

from fleet.domain.cells import Refused, text_of
from fleet.domain.columns import Cell, Columns, folded
from fleet.domain.file_errors import RowError, shortened
from fleet.domain.org_table import ID
from fleet.domain.procedures import LEVELS, Procedure, ServiceGroup, procedure_code

PROCEDURES = Columns(
    {
        "code": ("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Mã số TTHC", "Code"),
        "name": ("Tên thủ tục", "Tên thủ tục hành chính", "Tên TTHC", "Thủ tục hành chính", "Name"),
        "field": ("Lĩnh vực", "Tên lĩnh vực", "Field"),
        "authority": ("Cấp thực hiện", "Cấp", "Authority"),
        "level": ("Mức độ DVC", "Mức độ", "Mức độ dịch vụ công", "Loại DVC", "Level"),
        "days": ("Thời hạn giải quyết", "Thời gian giải quyết", "Thời hạn", "Số ngày", "Working days"),
        "papers": ("Thành phần hồ sơ", "Giấy tờ", "Papers"),
        "fee": ("Phí, lệ phí", "Phí lệ phí", "Lệ phí", "Phí", "Fee"),
        "service": ("Mã nhóm", "Mã dịch vụ", "Service"),
        "prefix": ("Ký hiệu", "Chữ cái", "Letter"),
        "service_name": ("Tên nhóm", "Tên dịch vụ", "Service name"),
        "note": ("Ghi chú", "Note"),
    },
    required=("code", "name"),
)
NAME_AT_MOST, TEXT_AT_MOST, PAPERS_AT_MOST, GROUP_NAME_AT_MOST = 1000, 500, 4000, 60
# A group's name stands on the printer's buttons and on tickets: protocols/state.py.
DAYS_AT_MOST = 730
HOURS_A_DAY = 8

DAYS = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)(?: ngày làm việc)?", re.IGNORECASE)
HOURS = re.compile(r"(\d{1,3}) giờ(?: làm việc)?", re.IGNORECASE)
AT_ONCE = {"ngay", "tra ngay", "trong ngay", "ngay trong ngay", "giai quyet ngay", "trong ngay lam viec"}
AT_ONCE = {one.replace(" ", "") for one in AT_ONCE}
PREFIX = re.compile(r"[A-Z]{1,2}")

CatalogueLine = tuple[Procedure, ServiceGroup | None]


def read_procedure(cells: dict[str, Cell]) -> CatalogueLine:
    """The procedure of one row and the group that it names; raises Refused at its first bad cell."""
    cell = cells.get("code")
    code = procedure_code(cell if isinstance(cell, float) else text_of(cell))
    if code is None:
        raise Refused("code", shortened(text_of(cell)) or None, "procedure_code")
    name = read(cells, "name", NAME_AT_MOST)
    if not name:
        raise Refused("name", None, "present")
    group = read_group(cells)
    return (
        Procedure(
            code=code,
            name=name,
            field=read(cells, "field", TEXT_AT_MOST),
            authority=read(cells, "authority", TEXT_AT_MOST),
            level=read_level(text_of(cells.get("level"))),
            days=read_days(cells.get("days")),
            papers=read_papers(cells.get("papers")),
            fee=read(cells, "fee", TEXT_AT_MOST),
            service=group.id if group else None,
            note=read(cells, "note", TEXT_AT_MOST),
        ),
        group,
    )


def read_group(cells: dict[str, Cell]) -> ServiceGroup | None:
    """A group by its id, its letter and its name: all of them, or none."""
    texts = {column: text_of(cells.get(column)) for column in ("service", "prefix", "service_name")}
    if not any(texts.values()):
        return None
    for column, text in texts.items():
        if not text:
            raise Refused(column, None, "whole_group")
    if not ID.fullmatch(texts["service"]):
        raise Refused("service", shortened(texts["service"]), "unit_id")
    if not PREFIX.fullmatch(texts["prefix"]):
        raise Refused("prefix", shortened(texts["prefix"]), "prefix")
    return ServiceGroup(texts["service"], texts["prefix"], read(cells, "service_name", GROUP_NAME_AT_MOST))


def read_level(text: str) -> str:
    """Full, partial or at the counter, as the portal says it now or said it in levels of 1 to 4."""
    plain = folded(text)
    if not plain:
        return ""
    for level in LEVELS:
        if folded(level) in plain:
            return level
    number = plain.removeprefix("mucdo").removeprefix("muc")
    known = {"4": LEVELS[0], "3": LEVELS[1], "2": LEVELS[2], "1": LEVELS[2]}
    if number in known:
        return known[number]
    if "cungcapthongtin" in plain:
        return LEVELS[2]
    raise Refused("level", shortened(text), "level", ", ".join(LEVELS))


def read_days(cell: Cell) -> float | None:
    """Working days; hours are parts of one. Days of the calendar are refused: they are fewer working days."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        days = float(cell)
    else:
        text = text_of(cell)
        if not text:
            return None
        if folded(text) in AT_ONCE:
            return 0.0
        if match := DAYS.fullmatch(text):
            days = float(match[1].replace(",", "."))
        elif match := HOURS.fullmatch(text):
            days = int(match[1]) / HOURS_A_DAY
        else:
            raise Refused("days", shortened(text), "working_days")
    if not 0 <= days <= DAYS_AT_MOST:
        raise Refused("days", shortened(text_of(cell)), "working_days")
    return days


def read_papers(cell: Cell) -> tuple[str, ...]:
    """One paper a line, or between semicolons."""
    whole = str(cell or "")
    if len(whole) > PAPERS_AT_MOST:
        raise Refused("papers", len(whole), "text", str(PAPERS_AT_MOST))
    papers = (text_of(one).lstrip("-+•* ") for one in re.split(r"[;\r\n]+", whole))
    return tuple(paper for paper in papers if paper)


def read(cells: dict[str, Cell], column: str, most: int) -> str:
    text = text_of(cells.get(column))
    if len(text) > most:
        raise Refused(column, len(text), "text", str(most))
    if text[:1] in ("=", "+", "@"):
        raise Refused(column, len(text), "formula")
    return text


def wrong_with_catalogue(
    lines: Iterable[tuple[int, CatalogueLine]], groups: Mapping[str, ServiceGroup]
) -> list[RowError]:
    """A code once; a group one letter and one name in the whole file; a letter one group, also of those known."""
    errors: list[RowError] = []
    codes: dict[str, int] = {}
    named: dict[str, tuple[int, ServiceGroup]] = {}
    for row, (procedure, group) in lines:
        if procedure.code in codes:
            errors.append(
                RowError(row, PROCEDURES.name("code"), procedure.code, "code_in_row", str(codes[procedure.code]))
            )
        codes.setdefault(procedure.code, row)
        if group is None:
            continue
        first_row, first = named.setdefault(group.id, (row, group))
        if first != group:
            column, found = ("prefix", group.prefix) if first.prefix != group.prefix else ("service_name", group.name)
            errors.append(RowError(row, PROCEDURES.name(column), shortened(found), "same_group", str(first_row)))
    letters = {group.prefix: group.id for group in groups.values() if group.id not in named}
    for row, group in named.values():
        holder = letters.setdefault(group.prefix, group.id)
        if holder != group.id:
            errors.append(RowError(row, PROCEDURES.name("prefix"), group.prefix, "prefix_once", holder))
    return sorted(errors, key=lambda one: one.row if isinstance(one.row, int) else 0)


def rows_of_catalogue(procedures: Iterable[Procedure], groups: Mapping[str, ServiceGroup]) -> list[list[str]]:
    """The headings and a row for each procedure; reading them again gives the same."""
    return [
        [PROCEDURES.name(column) for column in PROCEDURES.names],
        *(row_of(one, groups[one.service] if one.service else None) for one in procedures),
    ]


def row_of(one: Procedure, group: ServiceGroup | None) -> list[str]:
    return [
        one.code,
        one.name,
        one.field,
        one.authority,
        one.level,
        shown_days(one.days),
        "; ".join(one.papers),
        one.fee,
        *((group.id, group.prefix, group.name) if group else ("", "", "")),
        one.note,
    ]


def shown_days(days: float | None) -> str:
    """`10`, `0,5`; nothing if nobody said."""
    return "" if days is None else f"{days:g}".replace(".", ",")
