"""Who may call what, as a page of the docs: read from the guards of all routes, so that it can not say otherwise."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from fleet.api.rules import RuledRoute
from fleet.domain.rights import MAY, Permission, Role
from fleet.pages.rights import Allowed, Holder, Public, SignedByProvider

HEAD = """\
# Quyền · Rights

Trang này do `motcua contract --rights` viết ra từ chính các đường dẫn của chương trình; một phép thử giữ cho nó luôn
đúng.
`motcua contract --rights` writes this page from the routes themselves, and a test keeps it true.

Ngoài vai trò còn có phạm vi: ai làm ở một bộ phận chỉ thấy bộ phận đó. A role holds at one office, or everywhere; of
another office nobody sees or changes anything.
"""
ROLES = """
## Vai trò và quyền · Roles and what they grant

"""
PAGES = """
## Trang · Pages

`↻`: hỏi lại mật khẩu hoặc mã nếu đã lâu · asks for a proof of the last minutes before it changes something.

"""
PROGRAMS = """
## API

Mỗi khóa có một số phạm vi quyền · a token has some of these scopes.

"""
YES, NO = "✓", ""


def rights_page(pages: FastAPI, api: FastAPI) -> str:
    """The page. Raises ValueError for a route without a rule."""
    roles = [[f"`{one}`", *(YES if one in MAY[role] else NO for role in Role)] for one in Permission]
    parts = [
        *(HEAD, ROLES, table(["", *Role], roles)),
        *(PAGES, table(["", "", "", *Role], sorted(page_rows(pages)))),
        *(PROGRAMS, table(["", "", "scope", ""], sorted(program_rows(api)))),
    ]
    return "".join(parts)


def page_rows(app: FastAPI) -> Iterator[list[str]]:
    """Each route of the pages: what it asks for, and whose role grants that."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            continue  # the API is below; files are for everybody
        assert isinstance(context.original_route, APIRoute)  # noqa: S101 (routes and mounts are all there is)
        found = list(dict.fromkeys(guards(context.dependant)))  # one may be asked for twice
        if len(found) != 1:
            raise ValueError(f"{context.path}: expected one guard, found {len(found)}")
        for method in sorted(context.methods or ()):
            yield [f"`{context.path}`", method, asked(found[0]), *(grants(found[0], role) for role in Role)]


def program_rows(app: FastAPI) -> Iterator[list[str]]:
    """Each route of the API: which scope it asks for."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, RuledRoute):
            raise ValueError(f"{context.path}: expected a rule, found none")
        scope = "công khai · open" if route.rule.scope is None else f"`{route.rule.scope}`"
        whole = "toàn tỉnh · whole province" if route.rule.whole_province else ""
        for method in sorted(context.methods or ()):
            yield [f"`{context.path}`", method, scope, whole]


def guards(dependant: Dependant) -> Iterator[Allowed | Public | Holder | SignedByProvider]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Allowed | Public | Holder | SignedByProvider):
            yield needed.call
        yield from guards(needed)


def asked(guard: Allowed | Public | Holder | SignedByProvider) -> str:
    """What a guard asks for, in a cell."""
    if isinstance(guard, Public):
        return "công khai · open"
    if isinstance(guard, Holder):
        return "mã vé · a ticket's code"
    if isinstance(guard, SignedByProvider):
        return "chữ ký · a provider's signature"
    what = "đăng nhập · signed in" if guard.permission is None else f"`{guard.permission}`"
    return f"{what} ↻" if guard.recent else what


def grants(guard: Allowed | Public | Holder | SignedByProvider, role: Role) -> str:
    """Whether somebody of this role is let in."""
    permission = guard.permission if isinstance(guard, Allowed) else None
    return YES if permission is None or permission in MAY[role] else NO


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
