"""Who may call what, as a page of the docs: read from the guards of all routes, so that it can not say otherwise."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from fleet.api.rules import RuledRoute
from fleet.domain.rights import MAY, Permission, Role
from fleet.finer_rights import MEANS, Guard, of_call, of_page
from fleet.pages.rights import Allowed, Holder, Public, SignedByProvider
from fleet.pages.texts import FIRST, load_wordings

HEAD = """\
# Quyền · Rights

Trang này do `motcua contract --rights` viết ra từ chính các đường dẫn của chương trình; một phép thử giữ cho nó luôn
đúng.
`motcua contract --rights` writes this page from the routes themselves, and a test keeps it true.

Ngoài vai trò còn có phạm vi: ai làm ở một bộ phận chỉ thấy bộ phận đó; danh sách chỉ gồm những gì thuộc bộ phận đó.
A role holds at one office, or everywhere; of another office nobody sees or changes anything, and lists leave it out.

Ai đăng nhập bằng mật khẩu do người khác cấp phải đổi mật khẩu, ai phải có bước xác thực thứ hai phải thiết lập bước đó,
trước mọi việc khác. Whoever has a password that somebody else made replaces it, and whoever is asked for a second step
sets it up, before anything else.
"""
ROLES = """
## Vai trò và quyền · Roles and what they grant

"""
CONDITIONS = """
## Điều kiện · Conditions

Quyền là điều cần; cột cuối của các bảng sau nêu thêm điều gì phải đúng.
A right is needed; the last column of the tables below says what else must hold.

"""
PAGES = """
## Trang · Pages

`↻`: hỏi lại mật khẩu hoặc mã nếu đã lâu · asks for a proof of the last minutes before it changes something.

"""
PROGRAMS = """
## API

Mỗi khóa có một số phạm vi quyền (scope) và có hiệu lực ở một đơn vị cùng các bộ phận bên dưới, hoặc toàn tỉnh; của nơi
khác thì như không có. A token has some of these scopes, and holds for a unit and the offices below it, or everywhere;
anything of another office is as if it were not there.

"""
YES, NO = "✓", ""


def rights_page(pages: FastAPI, api: FastAPI) -> str:
    """The page. Raises ValueError for a route without a rule."""
    roles = [[f"`{one}`", *(YES if one in MAY[role] else NO for role in Role)] for one in Permission]
    parts = [
        *(HEAD, ROLES, names(), table(["", *Role], roles)),
        *(CONDITIONS, table(["", ""], [[one, text] for one, text in MEANS.items()])),
        *(PAGES, table(["", "", "", *Role, ""], sorted(page_rows(pages)))),
        *(PROGRAMS, table(["", "", "scope", ""], sorted(program_rows(api)))),
    ]
    return "".join(parts)


def names() -> str:
    """What the roles are called on the pages."""
    say = load_wordings()[FIRST].say
    return "; ".join(f"`{role}`: {say(f'role.{role}')}" for role in Role) + ".\n\n"


def page_rows(app: FastAPI) -> Iterator[list[str]]:
    """Each route of the pages: what it asks for, whose role grants that, and what else must hold."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            continue  # the API is below; files are for everybody
        assert isinstance(context.original_route, APIRoute)  # noqa: S101 (routes and mounts are all there is)
        found = list(dict.fromkeys(guards(context.dependant)))  # one may be asked for twice
        if len(found) != 1:
            raise ValueError(f"{context.path}: expected one guard, found {len(found)}")
        for method in sorted(context.methods or ()):
            who = [grants(found[0], role) for role in Role]
            yield [f"`{context.path}`", method, asked(found[0]), *who, of_page(method, str(context.path), found[0])]


def program_rows(app: FastAPI) -> Iterator[list[str]]:
    """Each route of the API: which scope it asks for, and what else must hold."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, RuledRoute):
            raise ValueError(f"{context.path}: expected a rule, found none")
        scope = "công khai · open" if route.rule.scope is None else f"`{route.rule.scope}`"
        for method in sorted(context.methods or ()):
            yield [f"`{context.path}`", method, scope, of_call(str(context.path), route.rule.whole_province)]


def guards(dependant: Dependant) -> Iterator[Guard]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Guard):
            yield needed.call
        yield from guards(needed)


def asked(guard: Guard) -> str:
    """What a guard asks for, in a cell."""
    if isinstance(guard, Public):
        return "công khai · open"
    if isinstance(guard, Holder):
        return "mã vé · a ticket's code"
    if isinstance(guard, SignedByProvider):
        return "chữ ký · a provider's signature"
    what = "đăng nhập · signed in" if guard.permission is None else f"`{guard.permission}`"
    return f"{what} ↻" if guard.recent else what


def grants(guard: Guard, role: Role) -> str:
    """Whether somebody of this role is let in."""
    permission = guard.permission if isinstance(guard, Allowed) else None
    return YES if permission is None or permission in MAY[role] else NO


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
