"""Templates of configurations: what the devices of a unit or an office shall be; and what a device has from whom."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi import Body as Sent
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from fleet.api.answers import Body, Cursor, Limit, answer, read_cursor, turned
from fleet.api.command_routes import DeviceId, office_of
from fleet.api.doing import IdempotencyKey, do
from fleet.api.moments import Moment, moment_of
from fleet.api.problems import Problem, shortened
from fleet.api.problems import unfit as unfit_value
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.config_fields import BadField
from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.templates import BadTemplate, Layer, Origin, Setting, Template, template_of
from fleet.domain.unfit import Expected, Unfit
from fleet.flows import templates as flow
from fleet.flows.effective import effective_of
from fleet.flows.once import Act, Answer
from fleet.flows.templates import Preview, Published

router = APIRouter(route_class=RuledRoute, tags=["templates"])

TemplateId = Annotated[
    str,
    Path(description="`unit` or `office`, its id, and `all` or a role.", max_length=64, examples=["office:tan-an:all"]),
]
FIELDS = {"display.volume": 12, "rating.wait_s": 10}
SHOWN = 100


class Held(Body):
    """What a template says now."""

    id: str = Field(examples=["office:tan-an:all"])
    version: int = Field(description="0: it says nothing yet.", examples=[3])
    fields: dict[str, Any] = Field(description="By their names in docs/configuration.md.", examples=[FIELDS])


class Templates(Body):
    """A page of templates, by id."""

    items: list[Held]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class Version(Body):
    """A version of a template, which never changes."""

    version: int = Field(examples=[3])
    fields: dict[str, Any] = Field(examples=[FIELDS])
    made: Moment
    made_by: str = Field(examples=["lan"])
    note: str = Field(description="Why.", examples=["Loa nhỏ hơn trong giờ nghỉ trưa"])


class Versions(Body):
    """The versions of a template, the last first; the last fifty."""

    items: list[Version]


class TemplateWanted(BaseModel):
    """All that a template shall say."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Any] = Field(description="What is not among them is inherited.", examples=[FIELDS])
    note: str = Field("", max_length=flow.NOTE, description="Why, in a line.")
    version: int | None = Field(
        None, ge=0, le=LARGEST_INTEGER, description="The version that was looked at; null: whichever it is."
    )


class BackWanted(BaseModel):
    """Which version's words shall hold again."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=LARGEST_INTEGER, examples=[2])


class Said(Body):
    """What became of it."""

    template: str = Field(examples=["office:tan-an:all"])
    version: int = Field(examples=[4])
    changed: bool = Field(description="False: it said so before, and has no new version.")
    devices: int = Field(description="How many devices become otherwise by it and are told.", examples=[12])


class WouldChange(Body):
    """A device that would become otherwise."""

    device: str = Field(examples=["bang-1"])
    office: str = Field(examples=["tan-an"])
    fields: dict[str, Any] = Field(description="How these fields would be.", examples=[{"display.volume": 12}])


class WouldSay(Body):
    """What a template would change."""

    devices: int = Field(description="For how many it is.", examples=[40])
    changed: int = Field(description="How many would become otherwise.", examples=[12])
    offices: list[str] = Field(description="Where these are.", examples=[["tan-an"]])
    items: list[WouldChange] = Field(description="The first hundred of them.")


class DeviceField(Body):
    """A field that a device has."""

    field: str = Field(examples=["display.volume"])
    value: Any = Field(examples=[12])
    origin: Origin = Field(description="Who said so; `product`: nobody.")
    template: str | None = Field(examples=["office:tan-an:all"])
    version: int | None = Field(description="Of the template.", examples=[3])


class DeviceFields(Body):
    """Every field that a device has."""

    device: str = Field(examples=["bang-1"])
    items: list[DeviceField]


@router.get("/templates", response_model=Templates, operation_id="listTemplates", summary="List templates")
@rule(Scope.READ)
def list_templates(
    request: Request, door: AtDoor, caller: Calling, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Those that say something, by id. Templates of units are for tokens that hold everywhere."""
    after = read_cursor(cursor, [str])
    with door.store.reading() as connection:
        found = [one for one in flow.all_that_hold(connection) if concerns(caller, one.template)]
    rows = [one for one in found if after is None or one.template.id > after[0]]
    page, following, headers = turned(request, rows[: limit + 1], limit, lambda one: [one.template.id])
    return answer(request, Templates(items=[held(one) for one in page], next=following), headers)


@router.get("/templates/{template}", response_model=Held, operation_id="getTemplate", summary="One template")
@rule(Scope.READ)
def get_template(request: Request, door: AtDoor, caller: Calling, template: TemplateId) -> Response:
    """What it says now; in version 0 nothing."""
    its = known(door, caller, template)
    with door.store.reading() as connection:
        return answer(request, held(flow.what_holds(connection, its)))


@router.get(
    "/templates/{template}/versions", response_model=Versions, operation_id="listVersions", summary="Its versions"
)
@rule(Scope.READ)
def list_versions(request: Request, door: AtDoor, caller: Calling, template: TemplateId) -> Response:
    """Who made each, when, why, and what it says."""
    its = known(door, caller, template)
    with door.store.reading() as connection:
        past = flow.history(connection, its)
    items = [
        Version(version=one.version, fields=one.fields, made=moment_of(one.made_ms), made_by=one.made_by, note=one.note)
        for one in past
    ]
    return answer(request, Versions(items=items))


@router.put(
    "/templates/{template}", response_model=Said, operation_id="setTemplate", summary="Say what devices shall be"
)
@rule(Scope.CONFIGURE)
def set_template(
    request: Request,
    door: AtDoor,
    caller: Calling,
    template: TemplateId,
    wanted: Annotated[TemplateWanted, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """From now on it says just this; the devices that become otherwise by it are told."""
    seen = None if wanted.version is None else mark_of(wanted.version)
    act = partial(flow.publish, fields=wanted.fields, note=wanted.note, seen=seen)
    return done(request, door, caller, template, idempotency_key, wanted, act)


@router.post(
    "/templates/{template}/preview",
    response_model=WouldSay,
    operation_id="previewTemplate",
    summary="What would change",
)
@rule(Scope.CONFIGURE)
def preview_template(
    request: Request, door: AtDoor, caller: Calling, template: TemplateId, wanted: Annotated[TemplateWanted, Sent()]
) -> Response:
    """Which devices would become otherwise, if it said just this. Nothing is changed."""
    its = known(door, caller, template)
    try:
        with door.store.reading() as connection:
            flow.refuse_unknown(connection, its, door.clock())
            return answer(request, would_say(flow.preview(connection, its, wanted.fields, door.clock())))
    except Unfit as problem:
        raise refusal(problem) from None


@router.post("/templates/{template}/back", response_model=Said, operation_id="goBack", summary="Go back to a version")
@rule(Scope.CONFIGURE)
def go_back(
    request: Request,
    door: AtDoor,
    caller: Calling,
    template: TemplateId,
    wanted: Annotated[BackWanted, Sent()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """It says again what it said then, as a new version."""
    return done(request, door, caller, template, idempotency_key, wanted, partial(flow.go_back, version=wanted.version))


@router.get(
    "/devices/{device}/settings", response_model=DeviceFields, operation_id="getDeviceSettings", summary="Its fields"
)
@rule(Scope.READ)
def device_settings(request: Request, door: AtDoor, caller: Calling, device: DeviceId) -> Response:
    """Every field that it shall have, and who said so: the device itself, a template, or nobody."""
    office_of(door, caller, device)
    found = effective_of(door.store, device, door.clock())
    return answer(request, DeviceFields(device=device, items=[as_field(name, one) for name, one in found.items()]))


def known(door: AtDoor, caller: Caller, id: str) -> Template:
    """The template of this id, if it concerns the caller. Raises Problem."""
    try:
        template = template_of(id)
    except BadTemplate:
        raise Problem("no-such-template") from None
    if not concerns(caller, template):
        raise Problem("no-such-template")
    return template


def concerns(caller: Caller, template: Template) -> bool:
    """Whether the token holds there. What is said for a unit reaches all offices below it."""
    return caller.concerns(template.scope.id if template.scope.origin is Origin.OFFICE else None)


def done(
    request: Request,
    door: AtDoor,
    caller: Caller,
    id: str,
    key: str | None,
    wanted: BaseModel,
    act: Callable[..., Published],
) -> Response:
    """Do it once, and answer what became of it. Raises Problem."""
    template = known(door, caller, id)

    def say(one: Published) -> Answer:
        told = Said(template=one.template.id, version=one.version, changed=one.is_new, devices=len(one.devices))
        return Answer(200, told.model_dump_json())

    by = shortened(caller.name)
    try:
        its: Act[Published] = partial(act, template=template, by=by, now_ms=door.clock())
        return do(request, door, caller, key, wanted, its, say)
    except ChangedMeanwhile:
        raise Problem("template-changed") from None
    except Unfit as problem:
        raise refusal(problem) from None


def refusal(problem: Unfit) -> Problem:
    """Why it can not be so: of a field, at its place in the body; what was sent is not repeated."""
    if isinstance(problem, BadTemplate) and not problem.field:
        return Problem("no-such-template")
    if not isinstance(problem, BadField):
        return unfit_value(f"/{problem.field}", "template")
    where = f"/fields/{shortened(problem.field)}"
    if problem.expected is Expected.NUMBER:
        return unfit_value(where, "config_number", **problem.bounds)
    return unfit_value(where, "config_name" if problem.expected is Expected.CHOICE else "config_value")


def held(layer: Layer) -> Held:
    """What it says as it goes out."""
    return Held(id=layer.template.id, version=layer.version, fields=dict(layer.fields))


def would_say(found: Preview) -> WouldSay:
    """A preview as it goes out."""
    items = [
        WouldChange(
            device=one.device, office=one.office, fields={name: after.value for name, (_, after) in one.fields.items()}
        )
        for one in found.changes[:SHOWN]
    ]
    return WouldSay(devices=found.devices, changed=len(found.changes), offices=found.offices, items=items)


def as_field(name: str, one: Setting) -> DeviceField:
    """A field as it goes out."""
    template, version = (None, None) if one.layer is None else (one.layer.template.id, one.layer.version)
    return DeviceField(field=name, value=one.value, origin=one.origin, template=template, version=version)
