"""The description of the API is what the code does: committed, whole, and true under schemathesis."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis import Case
from schemathesis.specs.openapi import checks

from fleet.api.app import create_api
from fleet.api.openapi import describe, openapi_json
from fleet.api.problem_texts import PROBLEMS
from fleet.domain.api_rights import Scope
from fleet.store.database import Store
from fleet.wiring import API
from tests.fleet.api.conftest import Town

ROOT = Path(__file__).parents[3]
APP = create_api(Store("sqlite://"))
DOCUMENT = describe(APP)
OPERATIONS = [(method, path, operation) for path, its in DOCUMENT["paths"].items() for method, operation in its.items()]
EXAMPLES = 12


def test_the_committed_description_is_what_the_code_says() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text("utf-8")
    assert committed == openapi_json(APP), "the API changed: run  make contract  and read the difference"


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
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_the_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_problem_is_described_for_integrators() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for kind, (status, _, english) in PROBLEMS.items():
        assert f"| `{kind}` | {status} | {english[0]} |" in text, kind


SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.config.seed = 766
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_asked_is_answered_as_described(town: Town, case: Case) -> None:
    """No error of the server and no answer that the description does not know, on the real application."""
    town.api.state.door.pace.most = 1_000_000
    town.api.state.door.pace.left.clear()
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {town.token(*Scope)}"}
    case.call_and_validate(app=town.client.app, base_url="http://testserver" + API, checks=CHECKS)
