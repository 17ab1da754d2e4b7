"""How values become answers: JSON with an ETag, lists by pages with a Link to the next one."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Query, Request
from fastapi.responses import Response
from msgspec import Raw
from pydantic import BaseModel, ConfigDict

from fleet.api.problems import unfit

PAGE = 100
PAGE_AT_MOST = 1000
JSON = "application/json"
CURSOR_AT_MOST = 400
WRITER = msgspec.json.Encoder()

Row = TypeVar("Row")
Item = dict[str, Any]
# Of a list: the fields of a model in their order, as they go out.
Limit = Annotated[int, Query(ge=1, le=PAGE_AT_MOST, description="How many items at most.", examples=[50])]
Cursor = Annotated[
    str | None,
    Query(description="`next` of the answer before; without it the list begins.", max_length=CURSOR_AT_MOST),
]


class Body(BaseModel):
    """What goes out: just these fields."""

    model_config = ConfigDict(frozen=True)


def answer(request: Request, body: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """The value with its ETag; 304 where the caller has it already."""
    return tagged(request, body.model_dump_json().encode(), headers)


def answer_rows(request: Request, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """The same of a list whose `items` are dictionaries, with just the fields of their model and in its order.

    To make a model of each row took longer than to read it: tests hold the bytes against the model instead. Each is
    made and written before the next: a page of them all, held at once, is what Python looks through for garbage.
    """
    written = [Raw(WRITER.encode(one)) for one in body["items"]]
    return tagged(request, WRITER.encode({**body, "items": written}), headers)


def tagged(request: Request, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """These bytes with their ETag."""
    tag = etag(body)
    told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, 304, told)
    return Response(body, 200, told, JSON)


def etag(body: str | bytes) -> str:
    """The tag of this representation."""
    return f'"{sha256(body.encode() if isinstance(body, str) else body).hexdigest()[:24]}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match header names this tag, or any."""
    if header is None:
        return False
    return any(one.strip().removeprefix("W/") in ("*", tag) for one in header.split(","))


def turned(
    request: Request, rows: Sequence[Row], most: int, place: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None, dict[str, str]]:
    """Of `most` + 1 rows the page, the cursor of the next one (None: this was the last), and its Link header."""
    if len(rows) <= most:
        return rows, None, {}
    cursor = write_cursor(place(rows[most - 1]))
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*kept, ("cursor", cursor)])
    return rows[:most], cursor, {"Link": f'<{request.url.path}?{query}>; rel="next"'}


def write_cursor(place: Sequence[Any]) -> str:
    """Where a page ended, in a form that nobody should read."""
    text = json.dumps(list(place), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    """The place in a cursor, of values of these types; None without a cursor. Raises Problem."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise unfit("cursor", "cursor") from None
    if not isinstance(place, list) or [type(one) for one in place] != list(kinds):
        raise unfit("cursor", "cursor")
    if any(abs(one) >= 1 << 53 if isinstance(one, int) else not one.isprintable() for one in place):
        raise unfit("cursor", "cursor")  # no place was ever there, and not each database takes it
    return place
