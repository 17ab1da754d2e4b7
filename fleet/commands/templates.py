"""motcua templates: what the devices of a unit or an office shall be, unless anything nearer says otherwise."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

import typer

from fleet.clock import now_ms
from fleet.commands.retention import shown
from fleet.commands.shared import Data, Refused, caller, opened, say
from fleet.domain.config_fields import read_field, show_field
from fleet.domain.templates import template_of
from fleet.domain.unfit import Unfit
from fleet.flows import templates as flow
from fleet.flows.templates import Preview, Published

T = TypeVar("T")
app = typer.Typer(help="What devices shall be: said for a unit or an office, and inherited by the devices there.")

Which = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="unit or office, its id, and all or a role: unit:tp:all.")
]
Pairs = Annotated[list[str], typer.Argument(metavar="FIELD=VALUE", help="display.volume=12, sleep_after_s=never, …")]
Note = Annotated[str, typer.Option(help="Why, in a line; it stands in the history.")]
SHOWN = 8


@app.command("list")
def listed(data: Data = None) -> None:
    """List the templates that say something."""
    with opened(data) as store, store.reading() as connection:
        found = flow.all_that_hold(connection)
    for one in found:
        fields = " ".join(f"{name}={show_field(value)}" for name, value in one.fields.items())
        say(f"{one.template.id}  version {one.version}  {fields}")


@app.command()
def show(template: Which, data: Data = None) -> None:
    """Show what a template says now."""
    found = done(data, template, flow.what_holds, writing=False)
    say(f"version {found.version}" if found.fields else "it says nothing")
    for name, value in found.fields.items():
        say(f"{name:20}{show_field(value)}")


@app.command("set")
def set_fields(template: Which, fields: Pairs, note: Note = "", data: Data = None) -> None:
    """Say fields for all devices that a template is for; those that become otherwise are told."""
    tell(done(data, template, partial(flow.say, said=read(fields), unsaid=(), **by(note))))


@app.command()
def unset(
    template: Which,
    fields: Annotated[list[str], typer.Argument(metavar="FIELD", help="A field of which it shall say nothing.")],
    note: Note = "",
    data: Data = None,
) -> None:
    """Say nothing of fields any more: devices have them from further up."""
    tell(done(data, template, partial(flow.say, said={}, unsaid=fields, **by(note))))


@app.command()
def preview(
    template: Which,
    fields: Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE", help="What it would say.")] = None,
    unset: Annotated[
        list[str] | None, typer.Option(help="A field of which it would say nothing; several times.")
    ] = None,
    data: Data = None,
) -> None:
    """Show which devices would become otherwise, and how; nothing is changed."""
    act = partial(flow.look, said=read(fields or []), unsaid=unset or [], now_ms=now_ms())
    show_preview(done(data, template, act, writing=False))


@app.command()
def history(template: Which, data: Data = None) -> None:
    """Show the versions of a template, the last first: who made each, when, why, and what it says."""
    holds = done(data, template, flow.what_holds, writing=False).version
    for one in done(data, template, flow.history, writing=False):
        mark = "  (holds)" if one.version == holds else ""
        note = f"  {one.note}" if one.note else ""
        say(f"version {one.version}  {shown(one.made_ms)}  by {one.made_by}{mark}{note}")
        for name, value in one.fields.items():
            say(f"  {name:20}{show_field(value)}")


@app.command()
def back(
    template: Which,
    version: Annotated[int, typer.Argument(help="The version whose words shall hold again.")],
    note: Note = "",
    data: Data = None,
) -> None:
    """Say again what a template said in an earlier version, as a new one."""
    tell(done(data, template, partial(flow.go_back, version=version, **by(note))))


def by(note: str) -> dict[str, Any]:
    """Who says so, when, and why."""
    return {"by": caller(), "now_ms": now_ms(), "note": note}


def read(pairs: list[str]) -> dict[str, Any]:
    """The fields that somebody typed. Raises Refused."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refused(f"expected FIELD=VALUE, such as display.volume=12, found {pair!r}")
        try:
            found[name] = read_field(name, value)
        except Unfit as problem:
            raise Refused(str(problem)) from None
    return found


def tell(outcome: Published) -> None:
    """What became of it."""
    told = f"{len(outcome.devices)} device{'' if len(outcome.devices) == 1 else 's'} told"
    say(f"{outcome.template.id}  version {outcome.version}  {told if outcome.is_new else 'as before'}")


def show_preview(found: Preview) -> None:
    """Who would become otherwise."""
    say(f"{len(found.changes)} of {found.devices} devices would change, at {len(found.offices)} offices")
    for change in found.changes[:SHOWN]:
        for name, (before, after) in change.fields.items():
            say(f"{change.office}  {change.device}  {name}  {show_field(before.value)} -> {show_field(after.value)}")
    if len(found.changes) > SHOWN:
        say(f"and {len(found.changes) - SHOWN} more")


def done(data: Data, template: str, act: Callable[..., T], writing: bool = True) -> T:
    """Do this with the template, in one transaction. Raises Refused."""
    with opened(data) as store:
        try:
            with store.writing() if writing else store.reading() as connection:
                return act(connection, template=template_of(template))
        except Unfit as problem:
            raise Refused(str(problem)) from None
