"""Devices that are to be enrolled as a table: a row for each claim that is wanted."""

import re
from collections.abc import Iterable

from fleet.domain.cells import Refused, text_of
from fleet.domain.claim_ids import shown_claim_id
from fleet.domain.claims import ClaimFile, Wanted
from fleet.domain.columns import Cell, Columns, folded
from fleet.domain.file_errors import shortened
from protocols.configuring import ROLES

WANTED = Columns(
    {
        "device": ("Mã thiết bị", "Thiết bị", "Device"),
        "roles": ("Vai trò", "Loại thiết bị", "Chức năng", "Roles", "Role"),
        "office": ("Mã đơn vị", "Đơn vị", "Điểm tiếp nhận", "Bộ phận một cửa", "Office"),
        "counter": ("Mã quầy", "Quầy", "Counter"),
        "hw": ("Mã phần cứng", "Mã bo mạch", "Số phần cứng", "Hardware", "Hw", "Uid"),
    },
    required=("roles", "office"),
)
ROLE_NAMES = {
    "printer": ("máy in số", "máy in phiếu", "máy in", "máy lấy số"),
    "rating": ("nút đánh giá", "bộ nút đánh giá", "bàn phím đánh giá"),
    "reader": ("đầu đọc mã", "đầu đọc", "máy quét"),
    "keypad": ("bàn phím gọi số", "bàn phím"),
    "display": ("bảng gọi số", "màn hình gọi số", "bảng hiển thị"),
}
ROLE_OF = {folded(name): role for role in ROLES for name in (role, *ROLE_NAMES[role])}
APART = re.compile(r"[,;+/&]")
HW_APART = re.compile(r"[\s:-]")
EXAMPLES = (
    ("", "keypad, reader", "tan-an", "quay-1", ""),
    ("", "printer", "tan-an", "", ""),
    ("nut-quay-1", "rating", "tan-an", "quay-1", "e6614103e7452d2f"),
)


def read_wanted(cells: dict[str, Cell]) -> Wanted:
    """What one row wants; raises Refused at its first cell that says nothing. The rest is for `claim_rules`."""
    office = text_of(cells.get("office"))
    if not office:
        raise Refused("office", None, "present")
    return Wanted(
        device=text_of(cells.get("device")) or None,
        roles=read_roles(text_of(cells.get("roles"))),
        office=office,
        counter=text_of(cells.get("counter")) or None,
        hw=HW_APART.sub("", text_of(cells.get("hw"))).lower() or None,
    )


def read_roles(text: str) -> tuple[str, ...]:
    """`keypad, reader`, `keypad reader` or `bàn phím; đầu đọc`. Raises Refused."""
    parts = [part.strip() for part in APART.split(text) if part.strip()]
    if len(parts) == 1 and all(folded(word) in ROLE_OF for word in parts[0].split()):
        parts = parts[0].split()
    roles = []
    for part in parts:
        role = ROLE_OF.get(folded(part))
        if role is None:
            raise Refused("roles", shortened(part), "device_roles", ", ".join(ROLES))
        roles.append(role)
    return tuple(roles)


def rows_of_example() -> list[list[str]]:
    """The headings and a few rows, for whoever begins a file."""
    return [[WANTED.name(column) for column in WANTED.names], *map(list, EXAMPLES)]


def rows_of_labels(files: Iterable[ClaimFile]) -> list[list[str]]:
    """What was made, without its secrets: a row for each label."""
    heading = ["Mã ghi danh", *(WANTED.name(column) for column in WANTED.names)]
    return [
        heading,
        *(
            [
                shown_claim_id(one.claim),
                one.device,
                ", ".join(one.roles),
                one.office_id,
                one.counter_id or "",
                one.hw or "",
            ]
            for one in files
        ),
    ]
