"""The tree of units as a table: a row for each node, the same whether it is read or written."""

import re
from collections.abc import Iterable

from fleet.domain.cells import Refused, read_day, read_text, shown_day, text_of
from fleet.domain.columns import Cell, Columns, folded
from fleet.domain.file_errors import shortened
from fleet.domain.org_tree import EVER, Heir, Kind, Node, Tree
from fleet.domain.succession import WHOLE
from protocols.dossier_code import letter_comes_first

UNITS = Columns(
    {
        "id": ("Mã đơn vị", "Mã", "Unit"),
        "kind": ("Loại đơn vị", "Loại", "Kind"),
        "name": ("Tên đơn vị", "Tên", "Name"),
        "parent": ("Đơn vị cấp trên", "Mã đơn vị cấp trên", "Cấp trên", "Parent"),
        "valid_from": ("Hiệu lực từ", "Valid from"),
        "valid_to": ("Hết hiệu lực từ", "Ended on"),
        "heirs": ("Đơn vị kế thừa", "Kế thừa", "Successors"),
        "codes": ("Mã định danh", "Mã định danh điện tử", "Identifiers"),
        "organisation": ("Thuộc cơ quan", "Mã cơ quan", "Belongs to"),
        "hotline": ("Đường dây nóng", "Hotline"),
    },
    required=("id", "kind", "name"),
)
KIND_NAMES = {
    Kind.PROVINCE: ("tỉnh", "thành phố"),
    Kind.DISTRICT: ("huyện", "quận", "thị xã", "thành phố thuộc tỉnh"),
    Kind.CENTRE: ("trung tâm", "trung tâm phục vụ hành chính công"),
    Kind.BRANCH: ("chi nhánh",),
    Kind.OFFICE: ("điểm tiếp nhận", "bộ phận một cửa"),
    Kind.COUNTER: ("quầy",),
    Kind.ORGANISATION: ("cơ quan",),
}
KIND_OF = {folded(name): kind for kind, names in KIND_NAMES.items() for name in (*names, kind.value)}

ID = re.compile(r"[a-z0-9-]{1,32}")
HEIR = re.compile(r"([a-z0-9-]{1,32})(?: ?[=:] ?(\d{1,3}(?:[.,]\d{1,2})?) ?%)?")
EARLIEST_YEAR = 1945
NAME_AT_MOST = {Kind.OFFICE: 80, Kind.COUNTER: 60}
OTHER_NAME_AT_MOST = 200
HOTLINE_AT_MOST = 32
# As long as devices take them: protocols/state.py.


def read_node(cells: dict[str, Cell]) -> Node:
    """The node of one row; raises Refused at its first bad cell."""
    kind_cell = text_of(cells.get("kind"))
    kind = KIND_OF.get(folded(kind_cell))
    if not kind_cell or kind is None:
        expected = ", ".join(names[0] for names in KIND_NAMES.values())
        raise Refused("kind", shortened(kind_cell) or None, "kind", expected)
    valid_from = read_day("valid_from", cells.get("valid_from"), EARLIEST_YEAR) or EVER
    valid_to = read_day("valid_to", cells.get("valid_to"), EARLIEST_YEAR)
    if valid_to is not None and valid_to <= valid_from:
        raise Refused("valid_to", shown_day(valid_to), "ends_after", shown_day(valid_from))
    node = Node(
        id=read_id("id", cells, required=True) or "",
        kind=kind,
        name=read_name(cells, NAME_AT_MOST.get(kind, OTHER_NAME_AT_MOST)),
        parent=read_id("parent", cells),
        valid_from=valid_from,
        valid_to=valid_to,
        heirs=read_heirs(text_of(cells.get("heirs"))),
        codes=read_codes(text_of(cells.get("codes"))),
        organisation=read_id("organisation", cells),
        hotline=text_of(cells.get("hotline")),
    )
    if len(node.hotline) > HOTLINE_AT_MOST:
        raise Refused("hotline", len(node.hotline), "text", str(HOTLINE_AT_MOST))
    if node.codes and kind != Kind.ORGANISATION:
        raise Refused("codes", shortened(" ".join(node.codes)), "no_codes")
    if node.organisation and kind == Kind.ORGANISATION:
        raise Refused("organisation", node.organisation, "no_owner")
    if node.heirs and valid_to is None:
        raise Refused("heirs", shortened(shown_heirs(node.heirs)), "ended_heirs")
    return node


def read_id(column: str, cells: dict[str, Cell], required: bool = False) -> str | None:
    text = text_of(cells.get(column))
    if not text and not required:
        return None
    if not ID.fullmatch(text):
        raise Refused(column, shortened(text) or None, "unit_id")
    return text


def read_name(cells: dict[str, Cell], most: int) -> str:
    name = read_text("name", cells.get("name"))
    if not name:
        raise Refused("name", None, "present")
    if len(name) > most:
        raise Refused("name", len(name), "text", str(most))
    return name


def read_heirs(text: str) -> tuple[Heir, ...]:
    """`xa-a=60%; xa-b=40%`, or without shares where nobody knows them."""
    heirs: list[Heir] = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        match = HEIR.fullmatch(part)
        if match is None:
            raise Refused("heirs", shortened(part), "heirs")
        unit, share = match.groups()
        if unit in (heir.id for heir in heirs):
            raise Refused("heirs", shortened(part), "heir_once")
        heirs.append(Heir(unit, None if share is None else hundredths(share)))
    known = sum(heir.share or 0 for heir in heirs)
    if heirs and all(heir.share is not None for heir in heirs):
        if abs(known - WHOLE) > len(heirs):  # three thirds are 99,99 %
            raise Refused("heirs", shown_share(known), "shares_whole")
    elif heirs and known >= WHOLE:
        raise Refused("heirs", shown_share(known), "shares_left")
    if any(heir.share == 0 for heir in heirs):
        raise Refused("heirs", shortened(text), "heirs")
    return tuple(heirs)


def read_codes(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(text.replace(";", " ").replace(",", " ").split()))
    for code in codes:
        if letter_comes_first(code) is None:
            raise Refused("codes", shortened(code), "identifier")
    return codes


def rows_of_tree(tree: Tree | Iterable[Node]) -> list[list[str]]:
    """The headings and a row for each node; reading them again gives the same nodes."""
    return [[UNITS.name(column) for column in UNITS.names], *(row_of(node) for node in tree)]


def row_of(node: Node) -> list[str]:
    return [
        node.id,
        KIND_NAMES[node.kind][0],
        node.name,
        node.parent or "",
        "" if node.valid_from == EVER else shown_day(node.valid_from),
        "" if node.valid_to is None else shown_day(node.valid_to),
        shown_heirs(node.heirs),
        " ".join(node.codes),
        node.organisation or "",
        node.hotline,
    ]


def shown_heirs(heirs: tuple[Heir, ...]) -> str:
    return "; ".join(one.id if one.share is None else f"{one.id}={shown_share(one.share)}" for one in heirs)


def shown_share(share: int) -> str:
    """6000 as `60%`, 3333 as `33,33%`."""
    whole, part = divmod(share, 100)
    return f"{whole},{part:02d}%" if part else f"{whole}%"


def hundredths(percent: str) -> int:
    whole, _, part = percent.replace(",", ".").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
