"""What changes something: done once for each Idempotency-Key, and answered with what came of it."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from fleet.api.answers import JSON
from fleet.api.door import Door
from fleet.api.problems import Problem, unfit
from fleet.domain.api_rights import Caller
from fleet.flows.once import Act, Answer, Key, KeyReused, Value, once

LONGEST_KEY = 255
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="The same key with the same request: done once, answered as before. For 24 hours.",
        examples=["5b0c8e0e-8b1a-4a57-8b53-2f6f0d3c1a7e"],
    ),
]


def do(
    request: Request,
    door: Door,
    caller: Caller,
    key: str | None,
    body: BaseModel | None,
    act: Act[Value],
    say: Callable[[Value], Answer],
    alone: bool = True,
) -> Response:
    """Do this once, and answer what `say` makes of it. Raises Problem. `alone`: as in `once`."""
    try:
        found = once(door.store, key_of(request, caller, key, body), door.clock(), act, say, alone)
    except KeyReused:
        raise Problem("key-reused") from None
    headers = {"Cache-Control": "no-store", **found.headers}
    if found.again:
        headers["Idempotency-Replayed"] = "true"
    return Response(found.body, found.status, headers, JSON)


def key_of(request: Request, caller: Caller, key: str | None, body: BaseModel | None) -> Key | None:
    """The key, and what it was sent with. Raises Problem."""
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= c <= "~" for c in key):
        raise unfit("Idempotency-Key", "key")
    said = "" if body is None else body.model_dump_json()
    condition = "\n".join(request.headers.get(name, "") for name in ("if-match", "if-none-match"))
    sent = f"{request.method} {request.url.path}?{request.url.query}\n{condition}\n{said}"
    return Key(caller.token, key, sha256(sent.encode("utf-8", "surrogatepass")).hexdigest())
