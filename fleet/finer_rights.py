"""What holds beside a role or a scope: whose office, whose account, how much, and whether one person is enough.

Offices, provinces and accounts are read from the routes; what only a flow decides is told here, by its route.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from fleet.domain.rights import Permission
from fleet.pages.rights import Allowed, Holder, Public, SignedByProvider

Guard = Allowed | Public | Holder | SignedByProvider


class Only(StrEnum):
    """A condition, as it stands in a cell."""

    OFFICE = "bộ phận mình · own office"
    PROVINCE = "toàn tỉnh · whole province"
    ACCOUNT = "tài khoản mình · own account"
    RIGHTS = "không hơn quyền mình · within own rights"
    SECOND = "người thứ hai · second person"
    PEOPLE = "không phê duyệt · does not approve"


MEANS: Mapping[Only, str] = {
    Only.OFFICE: "Chỉ những gì thuộc bộ phận của mình; của nơi khác thì như không có (404). "
    "Only what belongs to the office at which the role holds; anything else is as if it were not there (404). "
    "Whoever works everywhere gets all.",
    Only.PROVINCE: "Chỉ vai trò hoặc khóa có hiệu lực toàn tỉnh; với người khác thì như không có (404). "
    "Only for a role or a token that holds everywhere; others find nothing there (a token: 403).",
    Only.ACCOUNT: "Chỉ tài khoản của chính mình: địa chỉ không nêu được tài khoản của ai khác. "
    "Only one's own account: the address can name no other.",
    Only.RIGHTS: "Không ai trao vai trò, đổi mật khẩu hay khóa tài khoản của người có nhiều quyền hơn mình, không ai "
    "tự bỏ quyền của mình; luôn còn một quản trị viên toàn tỉnh. Nobody gives a role that grants more than the own, "
    "changes somebody who has one, or takes the own away; one administrator of everything always stays.",
    Only.SECOND: "Đợt triển khai cho nhiều thiết bị phải được phê duyệt; người bắt đầu không tự phê duyệt. "
    "A rollout to many devices is approved first, and not by whoever started it.",
    Only.PEOPLE: "Chương trình không phê duyệt đợt triển khai; phải là một người. "
    "A program approves no rollout: a person does.",
}
OF_ONE_OFFICE = frozenset({"office", "counter", "device", "number", "rollout", "order", "claim", "hw", "template"})
# What an address may name that belongs to an office: a test asks for each of them from another office.
OF_FLOWS: Mapping[tuple[str, str], Only] = {
    ("POST", "/settings/people/new"): Only.RIGHTS,
    ("POST", "/settings/people/{number}"): Only.RIGHTS,
    ("POST", "/settings/people/{number}/acts"): Only.RIGHTS,
    ("POST", "/rollouts/{rollout}/{act}"): Only.SECOND,
}


def of_page(method: str, path: str, guard: Guard) -> str:
    """The conditions of a route of the pages, in a cell."""
    return "; ".join(conditions(method, path, guard))


def conditions(method: str, path: str, guard: Guard) -> Iterator[Only]:
    """What is asked beside the permission of a route of the pages."""
    if not isinstance(guard, Allowed):
        return
    if guard.everywhere:
        yield Only.PROVINCE
    elif guard.permission is Permission.KEEP_ACCOUNT:
        yield Only.ACCOUNT
    elif OF_ONE_OFFICE & set(re.findall(r"{(\w+)}", path)):
        yield Only.OFFICE
    if (method, path) in OF_FLOWS:
        yield OF_FLOWS[method, path]


def of_call(path: str, whole_province: bool) -> str:
    """The conditions of a route of the API, in a cell."""
    return Only.PROVINCE if whole_province else Only.PEOPLE if path == "/rollouts/{rollout}/{act}" else ""
