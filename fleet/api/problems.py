"""Every refusal is problem details (RFC 9457), in Vietnamese or English as the caller's Accept-Language asks.

No answer repeats a value that came: it may be somebody's name that slipped into the wrong field.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from fleet.api.problem_texts import EXPECTED, LANGUAGES, OTHERWISE, PROBLEMS

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:motcua:problem:"
NAME_AT_MOST = 40
ERRORS_SHOWN = 50
Error = tuple[str, str, Mapping[str, Any]]
# Where, what was expected by its name in EXPECTED, and the limits that it speaks of.


class FieldProblem(BaseModel):
    """One value that does not fit."""

    where: str = Field(description="The value: a JSON pointer into the body, or the name of a parameter or header.")
    detail: str = Field(description="What was expected.")


class ProblemBody(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="The kind of problem; it never changes.", examples=[TYPES + "no-such-office"])
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What is wrong, in a sentence.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldProblem] | None = Field(None, description="The values that do not fit, the first 50.")


class Problem(Exception):
    """A request that cannot be done; `kind` is one of PROBLEMS."""

    def __init__(
        self, kind: str, headers: Mapping[str, str] | None = None, errors: Sequence[Error] = (), **values: object
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.headers = dict(headers or {})
        self.errors = errors
        self.values = values


def unfit(where: str, expected: str, **limits: object) -> Problem:
    """The problem of one value that does not fit."""
    return Problem("unfit", errors=[(where, expected, limits)])


def add_problems(app: FastAPI, biggest_body: int) -> None:
    """Let the application answer every refusal and mishap so."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def not_as_expected(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return answer(request, Problem("not-json"))
        return answer(request, Problem("unfit", errors=[told(one) for one in found]))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        kinds = {404: "no-such-path", 405: "no-such-method", 413: "too-large"}
        kind = kinds.get(error.status_code, "refused")
        method, most = shortened(request.method), f"{biggest_body:,}"
        return answer(request, Problem(kind, error.headers, method=method, most=most))

    @app.exception_handler(Exception)
    async def mishap(request: Request, _error: Exception) -> Response:
        """The server logs the error itself."""
        return answer(request, Problem("mishap"))


def answer(request: Request, problem: Problem) -> Response:
    """The problem as an answer."""
    language = language_of(request.headers.get("accept-language", ""))
    status, body = body_of(problem, language, request.url.path)
    headers = {"Content-Language": language, "Vary": "Accept-Language", **problem.headers}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    return Response(json.dumps(body, ensure_ascii=False), status, headers, MEDIA_TYPE)


def body_of(problem: Problem, language: str, path: str) -> tuple[int, dict[str, Any]]:
    """(status, problem details) in this language."""
    status, *said = PROBLEMS[problem.kind]
    title, detail = said[LANGUAGES.index(language)]
    body: dict[str, Any] = {
        "type": TYPES + problem.kind,
        "title": title,
        "status": status,
        "detail": detail.format(**problem.values),
        "instance": path,
    }
    if problem.errors:
        body["errors"] = [
            {"where": where, "detail": expectation(kind, language, limits)}
            for where, kind, limits in problem.errors[:ERRORS_SHOWN]
        ]
    return status, body


def told(error: Mapping[str, Any]) -> Error:
    """An error of the checker: where, what was expected, and limits; never what was found."""
    place, *path = error["loc"]
    if place == "body":
        where = "/".join(["", *(shortened(str(part)).replace("~", "~0").replace("/", "~1") for part in path)])
    else:
        where = shortened(str(path[-1] if path else place))
    return where, error["type"], error.get("ctx", {})


def expectation(kind: str, language: str, limits: Mapping[str, Any]) -> str:
    """What a value should have been."""
    return EXPECTED.get(kind, OTHERWISE)[LANGUAGES.index(language)].format(**limits)


def language_of(accepted: str) -> str:
    """The language that an Accept-Language header likes best; Vietnamese where it says nothing of either."""
    best, weight = LANGUAGES[0], 0.0
    for part in accepted.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        code = name.strip().split("-")[0]
        try:
            wished = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if code in LANGUAGES and wished > weight:
            best, weight = code, wished
    return best


def shortened(text: str) -> str:
    """A stranger's word, fit for an answer."""
    if len(text) <= NAME_AT_MOST and text.isprintable():
        return text
    plain = "".join([c if c.isprintable() else "?" for c in text[: NAME_AT_MOST + 1]])
    return plain if len(plain) <= NAME_AT_MOST else plain[:NAME_AT_MOST] + "…"
