"""The page of rights says what the routes ask for, of every route."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from fleet.commands.contract import of_rights
from fleet.finer_rights import OF_FLOWS, Only
from fleet.rights_matrix import page_rows, rights_page
from tests.fleet.api.test_rules import RULES
from tests.fleet.pages.test_rights import TABLE, WHO

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


@pytest.fixture(scope="module")
def written() -> str:
    return of_rights()


def test_the_page_is_of_today(written: str) -> None:
    assert PAGE.read_text("utf-8") == written, "write it anew: motcua contract --rights > docs/rights.md"


def test_every_route_is_in_it(written: str) -> None:
    rows = {tuple(line.split(" | ")[:2]) for line in written.splitlines()}
    assert {(f"| `{path}`", method) for method, path in (*TABLE, *RULES)} <= rows


def test_it_tells_what_must_hold_beside_the_role(written: str) -> None:
    """Own offices are asked for in test_rights.py; here, that what flows decide is told of routes that there are."""
    rows = [line.removesuffix(" |").split(" | ") for line in written.partition("\n## API")[0].splitlines()]
    last = {tuple(row[:2]): row[-1] for row in rows}
    told = {(method, path): last[f"| `{path}`", method] for method, path in TABLE}
    assert {route for route in OF_FLOWS if OF_FLOWS[route] not in told[route]} == set()
    own = {path for (_, path), only in told.items() if only == Only.ACCOUNT}
    assert "/account/sessions" in own and not any("{" in path for path in own), "no address names another account"
    everywhere = {route for route, only in told.items() if Only.PROVINCE in only}
    assert everywhere and all(TABLE[route][WHO.index("administrator")] == 404 for route in everywhere)


def test_a_route_without_a_guard_is_told() -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.get("/open-to-all")(lambda: None)
    with pytest.raises(ValueError, match="/open-to-all: expected one guard"):
        list(page_rows(app))
    with pytest.raises(ValueError, match="/open-to-all"):
        rights_page(FastAPI(docs_url=None, redoc_url=None, openapi_url=None), app)
