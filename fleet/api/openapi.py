"""The description of the API, OpenAPI 3.1: `make contract` writes it to docs/openapi.json, the API serves it."""

import json
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from fleet.api.problem_texts import PROBLEMS
from fleet.api.problems import MEDIA_TYPE, ProblemBody

DESCRIPTION = """What happens at one-stop offices, for other programs.

Send `Authorization: Bearer <token>`; `motcua tokens add` makes one. Lists come in pages: follow the `Link` with
`rel="next"`. Every `GET` has an `ETag`; send it as `If-None-Match` and nothing is sent twice. Send an `Idempotency-Key`
with whatever changes something, and send it again when no answer came: it is done once. Refusals are problem details
(RFC 9457), in Vietnamese or in English as `Accept-Language` asks.

No name, card number or telephone number of a resident is ever taken or given, and no score stands beside a visit.
"""
PLANNING = "planning"
TAGS = [
    {"name": "offices", "description": "Offices, their services and counters; who waits now."},
    {"name": "days", "description": "Tickets and visits of a day; satisfaction in cells of five."},
    {
        "name": "indicators",
        "description": "Official indicators (Decision 766), and the dossiers behind each cell.",
    },
    {"name": "alerts", "description": "What somebody should look at now, and who sees to it."},
    {"name": PLANNING, "description": "How counters could be opened, tried on an office's own days."},
    {"name": "reports", "description": "Reports of a period as files: to sign, to calculate with, to publish."},
    {"name": "counters", "description": "Call from anywhere: what a clerk's keypad does, another program can do."},
    {"name": "dossiers", "description": "The mirror of the provincial system's dossiers; nobody's name is in it."},
    {"name": "devices", "description": "Devices and their health."},
    {"name": "audit", "description": "Who changed what, and who looked at whose data."},
    {"name": "api", "description": "The API itself."},
]
SCHEMA = "ProblemDetails"
CONFLICTS = {"409", "412"}
# Only what changes something meets them.
HEADERS = {
    "ETag": {"description": "The tag of this representation.", "schema": {"type": "string"}},
    "Link": {"description": 'The next page, `rel="next"`, if there is one.', "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Requests that are left.", "schema": {"type": "integer"}},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole description of this application."""
    document = get_openapi(
        title="motcua",
        version="1",
        openapi_version="3.1.0",
        summary="Smart counters of one-stop offices",
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/api/v1"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "An API token."}}
    schemas = components.setdefault("schemas", {})
    for gone in ("HTTPValidationError", "ValidationError"):
        schemas.pop(gone, None)
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas[SCHEMA] = problem
    for operations in document["paths"].values():
        for method, operation in operations.items():
            add_answers(method, operation)
    return document


def openapi_json(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(describe(app), indent=2, ensure_ascii=False) + "\n"


def add_answers(method: str, operation: dict[str, Any]) -> None:
    """Each operation says what its refusals look like, and which headers its answers have."""
    answers = operation["responses"]
    with_token = "security" in operation
    kinds = {str(status) for status, _, _ in PROBLEMS.values()} - {"409", "412", "503"}
    if PLANNING in operation["tags"]:
        kinds.add("503")  # nothing else takes so long that the server could be busy with it
    if not with_token:
        kinds -= {"401", "403", "429"}
    if "parameters" not in operation and "requestBody" not in operation:
        kinds -= {"422"}
    for status in kinds | (CONFLICTS if method != "get" else set()):
        answers[status] = problem_answer(status)
    if method == "get":
        answers["304"] = {"description": "Nothing has changed since the answer whose ETag was sent."}
    if with_token:
        for status in answers:
            if status.startswith("2"):
                answers[status].setdefault("headers", {}).update(deepcopy(HEADERS))
    operation["responses"] = dict(sorted(answers.items()))


def problem_answer(status: str) -> dict[str, Any]:
    """A refusal of this status."""
    named = ", ".join(f"`{kind}`" for kind, (its, _, _) in PROBLEMS.items() if str(its) == status)
    return {
        "description": f"Problem: {named}.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}}},
    }
