"""motcua rollouts: versions on their way onto devices, in waves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.live import Live

from fleet.clock import now_ms
from fleet.commands.rollout_drawn import drawn, listed_in
from fleet.commands.shared import Data, Refused, caller, opened, out, settings_of
from fleet.domain.config_fields import read_field
from fleet.domain.day import shown_time
from fleet.domain.order_batches import Selection
from fleet.domain.rollout_plan import (
    AT_ONCE,
    AWAY_HOURS,
    DEADLINE_MIN,
    ERRORS,
    RELEASE_DEADLINE_MIN,
    RELEASE_ERRORS,
    SUCCESS,
    TEMPLATE,
    WATCH_MIN,
    WAVES,
    Plan,
    RolloutRefused,
    When,
    deadline_for,
    errors_for,
    kind_of,
    read_hours,
    read_waves,
)
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.domain.unfit import Unfit
from fleet.flows import rollouts
from fleet.flows.rollout_kinds import keep_version
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts

LOOK_S = 1.0
app = typer.Typer(no_args_is_help=True, help="Rollouts: versions on their way onto devices, in waves.")

RolloutId = Annotated[str, typer.Argument(help="The rollout's id.")]
Follow = Annotated[bool, typer.Option("--follow", help="Draw how it goes until it is over, or stops.")]


@app.command("list")
def listed(data: Data = None) -> None:
    """List the last rollouts, the newest first."""
    with opened(data) as store:
        found = Rollouts(store).last(me())
    if found:
        out.print(listed_in(found))
    else:
        out.print("no rollouts")


@app.command()
def show(rollout: RolloutId, follow: Follow = False, data: Data = None) -> None:
    """Show how far a rollout is, why devices wait or failed, and what was done."""
    with opened(data) as store:
        seen = Rollouts(store)
        found = one_of(seen, rollout)
        if follow:
            found = followed(seen, found)
        else:
            out.print(drawn(found))
    for step in reversed(found.steps):
        told = f"{shown_time(step.at_ms, 'Asia/Ho_Chi_Minh')}  {step.what}{f' {step.n}' if step.n else ''}  {step.by}"
        out.print(told.rstrip(), highlight=False, markup=False)


@app.command()
def start(
    subject: Annotated[str, typer.Argument(help="The template, such as office:tan-an:all; or firmware.")],
    version: Annotated[
        int | None,
        typer.Argument(
            help="Which of its versions, that does not hold yet; of the firmware the sequence.",
            min=1,
            show_default=False,
        ),
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option("--set", help="Make the version: FIELD=VALUE beside what it says now; several times."),
    ] = None,
    waves: Annotated[str, typer.Option(help="Numbers of devices, then shares; the last is 100%.")] = WAVES,
    when: Annotated[
        When, typer.Option(help="Outside of sessions; also while nobody waits; or whenever.")
    ] = When.CLOSED,
    hours: Annotated[str, typer.Option(help="Only then, such as 11:30-13:30.")] = "",
    errors: Annotated[
        float | None,
        typer.Option(
            help="Stop above this share of failures, of all or of one kind of device, in percent: "
            f"{ERRORS * 100:g}, of a release {RELEASE_ERRORS * 100:g}.",
            show_default=False,
        ),
    ] = None,
    success: Annotated[float, typer.Option(help="A wave needs this share, in percent.")] = SUCCESS * 100,
    deadline: Annotated[
        int | None,
        typer.Option(
            help=f"Minutes after which silence is a failure: {DEADLINE_MIN}, of a release {RELEASE_DEADLINE_MIN}.",
            show_default=False,
        ),
    ] = None,
    watch: Annotated[int, typer.Option(help="Minutes for which each wave is watched.")] = WATCH_MIN,
    away: Annotated[
        int, typer.Option(help="Hours for which those that are not connected are waited for.")
    ] = AWAY_HOURS,
    at_once: Annotated[int, typer.Option(help="So many are given it at once.")] = AT_ONCE,
    approval: Annotated[bool, typer.Option("--approval", help="A second person approves it first.")] = False,
    office: Annotated[str | None, typer.Option(help="Only devices at this office.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only devices below this unit of the tree.")] = None,
    role: Annotated[str | None, typer.Option(help="Only devices with this role.")] = None,
    note: Annotated[str, typer.Option(help="A line for the record.")] = "",
    kind: Annotated[str, typer.Option(help="What it is a version of, where the subject does not say it.")] = "",
    follow: Follow = False,
    data: Data = None,
) -> None:
    """Bring a version onto devices in waves."""
    approval_from = settings_of(data).rollout_approval_from
    if (version is None) == (not fields):
        raise Refused("expected a version, or --set with what it shall say")
    kind = kind or kind_of(subject)
    if fields and kind != TEMPLATE:
        raise Refused(f"--set: expected a template, found {kind} {subject!r}")
    with refusing(), opened(data) as store:
        plan = Plan(
            waves=read_waves(waves),
            when=when,
            hours=read_hours(hours),
            success=success / 100,
            errors=errors_for(kind) if errors is None else errors / 100,
            deadline_min=deadline_for(kind) if deadline is None else deadline,
            watch_min=watch,
            away_hours=away,
            at_once=at_once,
            approval=approval,
            note=note,
            selection=Selection(office=office, unit=unit, role=role),
        )
        with store.writing() as connection:
            number = version or keep_version(connection, subject, read(fields or []), caller(), now_ms(), note)
            row = rollouts.start(connection, kind, subject, number, plan, me(), now_ms(), approval_from)
    finish(data, row.id, follow)


@app.command()
def approve(rollout: RolloutId, follow: Follow = False, data: Data = None) -> None:
    """Approve a rollout that somebody else has started."""
    do("approve", rollout, follow, data)


@app.command()
def pause(rollout: RolloutId, data: Data = None) -> None:
    """Give it to no other device for now."""
    do("pause", rollout, False, data)


@app.command()
def resume(rollout: RolloutId, follow: Follow = False, data: Data = None) -> None:
    """Let it go on; what made it stop counts as seen."""
    do("resume", rollout, follow, data)


@app.command()
def retry(rollout: RolloutId, follow: Follow = False, data: Data = None) -> None:
    """Let only those that failed have their turn again."""
    do("retry", rollout, follow, data)


@app.command()
def abort(
    rollout: RolloutId,
    keep: Annotated[bool, typer.Option("--keep", help="Devices that have it keep it.")] = False,
    data: Data = None,
) -> None:
    """End it; devices that have it go back to what they were."""
    do("abort", rollout, False, data, keep)


def read(pairs: list[str]) -> dict[str, object]:
    """The fields that somebody typed. Raises RolloutRefused."""
    try:
        return {name: read_field(name, value) for name, _, value in (pair.partition("=") for pair in pairs)}
    except Unfit as problem:
        raise RolloutRefused("bad_version", str(problem)) from None


def do(what: str, rollout: str, follow: bool, data: Data, keep: bool = False) -> None:
    """Do it, and show what it is then. Raises Refused."""
    with refusing(), opened(data) as store:
        rollouts.act(store, what, rollout, me(), now_ms(), keep=keep)
    finish(data, rollout, follow)


def finish(data: Data, rollout: str, follow: bool) -> None:
    """Show it once, or until it is over."""
    with opened(data) as store:
        seen = Rollouts(store)
        found = one_of(seen, rollout)
        if follow:
            followed(seen, found)
        else:
            out.print(drawn(found))


def followed(seen: Rollouts, found: RolloutNow) -> RolloutNow:
    """Draw it until it waits for a person or is over."""
    with Live(drawn(found), console=out, auto_refresh=False) as live:
        while found.state is State.RUNNING:
            time.sleep(LOOK_S)
            found = seen.one(found.id, me(), now_ms()) or found
            live.update(drawn(found), refresh=True)
    return found


def one_of(seen: Rollouts, rollout: str) -> RolloutNow:
    """The rollout. Raises Refused."""
    found = seen.one(rollout, me(), now_ms())
    if found is None:
        raise Refused(f"rollout: expected the id of one, found {rollout!r}; `motcua rollouts list` shows them")
    return found


def me() -> Actor:
    """Who types: users of this machine are told apart by their names."""
    return Actor(caller(), f"command:{caller()}")


@contextmanager
def refusing() -> Iterator[None]:
    """Somebody does something. Raises Refused."""
    try:
        yield
    except RolloutRefused as problem:
        raise Refused(str(problem)) from None
