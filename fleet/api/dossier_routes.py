"""The mirror of the provincial system's dossiers: read by code, followed by changes, pushed singly or many at once."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import (
    Body,
    Cursor,
    Item,
    Limit,
    answer,
    answer_rows,
    etag,
    read_cursor,
    turned,
    write_cursor,
)
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment, moment_of, ms_of
from fleet.api.problems import FieldProblem, Problem, expectation, language_of, unfit
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.cells import TEXT_AT_MOST, Refused
from fleet.domain.dossier_course import Purpose, Warned
from fleet.flows import push_dossiers
from fleet.flows.once import Answer
from fleet.flows.push_dossiers import Course, NoSuchDossier, Pushed, Stale

router = APIRouter(route_class=RuledRoute, tags=["dossiers"])

MOST = 1000
MOMENTS_REMEMBERED = 1_000
# Of changes: what a file brings, or one push, is learnt in one moment.
WORDS = ("created", "updated", "unchanged", "refused")
CODE = "H15.50.05.13-261008-0975"
Code = Annotated[str, Path(description="A dossier code.", max_length=64, examples=[CODE])]
Text = Annotated[str, Field(max_length=TEXT_AT_MOST)]
EXPECTED = {"present": "missing", "day": "date_parsing", "count": "int_parsing"}


class DossierContent(BaseModel):
    """What may be pushed of a dossier: nobody's name. Other fields are refused."""

    model_config = ConfigDict(extra="forbid")

    received_on: date = Field(description="The day on which it was received.", examples=["2026-10-08"])
    due_on: date | None = Field(None, description="The day on which the result is due (ngày hẹn trả).")
    procedure_code: Text = Field("", description="The code of the procedure.", examples=["1.012766"])
    procedure_name: Text = Field("", description="Its name.", examples=["Đăng ký khai sinh"])
    field: Text = Field("", description="Its field (lĩnh vực).", examples=["Hộ tịch"])
    state: Text = Field("", description="How far it is, in the words of its system.", examples=["Đang xử lý"])
    agency: Text = Field("", description="Who deals with it.", examples=["UBND phường Tân An"])
    finished_on: date | None = Field(None, description="The day on which its result was there.")
    returned_on: date | None = Field(None, description="The day on which the result was returned.")
    supplements: int = Field(0, ge=0, le=99, description="How often more was asked for.", examples=[0])
    channel: Text = Field(
        "",
        description="How it was handed in: `counter`, `online`, `post`, or its system's words or number (1, 2, 3).",
        examples=["online"],
    )


class PushedDossier(DossierContent):
    """A dossier with its code."""

    code: str = Field(max_length=64, description="Its code, in either order that is on paper.", examples=[CODE])


class Bulk(BaseModel):
    """Many dossiers."""

    model_config = ConfigDict(extra="forbid")

    dossiers: list[dict[str, Any]] = Field(
        min_length=1, max_length=MOST, description="Each as `PushedDossier`; a bad one keeps no other from being taken."
    )


class DossierState(Body):
    """A state through which a dossier came."""

    state: str = Field(examples=["Đang xử lý"])
    since: Moment = Field(description="When the mirror learnt of it.")


class Dossier(Body):
    """A dossier and how far it has come."""

    code: str = Field(examples=[CODE])
    organisation: str = Field(description="Whose it is, as its code says.", examples=["H15.50.05.13"])
    received_on: date = Field(description="The day on which it was received.")
    due_on: date | None = Field(description="The day on which the result is due.")
    procedure_code: str = Field(examples=["1.012766"])
    procedure_name: str = Field(examples=["Đăng ký khai sinh"])
    field: str = Field(examples=["Hộ tịch"])
    state: str = Field(examples=["Đang xử lý"])
    agency: str = Field(examples=["UBND phường Tân An"])
    finished_on: date | None = Field(description="The day on which its result was there.")
    returned_on: date | None = Field(description="The day on which the result was returned.")
    supplements: int = Field(description="How often more was asked for, told or seen; a second time makes it late.")
    channel: str = Field(description="`counter`, `online`, `post`, `other`; empty: not told.", examples=["online"])
    warnings: list[Warned] = Field(description="What a clerk is warned of.", examples=[["due_soon"]])
    states: list[DossierState] = Field(description="The states that the mirror has seen, the first one first.")


class ChangedDossier(Dossier):
    """A dossier that changed."""

    changed: Moment = Field(description="When the mirror learnt of the change.")


class Dossiers(Body):
    """A page of dossiers in the order in which they changed."""

    items: list[ChangedDossier]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")
    later: str | None = Field(description="The cursor that gives what changes after this; null: nothing is there yet.")


class DossierVisit(Body):
    """A visit during which a dossier was scanned."""

    office: str = Field(examples=["tan-an"])
    day: date
    called: Moment = Field(description="When it began.")
    finished: Moment | None = Field(description="When it ended; null: it goes on.")
    outcome: str | None = Field(description="As of a visit.", examples=["done"])
    purpose: Purpose = Field(description="What it was for, as the dossier stood then.", examples=["hand_in"])
    rated: bool = Field(description="Whether it was rated; how is never told.")


class DossierVisits(Body):
    """The visits of a dossier, the first one first."""

    items: list[DossierVisit]


class PushResult(Body):
    """What became of one dossier of many."""

    index: int = Field(description="Its place in the list that was sent, from 0.", examples=[0])
    code: str | None = Field(description="Its code; null where it could not be read.", examples=[CODE])
    result: Literal["created", "updated", "unchanged", "refused"] = Field(examples=["created"])
    errors: list[FieldProblem] | None = Field(description="Why it was refused.")


class PushResults(Body):
    """What became of each dossier, in the order in which they were sent."""

    created: int = Field(examples=[1])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    refused: int = Field(examples=[0])
    items: list[PushResult]


@router.get("/dossiers", response_model=Dossiers, operation_id="listDossiers", summary="Dossiers that changed")
@rule(Scope.READ, whole_province=True)
def list_dossiers(
    request: Request,
    door: AtDoor,
    caller: Calling,
    changed_since: Annotated[
        str | None, Query(description="Only what changed since this moment.", examples=["2026-11-09T00:00:00+07:00"])
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """In the order of their changes; ask again with `later` for what has changed since, and nothing is missed."""
    since_ms = ms_of(changed_since, "changed_since")
    place = read_cursor(cursor, [int, str])
    after = (0, "") if place is None else (place[0], place[1])
    rows = push_dossiers.changed(door.store, since_ms or 0, after, limit + 1, door.clock())
    page, following, headers = turned(request, rows, limit, lambda one: [one[1], one[0].dossier.code])
    later = write_cursor([page[-1][1], page[-1][0].dossier.code]) if page else cursor
    items = (as_changed(course, ms) for course, _, ms in page)
    return answer_rows(request, {"items": items, "next": following, "later": later}, headers)


@router.post("/dossiers/bulk", response_model=PushResults, operation_id="pushDossiers", summary="Push many dossiers")
@rule(Scope.WRITE_DOSSIERS, whole_province=True)
def push_many(
    request: Request, door: AtDoor, caller: Calling, wanted: Bulk, idempotency_key: IdempotencyKey = None
) -> Response:
    """At most 1,000, each taken or refused for itself; the answer tells of each."""
    language = language_of(request.headers.get("accept-language", ""))
    cells, refused = read_many(wanted.dossiers, language)
    act = partial(push_dossiers.push, pushed=list(cells.values()), now_ms=door.clock())

    def say(found: list[Pushed]) -> Answer:
        results = dict(refused)
        for index, one in zip(cells, found, strict=True):
            errors = None if one.refused is None else [told(one.refused, language)]
            results[index] = PushResult(index=index, code=one.code or None, result=one.result, errors=errors)
        items = [results[index] for index in sorted(results)]
        counts = {word: sum(one.result == word for one in items) for word in WORDS}
        return Answer(200, PushResults(**counts, items=items).model_dump_json())

    return do(request, door, caller, idempotency_key, wanted, act, say)


@router.get("/dossiers/{code}", response_model=Dossier, operation_id="getDossier", summary="One dossier")
@rule(Scope.READ)
def get_dossier(request: Request, door: AtDoor, caller: Calling, code: Code) -> Response:
    """Its content, the states through which it came, and what a clerk is warned of."""
    try:
        found = push_dossiers.course_of(door.store, code, door.clock())
    except NoSuchDossier:
        raise Problem("no-such-dossier") from None
    return answer(request, Dossier(**fields_of(found)))


@router.get(
    "/dossiers/{code}/visits", response_model=DossierVisits, operation_id="listDossierVisits", summary="Its visits"
)
@rule(Scope.READ)
def list_dossier_visits(request: Request, door: AtDoor, caller: Calling, code: Code) -> Response:
    """Hand-in, supplement, result: the visits at the offices where the token holds."""
    try:
        rows = push_dossiers.visits_of(door.store, caller.concerns, code)
    except NoSuchDossier:
        raise Problem("no-such-dossier") from None
    items = [
        DossierVisit(
            office=one.office,
            day=date.fromisoformat(one.day),
            called=moment_of(one.called_ms),
            finished=moment(one.finished_ms),
            outcome=one.outcome,
            purpose=why,
            rated=one.rated,
        )
        for one, why in rows
    ]
    return answer(request, DossierVisits(items=items))


@router.put(
    "/dossiers/{code}",
    response_model=Dossier,
    operation_id="putDossier",
    summary="Push one dossier",
    responses={201: {"model": Dossier, "description": "It was not known before."}},
)
@rule(Scope.WRITE_DOSSIERS, whole_province=True)
def put_dossier(
    request: Request,
    door: AtDoor,
    caller: Calling,
    code: Code,
    wanted: DossierContent,
    if_match: Annotated[str | None, Header(description="Only if this is still its ETag.")] = None,
    if_none_match: Annotated[str | None, Header(description="`*`: only if it is not known yet.")] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The whole dossier: what is left out is empty. Again changes nothing."""
    cells = {"code": code, **cells_of(wanted)}
    act = partial(
        put, code=code, cells=cells, tag=if_match, only_new=(if_none_match or "").strip() == "*", now_ms=door.clock()
    )
    try:
        return do(request, door, caller, idempotency_key, wanted, act, said_of)
    except Stale:
        raise Problem("stale") from None
    except Refused as refused:
        raise unfit(*where_and_why(refused)) from None


def put(
    connection: Any, code: str, cells: dict[str, Any], tag: str | None, only_new: bool, now_ms: int
) -> tuple[Course, bool]:
    """Push one dossier if it is as the caller thinks: it, and whether it is new. Raises Stale, Refused."""
    before = push_dossiers.course_in(connection, code.strip(), now_ms)
    if only_new and before is not None:
        raise Stale
    if tag is not None:
        tags = [one.strip() for one in tag.split(",")]
        if before is None or ("*" not in tags and tag_of(before) not in tags):
            raise Stale
    (done,) = push_dossiers.push(connection, [cells], now_ms)
    if done.refused is not None:
        raise done.refused
    after = push_dossiers.course_in(connection, done.code, now_ms)
    assert after is not None  # noqa: S101 (it was taken just now)
    return after, before is None


def said_of(found: tuple[Course, bool]) -> Answer:
    """The answer to a dossier that was pushed."""
    course, is_new = found
    text = Dossier(**fields_of(course)).model_dump_json()
    return Answer(201 if is_new else 200, text, {"ETag": etag(text)})


def tag_of(course: Course) -> str:
    """The tag of a dossier as `GET` shows it."""
    return etag(Dossier(**fields_of(course)).model_dump_json())


def as_changed(course: Course, changed_ms: int) -> Item:
    """A `ChangedDossier` as it goes out."""
    item = fields_of(course)
    item["changed"] = learnt(changed_ms)
    return item


@lru_cache(MOMENTS_REMEMBERED)
def learnt(ms: int) -> datetime:
    """When the mirror learnt of something."""
    return moment_of(ms)


def fields_of(course: Course) -> Item:
    """A `Dossier` as it goes out."""
    one, states, supplements, warnings = course
    return {
        "code": one.code,
        "organisation": one.organisation,
        "received_on": one.received_on,
        "due_on": one.due_on,
        "procedure_code": one.procedure_code,
        "procedure_name": one.procedure_name,
        "field": one.field,
        "state": one.state,
        "agency": one.agency,
        "finished_on": one.finished_on,
        "returned_on": one.returned_on,
        "supplements": supplements,
        "channel": one.channel,
        "warnings": warnings,
        "states": [{"state": state, "since": learnt(since_ms)} for state, since_ms in states],
    }


def cells_of(wanted: DossierContent) -> dict[str, Any]:
    """What was pushed, as the cells of a row."""
    return wanted.model_dump()


def read_many(
    pushed: Sequence[dict[str, Any]], language: str
) -> tuple[dict[int, dict[str, Any]], dict[int, PushResult]]:
    """The dossiers that have the right form, as cells, and what is wrong with the others, each by its place."""
    from pydantic import ValidationError

    from fleet.api.problems import told as form_told

    cells: dict[int, dict[str, Any]] = {}
    refused: dict[int, PushResult] = {}
    for index, one in enumerate(pushed):
        try:
            cells[index] = PushedDossier.model_validate(one).model_dump()
        except ValidationError as problem:
            found = [form_told({**error, "loc": ("body", *error["loc"])}) for error in problem.errors()]
            errors = [
                FieldProblem(where=where, detail=expectation(kind, language, limits)) for where, kind, limits in found
            ]
            refused[index] = PushResult(index=index, code=None, result="refused", errors=errors)
    return cells, refused


def where_and_why(refused: Refused) -> tuple[str, str]:
    """Where a dossier is bad, and the name of what was expected."""
    return f"/{refused.column}", EXPECTED.get(refused.expected, f"dossier_{refused.expected}")


def told(refused: Refused, language: str) -> FieldProblem:
    """Why a dossier of many was refused."""
    where, kind = where_and_why(refused)
    return FieldProblem(where=where, detail=expectation(kind, language, {}))
