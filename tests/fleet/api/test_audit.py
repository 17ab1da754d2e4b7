"""The log of changes for programs: page by page, with hashes that fit one another, for who may see all of it."""

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from fleet.flows.tokens import TokenUnfit
from tests.fleet.api.conftest import Town

EACH = 2


def test_a_program_follows_the_log_from_page_to_page(town: Town) -> None:
    program = town.program(Scope.AUDIT, Scope.ALERTS)
    limits = program.ask("PUT", "/offices/tan-an/alerts/limits", json={"wait_s": 1200})
    assert limits.status_code == 200
    whole = program.get("/audit?limit=1000").json()
    assert whole["next"] is None
    first = whole["items"][0]
    assert (first["what"], first["how"], first["office"]) == ("alert.limits", "api", "tan-an")
    assert first["who"].startswith("token:") and first["became"]["wait_s"] == 1200
    for newer, older in zip(whole["items"], whole["items"][1:], strict=False):
        assert (newer["number"], newer["before_hash"]) == (older["number"] + 1, older["hash"])

    found, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/audit?limit={EACH}" + (f"&cursor={cursor}" if cursor else "")).json()
        found += page["items"]
        cursor = page["next"]
    assert found == whole["items"]
    only = program.get("/audit?what=token&who=motcua").json()["items"]
    assert only and {one["what"] for one in only} == {"token.issue"}
    assert program.get("/audit?since=2099-01-01T00:00:00Z").json()["items"] == []


def test_a_token_of_one_office_is_not_given_this_scope(town: Town) -> None:
    with pytest.raises(TokenUnfit, match="audit concerns the whole province"):
        tokens.issue(town.store, "sở", frozenset({Scope.AUDIT}), "tan-an", 30, town.now_ms)
