"""The description of the API is what the code does: committed, whole, and true under schemathesis.

Which is loaded where somebody asks with it: each worker collects this file, and half a second is long.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator

from fleet.api.app import create_api
from fleet.api.openapi import openapi_json
from fleet.api.problem_texts import PROBLEMS
from fleet.domain.api_rights import Scope
from fleet.store.database import Store
from fleet.wiring import API
from tests.fleet.api.conftest import Town

if TYPE_CHECKING:
    from schemathesis import Case

ROOT = Path(__file__).parents[3]
COMMITTED = (ROOT / "docs" / "openapi.json").read_text("utf-8")
DOCUMENT = json.loads(COMMITTED)
# Which is what the code says, or the first test fails.
OPERATIONS = [(method, path, operation) for path, its in DOCUMENT["paths"].items() for method, operation in its.items()]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
# Of each operation on each database; with the variable set, both databases are asked everything.
LONG = "API_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("API_EXAMPLES", "1"))

READING = [operation["operationId"] for method, _, operation in OPERATIONS if method == "get"]
AT_ONCE = 8
ASKED = [[name] for name in NAMES if name not in READING]
ASKED += [READING[at : at + AT_ONCE] for at in range(0, len(READING), AT_ONCE)]
# Who only reads leaves a town as it was, and several may ask in it; to make one takes longer than most answers.


def test_the_committed_description_is_what_the_code_says() -> None:
    app = create_api(Store("sqlite://"))
    assert openapi_json(app) == COMMITTED, "the API changed: run  make contract  and read the difference"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda one: str(one)[:40])
def test_a_stranger_can_build_on_it(method: str, path: str, operation: dict) -> None:  # type: ignore[type-arg]
    assert operation["operationId"] and operation["summary"] and operation["tags"]
    assert operation["description"].endswith(".")
    assert all(one.get("description") or one["schema"].get("description") for one in operation.get("parameters", []))
    good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    assert good and all(kind["schema"] for answer in good for kind in answer["content"].values())


def test_every_field_that_is_not_plain_says_what_it_is() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["description"].endswith("."), name
        for field, its in schema.get("properties", {}).items():
            plain = "$ref" in json.dumps(its) or field in ("day", "office", "items", "status")
            assert plain or its.get("description") or its.get("examples"), f"{name}.{field}"


def test_operations_have_names_of_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_the_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_problem_is_described_for_integrators() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for kind, (status, _, english) in PROBLEMS.items():
        assert f"| `{kind}` | {status} | {english[0]} |" in text, kind


@cache
def described(every_case: bool) -> Any:
    """What schemathesis asks: examples, and where every case is wanted each limit and each wrong type.

    What no limit lets through reaches no database, so the second one is asked every case at the long setting alone.
    """
    import schemathesis

    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.config.seed = 766
    schema.config.request_timeout = 300  # 10 s by default, which says how busy the machine is
    schema.config.phases.coverage.enabled = every_case
    if not LONG:
        schema.config.phases.coverage.unexpected_methods = {"delete", "patch"}
    return schema


@pytest.fixture
def secret(town: Town) -> str:
    """A token for everything, which may be used as often as one likes."""
    town.api.state.door.pace.most = 1_000_000
    return town.token(*Scope)


@cache
def all_checks() -> list[Any]:
    """What each answer is held against."""
    import schemathesis
    from schemathesis.specs.openapi import checks

    return [
        schemathesis.checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.unsupported_method,
    ]


asked = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def ask(town: Town, secret: str, case: "Case") -> None:
    """No error of the server and no answer that the description does not know, on the real application."""
    town.api.state.door.pace.left.clear()
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {secret}"}
    case.call_and_validate(app=town.client.app, base_url="http://testserver" + API, checks=all_checks())


def ask_all(town: Town, secret: str, operation: str, every_case: bool) -> None:
    """All cases of one operation. They are made here: as parametrized tests each worker would make all of them."""
    from schemathesis.pytest.lazy import get_all_tests

    schema = described(every_case).include(operation_id=operation)
    made = list(get_all_tests(schema=schema, test_func=ask, settings=asked, given_kwargs=None))
    assert len(made) == 1, f"{operation}: expected one operation, found {len(made)}"
    _, whatever = made[0].ok()
    whatever(town=town, secret=secret)


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("operations", ASKED, ids=",".join)
def test_whatever_is_asked_is_answered_as_described(town: Town, secret: str, operations: list[str]) -> None:
    """On the database that takes fewer values: it knows no character 0 and no number beyond its type."""
    for operation in operations:
        ask_all(town, secret, operation, every_case=True)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("operations", ASKED, ids=",".join)
def test_whatever_is_asked_is_answered_as_described_by_a_file(town: Town, secret: str, operations: list[str]) -> None:
    """On the other database."""
    for operation in operations:
        ask_all(town, secret, operation, every_case=LONG)
