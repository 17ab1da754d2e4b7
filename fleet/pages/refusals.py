"""What a visitor is told when something is not to be had: a page in the own language, or problem details (RFC 9457).

Programs and streams get problem details; they are known by their paths.
"""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from fleet.domain.means import is_from_provider
from fleet.pages.headers import security_headers
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import (
    PROOF,
    NotAllowed,
    NotSignedIn,
    OneTimePassword,
    ProveAgain,
    SecondStepMissing,
    StrangeForm,
    visitor_of,
)

FOR_PROGRAMS = ("/api/", "/live/", "/metrics")
EXPLAINED = frozenset({400, 403, 404, 405, 413, 500, 503})


def add_refusals(app: FastAPI) -> None:
    """Let the application answer every refusal and mishap."""

    @app.exception_handler(NotSignedIn)
    async def not_signed_in(request: Request, _error: NotSignedIn) -> Response:
        if for_programs(request):
            return problem(request, 401, "sign in first")
        path = here(request)
        back = f"?next={quote(path, safe='/')}" if request.method == "GET" and path != "/" else ""
        return RedirectResponse(f"/login{back}", 303)

    @app.exception_handler(NotAllowed)
    async def not_allowed(request: Request, error: NotAllowed) -> Response:
        return refuse(request, 403, str(error))

    @app.exception_handler(OneTimePassword)
    async def one_time_password(request: Request, error: OneTimePassword) -> Response:
        return problem(request, 403, str(error)) if for_programs(request) else RedirectResponse("/account", 303)

    @app.exception_handler(SecondStepMissing)
    async def second_step_missing(request: Request, error: SecondStepMissing) -> Response:
        if for_programs(request):
            return problem(request, 403, str(error))
        return RedirectResponse("/account/second-step", 303)

    @app.exception_handler(ProveAgain)
    async def prove_again(request: Request, error: ProveAgain) -> Response:
        """What was typed waits in the page that asks, and goes on with the proof; files do not, and are rare."""
        visitor, form = visitor_of(request), await request.form()
        by_code = visitor is not None and visitor.session is not None and visitor.session.has_second_step
        carried = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != PROOF]
        values = {"address": here(request), "carried": carried, "by_code": by_code, "refused": error.refused}
        values["by_provider"] = house_of(request).sign_on is not None and from_provider(request)
        return page(request, "prove_again.html", 403, **values)

    @app.exception_handler(StrangeForm)
    async def strange_form(request: Request, error: StrangeForm) -> Response:
        if for_programs(request):
            return problem(request, 403, str(error))
        return page(request, "refusal.html", 403, status=403, reason="form")

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        where = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
        return refuse(request, 400, f"not as expected: {where}")

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        response = refuse(request, error.status_code, error.detail)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def mishap(request: Request, _error: Exception) -> Response:
        """This answer is made outside of all middleware, so it brings its headers itself; the server logs the error."""
        response = refuse(request, 500, "an error of the server; it is in its log")
        settings = app.state.house.settings  # `request.app` is the API, where it was one of its requests
        response.headers.update(security_headers(settings))
        return response


def here(request: Request) -> str:
    """The address that was asked for, within this host."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def refuse(request: Request, status: int, detail: str) -> Response:
    """The refusal in the form that suits who asked."""
    if for_programs(request):
        return problem(request, status, detail)
    return page(request, "refusal.html", status, status=status, reason=str(status if status in EXPLAINED else "other"))


def from_provider(request: Request) -> bool:
    """Whether a provider of identities let this visitor in, so that it can prove them again."""
    visitor = visitor_of(request)
    return visitor is not None and visitor.session is not None and is_from_provider(visitor.session.means)


def problem(request: Request, status: int, detail: str) -> Response:
    """Problem details."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def for_programs(request: Request) -> bool:
    """Whether a program asked, not a person."""
    return request.url.path.startswith(FOR_PROGRAMS)
