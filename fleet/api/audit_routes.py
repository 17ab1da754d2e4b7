"""The log of changes for programs: what a system that watches others keeps a copy of."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Item, Limit, answer_rows, read_cursor, turned
from fleet.api.command_routes import told
from fleet.api.moments import Moment, moment_of, ms_of
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.audit import Entry
from fleet.flows import audit
from fleet.store.audit import EVER, Asked

router = APIRouter(route_class=RuledRoute, tags=["audit"])
Word = Annotated[str, Query(max_length=80)]


class AuditEntry(Body):
    """An entry: who did what to what; its hash is over all of it and over the hash of the one before it."""

    number: int = Field(description="Without a gap.", examples=[128])
    at: Moment
    at_ms: int = Field(description="The same in UTC milliseconds, as it was hashed.", examples=[1794189600000])
    who: str = Field(description="`user:7`, `token:9f2c41d0`, `command:root`, `service:motcua`.", examples=["user:7"])
    name: str = Field(examples=["lan"])
    how: str = Field(description="`page`, `api`, `command` or `worker`.", examples=["page"])
    address: str = Field(description="From which network.", examples=["10.20.30.0/24"])
    what: str = Field(examples=["user.change"])
    thing: str = Field(description="The id of what it was done to.", examples=["12"])
    office: str | None = Field(examples=["tan-an"])
    was: dict[str, Any] = Field(description="What changed, as it was.", examples=[{"role": "clerk"}])
    became: dict[str, Any] = Field(description="And as it became.", examples=[{"role": "supervisor"}])
    before_hash: str = Field(examples=["0" * 64])
    hash: str = Field(examples=["9f2c41d0" * 8])


class AuditEntries(Body):
    """A page of the log, the newest first."""

    items: list[AuditEntry]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


@router.get("/audit", response_model=AuditEntries, operation_id="listChanges", summary="The log of changes")
@rule(Scope.AUDIT, whole_province=True)
def list_changes(
    request: Request,
    door: AtDoor,
    caller: Calling,
    what: Annotated[Word, Query(description="Only this, `user.add`; or all of a kind, `user`.")] = "",
    who: Annotated[Word, Query(description="Only by this one: a name, or `user:7`.")] = "",
    thing: Annotated[Word, Query(description="Only about what has this id.")] = "",
    office: Annotated[str | None, Query(description="Only at this office.", max_length=64)] = None,
    since: Annotated[str | None, Query(description="Only since this moment, RFC 3339.", max_length=40)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Who changed what, and who looked at whose data. Nothing of residents stands in it."""
    place = read_cursor(cursor, [int])
    before = EVER if place is None else place[0]
    asked = Asked(what, who, thing, office, ms_of(since, "since") or 0, EVER, before, limit + 1)
    found, following, headers = turned(request, audit.entries(door.store, asked), limit, lambda one: [one.number])
    return answer_rows(request, {"items": (as_item(one) for one in found), "next": following}, headers)


def as_item(one: Entry) -> Item:
    """An `AuditEntry` as it goes out; names as people typed them are shown without what could not be printed."""
    return {
        "number": one.number,
        "at": moment_of(one.at_ms),
        "at_ms": one.at_ms,
        "who": one.who,
        "name": told(one.name),
        "how": one.how,
        "address": one.address,
        "what": one.what,
        "thing": one.thing,
        "office": one.office,
        "was": msgspec.json.decode(one.was),
        "became": msgspec.json.decode(one.became),
        "before_hash": one.before_hash,
        "hash": one.hash,
    }
