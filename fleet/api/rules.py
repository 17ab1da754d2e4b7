"""Every route of the API says who may call it; a route that does not cannot be made.

The rule is looked at before anything else of a request is read.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute

from fleet.api.door import Door, door_of
from fleet.api.problems import Problem
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.audit import Doer, network_part
from fleet.flows import tokens
from fleet.store.acting import acting

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
SECURITY: list[dict[str, list[str]]] = [{"token": []}]


@dataclass(frozen=True)
class Rule:
    """Who may call a route: programs with this scope (None: everybody, without a token).

    `whole_province`: only tokens that hold everywhere, since what is asked for belongs to no office.
    """

    scope: Scope | None
    whole_province: bool = False

    def admits(self, caller: Caller) -> None:
        """Raises Problem unless the caller may."""
        assert self.scope is not None  # noqa: S101 (open routes ask nobody)
        if not caller.may(self.scope):
            raise Problem("no-scope", scope=self.scope.value)
        if self.whole_province and caller.offices is not None:
            raise Problem("whole-province")


def rule(scope: Scope, whole_province: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Say who may call the route that is made of this function."""
    return keep(Rule(scope, whole_province))


def open_to_all() -> Callable[[Endpoint], Endpoint]:
    """Say that everybody may call the route that is made of this function."""
    return keep(Rule(None))


def keep(its: Rule) -> Callable[[Endpoint], Endpoint]:
    def kept(endpoint: Endpoint) -> Endpoint:
        endpoint.rule = its  # type: ignore[attr-defined]
        return endpoint

    return kept


class RuledRoute(APIRoute):
    """A route that lets in whom its rule admits, at the pace that is set for each token."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        found = getattr(endpoint, "rule", None)
        if not isinstance(found, Rule):
            raise TypeError(f"{path}: expected a rule that says who may call it, found none")
        self.rule = found
        if found.scope is not None:
            extra = options.get("openapi_extra") or {}
            options["openapi_extra"] = {"security": SECURITY, **extra}
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind its rule."""
        handle = super().get_route_handler()

        async def handle_if_admitted(request: Request) -> Response:
            if self.rule.scope is None:
                return await handle(request)
            caller = request.state.caller = await run_in_threadpool(who_calls, request)
            self.rule.admits(caller)
            await refuse_too_large(request)
            headers = door_of(request).pace.step(caller.token)
            host = request.client.host if request.client else ""
            with acting(Doer(f"token:{caller.token}", caller.name, "api", network_part(host))):
                response = await handle(request)
            response.headers.update(headers)
            return response

        return handle_if_admitted


def who_calls(request: Request) -> Caller:
    """The program whose token the request shows. Raises Problem."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Problem("no-token")
    door = door_of(request)
    caller = tokens.caller(door.store, secret.strip(), door.clock())
    if caller is None:
        raise Problem("bad-token")
    return caller


async def refuse_too_large(request: Request) -> None:
    """Raises Problem for a body that is larger than any that makes sense."""
    most = door_of(request).biggest_body
    if request.method in ("POST", "PUT") and len(await request.body()) > most:
        raise Problem("too-large", most=f"{most:,}")


def caller_of(request: Request) -> Caller:
    """Whom the rule of this route admitted."""
    caller: Caller = request.state.caller
    return caller


Calling = Annotated[Caller, Depends(caller_of)]
AtDoor = Annotated[Door, Depends(door_of)]
