"""motcua relink: days are linked anew under the rules of now, and what that changes is said."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, err, is_day, opened, out, say
from fleet.domain.day_diff import PartDiff
from fleet.domain.linked import UnlinkedSeen, VisitSeen
from fleet.flows.relink import Relinked, days_to_relink, office_of
from fleet.flows.relink import relink as relink_day

SHOWN = 20
UNSAID = ("score", "scale", "scale_version", "pressed_ms", "said")
# Of ratings it is said how many are otherwise and in what; never which, nor how anybody rated.


def relink(
    office: Annotated[str | None, typer.Option(help="This office only.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="From this day on, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Up to this day, YYYY-MM-DD.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    data: Data = None,
) -> None:
    """Link days anew from their events, and say what that changes."""
    for name, day in (("--from", first), ("--to", last)):
        if day is not None and not is_day(day):
            raise Refused(f"{name}: expected YYYY-MM-DD, found {day!r}")
    with opened(data) as store:
        if office is not None and office_of(store, office) is None:
            raise Refused(f"office: there is none of id {office!r}")
        days = days_to_relink(store, office, first, last)
        changed = 0
        with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
            for one, day in progress.track(days, description="linking"):
                done = relink_day(store, one, day, now_ms(), dry_run)
                changed += bool(done.differs)
                show(done)
        would = "would change" if dry_run else "changed"
        out.print(f"{len(days)} days read, {changed} {would}")


def show(done: Relinked) -> None:
    """What differs on a day, if anything does."""
    if done.differs is None:
        say(f"{done.office} {done.day}: not linked: {done.why}")
        return
    for diff in done.differs:
        counts = [(len(diff.added), "new"), (len(diff.gone), "gone"), (len(diff.changed), "changed")]
        told = ", ".join(f"{n} {word}" for n, word in counts if n)
        fields = ", ".join(f"{name} {n}" for name, n in diff.fields().items() if name not in UNSAID)
        say(f"{done.office} {done.day}: {diff.part}: {told}{f' ({fields})' if fields else ''}")
        for line in lines_of(diff)[:SHOWN]:
            out.print(f"  {escape(line)}", highlight=False)


def lines_of(diff: PartDiff) -> list[str]:
    """A line for each visit and each event that belongs to nothing."""
    if diff.part not in ("visits", "unlinked"):
        return []
    lines = [f"- {named(one)}" for one in diff.gone] + [f"+ {named(one)}" for one in diff.added]
    for was, now in diff.changed:
        fields = [name for name in vars(now) if getattr(was, name) != getattr(now, name)]
        told = ", ".join(f"{name} {getattr(was, name)} → {getattr(now, name)}" for name in fields)
        lines.append(f"~ {named(now)}: {told}")
    return lines


def named(one: Any) -> str:
    """A visit or an event in a few words."""
    if isinstance(one, VisitSeen):
        return f"visit {one.id} at {one.counter}, {one.service or ''} {one.number or ''}".rstrip(", ")
    if isinstance(one, UnlinkedSeen):
        return f"{one.kind} {one.id}: {one.reason}"
    return str(one)
